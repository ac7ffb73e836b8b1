#include "core/filesystem.h"

#include <doctest/doctest.h>
#include <sys/statvfs.h>

#include "core/file.h"
#include "support.h"

using namespace warmset;
using namespace warmset::test;

TEST_CASE("a filesystem says what it has in bytes") {
  const TemporaryDirectory directory;
  const auto facts = look_at_filesystem(directory.path());
  REQUIRE(facts);
  struct statvfs info = {};
  REQUIRE(::statvfs(directory.path().c_str(), &info) == 0);
  CHECK(facts.value().total == info.f_blocks * info.f_frsize);
  CHECK(facts.value().available <= facts.value().free);
  CHECK(facts.value().free <= facts.value().total);
  CHECK(facts.value().magic == filesystem_magic(directory.path()).value());
}

TEST_CASE("what isn't there has an errno") {
  CHECK(look_at_filesystem("/nowhere/at/all").error().code == ENOENT);
}
