#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "../core/cancel.h"
#include "../core/executor.h"
#include "../core/result.h"
#include "context.h"
#include "deferred.h"
#include "napi_setup.h"

namespace warmset::binding {

/// Where and how a job runs.
struct JobOptions {
  Lane lane = Lane::kWork;
  std::optional<ThreadPriority> priority;  // nothing: as the host
  CancelToken token;
};

/// A failed call as plain data; lib/native turns it into an error that looks like one of Node's own.
[[nodiscard]] Napi::Object failure(Napi::Env env, SystemError error);

template <class T>
class PromiseCompletion final : public Completion {
 public:
  using Convert = std::function<Napi::Value(Napi::Env, T&)>;

  PromiseCompletion(Deferred deferred, Convert convert) : deferred_(deferred), convert_(std::move(convert)) {}

  void finish(Result<T> result) { result_.emplace(std::move(result)); }

  void settle(Napi::Env env) override {
    const Napi::HandleScope scope(env);
    if (result_->ok()) {
      deferred_.resolve(env, convert_(env, result_->value()));
    } else {
      deferred_.reject(env, failure(env, result_->error()));
    }
  }

 private:
  Deferred deferred_;
  Convert convert_;
  std::optional<Result<T>> result_;
};

/// Runs `work` on the executor and resolves with what `convert` makes of its value, on the JS thread. A job
/// whose token is cancelled before its turn, or by the time it ends, rejects with ECANCELED.
template <class T>
Napi::Value run_job(Napi::Env env, const JobOptions& options,
                    std::function<Result<T>(const CancelToken&)> work,
                    std::function<Napi::Value(Napi::Env, T&)> convert) {
  AddonContext& context = context_of(env);
  const auto [deferred, promise] = Deferred::create(env);
  if (!deferred) return promise;
  // Shared because std::function must be copyable; the task is its only owner.
  auto completion = std::make_shared<std::unique_ptr<PromiseCompletion<T>>>(
      std::make_unique<PromiseCompletion<T>>(deferred, std::move(convert)));
  auto task = [completion, work = std::move(work), token = options.token.within(context.ending),
               channel = context.channel](const std::optional<SystemError>&) {
    const SystemError cancelled = {ECANCELED, "cancel"};
    Result<T> result = token.cancelled() ? Result<T>(cancelled) : work(token);
    if (token.cancelled()) result = cancelled;
    (*completion)->finish(std::move(result));
    channel->post(std::move(*completion));
  };
  auto submitted = context.executor.submit(options.lane, options.priority, std::move(task));
  if (submitted) {
    context.channel->job_started(env);
  } else {
    deferred.reject(env, failure(env, submitted.error()));
  }
  return promise;
}

/// For work without a value.
[[nodiscard]] inline Napi::Value to_undefined(Napi::Env env, Nothing& /*nothing*/) {
  return env.Undefined();
}

}  // namespace warmset::binding
