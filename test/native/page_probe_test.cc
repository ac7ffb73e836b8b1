#include "core/page_probe.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support.h"

using namespace warmset;
using namespace warmset::test;

namespace {

bool may_ask(const std::string& path) {
  const UniqueFd fd = open_file(path);
  return PageProbe(fd.get(), page()).truthful();
}

}  // namespace

TEST_CASE("a probe knows each page and the number of them") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 16);
  make_resident(path, {3, 9});
  const UniqueFd fd = open_file(path);
  const PageProbe probe(fd.get(), 16 * page());
  CHECK(probe.resident(3) == std::optional(true));
  CHECK(probe.resident(4) == std::optional(false));
  CHECK(probe.count(9) == std::optional<std::uint64_t>(1));
  CHECK(probe.count(16) == std::optional<std::uint64_t>(2));
  CHECK(probe.truthful());
}

TEST_CASE("a file larger than the address space is asked page by page") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 4);
  make_resident(path, {1});
  const UniqueFd fd = open_file(path);
  const PageProbe probe(fd.get(), 1ULL << 53U);
  CHECK(probe.resident(0) == std::optional(false));
  CHECK(probe.resident(1) == std::optional(true));
  CHECK_FALSE(probe.count(4).has_value());
}

TEST_CASE("who can't map a page is told nothing") {
  const PageProbe probe(-1, page());
  CHECK_FALSE(probe.resident(0).has_value());
  CHECK_FALSE(probe.truthful());
}

TEST_CASE("mincore is true to owners and writers, and known to lie to others" * doctest::skip(!is_root())) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 1);
  const auto nobody_may_ask = [&] { return as_nobody([&] { return may_ask(path) ? 1 : 0; }) == 1; };
  CHECK(may_ask(path));
  CHECK_FALSE(nobody_may_ask());
  REQUIRE(::chmod(path.c_str(), 0666) == 0);
  CHECK(nobody_may_ask());
  REQUIRE(::chmod(path.c_str(), 0444) == 0);
  CHECK_FALSE(nobody_may_ask());
  REQUIRE(::chown(path.c_str(), 65534, 65534) == 0);
  CHECK(nobody_may_ask());
}
