#include "core/fill_run.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "core/file.h"
#include "support.h"

using namespace warmset;
using namespace warmset::test;

namespace {

constexpr EngineKind kEngines[] = {EngineKind::kPopulate, EngineKind::kSendfile, EngineKind::kRead,
                                   EngineKind::kWillneed};
const CancelToken kToken;

FillFile whole_file(const std::string& path) {
  const auto facts = identify(open_file(path).get()).value();
  return {path, facts.device, facts.inode, {{0, facts.size, facts.size}}};
}

/// So many extents that a run over them ends only when something stops it.
FillFile endless(const std::string& path) {
  FillFile file = whole_file(path);
  file.extents.resize(2'000'000, file.extents.front());
  return file;
}

void work_with(FillRun& run, int streams, const CancelToken& token = kToken) {
  std::vector<std::thread> threads;
  threads.reserve(static_cast<std::size_t>(streams));
  for (int at = 0; at < streams; ++at) threads.emplace_back([&] { run.work(token); });
  for (auto& thread : threads) thread.join();
}

}  // namespace

TEST_CASE("streams share the work: each byte once, every page resident") {
  const TemporaryDirectory directory;
  FillSpec spec;
  std::uint64_t total = 0;
  for (const std::uint64_t pages : {1U, 700U, 64U, 333U}) {
    const std::string path = directory.file(std::to_string(pages));
    write_pages(path, 0, pages);
    set_length(path, (pages * page()) - 11);
    drop_from_cache(path);
    spec.files.push_back(whole_file(path));
    total += (pages * page()) - 11;
  }
  spec.window = 16 * page();
  spec.stretch = 40 * page();
  for (const EngineKind engine : kEngines) {
    CAPTURE(static_cast<int>(engine));
    spec.engine = engine;
    for (const FillFile& file : spec.files) drop_from_cache(file.path);
    FillRun run(spec);
    work_with(run, 4);
    CHECK(run.filled() == total);
    CHECK(run.read() == total);
    CHECK(run.files_done() == spec.files.size());
    for (std::size_t at = 0; at < spec.files.size(); ++at) {
      const FillFile& file = spec.files[at];
      CHECK(run.outcomes()[at].fate == FileFate::kFine);
      CHECK(run.outcomes()[at].filled == file.extents[0].length);
      CHECK(run.outcomes()[at].read == file.extents[0].length);
      CHECK(count_resident(file.path, 0, UINT64_MAX) == resident_pages(file.path).size());
    }
  }
}

TEST_CASE("what was missing in part counts as read when its extent is through") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 64);
  FillSpec spec;
  spec.files = {whole_file(path)};
  spec.files[0].extents = {{0, 32 * page(), 5 * page()}, {40 * page(), 8 * page(), 8 * page()}};
  spec.window = 4 * page();
  spec.stretch = 8 * page();
  FillRun run(spec);
  work_with(run, 2);
  CHECK(run.outcomes()[0].filled == 40 * page());
  CHECK(run.outcomes()[0].read == 13 * page());
  CHECK(run.read() == 13 * page());
}

TEST_CASE("holes are passed over") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  constexpr std::uint64_t kMiB = 1ULL << 20U;
  write_pages(path, 8 * kMiB / page(), kMiB / page());
  drop_from_cache(path);
  set_length(path, 1ULL << 40U);
  FillSpec spec;
  spec.files = {whole_file(path)};
  spec.stretch = 1ULL << 36U;
  FillRun run(spec);
  work_with(run, 2);
  CHECK(run.outcomes()[0].fate == FileFate::kFine);
  CHECK(run.filled() == kMiB);
}

TEST_CASE("a file truncated under way is truncated, and nobody dies of it") {
  const TemporaryDirectory directory;
  for (const EngineKind engine : kEngines) {
    CAPTURE(static_cast<int>(engine));
    const std::string path = directory.file(std::to_string(static_cast<int>(engine)));
    write_pages(path, 0, 512);
    FillSpec spec;
    spec.engine = engine;
    spec.files = {endless(path)};
    spec.window = 8 * page();
    FillRun run(spec);
    std::thread filler([&] { work_with(run, 2); });
    const bool busy = eventually([&] { return run.filled() > 0; });
    set_length(path, 100 * page());
    filler.join();
    CHECK(busy);
    CHECK(run.outcomes()[0].fate == FileFate::kTruncated);
  }
}

TEST_CASE("a stretch that lies behind the new end is truncated too, not a hole") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 64);
  FillSpec spec;
  spec.files = {whole_file(path)};
  spec.window = 8 * page();
  spec.stretch = 8 * page();
  set_length(path, 16 * page());
  FillRun run(spec);
  run.work(kToken);
  CHECK(run.outcomes()[0].fate == FileFate::kTruncated);
  CHECK(run.outcomes()[0].failed_at == 16 * page());
  CHECK(run.outcomes()[0].filled == 16 * page());
}

TEST_CASE("an extent may end with the last page instead of the last byte") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 8);
  set_length(path, (7 * page()) + 9);
  FillSpec spec;
  spec.files = {whole_file(path)};
  spec.files[0].extents = {{0, 8 * page(), 8 * page()}};
  for (const EngineKind engine : kEngines) {
    CAPTURE(static_cast<int>(engine));
    spec.engine = engine;
    FillRun run(spec);
    run.work(kToken);
    CHECK(run.outcomes()[0].fate == FileFate::kFine);
    CHECK(run.filled() == (7 * page()) + 9);
  }
}

TEST_CASE("what can't be filled has its own fate and keeps nothing else from being filled") {
  const TemporaryDirectory directory;
  for (const char* name : {"replaced", "removed", "fifo", "good"}) write_pages(directory.file(name), 0, 4);
  FillSpec spec;
  for (const char* name : {"replaced", "removed", "fifo", "good"}) {
    spec.files.push_back(whole_file(directory.file(name)));
  }
  write_pages(directory.file("other"), 0, 4);
  REQUIRE(::rename(directory.file("other").c_str(), directory.file("replaced").c_str()) == 0);
  REQUIRE(::unlink(directory.file("removed").c_str()) == 0);
  REQUIRE(::unlink(directory.file("fifo").c_str()) == 0);
  REQUIRE(::mkfifo(directory.file("fifo").c_str(), 0644) == 0);
  drop_from_cache(directory.file("replaced"));

  FillRun run(spec);
  run.work(kToken);
  const auto& outcomes = run.outcomes();
  CHECK(outcomes[0].fate == FileFate::kReplaced);
  CHECK(count_resident(directory.file("replaced"), 0, 4) == 0);
  CHECK(outcomes[1].fate == FileFate::kFailed);
  CHECK(outcomes[1].error.code == ENOENT);
  CHECK(outcomes[2].fate == FileFate::kFailed);
  CHECK(outcomes[2].error.code == EINVAL);
  CHECK(outcomes[3].fate == FileFate::kFine);
  CHECK(outcomes[3].filled == 4 * page());
  CHECK(run.files_done() == 4);
}

TEST_CASE("a file that may not be read fails with EACCES" * doctest::skip(!is_root())) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 4);
  FillSpec spec;
  spec.files = {whole_file(path)};
  REQUIRE(::chmod(path.c_str(), 0600) == 0);
  const int error = as_nobody([&] {
    FillRun run(spec);
    run.work(kToken);
    return run.outcomes()[0].fate == FileFate::kFailed ? run.outcomes()[0].error.code : 0;
  });
  CHECK(error == EACCES);
}

TEST_CASE("a cancelled run keeps what it has done") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 64);
  FillSpec spec;
  spec.files = {endless(path)};
  spec.window = 4 * page();
  FillRun run(spec);
  const CancelToken token;
  std::thread filler([&] { work_with(run, 3, token); });
  const bool busy = eventually([&] { return run.filled() > 0; });
  token.cancel();
  filler.join();
  CHECK(busy);
  CHECK(run.outcomes()[0].fate == FileFate::kFine);
  CHECK(run.outcomes()[0].filled == run.filled());
  CHECK(run.outcomes()[0].read == run.read());
  CHECK(run.filled() < 2'000'000 * 64 * page());
  CHECK(run.files_done() == 0);
}

TEST_CASE("a cancel takes effect within a stretch, between two windows") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  constexpr std::uint64_t kPages = 32768;  // so many windows that the cancel below comes long before the end
  write_pages(path, 0, kPages);
  FillSpec spec;
  spec.files = {whole_file(path)};
  spec.window = page();
  spec.stretch = kPages * page();
  FillRun run(spec);
  const CancelToken token;
  std::thread filler([&] { run.work(token); });
  while (run.filled() == 0) std::this_thread::yield();
  token.cancel();
  filler.join();
  CHECK(run.filled() < kPages * page());
  CHECK(run.outcomes()[0].filled == run.filled());
}

TEST_CASE("a limiter stops read-ahead only while it has a rate") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 512);
  FillSpec spec;
  spec.engine = EngineKind::kRead;
  spec.files = {whole_file(path)};
  spec.files[0].extents = {{0, 64 * page(), 64 * page()}};
  spec.window = page();
  const auto fill_from_cold = [&](std::uint64_t rate, auto meanwhile) {
    drop_from_cache(path);
    spec.limiters = {std::make_shared<RateLimiter>(rate)};
    FillRun run(spec);
    std::thread filler([&] { run.work(kToken); });
    const bool busy = eventually([&] { return run.filled() > 0; });
    meanwhile(*spec.limiters.front());
    filler.join();
    CHECK(busy);
    CHECK(run.filled() == 64 * page());
    return count_resident(path, 64, 512);
  };
  const auto as_it_is = [](RateLimiter&) {};
  CHECK(fill_from_cold(0, as_it_is) > 0);
  CHECK(fill_from_cold(1ULL << 40U, as_it_is) == 0);
  CHECK(fill_from_cold(page(), [](RateLimiter& limiter) { limiter.set_rate(0); }) > 0);
  CHECK(fill_from_cold(page(), [](RateLimiter& limiter) { limiter.set_rate(1ULL << 40U); }) == 0);
}

TEST_CASE("a pause stops a run within the windows that are being read, and resuming goes on") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 64);
  FillSpec spec;
  spec.files = {endless(path)};
  spec.window = 4 * page();
  spec.limiters = {std::make_shared<RateLimiter>(0)};
  FillRun run(spec);
  const CancelToken token;
  constexpr int kStreams = 3;
  std::thread filler([&] { work_with(run, kStreams, token); });
  CHECK(eventually([&] { return run.filled() > 0; }));
  spec.limiters.front()->pause();
  const std::uint64_t at_pause = run.filled();
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  const std::uint64_t paused = run.filled();
  CHECK(paused - at_pause <= kStreams * spec.window);
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  CHECK(run.filled() == paused);
  spec.limiters.front()->resume();
  CHECK(eventually([&] { return run.filled() > paused + (kStreams * spec.window); }));
  spec.limiters.front()->pause();
  token.cancel();
  filler.join();
  CHECK(run.outcomes()[0].filled == run.filled());
}
