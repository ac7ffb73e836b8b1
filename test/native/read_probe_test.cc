#include "core/read_probe.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "core/file.h"
#include "support.h"

using namespace warmset;
using namespace warmset::test;

namespace {

constexpr std::uint64_t kBlock = 64 * 1024;
constexpr ReadWay kWays[] = {ReadWay::kDirect, ReadWay::kDontcache, ReadWay::kBuffered};

ProbeFile known(const std::string& path) {
  const auto facts = identify(open_file(path).get()).value();
  return {path, facts.device, facts.inode};
}

ReadProbeSpec spec_of(const std::string& path, const std::vector<std::uint64_t>& offsets) {
  ReadProbeSpec spec;
  spec.files = {known(path)};
  for (const std::uint64_t offset : offsets) spec.places.push_back({0, offset});
  spec.block = kBlock;
  return spec;
}

/// A probe whose before and after are the same page for page; again where the kernel took cold pages back
/// meanwhile.
std::vector<ProbedRead> probe_unseen(const ReadProbeSpec& spec, const std::string& path,
                                     const std::vector<std::uint64_t>& resident) {
  std::vector<ProbedRead> reads;
  const bool same = eventually([&] {
    make_resident(path, resident);
    const auto before = resident_pages(path);
    reads = probe_reads(spec, CancelToken());
    return resident_pages(path) == before;
  });
  CHECK(same);
  return reads;
}

}  // namespace

TEST_CASE("probe reads of cold places leave nothing behind, whichever way they take") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 2048);
  ReadProbeSpec spec = spec_of(path, {0, kBlock, 40 * kBlock, 127 * kBlock, 40 * kBlock});
  for (const ReadWay way : kWays) {
    CAPTURE(static_cast<int>(way));
    spec.from = way;
    const auto reads = probe_unseen(spec, path, {600, 1000});
    REQUIRE(reads.size() == 5);
    for (const ProbedRead& read : reads) {
      CHECK(read.fate == ReadFate::kRead);
      CHECK(read.way >= way);
      CHECK(read.bytes == kBlock);
      CHECK(read.nanoseconds > 0);
      CHECK(read.added == std::optional<std::uint64_t>(0));
    }
  }
}

TEST_CASE("a resident place is measured past the cache or not at all") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 64);
  ReadProbeSpec spec = spec_of(path, {0, kBlock});
  for (const ReadWay way : {ReadWay::kDontcache, ReadWay::kBuffered}) {
    spec.from = way;
    // One page of the first block is enough.
    const auto reads = probe_unseen(spec, path, {3});
    REQUIRE(reads.size() == 2);
    CHECK(reads[0].fate == ReadFate::kResident);
    CHECK(reads[1].fate == ReadFate::kRead);
  }
  spec.from = ReadWay::kDirect;
  const auto reads = probe_unseen(spec, path, {0, 1, 2, 3});
  REQUIRE(reads.size() == 2);
  CHECK(reads[0].fate == (reads[0].way == ReadWay::kDirect ? ReadFate::kRead : ReadFate::kResident));
}

TEST_CASE("holes, ends and files that changed are fates of their places") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 16);
  set_length(path, 4 * kBlock);
  const std::string odd = directory.file("odd");
  write_pages(odd, 0, 1);
  set_length(odd, 100);
  for (const char* name : {"replaced", "removed", "fifo", "other"}) write_pages(directory.file(name), 0, 16);
  ReadProbeSpec spec = spec_of(path, {2 * kBlock, 4 * kBlock, 1ULL << 50U});
  spec.files.push_back(known(odd));
  for (const char* name : {"replaced", "removed", "fifo"}) {
    spec.files.push_back(known(directory.file(name)));
  }
  REQUIRE(::rename(directory.file("other").c_str(), directory.file("replaced").c_str()) == 0);
  REQUIRE(::unlink(directory.file("removed").c_str()) == 0);
  REQUIRE(::unlink(directory.file("fifo").c_str()) == 0);
  REQUIRE(::mkfifo(directory.file("fifo").c_str(), 0644) == 0);
  spec.places.insert(spec.places.end(), {{1, 0}, {2, 0}, {3, 0}, {4, 0}, {5, 0}});
  drop_from_cache(odd);
  for (const ReadWay way : kWays) {
    CAPTURE(static_cast<int>(way));
    spec.from = way;
    const auto reads = probe_reads(spec, CancelToken());
    REQUIRE(reads.size() == 8);
    CHECK(reads[0].fate == ReadFate::kHole);
    CHECK(reads[1].fate == ReadFate::kEnded);
    CHECK(reads[2].fate == ReadFate::kEnded);
    CHECK(reads[3].fate == ReadFate::kRead);
    CHECK(reads[3].bytes == 100);
    CHECK(reads[4].fate == ReadFate::kReplaced);
    CHECK(reads[5].fate == ReadFate::kFailed);
    CHECK(reads[5].error.code == ENOENT);
    CHECK(reads[6].error.code == EINVAL);
    CHECK(reads[7].error.code == EINVAL);  // there is no file of that number
    CHECK(count_resident(odd, 0, 1) == 0);
  }
}

TEST_CASE("a file in memory has no device to measure" * doctest::skip(::access("/dev/shm", W_OK) != 0)) {
  const std::string path = "/dev/shm/warmset-read-probe-test";
  write_pages(path, 0, 16);
  for (const ReadWay way : kWays) {
    ReadProbeSpec spec = spec_of(path, {0});
    spec.from = way;
    CHECK(probe_reads(spec, CancelToken()).at(0).fate == ReadFate::kResident);
  }
  ::unlink(path.c_str());
}

TEST_CASE("who may not know what is resident gets no number that could come from memory" *
          doctest::skip(!is_root())) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 64);
  REQUIRE(::chmod(path.c_str(), 0644) == 0);
  drop_from_cache(path);
  ReadProbeSpec spec = spec_of(path, {0});
  spec.from = ReadWay::kBuffered;
  const int fate = as_nobody([&] { return static_cast<int>(probe_reads(spec, CancelToken()).at(0).fate); });
  CHECK(fate == static_cast<int>(ReadFate::kUnknown));
  CHECK(count_resident(path, 0, 64) == 0);
  // The block layer's own count proves a direct read to anybody.
  spec.from = ReadWay::kDirect;
  const int direct = as_nobody([&] { return static_cast<int>(probe_reads(spec, CancelToken()).at(0).fate); });
  CHECK((direct == static_cast<int>(ReadFate::kRead) || direct == static_cast<int>(ReadFate::kUnknown)));
  CHECK(count_resident(path, 0, 64) == 0);
}

TEST_CASE("spaced reads take their time, and a cancel ends the waiting") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 64);
  drop_from_cache(path);
  ReadProbeSpec spec = spec_of(path, {0, kBlock, 0});
  spec.spacing = std::chrono::milliseconds(30);
  const auto start = std::chrono::steady_clock::now();
  CHECK(probe_reads(spec, CancelToken()).size() == 3);
  CHECK(std::chrono::steady_clock::now() - start >= 2 * spec.spacing);

  spec.spacing = std::chrono::hours(1);
  const CancelToken token;
  std::thread canceller([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    token.cancel();
  });
  CHECK(probe_reads(spec, token).size() <= 1);
  canceller.join();
}

TEST_CASE("a file that is truncated and written while it is probed harms nobody") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 64);
  ReadProbeSpec spec = spec_of(path, {});
  for (int at = 0; at < 200; ++at) spec.places.push_back({0, (at % 4) * kBlock});
  std::atomic<bool> done = false;
  std::thread changer([&] {
    while (!done) {
      set_length(path, page());
      set_length(path, 64 * page());
      write_pages(path, 0, 64);
    }
  });
  for (const ReadWay way : kWays) {
    spec.from = way;
    const auto reads = probe_reads(spec, CancelToken());
    CHECK(reads.size() == 200);
    CHECK(std::none_of(reads.begin(), reads.end(),
                       [](const ProbedRead& read) { return read.fate == ReadFate::kFailed; }));
  }
  done = true;
  changer.join();
}

TEST_CASE("no read starts behind the limit, and waiting for one ends there") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 8);
  const auto facts = identify(open_file(path).get()).value();
  ReadProbeSpec spec;
  spec.files = {{path, facts.device, facts.inode}};
  spec.places = {{0, 0}, {0, page()}};
  spec.spacing = std::chrono::hours(1);
  spec.limit = std::chrono::milliseconds(50);
  const auto start = std::chrono::steady_clock::now();
  CHECK(probe_reads(spec, CancelToken()).size() == 1);
  CHECK(std::chrono::steady_clock::now() - start >= spec.limit);
}
