#include "../core/notify.h"

#include "arguments.h"
#include "units.h"

namespace warmset::binding {
namespace {

// notify(address, message): undefined, or the failure. At once and on the JS thread: it never waits, and a
// watchdog's ping must not stand behind measuring.
Napi::Value notify(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const auto address = arguments.path(0, "address");
  const auto message = arguments.word(1, "message");
  if (arguments.failed()) return info.Env().Undefined();
  const auto sent = send_notification(address, message);
  if (!sent) return failure(info.Env(), sent.error());
  return info.Env().Undefined();
}

}  // namespace

void export_notify(Napi::Env env, Napi::Object exports) {
  exports.Set("notify", Napi::Function::New<notify>(env, "notify"));
}

}  // namespace warmset::binding
