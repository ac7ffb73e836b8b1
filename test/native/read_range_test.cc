#include "core/read_range.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "support.h"

using namespace warmset;
using namespace warmset::test;

TEST_CASE("a range is read to the byte, and leaves the rest of the file cold") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 700);
  drop_from_cache(path);
  const auto bytes = read_range(path, page() + 3, 5, CancelToken());
  REQUIRE(bytes);
  CHECK(bytes.value().size() == 5);
  CHECK(count_resident(path, 0, 700) == 1);
}

TEST_CASE("behind the end there is nothing") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 2);
  set_length(path, page() + 1);
  CHECK(read_range(path, page(), 4096, CancelToken()).value().size() == 1);
  CHECK(read_range(path, page() + 1, 4096, CancelToken()).value().empty());
  CHECK(read_range(path, page() * 9, 4096, CancelToken()).value().empty());
}

TEST_CASE("a cancelled range stops, and what can't be read says why") {
  const TemporaryDirectory directory;
  write_pages(directory.file("model"), 0, 700);
  const CancelToken token;
  token.cancel();
  CHECK(read_range(directory.file("model"), 0, 700 * page(), token).value().empty());
  CHECK(read_range(directory.file("absent"), 0, 1, CancelToken()).error().code == ENOENT);
  REQUIRE(::mkfifo(directory.file("fifo").c_str(), 0644) == 0);
  CHECK(read_range(directory.file("fifo"), 0, 1, CancelToken()).error().code == EINVAL);
}
