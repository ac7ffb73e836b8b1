#include "core/survey.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <numeric>

#include "core/advise.h"
#include "core/mapping.h"
#include "support.h"

using namespace warmset;
using namespace warmset::test;

namespace {

using Pages = std::vector<std::uint32_t>;

const CancelToken kToken;
constexpr std::uint64_t kMiB = 1ULL << 20U;

SurveySpec windows_of(CountSource source, std::uint64_t pages) {
  SurveySpec spec;
  spec.source = source;
  spec.window = pages * page();
  return spec;
}

/// What the oracle says, by windows of `pages`.
Pages expected(const std::string& path, std::uint64_t pages) {
  const auto resident = resident_pages(path);
  Pages windows((resident.size() + pages - 1) / pages);
  for (std::size_t at = 0; at < resident.size(); ++at) windows[at / pages] += resident[at] ? 1 : 0;
  return windows;
}

Result<FileSurvey> survey_file(const std::string& path, const SurveySpec& spec, const CancelToken& token) {
  return Surveyor(spec).survey(path, token);
}

}  // namespace

TEST_CASE("windows hold the pages that are resident in them, whoever counts") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  // More windows than the fan-out, and a last one that is shorter and ends inside a page.
  write_pages(path, 0, 330);
  set_length(path, (329 * page()) + 7);
  std::vector<std::uint64_t> pages = {0, 17, 18, 200, 329};
  for (std::uint64_t at = 64; at < 128; ++at) pages.push_back(at);
  make_resident(path, pages);

  for (const std::uint64_t window : {1U, 8U, 64U}) {
    for (const CountSource source : {CountSource::kCachestat, CountSource::kMincore}) {
      CAPTURE(window);
      CAPTURE(static_cast<int>(source));
      const auto survey = survey_file(path, windows_of(source, window), kToken);
      REQUIRE(survey);
      REQUIRE_FALSE(survey.value().refusal);
      CHECK(survey.value().window == window * page());
      CHECK(survey.value().cached == expected(path, window));
      CHECK(survey.value().counts.cached == pages.size());
    }
  }
}

TEST_CASE("mincore looks closer only where cachestat saw something, and finds the same") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 256);
  make_resident(path, {0, 100, 101, 255});
  SurveySpec spec = windows_of(CountSource::kMincore, 8);
  spec.trust_empty = true;
  const auto survey = survey_file(path, spec, kToken);
  REQUIRE(survey);
  CHECK(survey.value().cached == expected(path, 8));
  CHECK(survey.value().counts.cached == 4);
}

TEST_CASE("windows grow until there are few enough of them") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 100);
  SurveySpec spec = windows_of(CountSource::kCachestat, 1);
  spec.most_windows = 10;
  CHECK(survey_file(path, spec, kToken).value().window == 16 * page());
  CHECK(survey_file(path, spec, kToken).value().cached.size() == 7);
  spec.most_windows = 0;
  CHECK(survey_file(path, spec, kToken).value().cached.size() == 1);
  // A window's count has 32 bits.
  spec.window = 1ULL << 53U;
  CHECK(survey_file(path, spec, kToken).value().window == 1ULL << 40U);
}

TEST_CASE("no more pages are sampled than were asked for, and the truth passes") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 100);
  make_resident(path, {0, 50, 51, 99});
  SurveySpec spec = windows_of(CountSource::kCachestat, 1);
  spec.samples = 60;
  const auto survey = survey_file(path, spec, kToken);
  REQUIRE(survey);
  CHECK(survey.value().sampled >= 30);
  CHECK(survey.value().sampled <= 60);
  CHECK(survey.value().disagreed == 0);
  spec.samples = 100;
  CHECK(survey_file(path, spec, kToken).value().sampled == 100);
  CHECK(survey_file(path, spec, kToken).value().disagreed == 0);
}

TEST_CASE("of small files one in so many is compared, and every larger one is sampled") {
  const TemporaryDirectory directory;
  const std::string small = directory.file("small");
  const std::string large = directory.file("large");
  for (const auto& path : {small, large}) {
    write_pages(path, 0, path == small ? 4 : 32);
    make_resident(path, {0, 1});
  }
  SurveySpec spec = windows_of(CountSource::kCachestat, 1);
  spec.samples = 8;
  spec.compare_every = 3;
  Surveyor surveyor(spec);
  std::vector<std::uint32_t> sampled;
  sampled.reserve(7);
  for (int time = 0; time < 7; ++time) sampled.push_back(surveyor.survey(small, kToken).value().sampled);
  CHECK(sampled == std::vector<std::uint32_t>{4, 0, 0, 4, 0, 0, 4});
  CHECK(surveyor.survey(large, kToken).value().sampled > 0);
}

TEST_CASE("a surveyor knows the filesystems of several mounts") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 4);
  Surveyor surveyor(windows_of(CountSource::kCachestat, 1));
  const auto own = filesystem_magic(directory.path()).value();
  for (int time = 0; time < 2; ++time) {
    CHECK(surveyor.survey(path, kToken).value().filesystem == own);
    CHECK(surveyor.survey("/proc/self/maps", kToken).value().filesystem == 0x9fa0);
  }
}

TEST_CASE("where stretches are counted for themselves, windows across their borders are right") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  // Two stretches and a part of a third; windows of 24 MiB don't divide them.
  const std::uint64_t pages_a_mib = kMiB / page();
  write_pages(path, 0, 150 * pages_a_mib);
  make_resident(path, {0, (64 * pages_a_mib) - 1, 64 * pages_a_mib, 149 * pages_a_mib});
  const auto survey = survey_file(path, windows_of(CountSource::kCachestat, 24 * pages_a_mib), kToken);
  REQUIRE(survey);
  CHECK(survey.value().cached == Pages{1, 0, 2, 0, 0, 0, 1});
  CHECK(survey.value().counts.cached == 4);
}

TEST_CASE("2 TiB of hole are no work and no memory") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  set_length(path, 2ULL << 40U);
  SurveySpec spec = windows_of(CountSource::kCachestat, 1);
  spec.most_windows = UINT64_MAX;
  spec.samples = 64;
  const auto survey = survey_file(path, spec, kToken);
  REQUIRE(survey);
  CHECK(survey.value().facts.size == 2ULL << 40U);
  CHECK(survey.value().facts.allocated == 0);
  CHECK(survey.value().cached.size() <= kMostWindows);
  CHECK(survey.value().counts.cached == 0);
  CHECK(std::accumulate(survey.value().data.begin(), survey.value().data.end(), 0ULL) == 0);
  CHECK(survey.value().sampled == 0);  // where nothing is cached there is nothing to doubt
}

TEST_CASE("holes are told from data") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 2 * kMiB / page(), kMiB / page());
  set_length(path, 4 * kMiB);
  const auto survey = survey_file(path, windows_of(CountSource::kCachestat, kMiB / page()), kToken);
  REQUIRE(survey);
  CHECK(survey.value().data == Pages{0, 0, static_cast<std::uint32_t>(kMiB / page()), 0});

  // Zeros of a hole that was read are in the cache, but nobody has to keep them there.
  make_resident(path, {0, 1, (2 * kMiB / page()) + 3});
  const OpenFile file = open_for_reading(path).value();
  CHECK(count_data_bytes(file, CountSource::kMincore, 0, 4 * kMiB, kToken).value() == page());
  CHECK(count_data_bytes(file, CountSource::kCachestat, 0, 4 * kMiB, kToken).value() == page());
  CHECK(count_data_bytes(file, CountSource::kMincore, 0, 2 * kMiB, kToken).value() == 0);
  make_resident(path, {2 * kMiB / page()});
  CHECK(count_data_bytes(file, CountSource::kNowait, 0, (2 * kMiB) + page(), kToken).value() == page());
}

TEST_CASE("of a last page that isn't full the bytes in the file count") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 4);
  set_length(path, (3 * page()) + 10);
  const OpenFile file = open_for_reading(path).value();
  const auto count = [&](std::uint64_t offset, std::uint64_t length) {
    return count_data_bytes(file, CountSource::kMincore, offset, length, kToken).value();
  };
  CHECK(count(0, 4 * page()) == (3 * page()) + 10);
  CHECK(count(3 * page(), 1ULL << 53U) == 10);
  CHECK(count(1ULL << 53U, 1ULL << 53U) == 0);
  CHECK(survey_file(path, windows_of(CountSource::kMincore, 1), kToken).value().tail_cached);
  make_resident(path, {0, 2});
  CHECK(count(0, 4 * page()) == 2 * page());
  CHECK_FALSE(survey_file(path, windows_of(CountSource::kMincore, 1), kToken).value().tail_cached);
}

TEST_CASE("a file without holes has no list of data") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 8);
  const auto survey = survey_file(path, windows_of(CountSource::kMincore, 1), kToken);
  CHECK(survey.value().data.empty());
  CHECK(survey.value().cached.size() == 8);
}

TEST_CASE("an empty file is an answer") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("empty");
  set_length(path, 0);
  const auto survey = survey_file(path, windows_of(CountSource::kMincore, 1), kToken);
  REQUIRE(survey);
  CHECK(survey.value().facts.size == 0);
  CHECK(survey.value().cached.empty());
}

TEST_CASE("what can't be surveyed says why, and blocks nobody") {
  const TemporaryDirectory directory;
  const SurveySpec spec = windows_of(CountSource::kCachestat, 1);
  CHECK(survey_file(directory.file("absent"), spec, kToken).error().code == ENOENT);
  CHECK(survey_file(directory.path(), spec, kToken).error().code == EISDIR);
  REQUIRE(::mkfifo(directory.file("fifo").c_str(), 0644) == 0);
  CHECK(survey_file(directory.file("fifo"), spec, kToken).error().code == EINVAL);
  write_pages(directory.file("model"), 0, 1);
  // A survey must not start reads.
  const auto survey = survey_file(directory.file("model"), windows_of(CountSource::kNowait, 1), kToken);
  REQUIRE(survey.value().refusal);
  CHECK(survey.value().refusal->code == EINVAL);
}

TEST_CASE("who neither owns a file nor may write it gets no count from mincore" * doctest::skip(!is_root())) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  write_pages(path, 0, 8);
  drop_from_cache(path);
  const int refused = as_nobody([&] {
    const auto survey = survey_file(path, windows_of(CountSource::kMincore, 1), kToken);
    if (!survey || !survey.value().refusal) return 0;
    return survey.value().refusal->code;
  });
  CHECK(refused == EPERM);
}

TEST_CASE("many single pages are counted by several threads, each once") {
  const TemporaryDirectory directory;
  const std::string path = directory.file("model");
  constexpr std::uint64_t kBytes = 512 * kMiB;
  // Holes are cached as what they are read as, one by one: enough for milliseconds.
  write_pages(path, 0, 1);
  set_length(path, kBytes);
  const UniqueFd fd = open_file(path);
  REQUIRE(fadvise(fd.get(), 0, 0, POSIX_FADV_RANDOM));
  char byte = 0;
  for (std::uint64_t at = 0; at < kBytes; at += page()) {
    REQUIRE(::pread(fd.get(), &byte, 1, static_cast<off_t>(at)) == 1);
  }
  REQUIRE(evict(fd.get(), 4 * kMiB, kHugePage, false));
  const std::uint64_t pages = kBytes / page();
  for (const std::uint64_t window : {std::uint64_t{0}, std::uint64_t{512}}) {
    CAPTURE(window);
    const auto survey = survey_file(path, windows_of(CountSource::kCachestat, window), kToken);
    REQUIRE(survey);
    REQUIRE_FALSE(survey.value().refusal);
    CHECK(survey.value().counts.cached == pages - (kHugePage / page()));
    CHECK(survey.value().cached == expected(path, window == 0 ? pages : window));
  }
}
