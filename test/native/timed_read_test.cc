#include "core/timed_read.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "support.h"

using namespace warmset;
using namespace warmset::test;

TEST_CASE("a timed read reads all of the file and takes time") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 700);
  set_length(path, (699 * page()) + 1);
  drop_from_cache(path);
  const auto timed = time_reading(path, CancelToken());
  REQUIRE(timed);
  CHECK(timed.value().bytes == (699 * page()) + 1);
  CHECK(timed.value().nanoseconds > 0);
  CHECK(count_resident(path, 0, 700) == 700);
}

TEST_CASE("a cancelled read stops, and what can't be read says why") {
  const TemporaryDirectory directory;
  write_pages(directory.file("model"), 0, 700);
  const CancelToken token;
  token.cancel();
  CHECK(time_reading(directory.file("model"), token).value().bytes == 0);
  CHECK(time_reading(directory.file("absent"), CancelToken()).error().code == ENOENT);
  REQUIRE(::mkfifo(directory.file("fifo").c_str(), 0644) == 0);
  CHECK(time_reading(directory.file("fifo"), CancelToken()).error().code == EINVAL);
}
