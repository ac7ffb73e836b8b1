#pragma once

#include "../core/cancel.h"
#include "napi_setup.h"

namespace warmset::binding {

/// Marks our Externals: one of another addon, or of another copy of this package, holds who knows what.
/// New random numbers whenever CancelToken's layout changes.
inline constexpr napi_type_tag kCancelTokenTag = {0x6a1fd54be0c94d17, 0x9b7c21e83f5a604d};

/// The token that a JavaScript value carries, or nothing.
[[nodiscard]] inline const CancelToken* cancel_token(const Napi::Value& value) {
  if (!value.IsExternal()) return nullptr;
  const auto external = value.As<Napi::External<CancelToken>>();
  return external.CheckTypeTag(&kCancelTokenTag) ? external.Data() : nullptr;
}

}  // namespace warmset::binding
