#include "core/copy.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "support.h"

using namespace warmset;
using namespace warmset::test;

namespace {

QuietFile identified(const std::string& path) {
  auto facts = look_at_entry(path);
  REQUIRE(facts);
  return {.path = path, .device = facts.value().device, .inode = facts.value().inode};
}

QuietFile partial(const std::string& path) {
  REQUIRE(open_partial(path));
  return identified(path);
}

std::string contents(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace

TEST_CASE("a piece is copied, and neither file's pages stay") {
  const TemporaryDirectory directory;
  write_pages(directory.file("model"), 0, 40);
  const QuietFile source = identified(directory.file("model"));
  const QuietFile to = partial(directory.file("copy"));
  drop_from_cache(source.path);
  const auto piece = copy_piece(source, to, 0, 40 * page(), nullptr, CancelToken());
  REQUIRE(piece);
  CHECK(piece.value().bytes.size() == 40 * page());
  CHECK(piece.value().hole == 0);
  CHECK(piece.value().left == 0);
  REQUIRE(settle_window(to, 0, 40 * page(), false));
  CHECK(count_resident(source.path, 0, 40) == 0);
  CHECK(count_resident(to.path, 0, 40) == 0);
  CHECK(contents(source.path) == contents(to.path));
}

TEST_CASE("pages of the copy stay where they are wanted") {
  const TemporaryDirectory directory;
  write_pages(directory.file("model"), 0, 8);
  const QuietFile source = identified(directory.file("model"));
  const QuietFile to = partial(directory.file("copy"));
  REQUIRE(copy_piece(source, to, 0, 8 * page(), nullptr, CancelToken()));
  REQUIRE(settle_window(to, 0, 8 * page(), true));
  CHECK(count_resident(to.path, 0, 8) == 8);
}

TEST_CASE("no piece is longer than a job's memory, and the end of the source ends it") {
  const TemporaryDirectory directory;
  const std::uint64_t pages = (3ULL << 20U) / page();
  write_pages(directory.file("model"), 0, pages);
  const QuietFile source = identified(directory.file("model"));
  const QuietFile to = partial(directory.file("copy"));
  const auto first = copy_piece(source, to, 0, pages * page(), nullptr, CancelToken());
  const auto last = copy_piece(source, to, (pages - 1) * page(), 9 * page(), nullptr, CancelToken());
  const auto behind = copy_piece(source, to, pages * page(), page(), nullptr, CancelToken());
  REQUIRE(first);
  REQUIRE(last);
  REQUIRE(behind);
  CHECK(first.value().bytes.size() == 1U << 20U);
  CHECK(last.value().bytes.size() == page());
  CHECK(behind.value().bytes.empty());
  CHECK(behind.value().hole == 0);
}

TEST_CASE("a hole is told and not written") {
  const TemporaryDirectory directory;
  write_pages(directory.file("model"), 64, 1);
  set_length(directory.file("model"), 200 * page());
  const QuietFile source = identified(directory.file("model"));
  const QuietFile to = partial(directory.file("copy"));
  const auto hole = copy_piece(source, to, 0, 200 * page(), nullptr, CancelToken());
  REQUIRE(hole);
  CHECK(hole.value().bytes.empty());
  CHECK(hole.value().hole == 64 * page());
  const auto data = copy_piece(source, to, 64 * page(), 136 * page(), nullptr, CancelToken());
  REQUIRE(data);
  CHECK(data.value().bytes.size() == page());
  const auto rest = copy_piece(source, to, 65 * page(), 135 * page(), nullptr, CancelToken());
  REQUIRE(rest);
  CHECK(rest.value().hole == 135 * page());
  CHECK(look_at_entry(to.path).value().allocated <= 2 * page());
}

TEST_CASE("another file at either path is neither read nor written") {
  const TemporaryDirectory directory;
  write_pages(directory.file("model"), 0, 1);
  write_pages(directory.file("other"), 0, 1);
  const QuietFile source = identified(directory.file("model"));
  const QuietFile other = identified(directory.file("other"));
  const QuietFile swapped = {.path = source.path, .device = other.device, .inode = other.inode};
  const QuietFile to = partial(directory.file("copy"));
  CHECK(copy_piece(swapped, to, 0, page(), nullptr, CancelToken()).error().code == ESTALE);
  CHECK(copy_piece(source, swapped, 0, page(), nullptr, CancelToken()).error().code == ESTALE);
  CHECK(settle_window(swapped, 0, page(), false).error().code == ESTALE);
  CHECK(clone_file(swapped, to).error().code == ESTALE);
  CHECK(publish_file(swapped, {.at = directory.file("new")}).error().code == ESTALE);
}

TEST_CASE("a link in the place of a partial file is not followed") {
  const TemporaryDirectory directory;
  write_pages(directory.file("precious"), 0, 1);
  REQUIRE(::symlink("precious", directory.file("link").c_str()) == 0);
  CHECK(open_partial(directory.file("link")).error().code == ELOOP);
  const auto facts = look_at_entry(directory.file("link"));
  REQUIRE(facts);
  CHECK(facts.value().kind == EntryKind::kLink);
  CHECK(facts.value().leads_to == "precious");
}

TEST_CASE("what is published has its length, mode and time, and replaces what was there") {
  const TemporaryDirectory directory;
  write_pages(directory.file("model"), 0, 1);
  const QuietFile to = partial(directory.file("copy"));
  const Publication publication = {.at = directory.file("model"),
                                   .size = 3 * page(),
                                   .modified_ns = -1'500'000'000,
                                   .mode = 0640,
                                   .owner = ::geteuid(),
                                   .group = ::getegid(),
                                   .keep = false};
  REQUIRE(publish_file(to, publication));
  const auto facts = look_at_entry(directory.file("model"));
  REQUIRE(facts);
  CHECK(facts.value().inode == to.inode);
  CHECK(facts.value().size == 3 * page());
  CHECK(facts.value().modified_ns == -1'500'000'000);
  CHECK(facts.value().mode == 0640);
  CHECK(look_at_entry(directory.file("copy")).error().code == ENOENT);
}
