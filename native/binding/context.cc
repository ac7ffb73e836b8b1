#include "context.h"

namespace warmset::binding {

Channel::Channel(Napi::Env env)
    : function_(Function::New(env, "warmset", /*maxQueueSize=*/0, /*initialThreadCount=*/1, this)) {
  function_.Unref(env);
}

void Channel::deliver(Napi::Env env, Napi::Function /*unused*/, Channel* channel, Completion* raw) {
  const std::unique_ptr<Completion> completion(raw);
  if (env == nullptr) return;  // the environment is ending: nobody is left to tell
  channel->job_settled(env);
  completion->settle(env);
}

void Channel::post(std::unique_ptr<Completion> completion) {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  if (function_.NonBlockingCall(completion.get()) == napi_ok) {
    static_cast<void>(completion.release());  // deliver() owns it now
  }
}

void Channel::job_started(Napi::Env env) {
  if (pending_++ == 0) function_.Ref(env);
}

void Channel::job_settled(Napi::Env env) {
  if (--pending_ == 0) function_.Unref(env);
}

void Channel::close() {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  closed_ = true;
  function_.Abort();
}

AddonContext::AddonContext(Napi::Env env)
    : channel(std::make_shared<Channel>(env)), executor(Executor::Limits{}) {}

AddonContext& context_of(Napi::Env env) {
  return *env.GetInstanceData<AddonContext>();
}

}  // namespace warmset::binding
