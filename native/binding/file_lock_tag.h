#pragma once

#include "../core/unique_fd.h"
#include "napi_setup.h"

namespace warmset::binding {

/// Marks our Externals, as kCancelTokenTag does. New random numbers whenever UniqueFd's layout changes.
inline constexpr napi_type_tag kFileLockTag = {0x42e4853192a16839, 0xd53c86836c4f8831};

/// The lock that a JavaScript value carries, or nothing. It is empty once it was released.
[[nodiscard]] inline UniqueFd* file_lock(const Napi::Value& value) {
  if (!value.IsExternal()) return nullptr;
  const auto external = value.As<Napi::External<UniqueFd>>();
  return external.CheckTypeTag(&kFileLockTag) ? external.Data() : nullptr;
}

}  // namespace warmset::binding
