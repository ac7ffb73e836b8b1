#pragma once

#include <vector>

#include "../core/residency.h"
#include "napi_setup.h"

namespace warmset::binding {

/// Runs as a Float64Array of pairs: first page, number of pages.
[[nodiscard]] Napi::Value to_float64_pairs(Napi::Env env, std::vector<PageRun>& runs);

}  // namespace warmset::binding
