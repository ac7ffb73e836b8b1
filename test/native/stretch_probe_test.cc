#include "core/stretch_probe.h"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "core/file.h"
#include "support.h"

using namespace warmset;
using namespace warmset::test;

namespace {

StretchProbeSpec spec_of(const std::string& path, std::uint64_t first, std::uint64_t pages) {
  const auto facts = identify(open_file(path).get()).value();
  StretchProbeSpec spec;
  spec.path = path;
  spec.device = facts.device;
  spec.inode = facts.inode;
  spec.offset = first * page();
  spec.length = pages * page();
  return spec;
}

}  // namespace

TEST_CASE("a stretch is touched to its end, and what that brought in is taken out") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 1024);
  StretchProbe probe;
  // Again where the kernel took cold pages back meanwhile.
  const bool same = eventually([&] {
    make_resident(path, {5, 301});
    const auto before = resident_pages(path);
    auto probed = probe_stretch(spec_of(path, 300, 100), CancelToken());
    REQUIRE(probed);
    probe = std::move(probed).value();
    return resident_pages(path) == before;
  });
  CHECK(same);
  CHECK_FALSE(probe.replaced);
  CHECK_FALSE(probe.ended);
  CHECK_FALSE(probe.error.has_value());
  CHECK(probe.pages == 100);
  CHECK(probe.touched == 100);
  CHECK(probe.nanoseconds > 0);
  CHECK(probe.resident == std::optional<std::uint64_t>(1));
  CHECK(probe.brought.value_or(0) >= 99);
  CHECK(probe.left == std::optional<std::uint64_t>(0));
}

TEST_CASE("a stretch that is resident brings nothing in, and one behind the end is an error") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 16);
  const bool warm = eventually([&] {
    make_resident(path, {8, 9, 10, 11, 12, 13, 14, 15});
    const auto probe = probe_stretch(spec_of(path, 8, 100), CancelToken());
    REQUIRE(probe);
    CHECK(probe.value().pages == 8);
    return probe.value().resident == std::optional<std::uint64_t>(8) &&
           probe.value().brought == std::optional<std::uint64_t>(0);
  });
  CHECK(warm);
  const auto behind = probe_stretch(spec_of(path, 16, 1), CancelToken());
  REQUIRE_FALSE(behind);
  CHECK(behind.error().code == ENODATA);
}

TEST_CASE("another file at the path is told, and a cancelled stretch stops") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 16);
  StretchProbeSpec spec = spec_of(path, 0, 16);
  CancelToken token;
  token.cancel();
  const auto cancelled = probe_stretch(spec, token);
  REQUIRE(cancelled);
  CHECK(cancelled.value().touched == 0);
  spec.inode += 1;
  const auto replaced = probe_stretch(spec, CancelToken());
  REQUIRE(replaced);
  CHECK(replaced.value().replaced);
  CHECK(replaced.value().pages == 0);
}

TEST_CASE("a file that is truncated under a stretch is no SIGBUS") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 512);
  const StretchProbeSpec spec = spec_of(path, 0, 512);
  std::atomic<bool> done = false;
  std::thread changer([&] {
    while (!done) {
      set_length(path, page());
      set_length(path, 512 * page());
    }
  });
  bool ended = false;
  const bool seen = eventually([&] {
    const auto probe = probe_stretch(spec, CancelToken());
    ended = ended || (probe && probe.value().ended);
    return ended;
  });
  done = true;
  changer.join();
  CHECK(seen);
}
