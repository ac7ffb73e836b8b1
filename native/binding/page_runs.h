#pragma once

#include <napi.h>

#include <vector>

#include "../core/residency.h"

namespace warmset::binding {

/// Runs as a Float64Array of pairs: first page, number of pages.
[[nodiscard]] Napi::Value to_float64_pairs(Napi::Env env, std::vector<PageRun>& runs);

}  // namespace warmset::binding
