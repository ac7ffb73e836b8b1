#include "job.h"

namespace warmset::binding {

Napi::Object failure(Napi::Env env, SystemError error) {
  auto object = Napi::Object::New(env);
  object.Set("errno", -error.code);  // negative, as libuv and Node's fs have it
  object.Set("syscall", error.call);
  return object;
}

}  // namespace warmset::binding
