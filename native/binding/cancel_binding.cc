#include "../core/cancel.h"

#include <memory>

#include "cancel_tag.h"
#include "units.h"

namespace warmset::binding {
namespace {

Napi::Value create_token(const Napi::CallbackInfo& info) {
  auto token = std::make_unique<CancelToken>();
  auto external = Napi::External<CancelToken>::New(
      info.Env(), token.get(),
      [](Napi::Env, CancelToken* ended) { const std::unique_ptr<CancelToken> owner(ended); });
  if (external.IsEmpty()) return info.Env().Undefined();
  static_cast<void>(token.release());  // the finalizer owns it now
  external.TypeTag(&kCancelTokenTag);
  return external;
}

// cancel(token): only ever sets a flag, so anything that is no token is ignored.
Napi::Value cancel(const Napi::CallbackInfo& info) {
  if (const CancelToken* token = cancel_token(info[0])) token->cancel();
  return info.Env().Undefined();
}

}  // namespace

void export_cancel(Napi::Env env, Napi::Object exports) {
  exports.Set("createCancelToken", Napi::Function::New<create_token>(env, "createCancelToken"));
  exports.Set("cancel", Napi::Function::New<cancel>(env, "cancel"));
}

}  // namespace warmset::binding
