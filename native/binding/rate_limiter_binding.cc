#include "arguments.h"
#include "rate_limiter_tag.h"
#include "units.h"

namespace warmset::binding {
namespace {

// createRateLimiter(bytesPerSecond, pieces): 0 means unlimited; pieces into which a second's bytes are cut
Napi::Value create_limiter(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const auto rate = arguments.bytes(0, "bytesPerSecond");
  const auto pieces = arguments.integer(1, "pieces", 1, 1'000'000);
  if (arguments.failed()) return info.Env().Undefined();
  auto limiter = std::make_unique<SharedLimiter>(
      std::make_shared<RateLimiter>(rate, static_cast<std::uint64_t>(pieces)));
  auto external = Napi::External<SharedLimiter>::New(
      info.Env(), limiter.get(),
      [](Napi::Env, SharedLimiter* ended) { const std::unique_ptr<SharedLimiter> owner(ended); });
  if (external.IsEmpty()) return info.Env().Undefined();
  static_cast<void>(limiter.release());  // the finalizer owns it now
  external.TypeTag(&kRateLimiterTag);
  return external;
}

// setRate(limiter, bytesPerSecond): takes effect at once, also in fills that are running
Napi::Value set_rate(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const auto limiter = rate_limiter(info[0]);
  const auto rate = arguments.bytes(1, "bytesPerSecond");
  if (!limiter) arguments.reject_type("limiter", "a rate limiter");
  if (!arguments.failed()) limiter->set_rate(rate);
  return info.Env().Undefined();
}

// setPaused(limiter, paused): while paused nothing is admitted; windows being read end first
Napi::Value set_paused(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const auto limiter = rate_limiter(info[0]);
  const bool paused = arguments.flag(1, "paused");
  if (!limiter) arguments.reject_type("limiter", "a rate limiter");
  if (arguments.failed()) return info.Env().Undefined();
  if (paused) {
    limiter->pause();
  } else {
    limiter->resume();
  }
  return info.Env().Undefined();
}

}  // namespace

void export_rate_limiter(Napi::Env env, Napi::Object exports) {
  exports.Set("createRateLimiter", Napi::Function::New<create_limiter>(env, "createRateLimiter"));
  exports.Set("setRate", Napi::Function::New<set_rate>(env, "setRate"));
  exports.Set("setPaused", Napi::Function::New<set_paused>(env, "setPaused"));
}

}  // namespace warmset::binding
