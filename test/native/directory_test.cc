#include "core/directory.h"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>

#include "support.h"

using namespace warmset;
using namespace warmset::test;

namespace {

const DirectoryEntry& entry_of(const DirectoryListing& listing, const std::string& name) {
  const auto found = std::find_if(listing.entries.begin(), listing.entries.end(),
                                  [&](const DirectoryEntry& entry) { return entry.name == name; });
  REQUIRE(found != listing.entries.end());
  return *found;
}

void make_socket(const std::string& path) {
  const UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  REQUIRE(path.size() < sizeof(address.sun_path));
  std::copy(path.begin(), path.end(), std::begin(address.sun_path));
  REQUIRE(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
}

}  // namespace

TEST_CASE("every kind of entry is told, links followed") {
  const TemporaryDirectory directory;
  write_pages(directory.file("model"), 0, 3);
  REQUIRE(::mkdir(directory.file("sub").c_str(), 0755) == 0);
  REQUIRE(::mkfifo(directory.file("fifo").c_str(), 0644) == 0);
  make_socket(directory.file("socket"));
  REQUIRE(::symlink("model", directory.file("link").c_str()) == 0);
  REQUIRE(::symlink("nowhere", directory.file("dangling").c_str()) == 0);
  REQUIRE(::symlink("self", directory.file("self").c_str()) == 0);
  REQUIRE(::symlink("/dev/null", directory.file("device").c_str()) == 0);
  const std::string odd = "not utf-8 \xff\xfe";
  write_pages(directory.file(odd), 0, 1);

  const auto listed = list_directory(directory.path());
  REQUIRE(listed);
  const DirectoryListing& listing = listed.value();
  CHECK(listing.entries.size() == 9);
  CHECK(entry_of(listing, "model").kind == EntryKind::kFile);
  CHECK(entry_of(listing, "model").size == 3 * page());
  CHECK(entry_of(listing, "sub").kind == EntryKind::kDirectory);
  CHECK(entry_of(listing, "fifo").kind == EntryKind::kFifo);
  CHECK(entry_of(listing, "socket").kind == EntryKind::kSocket);
  CHECK(entry_of(listing, "device").kind == EntryKind::kDevice);
  CHECK(entry_of(listing, "dangling").kind == EntryKind::kDangling);
  CHECK(entry_of(listing, "self").kind == EntryKind::kDangling);
  CHECK(entry_of(listing, odd).kind == EntryKind::kFile);
  // By identity a link is its file.
  CHECK(entry_of(listing, "link").inode == entry_of(listing, "model").inode);
  CHECK(listing.inode == look_up(directory.path()).value().inode);
}

TEST_CASE("what can't be listed says why") {
  const TemporaryDirectory directory;
  write_pages(directory.file("model"), 0, 1);
  CHECK(list_directory(directory.file("absent")).error().code == ENOENT);
  CHECK(list_directory(directory.file("model")).error().code == ENOTDIR);
  CHECK(look_up(directory.file("absent")).error().code == ENOENT);
  CHECK(look_up(directory.file("model")).value().kind == EntryKind::kFile);
}

TEST_CASE("entries that may not be looked at keep their reason" * doctest::skip(!is_root())) {
  const TemporaryDirectory directory;
  write_pages(directory.file("model"), 0, 1);
  // Names may be read but nothing behind them.
  REQUIRE(::chmod(directory.path().c_str(), 0744) == 0);
  const int error = as_nobody([&] {
    const auto listed = list_directory(directory.path());
    if (!listed || listed.value().entries.size() != 1) return 0;
    const DirectoryEntry& entry = listed.value().entries.front();
    return entry.kind == EntryKind::kUnreadable ? entry.error.code : 0;
  });
  CHECK(error == EACCES);
  REQUIRE(::chmod(directory.path().c_str(), 0711) == 0);
  CHECK(as_nobody([&] { return list_directory(directory.path()).error().code; }) == EACCES);
}
