#include "../core/timed_read.h"

#include "arguments.h"
#include "units.h"

namespace warmset::binding {
namespace {

// timeReading(path, priority, token)
Napi::Value time_reading_job(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const auto path = arguments.path(0, "path");
  const auto options = arguments.job(1);
  if (arguments.failed()) return info.Env().Undefined();
  return run_job<TimedRead>(
      info.Env(), options, [=](const CancelToken& token) { return time_reading(path, token); },
      [](Napi::Env env, TimedRead& timed) -> Napi::Value {
        auto object = Napi::Object::New(env);
        object.Set("bytes", static_cast<double>(timed.bytes));
        object.Set("milliseconds", static_cast<double>(timed.nanoseconds) / 1e6);
        return object;
      });
}

}  // namespace

void export_timed_read(Napi::Env env, Napi::Object exports) {
  exports.Set("timeReading", Napi::Function::New<time_reading_job>(env, "timeReading"));
}

}  // namespace warmset::binding
