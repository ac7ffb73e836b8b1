#include "core/priority.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <thread>

using namespace warmset;

namespace {

constexpr pid_t kNoThread = 0x7fffffff;

/// On a thread of its own: what it sets must not stay.
template <class Body>
void on_a_thread(Body body) {
  std::thread(body).join();
}

}  // namespace

TEST_CASE("priorities apply to the calling thread and to no other") {
  const auto nice_before = nice_value(0).value();
  const auto io_before = io_priority(0).value();
  Result<IoPriority> io = SystemError{EINVAL, "unset"};
  Result<int> nice = SystemError{EINVAL, "unset"};
  on_a_thread([&] {
    if (!apply_to_this_thread(kIdlePriority)) return;
    io = io_priority(0);
    nice = nice_value(::gettid());
  });
  REQUIRE(io);
  CHECK(io.value().io_class == IoClass::kIdle);
  REQUIRE(nice);
  CHECK(nice.value() == 19);
  CHECK(nice_value(0).value() == nice_before);
  CHECK(io_priority(0).value() == io_before);
}

TEST_CASE("classes and levels come back as they were set") {
  Result<IoPriority> io = SystemError{EINVAL, "unset"};
  on_a_thread([&] {
    if (set_io_priority(0, {IoClass::kBestEffort, 6})) io = io_priority(::gettid());
  });
  REQUIRE(io);
  CHECK(io.value() == IoPriority{IoClass::kBestEffort, 6});
}

TEST_CASE("a thread that doesn't exist has no priority") {
  CHECK(io_priority(kNoThread).error().code == ESRCH);
  CHECK(set_io_priority(kNoThread, {IoClass::kIdle, 0}).error().code == ESRCH);
  CHECK(nice_value(kNoThread).error().code == ESRCH);
  CHECK(set_nice_value(kNoThread, 5).error().code == ESRCH);
}

TEST_CASE("a refused I/O priority doesn't keep nice from being set") {
  Status applied = Nothing{};
  Result<int> nice = SystemError{EINVAL, "unset"};
  on_a_thread([&] {
    // A level without a class is invalid.
    applied = apply_to_this_thread({{IoClass::kNone, 5}, 7});
    nice = nice_value(0);
  });
  REQUIRE_FALSE(applied);
  CHECK(applied.error().code == EINVAL);
  CHECK(nice.value() == 7);
}
