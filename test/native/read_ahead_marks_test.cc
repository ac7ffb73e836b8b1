#include "core/read_ahead_marks.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <thread>
#include <vector>

#include "core/advise.h"
#include "core/file.h"
#include "core/fill_engine.h"
#include "core/fill_run.h"
#include "core/mapping.h"
#include "core/page_flags.h"
#include "support.h"

using namespace warmset;
using namespace warmset::test;

namespace {

constexpr std::uint64_t kMiB = 1ULL << 20U;
// KPF_RECLAIM, the same bit as PG_readahead: Documentation/admin-guide/mm/pagemap.rst
constexpr std::uint64_t kMark = 1ULL << 9U;

/// Reads a file as a fill does that takes no marks away.
void fill(const std::string& path, std::uint64_t bytes) {
  auto engine = make_engine(EngineKind::kPopulate);
  REQUIRE(engine);
  const UniqueFd fd = open_file(path);
  engine.value()->begin_stretch(fd.get(), 0, bytes);
  for (std::uint64_t at = 0; at < bytes; at += kHugePage) {
    REQUIRE(engine.value()->fill(fd.get(), at, kHugePage, false));
  }
  engine.value()->end_stretch();
}

/// By huge page: whether its first page bears the mark. Looking reads nothing and takes no mark away.
std::vector<bool> marks_of(const std::string& path, std::uint64_t bytes) {
  const UniqueFd pagemap(::open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC));
  const UniqueFd flags(::open("/proc/kpageflags", O_RDONLY | O_CLOEXEC));
  auto mapping = Mapping::create(open_file(path).get(), 0, bytes);
  REQUIRE(mapping);
  REQUIRE(mapping.value().advise(0, bytes, MADV_RANDOM));
  const auto resident = resident_pages(path);
  std::vector<bool> marks;
  for (std::uint64_t at = 0; at < bytes; at += kHugePage) {
    std::uint64_t flag = 0;
    if (resident[at / page()]) {
      REQUIRE(mapping.value().populate(at, page()));
      const iovec byte = mapping.value().byte_of_page(at / page());
      std::uint64_t entry = 0;
      REQUIRE(
          read_table(pagemap.get(), reinterpret_cast<std::uintptr_t>(byte.iov_base) / page(), {&entry, 1}));
      const auto frame = frame_of(entry);
      REQUIRE(frame);
      REQUIRE(frame.value());
      REQUIRE(read_table(flags.get(), *frame.value(), {&flag, 1}));
    }
    marks.push_back((flag & kMark) != 0);
  }
  return marks;
}

/// Cold, then resident as a fill leaves it that takes no marks away.
std::string marked(const TemporaryDirectory& directory, std::uint64_t bytes) {
  const std::string path = directory.file("model");
  write_pages(path, 0, bytes / page());
  drop_from_cache(path);
  fill(path, bytes);
  CHECK(marks_of(path, bytes) == std::vector<bool>(bytes / kHugePage, true));
  return path;
}

}  // namespace

TEST_CASE("what is resident to its end loses all marks" * doctest::skip(!shows_page_flags())) {
  const TemporaryDirectory directory;
  const std::uint64_t bytes = 8 * kHugePage;
  const std::string path = marked(directory, bytes);
  take_read_ahead_marks(open_file(path).get(), 0, bytes);
  CHECK(marks_of(path, bytes) == std::vector<bool>(8, false));
}

TEST_CASE("a fill reads two huge pages at once, marks one, and nothing behind them" *
          doctest::skip(!shows_page_flags())) {
  const TemporaryDirectory directory;
  const std::uint64_t bytes = 7 * kHugePage;
  const std::string path = directory.file("model");
  write_pages(path, 0, bytes / page());
  drop_from_cache(path);
  auto engine = make_engine(EngineKind::kPopulate);
  REQUIRE(engine);
  const UniqueFd fd = open_file(path);
  engine.value()->begin_stretch(fd.get(), 0, bytes);
  REQUIRE(engine.value()->fill(fd.get(), 0, 5 * kHugePage, false));
  engine.value()->end_stretch();
  CHECK(count_resident(path, 0, bytes / page()) == 5 * kHugePage / page());
  // The fifth has nobody to go with.
  CHECK(marks_of(path, 5 * kHugePage) == std::vector<bool>{false, true, false, true, true});
}

TEST_CASE("only what was asked for loses them, in whole huge pages" * doctest::skip(!shows_page_flags())) {
  const TemporaryDirectory directory;
  const std::uint64_t bytes = 6 * kHugePage;
  const std::string path = marked(directory, bytes);
  take_read_ahead_marks(open_file(path).get(), kHugePage + 1, 3 * kHugePage);
  CHECK(marks_of(path, bytes) == std::vector<bool>{true, false, false, true, true, true});
}

TEST_CASE("where something is missing within reach they stay, and it stays missing" *
          doctest::skip(!shows_page_flags())) {
  const TemporaryDirectory directory;
  const std::uint64_t bytes = kReadAheadReach + (8 * kHugePage);
  const std::string path = marked(directory, bytes);
  // So that exactly one has all that is in reach behind it.
  const std::uint64_t gap = kHugePage + kReadAheadReach;
  REQUIRE(evict(open_file(path).get(), gap, kHugePage, false));
  REQUIRE(count_resident(path, gap / page(), (gap + kHugePage) / page()) == 0);
  take_read_ahead_marks(open_file(path).get(), 0, bytes);
  std::vector<bool> expected(bytes / kHugePage, true);
  expected[0] = false;
  expected[gap / kHugePage] = false;  // not there
  for (std::uint64_t at = gap + kHugePage; at < bytes; at += kHugePage) expected[at / kHugePage] = false;
  CHECK(marks_of(path, bytes) == expected);
  CHECK(count_resident(path, gap / page(), (gap + kHugePage) / page()) == 0);
}

TEST_CASE("what isn't there is left alone") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 2 * kHugePage / page());
  drop_from_cache(path);
  take_read_ahead_marks(open_file(path).get(), 0, 2 * kHugePage);
  take_read_ahead_marks(open_file(path).get(), 8 * kHugePage, 9 * kHugePage);
  take_read_ahead_marks(-1, 0, kHugePage);
  CHECK(count_resident(path, 0, 2 * kHugePage / page()) == 0);
}

TEST_CASE("a fill for the first reader's sake leaves none, whichever stretch ends last" *
          doctest::skip(!shows_page_flags())) {
  const TemporaryDirectory directory;
  const std::uint64_t bytes = kReadAheadReach + (16 * kHugePage);
  const std::string path = marked(directory, bytes);
  drop_from_cache(path);
  const auto facts = identify(open_file(path).get()).value();
  FillSpec spec;
  spec.files = {{path, facts.device, facts.inode, {{0, bytes, bytes}}}};
  spec.stretch = 4 * kHugePage;
  spec.touch = true;
  FillRun run(spec);
  const CancelToken token;
  std::thread other([&] { run.work(token); });
  run.work(token);
  other.join();
  CHECK(run.filled() == bytes);
  CHECK(marks_of(path, bytes) == std::vector<bool>(bytes / kHugePage, false));
}
