#include "core/mapping.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include <array>

#include "support.h"

using namespace warmset;
using namespace warmset::test;

namespace {

constexpr std::uint64_t kPages = 16;

Mapping map(const std::string& path, std::uint64_t pages = kPages) {
  auto mapping = Mapping::create(open_file(path).get(), 0, pages * page());
  REQUIRE(mapping);
  return std::move(mapping).value();
}

}  // namespace

TEST_CASE("populate makes every page of its part resident") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, kPages);
  drop_from_cache(path);
  const Mapping mapping = map(path);
  std::array<std::uint8_t, kPages> pages = {};
  REQUIRE(mapping.resident(0, pages));
  CHECK(pages[4] == 0);
  REQUIRE(mapping.populate(4 * page(), 4 * page()));
  CHECK(count_resident(path, 4, 8) == 4);
  REQUIRE(mapping.resident(0, pages));
  CHECK((pages[4] & 1U) == 1);
}

TEST_CASE("behind the end of a truncated file calls fail instead of killing the process") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, kPages);
  const Mapping mapping = map(path);
  set_length(path, page());
  const Status populated = mapping.populate(0, kPages * page());
  REQUIRE_FALSE(populated);
  CHECK(populated.error().code == EFAULT);
  std::array<std::uint8_t, kPages> pages = {};
  REQUIRE(mapping.resident(0, pages));
  CHECK((pages[0] & 1U) == 1);
  CHECK((pages[1] & 1U) == 0);
}

TEST_CASE("what can't be mapped says why") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 1);
  const UniqueFd fd = open_file(path);
  CHECK(Mapping::create(-1, 0, page()).error().code == EBADF);
  CHECK(Mapping::create(fd.get(), 0, 0).error().code == EINVAL);
  CHECK(Mapping::create(fd.get(), 1, page()).error().code == EINVAL);
  CHECK(Mapping::create(fd.get(), 0, 1ULL << 53U).error().code == ENOMEM);
}

TEST_CASE("a mapping that moved on is unmapped once") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, kPages);
  Mapping first = map(path);
  Mapping second(std::move(first));
  CHECK(second.length() == kPages * page());
  CHECK(first.length() == 0);  // NOLINT: what is left behind must be harmless
  second = map(path, 2);
  CHECK(second.length() == 2 * page());
  CHECK(second.advise(0, 2 * page(), MADV_RANDOM));
}

TEST_CASE("locked pages survive an eviction, unlocked ones don't") {
  rlimit limit = {};
  REQUIRE(::getrlimit(RLIMIT_MEMLOCK, &limit) == 0);
  if (!is_root() && limit.rlim_cur < kPages * page()) {
    MESSAGE("skipped: RLIMIT_MEMLOCK is too low");
    return;
  }
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, kPages);
  drop_from_cache(path);
  {
    const Mapping mapping = map(path);
    REQUIRE(mapping.lock(0, kPages * page(), false));
    CHECK(count_resident(path, 0, kPages) == kPages);
    REQUIRE(::posix_fadvise(open_file(path).get(), 0, 0, POSIX_FADV_DONTNEED) == 0);
    CHECK(count_resident(path, 0, kPages) == kPages);
    REQUIRE(mapping.unlock(0, kPages * page()));
  }
  drop_from_cache(path);
  const Mapping lazy = map(path);
  REQUIRE(lazy.lock(0, kPages * page(), true));
  CHECK(count_resident(path, 0, kPages) == 0);
}

TEST_CASE("bytes round up to whole pages without overflowing") {
  CHECK(pages_in(0, 4096) == 0);
  CHECK(pages_in(1, 4096) == 1);
  CHECK(pages_in(4096, 4096) == 1);
  CHECK(pages_in(UINT64_MAX, 65536) == 1ULL << 48U);
}

TEST_CASE("a page is faulted in by the kernel, and EFAULT where a touch by hand would be SIGBUS") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 8);
  drop_from_cache(path);
  const UniqueFd file = open_file(path);
  const UniqueFd sink(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  const auto mapping = Mapping::create(file.get(), 0, 8 * page());
  REQUIRE(mapping);
  REQUIRE(mapping.value().advise(0, 8 * page(), MADV_RANDOM));
  for (int again = 0; again < 3; ++again) CHECK(mapping.value().fault_in(3 * page(), sink.get()));
  CHECK(count_resident(path, 3, 4) == 1);
  CHECK(count_resident(path, 0, 8) == 1);
  set_length(path, 2 * page());
  CHECK(mapping.value().fault_in(3 * page(), sink.get()).error().code == EFAULT);
  CHECK(mapping.value().fault_in(page(), sink.get()));
  CHECK(mapping.value().fault_in(page(), -1).error().code == EBADF);
}
