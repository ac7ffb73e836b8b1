#pragma once

#include <memory>

#include "../core/rate_limiter.h"
#include "napi_setup.h"

namespace warmset::binding {

using SharedLimiter = std::shared_ptr<RateLimiter>;

/// Marks our Externals, as kCancelTokenTag does. New random numbers whenever RateLimiter's layout changes.
inline constexpr napi_type_tag kRateLimiterTag = {0x2be04f7d91c3486a, 0xd5137a60c92e8bf4};

/// The limiter that a JavaScript value carries, or nothing.
[[nodiscard]] inline SharedLimiter rate_limiter(const Napi::Value& value) {
  if (!value.IsExternal()) return nullptr;
  const auto external = value.As<Napi::External<SharedLimiter>>();
  return external.CheckTypeTag(&kRateLimiterTag) ? *external.Data() : nullptr;
}

}  // namespace warmset::binding
