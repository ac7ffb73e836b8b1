#include "core/features.h"

#include <doctest/doctest.h>
#include <sys/utsname.h>

#include "core/priority.h"
#include "core/residency.h"
#include "support.h"

using namespace warmset;
using namespace warmset::test;

TEST_CASE("features are what the calls do") {
  const Features features = detect_features();
  utsname name = {};
  REQUIRE(::uname(&name) == 0);
  CHECK(features.kernel_release == name.release);
  CHECK(features.page_size == page());

  const TemporaryDirectory directory;
  write_pages(directory.file("model"), 0, 1);
  const UniqueFd fd = open_file(directory.file("model"));
  CHECK((features.cachestat == Support::kAvailable) == cachestat(fd.get(), 0, 0).ok());
  const auto mapping = Mapping::create(fd.get(), 0, page());
  CHECK((features.populate_read == Support::kAvailable) == mapping.value().populate(0, page()).ok());
  const CancelToken token;
  CHECK((features.nowait_reads == Support::kAvailable) == count_by_nowait(fd.get(), 0, page(), token).ok());
  CHECK(features.io_priority == Support::kAvailable);
}

TEST_CASE("asking changes nothing") {
  const auto io = io_priority(0).value();
  static_cast<void>(detect_features());
  CHECK(io_priority(0).value() == io);
}
