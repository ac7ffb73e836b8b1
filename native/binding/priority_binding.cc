#include "../core/priority.h"

#include <cstdint>

#include "arguments.h"
#include "job.h"
#include "units.h"

// These can't block, so they answer at once: a value, or a failure object. A thread id of 0 is the caller's
// own.

namespace warmset::binding {
namespace {

Napi::Value get_io_priority(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const auto tid = arguments.integer(0, "thread", 0, INT32_MAX);
  if (arguments.failed()) return info.Env().Undefined();
  auto priority = io_priority(tid);
  if (!priority) return failure(info.Env(), priority.error());
  auto object = Napi::Object::New(info.Env());
  object.Set("ioClass", static_cast<int>(priority.value().io_class));
  object.Set("level", priority.value().level);
  return object;
}

Napi::Value put_io_priority(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const auto tid = arguments.integer(0, "thread", 0, INT32_MAX);
  const auto io_class = arguments.integer(1, "class", 0, 3);
  const auto level = arguments.integer(2, "level", 0, 7);
  if (arguments.failed()) return info.Env().Undefined();
  auto status = set_io_priority(tid, {static_cast<IoClass>(io_class), level});
  return status ? info.Env().Undefined() : failure(info.Env(), status.error());
}

Napi::Value get_nice(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const auto tid = arguments.integer(0, "thread", 0, INT32_MAX);
  if (arguments.failed()) return info.Env().Undefined();
  auto value = nice_value(tid);
  if (!value) return failure(info.Env(), value.error());
  return Napi::Number::New(info.Env(), value.value());
}

Napi::Value put_nice(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const auto tid = arguments.integer(0, "thread", 0, INT32_MAX);
  const auto nice = arguments.integer(1, "nice", -20, 19);
  if (arguments.failed()) return info.Env().Undefined();
  auto status = set_nice_value(tid, nice);
  return status ? info.Env().Undefined() : failure(info.Env(), status.error());
}

}  // namespace

void export_priority(Napi::Env env, Napi::Object exports) {
  exports.Set("getIoPriority", Napi::Function::New<get_io_priority>(env, "getIoPriority"));
  exports.Set("setIoPriority", Napi::Function::New<put_io_priority>(env, "setIoPriority"));
  exports.Set("getNice", Napi::Function::New<get_nice>(env, "getNice"));
  exports.Set("setNice", Napi::Function::New<put_nice>(env, "setNice"));
}

}  // namespace warmset::binding
