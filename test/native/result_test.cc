#include "core/result.h"

#include <doctest/doctest.h>

#include <memory>
#include <string_view>

#include "core/unique_fd.h"

using namespace warmset;

namespace {

Result<std::unique_ptr<int>> boxed(int value) {
  if (value < 0) return SystemError{EINVAL, "boxed"};
  return std::make_unique<int>(value);
}

}  // namespace

TEST_CASE("a result is a value or the error that a call left") {
  const auto good = boxed(7);
  CHECK(good);
  CHECK(*good.value() == 7);
  const auto bad = boxed(-1);
  CHECK_FALSE(bad);
  CHECK(bad.error().code == EINVAL);
  CHECK(std::string_view(bad.error().call) == "boxed");
}

TEST_CASE("a value that only moves can be taken out") {
  const std::unique_ptr<int> taken = boxed(3).value();
  CHECK(*taken == 3);
}

TEST_CASE("last_error holds errno of the moment") {
  errno = ENOSPC;
  const SystemError error = last_error("write");
  errno = 0;
  CHECK(error.code == ENOSPC);
}

TEST_CASE("a descriptor closes once, and with its last owner") {
  int fd = -1;
  {
    UniqueFd first(::dup(STDIN_FILENO));
    fd = first.get();
    UniqueFd second(std::move(first));
    CHECK(second.get() == fd);
    UniqueFd third;
    CHECK_FALSE(third);
    third = std::move(second);
    third = std::move(third);  // NOLINT: an assignment to itself must not close
    CHECK(third.get() == fd);
  }
  CHECK(::close(fd) == -1);
  CHECK(errno == EBADF);
}
