#include "core/executor.h"

#include <dirent.h>
#include <doctest/doctest.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <fstream>
#include <future>
#include <string>

#include "support.h"

using namespace warmset;
using namespace warmset::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

using Refusal = std::optional<SystemError>;

constexpr milliseconds kShort(20);
constexpr seconds kLong(20);

/// Our threads alive in this process.
std::size_t threads_named(const std::string& name) {
  std::size_t count = 0;
  DIR* tasks = ::opendir("/proc/self/task");
  REQUIRE(tasks != nullptr);
  while (const dirent* task = ::readdir(tasks)) {
    std::ifstream comm(std::string("/proc/self/task/") + task->d_name + "/comm");
    std::string found;
    if (std::getline(comm, found) && found == name) ++count;
  }
  ::closedir(tasks);
  return count;
}

/// A task that waits until it is let go.
class Gate {
 public:
  [[nodiscard]] Executor::Task task() {
    return [this, open = open_](const Refusal&) {
      ++waiting;
      open.wait();
      ++passed;
    };
  }
  void let_go() { opener_.set_value(); }

  std::atomic<int> waiting = 0;
  std::atomic<int> passed = 0;

 private:
  std::promise<void> opener_;
  std::shared_future<void> open_ = opener_.get_future().share();
};

}  // namespace

TEST_CASE("threads carry their lane's name and the priority that was asked for") {
  struct Seen {
    std::string name;
    int nice = 0;
    IoPriority io;
    bool refused = false;
    bool signals_blocked = false;
  };
  const auto look = [](Executor& executor, Lane lane, const std::optional<ThreadPriority>& priority) {
    std::promise<Seen> seen;
    REQUIRE(executor.submit(lane, priority, [&](const Refusal& refusal) {
      Seen now;
      std::ifstream comm("/proc/self/task/" + std::to_string(::gettid()) + "/comm");
      std::getline(comm, now.name);
      now.nice = nice_value(0).value();
      now.io = io_priority(0).value();
      now.refused = refusal.has_value();
      sigset_t blocked;
      ::pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
      now.signals_blocked = ::sigismember(&blocked, SIGTERM) == 1 && ::sigismember(&blocked, SIGCHLD) == 1;
      seen.set_value(now);
    }));
    return seen.get_future().get();
  };
  Executor executor{{}};
  const Seen idle = look(executor, Lane::kFill, kIdlePriority);
  CHECK(idle.name == "warmset-fill");
  CHECK(idle.nice == 19);
  CHECK(idle.io.io_class == IoClass::kIdle);
  CHECK_FALSE(idle.refused);
  CHECK(idle.signals_blocked);

  const Seen host = look(executor, Lane::kWork, std::nullopt);
  CHECK(host.name == "warmset-work");
  CHECK(host.nice == nice_value(0).value());
  CHECK(host.io == io_priority(0).value());

  // Not by the idle thread, which can't be made nicer to anyone again.
  const Seen lower = look(executor, Lane::kFill, ThreadPriority{{IoClass::kBestEffort, 7}, 5});
  CHECK(lower.nice == 5);
  CHECK(lower.io == IoPriority{IoClass::kBestEffort, 7});
  CHECK(look(executor, Lane::kWork, ThreadPriority{{IoClass::kNone, 5}, 3}).refused);
  CHECK(executor.stop(kLong));
}

TEST_CASE("a lane runs as many tasks at once as it may, and the rest in their turn") {
  Gate gate;
  Executor executor({.queued = 100, .work_threads = 3, .fill_threads = 1, .idle = seconds(5)});
  for (int at = 0; at < 7; ++at) REQUIRE(executor.submit(Lane::kWork, std::nullopt, gate.task()));
  CHECK(eventually([&] { return gate.waiting == 3; }));
  // A thread of an executor that was stopped may take a moment to leave the list.
  CHECK(eventually([] { return threads_named("warmset-work") == 3; }));
  gate.let_go();
  CHECK(eventually([&] { return gate.passed == 7; }));
  CHECK(executor.stop(kLong));
}

TEST_CASE("a probe never waits behind measuring or filling") {
  Gate gate;
  Executor executor({.queued = 100, .work_threads = 1, .fill_threads = 1, .idle = seconds(5)});
  for (const Lane lane : {Lane::kWork, Lane::kFill}) {
    for (int at = 0; at < 3; ++at) REQUIRE(executor.submit(lane, std::nullopt, gate.task()));
  }
  REQUIRE(eventually([&] { return gate.waiting == 2; }));
  std::atomic<bool> named = false;
  REQUIRE(executor.submit(Lane::kProbe, std::nullopt,
                          [&](const Refusal&) { named = threads_named("warmset-probe") == 1; }));
  CHECK(eventually([&] { return named.load(); }));
  CHECK(gate.passed == 0);
  gate.let_go();
  CHECK(eventually([&] { return gate.passed == 6; }));
  CHECK(executor.stop(kLong));
}

TEST_CASE("whoever only waits holds no thread that others need") {
  Gate gate;
  Executor executor({.queued = 100, .work_threads = 1, .fill_threads = 1, .idle = seconds(5)});
  for (int at = 0; at < 5; ++at) REQUIRE(executor.submit(Lane::kWait, std::nullopt, gate.task()));
  REQUIRE(eventually([&] { return gate.waiting == 5; }));
  CHECK(threads_named("warmset-wait") == 5);
  std::atomic<bool> worked = false;
  REQUIRE(executor.submit(Lane::kWork, std::nullopt, [&](const Refusal&) { worked = true; }));
  CHECK(eventually([&] { return worked.load(); }));
  CHECK(gate.passed == 0);
  gate.let_go();
  CHECK(executor.stop(kLong));
}

TEST_CASE("a full queue refuses with EAGAIN, a stopped one with ECANCELED") {
  Gate gate;
  Executor executor({.queued = 2, .work_threads = 1, .fill_threads = 1, .idle = seconds(5)});
  REQUIRE(executor.submit(Lane::kWork, std::nullopt, gate.task()));
  REQUIRE(eventually([&] { return gate.waiting == 1; }));
  REQUIRE(executor.submit(Lane::kWork, std::nullopt, gate.task()));
  REQUIRE(executor.submit(Lane::kWork, std::nullopt, gate.task()));
  CHECK(executor.submit(Lane::kWork, std::nullopt, gate.task()).error().code == EAGAIN);
  gate.let_go();
  REQUIRE(eventually([&] { return gate.passed == 3; }));
  CHECK(executor.submit(Lane::kWork, std::nullopt, [](const Refusal&) {}));
  CHECK(executor.stop(kLong));
  CHECK(executor.submit(Lane::kWork, std::nullopt, [](const Refusal&) {}).error().code == ECANCELED);
}

TEST_CASE("stop drops what is queued and waits for what runs") {
  Gate gate;
  Executor executor({.queued = 100, .work_threads = 1, .fill_threads = 1, .idle = seconds(5)});
  REQUIRE(executor.submit(Lane::kWork, std::nullopt, gate.task()));
  REQUIRE(eventually([&] { return gate.waiting == 1; }));
  const auto owned = std::make_shared<int>(0);
  REQUIRE(executor.submit(Lane::kWork, std::nullopt, [owned, &gate](const Refusal&) { ++gate.passed; }));

  auto stopped = std::async(std::launch::async, [&] { return executor.stop(kLong); });
  CHECK(stopped.wait_for(kShort) == std::future_status::timeout);
  gate.let_go();
  CHECK(stopped.get());
  CHECK(gate.passed == 1);
  CHECK(owned.use_count() == 1);  // the dropped task is destroyed, not kept
}

TEST_CASE("a task that is stuck doesn't hang stop, and outlives the executor unharmed") {
  const auto gate = std::make_shared<Gate>();
  {
    Executor executor{{}};
    REQUIRE(executor.submit(Lane::kFill, kIdlePriority,
                            [gate, wait = gate->task()](const Refusal& refusal) { wait(refusal); }));
    REQUIRE(eventually([&] { return gate->waiting == 1; }));
    CHECK_FALSE(executor.stop(kShort));
  }
  gate->let_go();
  CHECK(eventually([&] { return gate.use_count() == 1; }));
  CHECK(gate->passed == 1);
}

TEST_CASE("threads end when they have been idle, and come back for new work") {
  Executor executor({.queued = 10, .work_threads = 2, .fill_threads = 2, .idle = kShort});
  std::atomic<int> ran = 0;
  const auto count = [&](const Refusal&) { ++ran; };
  REQUIRE(executor.submit(Lane::kWork, std::nullopt, count));
  REQUIRE(eventually([&] { return ran == 1; }));
  CHECK(eventually([] { return threads_named("warmset-work") == 0; }));
  REQUIRE(executor.submit(Lane::kWork, std::nullopt, count));
  CHECK(eventually([&] { return ran == 2; }));
  CHECK(executor.stop(kLong));
}

TEST_CASE("no task is lost or run twice while threads come and go") {
  constexpr int kTasks = 5000;
  std::atomic<int> ran = 0;
  Executor executor({.queued = kTasks, .work_threads = 4, .fill_threads = 4, .idle = milliseconds(0)});
  for (int at = 0; at < kTasks; ++at) {
    const Lane lane = at % 2 == 0 ? Lane::kWork : Lane::kFill;
    REQUIRE(executor.submit(lane, std::nullopt, [&](const Refusal&) { ++ran; }));
  }
  CHECK(eventually([&] { return ran == kTasks; }));
  CHECK(executor.stop(kLong));
  CHECK(ran == kTasks);
}
