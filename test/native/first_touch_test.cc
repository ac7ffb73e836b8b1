#include "core/first_touch.h"

#include <doctest/doctest.h>

#include "support.h"

using namespace warmset;
using namespace warmset::test;

namespace {

constexpr std::uint64_t kPages = 600;

Mapping map(const std::string& path, std::uint64_t pages) {
  auto mapping = Mapping::create(open_file(path).get(), 0, pages * page());
  REQUIRE(mapping);
  REQUIRE(mapping.value().populate(0, pages * page()));
  return std::move(mapping).value();
}

}  // namespace

TEST_CASE("a few pages tell whether all are to be touched") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, kPages);
  FirstTouch first_touch;
  first_touch.touch(map(path, kPages), 0, kPages * page());
  const bool few = first_touch.touched() == FirstTouch::kTimed;
  const bool all = first_touch.touched() == FirstTouch::kTimed + kPages;
  CHECK((few || all));
}

TEST_CASE("what is too short to tell is left alone") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 4);
  FirstTouch first_touch;
  first_touch.touch(map(path, 4), 0, 4 * page());
  CHECK(first_touch.touched() == 0);
}

TEST_CASE("a file that was truncated meanwhile ends it, instead of the process") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, kPages);
  const Mapping mapping = map(path, kPages);
  set_length(path, 2 * page());
  FirstTouch first_touch;
  first_touch.touch(mapping, 0, kPages * page());
  CHECK(first_touch.touched() <= FirstTouch::kTimed);
}
