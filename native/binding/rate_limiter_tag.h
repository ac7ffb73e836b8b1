#pragma once

#include <memory>

#include "../core/rate_limiter.h"
#include "napi_setup.h"

namespace warmset::binding {

using SharedLimiter = std::shared_ptr<RateLimiter>;

/// Marks our Externals, as kCancelTokenTag does. New random numbers whenever RateLimiter's layout changes.
inline constexpr napi_type_tag kRateLimiterTag = {0x6cf59f32723bd184, 0xf198cdb2eaadf1fe};

/// The limiter that a JavaScript value carries, or nothing.
[[nodiscard]] inline SharedLimiter rate_limiter(const Napi::Value& value) {
  if (!value.IsExternal()) return nullptr;
  const auto external = value.As<Napi::External<SharedLimiter>>();
  return external.CheckTypeTag(&kRateLimiterTag) ? *external.Data() : nullptr;
}

}  // namespace warmset::binding
