#include "../core/cancel.h"

#include "units.h"

namespace warmset::binding {
namespace {

Napi::Value create_token(const Napi::CallbackInfo& info) {
  auto token = std::make_unique<CancelToken>();
  auto* raw = token.release();  // the External's finalizer deletes it
  return Napi::External<CancelToken>::New(info.Env(), raw, [](Napi::Env, CancelToken* ended) {
    const std::unique_ptr<CancelToken> owner(ended);
  });
}

Napi::Value cancel(const Napi::CallbackInfo& info) {
  if (info[0].IsExternal()) info[0].As<Napi::External<CancelToken>>().Data()->cancel();
  return info.Env().Undefined();
}

}  // namespace

void export_cancel(Napi::Env env, Napi::Object exports) {
  exports.Set("createCancelToken", Napi::Function::New<create_token>(env, "createCancelToken"));
  exports.Set("cancel", Napi::Function::New<cancel>(env, "cancel"));
}

}  // namespace warmset::binding
