#pragma once

#include <memory>

#include "../core/rate_limiter.h"
#include "napi_setup.h"

namespace warmset::binding {

using SharedLimiter = std::shared_ptr<RateLimiter>;

/// Marks our Externals, as kCancelTokenTag does. New random numbers whenever RateLimiter's layout changes.
inline constexpr napi_type_tag kRateLimiterTag = {0xfb617bfbf3bd6ee9, 0xbc17c1bda5ba2188};

/// The limiter that a JavaScript value carries, or nothing.
[[nodiscard]] inline SharedLimiter rate_limiter(const Napi::Value& value) {
  if (!value.IsExternal()) return nullptr;
  const auto external = value.As<Napi::External<SharedLimiter>>();
  return external.CheckTypeTag(&kRateLimiterTag) ? *external.Data() : nullptr;
}

}  // namespace warmset::binding
