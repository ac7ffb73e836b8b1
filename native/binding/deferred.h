#pragma once

#include "napi_setup.h"

namespace warmset::binding {

/// A promise and the means to settle it, once. Napi::Promise::Deferred hands out uninitialised handles when
/// its Worker is being terminated; this one is then empty, and settling it does nothing.
class Deferred {
 public:
  struct Pair;
  [[nodiscard]] static Pair create(Napi::Env env);

  [[nodiscard]] explicit operator bool() const { return handle_ != nullptr; }

  // JS thread. A failure means that nobody is left to be told.
  void resolve(Napi::Env env, napi_value value) const {
    if (handle_ != nullptr && value != nullptr) napi_resolve_deferred(env, handle_, value);
  }
  void reject(Napi::Env env, napi_value reason) const {
    if (handle_ != nullptr && reason != nullptr) napi_reject_deferred(env, handle_, reason);
  }

 private:
  napi_deferred handle_ = nullptr;
};

struct Deferred::Pair {
  Deferred deferred;
  Napi::Value promise;  // undefined where there is none
};

inline Deferred::Pair Deferred::create(Napi::Env env) {
  Pair pair = {{}, env.Undefined()};
  napi_deferred handle = nullptr;
  napi_value promise = nullptr;
  if (napi_create_promise(env, &handle, &promise) == napi_ok) {
    pair.deferred.handle_ = handle;
    pair.promise = {env, promise};
  }
  return pair;
}

}  // namespace warmset::binding
