#pragma once

#include <memory>
#include <mutex>

#include "../core/cancel.h"
#include "../core/executor.h"
#include "napi_setup.h"

namespace warmset::binding {

/// Finished work on its way back to JavaScript. Runs on the JS thread, once; destroyed unrun when the
/// environment ends first.
class Completion {
 public:
  virtual ~Completion() = default;
  virtual void settle(Napi::Env env) = 0;
};

/// The one ThreadSafeFunction of an environment. Shared with the worker threads, which may outlive it: after
/// close() a post is dropped.
class Channel {
 public:
  explicit Channel(Napi::Env env);

  /// Any thread.
  void post(std::unique_ptr<Completion> completion);

  // JS thread: a pending job keeps the process alive, an idle addon doesn't.
  void job_started(Napi::Env env);
  void job_settled(Napi::Env env);
  void close();

 private:
  static void deliver(Napi::Env env, Napi::Function unused, Channel* channel, Completion* raw);
  using Function = Napi::TypedThreadSafeFunction<Channel, Completion, &Channel::deliver>;

  std::mutex mutex_;
  Function function_;
  bool closed_ = false;
  std::size_t pending_ = 0;  // JS thread only
};

/// What one environment (the main thread or a Worker) owns.
struct AddonContext {
  explicit AddonContext(Napi::Env env);

  std::shared_ptr<Channel> channel;
  CancelToken ending;  // every job's token is within this one
  Executor executor;
  Napi::FunctionReference mapping_constructor;
};

[[nodiscard]] AddonContext& context_of(Napi::Env env);

}  // namespace warmset::binding
