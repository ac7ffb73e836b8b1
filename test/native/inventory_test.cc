#include "core/inventory.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "support.h"

using namespace warmset;
using namespace warmset::test;

namespace {

const InventoryEntry& named(const Inventory& inventory, const std::string& name) {
  const auto& entries = inventory.entries;
  return *std::find_if(entries.begin(), entries.end(), [&](const auto& entry) { return entry.name == name; });
}

}  // namespace

TEST_CASE("an inventory has every name, and follows no link") {
  const TemporaryDirectory directory;
  write_pages(directory.file("model"), 0, 4);
  write_pages(directory.file("sparse"), 0, 1);
  set_length(directory.file("sparse"), 100 * page());
  REQUIRE(::link(directory.file("model").c_str(), directory.file("hard").c_str()) == 0);
  REQUIRE(::symlink("model", directory.file("soft").c_str()) == 0);
  REQUIRE(::mkfifo(directory.file("fifo").c_str(), 0644) == 0);
  REQUIRE(::mkdir(directory.file("below").c_str(), 0755) == 0);
  const auto inventory = take_inventory(directory.path(), 1, CancelToken());
  REQUIRE(inventory);
  const Inventory& found = inventory.value();
  CHECK(found.entries.size() == 6);
  CHECK(named(found, "model").links == 2);
  CHECK(named(found, "model").inode == named(found, "hard").inode);
  CHECK(named(found, "soft").kind == InventoryKind::kLink);
  CHECK(named(found, "below").kind == InventoryKind::kDirectory);
  CHECK(named(found, "fifo").kind == InventoryKind::kOther);
  CHECK(named(found, "sparse").size == 100 * page());
  CHECK(named(found, "sparse").allocated < 100 * page());
  CHECK(named(found, "model").shared.known);
}

TEST_CASE("what is no directory, or isn't there, says so") {
  const TemporaryDirectory directory;
  write_pages(directory.file("model"), 0, 1);
  CHECK(take_inventory(directory.file("model"), 1, CancelToken()).error().code == ENOTDIR);
  CHECK(take_inventory(directory.file("absent"), 1, CancelToken()).error().code == ENOENT);
}

TEST_CASE("only some filesystems share extents") {
  CHECK(can_share_extents(0x58465342));
  CHECK_FALSE(can_share_extents(0xef53));
}
