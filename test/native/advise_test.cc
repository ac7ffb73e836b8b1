#include "core/advise.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include "support.h"

using namespace warmset;
using namespace warmset::test;

namespace {

constexpr std::uint64_t kHuge = 2ULL << 20U;

}  // namespace

TEST_CASE("evict gives back a part, widened to whole huge pages, and nothing else") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  const std::uint64_t huge = kHuge / page();
  write_pages(path, 0, 4 * huge);
  // Page by page, so that no large folio spans two of the huge pages.
  std::vector<std::uint64_t> all(4 * huge);
  for (std::uint64_t at = 0; at < all.size(); ++at) all[at] = at;
  make_resident(path, all);
  const UniqueFd fd = open_file(path);

  SUBCASE("a page in the middle") {
    REQUIRE(evict(fd.get(), kHuge + page(), page(), false));
    CHECK(count_resident(path, huge, 2 * huge) == 0);
    CHECK(count_resident(path, 0, 4 * huge) == 3 * huge);
  }
  SUBCASE("from an offset to the end") {
    REQUIRE(evict(fd.get(), kHuge + page(), 0, false));
    CHECK(count_resident(path, 0, huge) == huge);
    CHECK(count_resident(path, huge, 4 * huge) == 0);
  }
  SUBCASE("all of it") {
    REQUIRE(evict(fd.get(), 0, 0, false));
    CHECK(count_resident(path, 0, 4 * huge) == 0);
  }
  SUBCASE("more than there is, as far as offsets go") {
    REQUIRE(evict(fd.get(), 3 * kHuge, 1ULL << 53U, false));
    CHECK(count_resident(path, 0, 4 * huge) == 3 * huge);
  }
}

TEST_CASE("dirty pages go only with sync") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  const UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  const std::string block(8 * page(), 'd');
  REQUIRE(::write(fd.get(), block.data(), block.size()) == static_cast<ssize_t>(block.size()));
  REQUIRE(evict(fd.get(), 0, 0, false));
  CHECK(count_resident(path, 0, 8) == 8);
  REQUIRE(evict(fd.get(), 0, 0, true));
  CHECK(count_resident(path, 0, 8) == 0);
}

TEST_CASE("advice and read-ahead bring pages in, in the background") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 8);
  drop_from_cache(path);
  const UniqueFd fd = open_file(path);
  SUBCASE("fadvise") {
    REQUIRE(fadvise(fd.get(), 0, 8 * page(), POSIX_FADV_WILLNEED));
  }
  SUBCASE("readahead") {
    REQUIRE(read_ahead(fd.get(), 0, 8 * page()));
  }
  CHECK(eventually([&] { return count_resident(path, 0, 8) == 8; }));
}

TEST_CASE("errors are the call's own") {
  CHECK(fadvise(-1, 0, 0, POSIX_FADV_WILLNEED).error().code == EBADF);
  CHECK(read_ahead(-1, 0, 1).error().code == EBADF);
  CHECK(evict(-1, 0, 0, true).error().code == EBADF);
  const TemporaryDirectory directory;
  write_pages(directory.file("model"), 0, 1);
  CHECK(fadvise(open_file(directory.file("model")).get(), 0, 0, 99).error().code == EINVAL);
}
