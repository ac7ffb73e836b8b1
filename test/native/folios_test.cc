#include "core/folios.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <numeric>
#include <thread>
#include <vector>

#include "core/mapping.h"
#include "core/page_flags.h"
#include "support.h"

using namespace warmset;
using namespace warmset::test;

namespace {

const CancelToken kToken;

std::uint64_t pages_a_window() {
  return kFolioWindow / page();
}

FolioSample sample_of(const std::string& path, std::uint64_t most_windows = 64) {
  auto sample = FolioSampler().sample(path, {most_windows}, kToken);
  REQUIRE(sample);
  return sample.value();
}

std::uint64_t counted(const FolioSample& sample) {
  return std::accumulate(sample.pages.begin(), sample.pages.end(), std::uint64_t{0});
}

}  // namespace

TEST_CASE("pages that were read one by one are folios of their own, and stay as they are" *
          doctest::skip(!shows_page_flags())) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 2 * pages_a_window());
  make_resident(path, {0, 3, 4, 5, pages_a_window() - 1, pages_a_window(), 700});
  const auto before = resident_pages(path);
  const FolioSample sample = sample_of(path);
  CHECK(resident_pages(path) == before);
  CHECK(sample.windows == 2);
  CHECK(sample.sampled == 2);
  CHECK(sample.resident == 7);
  CHECK(sample.pages[0] == 7);
  CHECK(counted(sample) == 7);
}

TEST_CASE("what isn't resident is neither counted nor read" * doctest::skip(!shows_page_flags())) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 4 * pages_a_window());
  drop_from_cache(path);
  const FolioSample sample = sample_of(path);
  CHECK(sample.resident == 0);
  CHECK(counted(sample) == 0);
  CHECK(count_resident(path, 0, 4 * pages_a_window()) == 0);
}

TEST_CASE("a page of memory without huge pages is a folio of one" * doctest::skip(!shows_page_flags())) {
  constexpr std::uint64_t kBytes = 2 * kFolioWindow;
  void* const base = ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  REQUIRE(base != MAP_FAILED);
  REQUIRE(::madvise(base, kBytes, MADV_NOHUGEPAGE) == 0);
  *static_cast<volatile char*>(base) = 1;
  const UniqueFd pagemap(::open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC));
  const UniqueFd flags(::open("/proc/kpageflags", O_RDONLY | O_CLOEXEC));
  std::uint64_t entry = 0;
  const std::uint64_t index = reinterpret_cast<std::uintptr_t>(base) / page();
  REQUIRE(read_table(pagemap.get(), index, {&entry, 1}));
  const auto frame = frame_of(entry);
  REQUIRE(frame);
  REQUIRE(frame.value());
  const auto folio = folio_of(flags.get(), *frame.value());
  REQUIRE(folio);
  REQUIRE(folio.value());
  CHECK(folio.value()->count == 1);
  CHECK(folio.value()->first == *frame.value());
  ::munmap(base, kBytes);
}

TEST_CASE("an entry of pagemap is a frame, nothing, or kept secret") {
  CHECK(frame_of(0).value() == std::nullopt);
  CHECK(frame_of((1ULL << 63U) | 77).value() == std::optional<std::uint64_t>(77));
  const auto hidden = frame_of(1ULL << 63U);
  REQUIRE_FALSE(hidden);
  CHECK(hidden.error().code == EPERM);
}

TEST_CASE("a large file is sampled evenly, and no more of it than allowed") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  set_length(path, 1000 * kFolioWindow);
  const FolioSample sample = sample_of(path, 10);
  CHECK(sample.windows == 1000);
  CHECK(sample.sampled == 10);
  CHECK(sample_of(path, 5000).sampled == 1000);
  const std::string empty = directory.file("empty");
  set_length(empty, 0);
  CHECK(sample_of(empty).windows == 0);
}

TEST_CASE("a cancelled sample ends at once") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  set_length(path, 1000 * kFolioWindow);
  const CancelToken token;
  token.cancel();
  const auto sample = FolioSampler().sample(path, {1000}, token);
  REQUIRE(sample);
  CHECK(sample.value().sampled == 0);
}

TEST_CASE("a page that asks for read-ahead when it is mapped doesn't get it" *
          doctest::skip(!shows_page_flags())) {
  // Larger than any usual read-ahead window, so that there is something left to be read.
  constexpr std::uint64_t kPages = 16384;
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, kPages);
  drop_from_cache(path);
  const UniqueFd fd = open_file(path);
  std::vector<char> buffer(4 * page());
  // A sequential reader leaves a mark on the page at which its next window would be started.
  for (int call = 0; call < 4; ++call) REQUIRE(::read(fd.get(), buffer.data(), buffer.size()) > 0);
  const auto settled = [&] {
    const auto before = resident_pages(path);
    ::usleep(50'000);
    return resident_pages(path) == before;
  };
  REQUIRE(eventually(settled));
  const auto before = resident_pages(path);
  REQUIRE(count_resident(path, 0, kPages) < kPages);
  CHECK(sample_of(path, 4096).resident > 0);
  REQUIRE(eventually(settled));
  CHECK(resident_pages(path) == before);
}

TEST_CASE("a file that is truncated and extended all the while does no harm") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, pages_a_window());
  std::atomic<bool> done = false;
  std::atomic<std::uint64_t> rounds = 0;
  // Fast, so that pages often go between being found and being mapped.
  std::thread disturber([&] {
    const UniqueFd fd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    const std::vector<char> bytes(64 * page(), 'x');
    for (; !done; ++rounds) {
      (void)!::pwrite(fd.get(), bytes.data(), bytes.size(), static_cast<off_t>(kFolioWindow - bytes.size()));
      (void)!::ftruncate(fd.get(), 5000);
    }
  });
  FolioSampler sampler;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(2);
  while (std::chrono::steady_clock::now() < end) {
    const auto sample = sampler.sample(path, {}, kToken);
    REQUIRE(sample);
    if (counted(sample.value()) > sample.value().resident) FAIL_CHECK("more pages than there were");
  }
  done = true;
  disturber.join();
  CHECK(rounds > 100);
}

TEST_CASE("who may not look at the flags gets timings, and a stranger not even those" *
          doctest::skip(!is_root())) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, pages_a_window());
  REQUIRE(::chown(path.c_str(), 65534, 65534) == 0);
  const int told = as_nobody([&] {
    const FolioSample sample = sample_of(path);
    const bool refused = sample.refusal && sample.refusal->code == EACCES && counted(sample) == 0;
    return refused && !sample.untimed && sample.timings.size() == 1 && sample.reference > 0 ? 1 : 0;
  });
  CHECK(told == 1);
}

TEST_CASE("a folder and a missing file are errors") {
  const TemporaryDirectory directory;
  FolioSampler sampler;
  CHECK(sampler.sample(directory.path(), {}, kToken).error().code == EISDIR);
  CHECK(sampler.sample(directory.file("none"), {}, kToken).error().code == ENOENT);
}
