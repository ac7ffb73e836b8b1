#include "core/text_file.h"

#include <doctest/doctest.h>

#include <cstdio>

#include "support.h"

using namespace warmset;
using namespace warmset::test;

TEST_CASE("a text of the kernel's is read whole, though its size says 0") {
  const auto status = read_text("/proc/self/status");
  REQUIRE(status);
  CHECK(status.value().starts_with("Name:"));
  CHECK(status.value().ends_with('\n'));
}

TEST_CASE("one longer than a piece is read whole, and none is longer than 16 MiB") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("text");
  write_pages(path, 0, 5);
  set_length(path, (4 * page()) + 1);
  CHECK(read_text(path).value().size() == (4 * page()) + 1);
  set_length(path, 17U << 20U);
  CHECK(read_text(path).error().code == EFBIG);
}

TEST_CASE("a text that isn't there says why") {
  CHECK(read_text("/proc/self/absent").error().code == ENOENT);
  CHECK(read_text("/proc/self").error().code == EISDIR);
}
