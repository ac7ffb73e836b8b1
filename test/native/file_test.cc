#include "core/file.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <limits>

#include "support.h"

using namespace warmset;
using namespace warmset::test;

TEST_CASE("only regular files open, and nothing else blocks") {
  const TemporaryDirectory directory;
  write_pages(directory.file("model"), 0, 1);
  REQUIRE(::mkfifo(directory.file("fifo").c_str(), 0644) == 0);
  REQUIRE(::symlink("loop", directory.file("loop").c_str()) == 0);
  CHECK(open_for_reading(directory.file("model")));
  CHECK(open_for_reading(directory.file("fifo")).error().code == EINVAL);
  CHECK(open_for_reading("/dev/zero").error().code == EINVAL);
  CHECK(open_for_reading(directory.path()).error().code == EISDIR);
  CHECK(open_for_reading(directory.file("absent")).error().code == ENOENT);
  CHECK(open_for_reading(directory.file("loop")).error().code == ELOOP);
}

TEST_CASE("descriptors are closed on exec") {
  const TemporaryDirectory directory;
  write_pages(directory.file("model"), 0, 1);
  const auto file = open_for_reading(directory.file("model"));
  REQUIRE(file);
  CHECK((::fcntl(file.value().fd.get(), F_GETFD) & FD_CLOEXEC) != 0);
  const auto copy = duplicate(file.value().fd.get());
  REQUIRE(copy);
  CHECK((::fcntl(copy.value().get(), F_GETFD) & FD_CLOEXEC) != 0);
  CHECK(duplicate(-1).error().code == EBADF);
}

TEST_CASE("facts are those of stat") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 3);
  set_length(path, (1ULL << 40U) + 1);
  struct stat info = {};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  const auto facts = identify(open_file(path).get());
  REQUIRE(facts);
  CHECK(facts.value().device == info.st_dev);
  CHECK(facts.value().inode == info.st_ino);
  CHECK(facts.value().size == (1ULL << 40U) + 1);
  CHECK(facts.value().allocated == static_cast<std::uint64_t>(info.st_blocks) * 512);
  CHECK(facts.value().modified_ns == (info.st_mtim.tv_sec * 1'000'000'000) + info.st_mtim.tv_nsec);
  CHECK(identify(-1).error().code == EBADF);
  const auto opened = open_for_reading(path);
  REQUIRE(opened);
  CHECK(opened.value().facts.inode == info.st_ino);
  CHECK(opened.value().facts.size == facts.value().size);
}

TEST_CASE("a time beyond what nanoseconds can count is the farthest one") {
  // tmpfs keeps any second; ext4 ends in 2446.
  const UniqueFd fd(::memfd_create("times", MFD_CLOEXEC));
  REQUIRE(fd);
  const auto modified = [&](time_t seconds) {
    const timespec times[2] = {{seconds, 0}, {seconds, 0}};
    REQUIRE(::futimens(fd.get(), times) == 0);
    return identify(fd.get()).value().modified_ns;
  };
  CHECK(modified(-1) == -1'000'000'000);
  CHECK(modified(10'000'000'000) == std::numeric_limits<std::int64_t>::max());
  CHECK(modified(-10'000'000'000) == std::numeric_limits<std::int64_t>::min());
}

TEST_CASE("a filesystem is known by its descriptor and by its path") {
  const TemporaryDirectory directory;
  write_pages(directory.file("model"), 0, 1);
  struct statfs info = {};
  REQUIRE(::statfs(directory.path().c_str(), &info) == 0);
  const auto magic = static_cast<std::uint64_t>(info.f_type) & 0xffffffffU;
  CHECK(filesystem_magic(open_file(directory.file("model")).get()).value() == magic);
  CHECK(filesystem_magic(directory.path()).value() == magic);
  CHECK(filesystem_magic("/proc").value() == 0x9fa0);
  CHECK(filesystem_magic(directory.file("absent")).error().code == ENOENT);
}

TEST_CASE("stretches of data lie between holes") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  // 64 KiB apart: no filesystem's blocks are larger.
  constexpr std::uint64_t kStep = 65536;
  write_pages(path, kStep / page(), kStep / page());
  set_length(path, 4 * kStep);
  const UniqueFd fd = open_file(path);
  const auto data = next_data(fd.get(), 0, 4 * kStep);
  CHECK(data.begin == kStep);
  CHECK(data.end == 2 * kStep);
  CHECK(next_data(fd.get(), kStep + 100, 4 * kStep).begin == kStep + 100);
  CHECK(next_data(fd.get(), 0, kStep + 5).end == kStep + 5);
  for (const std::uint64_t from : {2 * kStep, 4 * kStep, 9 * kStep}) {
    const auto rest = next_data(fd.get(), from, 4 * kStep);
    CHECK(rest.begin == rest.end);
  }
}
