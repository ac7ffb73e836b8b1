#include "core/residency.h"

#include <doctest/doctest.h>

#include <utility>

#include "support.h"

using namespace warmset;
using namespace warmset::test;

namespace {

using Runs = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

Runs to_pairs(const Result<std::vector<PageRun>>& runs) {
  REQUIRE(runs);
  Runs pairs;
  for (const PageRun& run : runs.value()) pairs.emplace_back(run.first, run.count);
  return pairs;
}

const CancelToken kToken;

}  // namespace

TEST_CASE("runs are exactly the pages that were made resident one by one") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 64);
  make_resident(path, {0, 3, 4, 5, 7, 63});
  const UniqueFd fd = open_file(path);

  CHECK(to_pairs(resident_runs(fd.get(), 0, 64 * page(), kToken)) == Runs{{0, 1}, {3, 3}, {7, 1}, {63, 1}});
  CHECK(count_by_mincore(fd.get(), 0, 64 * page(), kToken).value() == 6);
  // Part of the file, rounded out to whole pages.
  CHECK(to_pairs(resident_runs(fd.get(), (4 * page()) + 1, 2, kToken)) == Runs{{4, 1}});
  CHECK(count_by_mincore(fd.get(), (3 * page()) - 1, 2, kToken).value() == 1);
  CHECK(count_by_mincore(fd.get(), 3 * page(), 0, kToken).value() == 0);
}

TEST_CASE("a run that crosses the chunks in which a file is mapped stays one run") {
  constexpr std::uint64_t kChunk = 65536;
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, kChunk - 2, 4);
  set_length(path, (kChunk + 10) * page());
  make_resident(path, {kChunk - 1, kChunk, kChunk + 1});
  const UniqueFd fd = open_file(path);
  CHECK(to_pairs(resident_runs(fd.get(), 0, (kChunk + 10) * page(), kToken)) == Runs{{kChunk - 1, 3}});
}

TEST_CASE("runs of a mapping are counted from its start") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 16);
  make_resident(path, {2, 8, 9});
  auto mapping = Mapping::create(open_file(path).get(), 8 * page(), 8 * page());
  REQUIRE(mapping);
  CHECK(to_pairs(resident_runs(mapping.value(), 0, 8 * page(), kToken)) == Runs{{0, 2}});
  CHECK(to_pairs(resident_runs(mapping.value(), page(), 7 * page(), kToken)) == Runs{{1, 1}});
}

TEST_CASE("pages behind the end of a truncated file are not resident, and nobody dies of them") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 32);
  const UniqueFd fd = open_file(path);
  set_length(path, 4 * page());
  CHECK(count_by_mincore(fd.get(), 0, 32 * page(), kToken).value() == 4);
}

TEST_CASE("a cancelled visit stops early and is no error") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 4);
  const CancelToken token;
  token.cancel();
  CHECK(count_by_mincore(open_file(path).get(), 0, 4 * page(), token).value() == 0);
}

TEST_CASE("cachestat counts what mincore counts once nothing is in flight") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 64);
  make_resident(path, {1, 2, 40});
  const UniqueFd fd = open_file(path);
  const auto counts = cachestat(fd.get(), 0, 0);
  if (!counts) {
    MESSAGE("skipped: cachestat is not available here, errno " << counts.error().code);
    return;
  }
  CHECK(counts.value().cached == 3);
  CHECK(cachestat(fd.get(), 2 * page(), 2 * page()).value().cached == 1);
  CHECK(cachestat(-1, 0, 0).error().code == EBADF);
}

TEST_CASE("reads that don't wait count what mincore counts") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 300);
  const UniqueFd fd = open_file(path);
  SUBCASE("all resident, the last page in part") {
    set_length(path, (299 * page()) + 100);
    CHECK(count_resident(path, 0, 300) == 300);
    CHECK(count_by_nowait(fd.get(), 0, 300 * page(), kToken).value() == 300);
    CHECK(count_by_nowait(fd.get(), 0, 400 * page(), kToken).value() == 300);
    CHECK(count_by_nowait(fd.get(), 10 * page(), 5 * page(), kToken).value() == 5);
  }
  SUBCASE("an island behind a page that is missing") {
    // Only the one missing page: reading it starts read-ahead, which would change what follows.
    make_resident(path, {100, 101, 102});
    CHECK(count_by_nowait(fd.get(), 99 * page(), 4 * page(), kToken).value() == 3);
  }
  SUBCASE("a page that is missing") {
    drop_from_cache(path);
    CHECK(count_by_nowait(fd.get(), 99 * page(), page(), kToken).value() == 0);
  }
}
