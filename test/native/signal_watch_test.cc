#include "core/signal_watch.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <csignal>

#include "support.h"

using namespace warmset;
using namespace warmset::test;

TEST_CASE("each signal is written down with its sender, and handlers are put back") {
  ::signal(SIGUSR2, SIG_IGN);
  const auto watched = watch_signals({SIGUSR1, SIGUSR2});
  REQUIRE(watched);
  const UniqueFd records(watched.value());
  CHECK(watch_signals({SIGUSR1}).error().code == EBUSY);

  ::kill(::getpid(), SIGUSR2);
  SignalRecord record = {};
  REQUIRE(::read(records.get(), &record, sizeof record) == sizeof record);
  CHECK(record.number == SIGUSR2);
  CHECK(record.from_kernel == 0);
  CHECK(record.sender == ::getpid());

  unwatch_signals();
  // Ignored again: otherwise it would end this process.
  ::kill(::getpid(), SIGUSR2);
  CHECK(::read(records.get(), &record, sizeof record) == 0);
  ::signal(SIGUSR2, SIG_DFL);
}

TEST_CASE("signals that nobody may handle are refused, and nothing is left behind") {
  CHECK(watch_signals({SIGUSR1, SIGKILL}).error().code == EINVAL);
  const auto again = watch_signals({SIGALRM});
  REQUIRE(again);
  const UniqueFd records(again.value());
  ::fcntl(records.get(), F_SETFL, O_NONBLOCK);
  SignalRecord record = {};
  ssize_t got = -1;
  // Any thread may take the kernel's signal, and under a sanitizer one that sleeps may keep it: so it is sent
  // again.
  for (int attempt = 0; attempt < 100 && got != sizeof record; ++attempt) {
    ::ualarm(10'000, 0);
    ::usleep(100'000);
    got = ::read(records.get(), &record, sizeof record);
  }
  CHECK(got == sizeof record);
  CHECK(record.number == SIGALRM);
  CHECK(record.from_kernel == 1);
  unwatch_signals();
}
