#include "core/cancel.h"

#include <doctest/doctest.h>

using warmset::CancelToken;

TEST_CASE("a token is cancelled once it says so, and so are its copies") {
  const CancelToken token;
  const CancelToken copy = token;  // NOLINT(performance-unnecessary-copy-initialization)
  CHECK_FALSE(copy.cancelled());
  token.cancel();
  CHECK(copy.cancelled());
}

TEST_CASE("a token within others is cancelled with any of them, and cancels none of them") {
  const CancelToken outermost;
  const CancelToken middle;
  const CancelToken own;
  const CancelToken nested = own.within(middle.within(outermost));

  SUBCASE("by the outermost") {
    outermost.cancel();
  }
  SUBCASE("by the middle one") {
    middle.cancel();
  }
  SUBCASE("by its own") {
    nested.cancel();
    CHECK(own.cancelled());
    CHECK_FALSE(middle.cancelled());
    CHECK_FALSE(outermost.cancelled());
  }
  CHECK(nested.cancelled());
}

TEST_CASE("a second nesting keeps the first") {
  const CancelToken first;
  const CancelToken second;
  const CancelToken nested = CancelToken().within(first).within(second);
  SUBCASE("by the first") {
    first.cancel();
  }
  SUBCASE("by the second") {
    second.cancel();
  }
  CHECK(nested.cancelled());
}
