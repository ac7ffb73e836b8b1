#include "core/open_probe.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "core/file.h"
#include "support.h"

using namespace warmset;
using namespace warmset::test;

namespace {

OpenProbeSpec spec_of(const std::string& path, const std::vector<std::uint64_t>& pages) {
  const auto facts = identify(open_file(path).get()).value();
  OpenProbeSpec spec;
  spec.path = path;
  spec.device = facts.device;
  spec.inode = facts.inode;
  for (const std::uint64_t number : pages) spec.places.push_back((number * page()) + 7);
  return spec;
}

}  // namespace

TEST_CASE("touches are labelled by what was resident, and what they brought in is taken out") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 512);
  const OpenProbeSpec spec = spec_of(path, {5, 100, 300, 301, 511, 303});
  OpenProbe probe;
  // Again where the kernel took cold pages back meanwhile.
  const bool same = eventually([&] {
    make_resident(path, {5, 301});
    const auto before = resident_pages(path);
    auto probed = probe_open(spec, CancelToken());
    REQUIRE(probed);
    probe = std::move(probed).value();
    return resident_pages(path) == before;
  });
  CHECK(same);
  CHECK_FALSE(probe.replaced);
  CHECK(probe.open_ns > 0);
  CHECK(probe.map_ns > 0);
  REQUIRE(probe.touches.size() == 6);
  for (const Touch& touch : probe.touches) CHECK(touch.fate == TouchFate::kTouched);
  CHECK(probe.touches[0].temperature == Temperature::kWarm);
  CHECK(probe.touches[1].temperature == Temperature::kCold);
  CHECK(probe.touches[2].temperature == Temperature::kCold);
  CHECK(probe.touches[3].temperature == Temperature::kWarm);
  CHECK(probe.touches[4].temperature == Temperature::kCold);
  CHECK(probe.brought == std::optional<std::uint64_t>(4));
  CHECK(probe.left == std::optional<std::uint64_t>(0));
}

TEST_CASE("a window bounds what is mapped, and places outside of it have ended") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 64);
  drop_from_cache(path);
  OpenProbeSpec spec = spec_of(path, {0, 8, 15, 16, 1ULL << 40U});
  spec.offset = 8 * page();
  spec.length = 8 * page();
  const auto probe = probe_open(spec, CancelToken());
  REQUIRE(probe);
  const auto& touches = probe.value().touches;
  REQUIRE(touches.size() == 5);
  CHECK(touches[0].fate == TouchFate::kEnded);
  CHECK(touches[1].fate == TouchFate::kTouched);
  CHECK(touches[2].fate == TouchFate::kTouched);
  CHECK(touches[3].fate == TouchFate::kEnded);
  CHECK(touches[4].fate == TouchFate::kEnded);
  CHECK(count_resident(path, 0, 64) == 0);
}

TEST_CASE("what can't be opened or mapped says why, and another file is left alone") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 4);
  const OpenProbeSpec known = spec_of(path, {0});
  OpenProbeSpec other = known;
  ++other.inode;
  drop_from_cache(path);
  const auto replaced = probe_open(other, CancelToken());
  REQUIRE(replaced);
  CHECK(replaced.value().replaced);
  CHECK(replaced.value().touches.empty());
  CHECK(count_resident(path, 0, 4) == 0);

  OpenProbeSpec behind = known;
  behind.offset = 4 * page();
  CHECK(probe_open(behind, CancelToken()).error().code == ENODATA);
  set_length(path, 0);
  CHECK(probe_open(known, CancelToken()).error().code == ENODATA);
  REQUIRE(::unlink(path.c_str()) == 0);
  CHECK(probe_open(known, CancelToken()).error().code == ENOENT);
  REQUIRE(::mkfifo(path.c_str(), 0644) == 0);
  CHECK(probe_open(known, CancelToken()).error().code == EINVAL);
}

TEST_CASE("a cancelled probe keeps the touches that it had") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 4);
  const CancelToken token;
  token.cancel();
  const auto probe = probe_open(spec_of(path, {0, 1}), token);
  REQUIRE(probe);
  CHECK(probe.value().touches.empty());
}

TEST_CASE("who may not know what is resident gets times without a label" * doctest::skip(!is_root())) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 4);
  REQUIRE(::chmod(path.c_str(), 0644) == 0);
  const OpenProbeSpec spec = spec_of(path, {0});
  const int honest = as_nobody([&] {
    const auto probe = probe_open(spec, CancelToken());
    return probe && probe.value().touches.at(0).fate == TouchFate::kTouched &&
                   probe.value().touches.at(0).temperature == Temperature::kUnknown &&
                   !probe.value().brought && !probe.value().left
               ? 1
               : 0;
  });
  CHECK(honest == 1);
}

TEST_CASE("a file that is truncated while it is touched is an ended place, never SIGBUS") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 64);
  OpenProbeSpec spec = spec_of(path, {});
  for (int at = 0; at < 4000; ++at) spec.places.push_back(static_cast<std::uint64_t>(at % 64) * page());
  std::atomic<bool> done = false;
  std::thread changer([&] {
    while (!done) {
      set_length(path, page());
      set_length(path, 64 * page());
    }
  });
  std::size_t ended = 0;
  const bool both = eventually([&] {
    const auto probe = probe_open(spec, CancelToken());
    REQUIRE(probe);
    for (const Touch& touch : probe.value().touches) ended += touch.fate == TouchFate::kEnded ? 1 : 0;
    return ended > 0;
  });
  done = true;
  changer.join();
  CHECK(both);
}
