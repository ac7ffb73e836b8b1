#include "executor.h"

#include <pthread.h>

#include <condition_variable>
#include <csignal>
#include <deque>
#include <map>
#include <mutex>
#include <utility>

namespace warmset {
namespace {

using LaneKey = std::pair<Lane, std::optional<ThreadPriority>>;

constexpr std::size_t kStackBytes = 256UL * 1024;

struct LaneState {
  std::deque<Executor::Task> queue;
  std::condition_variable wake;
  std::size_t threads = 0;
  std::size_t idle = 0;
};

}  // namespace

// Shared with every thread, so that a thread outliving the Executor still owns what it uses.
struct Executor::State {
  explicit State(Limits given) : limits(given) {}

  const Limits limits;
  std::mutex mutex;
  std::condition_variable ended;
  std::map<LaneKey, LaneState> lanes;
  std::size_t queued = 0;
  std::size_t threads = 0;
  bool stopping = false;

  /// Runs on the new thread, until the lane has been idle for long or the executor stops.
  void serve(const LaneKey& key) {
    std::optional<SystemError> priority_error;
    if (key.second) {
      if (auto status = apply_to_this_thread(*key.second); !status) priority_error = status.error();
    }
    std::unique_lock lock(mutex);
    LaneState& lane = lanes[key];
    while (!stopping) {
      if (lane.queue.empty()) {
        ++lane.idle;
        lane.wake.wait_for(lock, limits.idle);
        --lane.idle;
        if (lane.queue.empty()) break;
        continue;
      }
      Task task = std::move(lane.queue.front());
      lane.queue.pop_front();
      --queued;
      lock.unlock();
      task(priority_error);
      task = nullptr;  // what it holds is released outside the lock
      lock.lock();
    }
    --lane.threads;
    --threads;
    ended.notify_all();
  }

  [[nodiscard]] std::size_t thread_limit(Lane lane) const {
    switch (lane) {
      case Lane::kFill:
        return limits.fill_threads;
      case Lane::kProbe:
        return limits.probe_threads;
      case Lane::kWait:
        return limits.wait_threads;
      case Lane::kWork:
        break;
    }
    return limits.work_threads;
  }
};

namespace {

const char* thread_name(Lane lane) noexcept {
  switch (lane) {
    case Lane::kFill:
      return "warmset-fill";
    case Lane::kProbe:
      return "warmset-probe";
    case Lane::kWait:
      return "warmset-wait";
    case Lane::kWork:
      break;
  }
  return "warmset-work";
}

struct ThreadStart {
  const char* name;
  std::function<void()> body;
};

void* run_thread(void* raw) {
  const std::unique_ptr<ThreadStart> start(static_cast<ThreadStart*>(raw));
  pthread_setname_np(pthread_self(), start->name);
  start->body();
  return nullptr;
}

/// Detached and with every signal blocked: the host's handlers must run on the host's threads. pthreads
/// instead of std::thread because a refused thread (a pids cgroup) is an error value here, not an exception.
int start_thread(const char* name, std::function<void()> body) {
  auto start = std::make_unique<ThreadStart>(ThreadStart{name, std::move(body)});
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, kStackBytes);
  pthread_t thread = {};
  const int code = pthread_create(&thread, &attributes, run_thread, start.get());
  if (code == 0) static_cast<void>(start.release());  // the thread owns it now
  pthread_attr_destroy(&attributes);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return code;
}

}  // namespace

Executor::Executor(Limits limits) : state_(std::make_shared<State>(limits)) {}

Executor::~Executor() {
  stop(std::chrono::milliseconds(0));
}

Status Executor::submit(Lane lane, const std::optional<ThreadPriority>& priority, Task task) {
  const std::lock_guard lock(state_->mutex);
  if (state_->stopping) return SystemError{ECANCELED, "submit"};
  if (state_->queued >= state_->limits.queued) return SystemError{EAGAIN, "submit"};
  const LaneKey key = {lane, priority};
  LaneState& entry = state_->lanes[key];
  if (entry.idle <= entry.queue.size() && entry.threads < state_->thread_limit(lane)) {
    // The thread waits for the mutex held here, so it finds the task queued below.
    const int code = start_thread(thread_name(lane), [state = state_, key] { state->serve(key); });
    if (code == 0) {
      ++entry.threads;
      ++state_->threads;
    } else if (entry.threads == 0) {
      return SystemError{code, "pthread_create"};
    }
  }
  entry.queue.push_back(std::move(task));
  ++state_->queued;
  entry.wake.notify_one();
  return Nothing{};
}

bool Executor::stop(std::chrono::milliseconds patience) {
  std::unique_lock lock(state_->mutex);
  state_->stopping = true;
  // Destroyed after the lock is released: a task may own things whose end takes locks of their own.
  std::deque<Task> dropped;
  for (auto& [key, lane] : state_->lanes) {
    for (auto& task : lane.queue) dropped.push_back(std::move(task));
    lane.queue.clear();
    lane.wake.notify_all();
  }
  state_->queued = 0;
  const bool all_ended = state_->ended.wait_for(lock, patience, [this] { return state_->threads == 0; });
  lock.unlock();
  return all_ended;
}

}  // namespace warmset
