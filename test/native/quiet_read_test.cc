#include "core/quiet_read.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "support.h"

using namespace warmset;
using namespace warmset::test;

namespace {

QuietFile identified(const std::string& path) {
  struct stat info = {};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  return {.path = path, .device = info.st_dev, .inode = info.st_ino};
}

}  // namespace

TEST_CASE("a quiet read has every byte and leaves nothing behind") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 700);
  drop_from_cache(path);
  const auto read = read_quietly(identified(path), 5, (600 * page()) + 7, nullptr, CancelToken());
  REQUIRE(read);
  CHECK(read.value().bytes.size() == (600 * page()) + 7);
  CHECK(read.value().left == 0);
  CHECK(count_resident(path, 0, 700) == 0);
}

TEST_CASE("what was resident before stays so") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 64);
  drop_from_cache(path);
  make_resident(path, {3, 4, 40});
  REQUIRE(read_quietly(identified(path), 0, 64 * page(), nullptr, CancelToken()));
  CHECK(count_resident(path, 0, 64) == 3);
}

TEST_CASE("the bytes are those of the place") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 3);
  set_length(path, (2 * page()) + 10);
  const QuietFile file = identified(path);
  const auto whole = read_quietly(file, 0, 3 * page(), nullptr, CancelToken());
  const auto part = read_quietly(file, page() - 3, 9, nullptr, CancelToken());
  REQUIRE(whole);
  REQUIRE(part);
  CHECK(whole.value().bytes.size() == (2 * page()) + 10);
  const auto from = whole.value().bytes.begin() + static_cast<std::ptrdiff_t>(page()) - 3;
  CHECK(part.value().bytes == std::vector<std::uint8_t>(from, from + 9));
  CHECK(read_quietly(file, 9 * page(), 9, nullptr, CancelToken()).value().bytes.empty());
}

TEST_CASE("another file at the path is not read, and a paused limiter lets a cancel through") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 3);
  QuietFile file = identified(path);
  const auto limiter = std::make_shared<RateLimiter>(0);
  limiter->pause();
  const CancelToken token;
  token.cancel();
  CHECK(read_quietly(file, 0, page(), limiter, token).value().bytes.empty());
  file.inode += 1;
  CHECK(read_quietly(file, 0, page(), nullptr, CancelToken()).error().code == ESTALE);
}
