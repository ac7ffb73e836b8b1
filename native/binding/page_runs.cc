#include "page_runs.h"

namespace warmset::binding {

Napi::Value to_float64_pairs(Napi::Env env, std::vector<PageRun>& runs) {
  auto pairs = Napi::Float64Array::New(env, runs.size() * 2);
  if (pairs.IsEmpty()) return pairs;
  double* out = pairs.Data();
  for (const PageRun& run : runs) {
    *out++ = static_cast<double>(run.first);
    *out++ = static_cast<double>(run.count);
  }
  return pairs;
}

}  // namespace warmset::binding
