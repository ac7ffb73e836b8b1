#include "core/fill_engine.h"

#include <doctest/doctest.h>

#include <array>
#include <fstream>

#include "support.h"

using namespace warmset;
using namespace warmset::test;

namespace {

struct Engine {
  const char* name;
  EngineKind kind;
};

constexpr std::array<Engine, 4> kEngines = {{{"populate", EngineKind::kPopulate},
                                             {"sendfile", EngineKind::kSendfile},
                                             {"read", EngineKind::kRead},
                                             {"willneed", EngineKind::kWillneed}}};

constexpr std::uint64_t kMiB = 1ULL << 20U;
constexpr std::uint64_t kFileBytes = 64 * kMiB;
// Behind its range every engine drags read-ahead along: what the device is set to, at least the two huge
// pages of MADV_HUGEPAGE. Nothing of the file lies behind it by more, or the budget would mean nothing.
constexpr std::uint64_t kDragged = 16 * kMiB;

/// Of this process, mapped from files. proc_pid_statm(5)
std::uint64_t mapped_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  std::uint64_t shared = 0;
  statm >> size >> resident >> shared;
  REQUIRE(static_cast<bool>(statm));
  return shared * page();
}

}  // namespace

TEST_CASE("an engine's pages are up to date when it returns, and others stay out") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, kFileBytes / page());
  for (const Engine& wanted : kEngines) {
    CAPTURE(wanted.name);
    drop_from_cache(path);
    auto engine = make_engine(wanted.kind);
    REQUIRE(engine);
    const UniqueFd fd = open_file(path);
    // Unaligned at both ends, and not at a huge page's start.
    const std::uint64_t begin = (20 * kMiB) + (3 * page()) + 1;
    const std::uint64_t end = (23 * kMiB) + 5;
    REQUIRE(engine.value()->fill(fd.get(), begin, end - begin, false));
    CHECK(count_resident(path, begin / page(), (end / page()) + 1) == (end / page()) + 1 - (begin / page()));
    CHECK(count_resident(path, 0, 20 * kMiB / page()) == 0);
    CHECK(count_resident(path, (end + kDragged) / page(), kFileBytes / page()) == 0);
  }
}

TEST_CASE(
    "a file that ends inside the window is ENODATA, whatever the engine, and what there was is resident") {
  const TemporaryDirectory directory;
  for (const Engine& wanted : kEngines) {
    CAPTURE(wanted.name);
    const std::string path = directory.file(wanted.name);
    write_pages(path, 0, 64);
    const UniqueFd fd = open_file(path);
    set_length(path, (15 * page()) + 1);
    drop_from_cache(path);
    auto engine = make_engine(wanted.kind);
    REQUIRE(engine);
    const Status filled = engine.value()->fill(fd.get(), 0, 64 * page(), false);
    REQUIRE_FALSE(filled);
    CHECK(filled.error().code == ENODATA);
    CHECK(count_resident(path, 0, 16) == 16);
    CHECK(engine.value()->fill(fd.get(), 32 * page(), page(), false).error().code == ENODATA);
  }
}

TEST_CASE("a window that isn't a file's fails with the call's own error") {
  for (const Engine& wanted : kEngines) {
    CAPTURE(wanted.name);
    auto engine = make_engine(wanted.kind);
    REQUIRE(engine);
    CHECK(engine.value()->fill(-1, 0, page(), false).error().code == EBADF);
  }
}

TEST_CASE("reading page by page goes on to the end") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 40);
  drop_from_cache(path);
  const UniqueFd fd = open_file(path);
  REQUIRE(read_page_by_page(fd.get(), page() - 1, (30 * page()) + 2));
  CHECK(count_resident(path, 0, 32) == 32);
  CHECK(read_page_by_page(fd.get(), 39 * page(), 2 * page()).error().code == ENODATA);
}

TEST_CASE("little of a stretch stays mapped, whichever windows of it are filled") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, kFileBytes / page());
  for (const std::uint64_t step : {2 * kMiB, 6 * kMiB}) {
    CAPTURE(step);
    const UniqueFd fd = open_file(path);
    auto engine = make_engine(EngineKind::kPopulate);
    REQUIRE(engine);
    const std::uint64_t before = mapped_bytes();
    engine.value()->begin_stretch(fd.get(), 0, kFileBytes);
    for (std::uint64_t at = 0; at < kFileBytes; at += step) {
      REQUIRE(engine.value()->fill(fd.get(), at, 2 * kMiB, false));
      CHECK(mapped_bytes() < before + (8 * kMiB));
    }
    engine.value()->end_stretch();
    CHECK(mapped_bytes() < before + kMiB);
  }
}
