#include "core/footprint.h"

#include <doctest/doctest.h>

#include "support.h"

using namespace warmset;
using namespace warmset::test;

TEST_CASE("a footprint knows what came in since, and takes out just that") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 64);
  make_resident(path, {3, 20, 21});
  const UniqueFd file = open_file(path);
  const auto before = Footprint::take(file.get(), 20 * page(), 4 * page(), 8);
  REQUIRE(before);
  CHECK(before.value().resident(20 * page(), 4 * page()) == 2);
  CHECK(before.value().resident(22 * page(), 2 * page()) == 0);
  CHECK(before.value().resident((20 * page()) + 5, 1) == 1);

  // Outside of the stretch, in it but not in the bytes, and in both.
  make_resident(path, {3, 20, 21, 14, 22, 23, 50});
  auto after = Footprint::take(file.get(), 20 * page(), 4 * page(), 8);
  REQUIRE(after);
  CHECK(before.value().added(after.value()) == 3);
  CHECK(after.value().added(before.value()) == 0);
  before.value().evict_added(file.get(), after.value(), 20 * page(), 4 * page());
  const auto now = Footprint::take(file.get(), 20 * page(), 4 * page(), 8);
  REQUIRE(now);
  CHECK(before.value().kept(after.value(), now.value()) == 1);
  CHECK(before.value().kept(before.value(), now.value()) == 0);
  after = Footprint::take(file.get(), 20 * page(), 4 * page(), 8);
  REQUIRE(after);
  CHECK(before.value().added(after.value()) == 1);
  CHECK(count_resident(path, 20, 22) == 2);
  CHECK(count_resident(path, 50, 51) == 1);
}

TEST_CASE("what came in one piece with the bytes is taken out with them, and nothing beyond a gap") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 64);
  make_resident(path, {18});
  const UniqueFd file = open_file(path);
  const auto before = Footprint::take(file.get(), 20 * page(), page(), 16);
  REQUIRE(before);
  make_resident(path, {16, 18, 19, 20, 21, 22, 24});
  const auto after = Footprint::take(file.get(), 20 * page(), page(), 16);
  REQUIRE(after);
  before.value().evict_added(file.get(), after.value(), 20 * page(), page());
  const auto resident = resident_pages(path);
  for (const std::size_t kept : {16U, 18U, 24U}) CHECK(resident[kept]);
  for (const std::size_t gone : {19U, 20U, 21U, 22U}) CHECK_FALSE(resident[gone]);
}

TEST_CASE("a footprint ends with the file, and one behind it has nothing") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 4);
  make_resident(path, {0, 1, 2, 3});
  const UniqueFd file = open_file(path);
  const auto whole = Footprint::take(file.get(), page(), 100 * page(), 100);
  REQUIRE(whole);
  CHECK(whole.value().resident(0, 4 * page()) == 4);
  const auto behind = Footprint::take(file.get(), 100 * page(), page(), 1);
  REQUIRE(behind);
  CHECK(behind.value().resident(100 * page(), page()) == 0);
  CHECK(behind.value().added(whole.value()) == 0);
  CHECK(Footprint::take(-1, 0, page(), 0).error().code == EBADF);
}
