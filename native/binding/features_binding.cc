#include "../core/features.h"

#include "units.h"

namespace warmset::binding {
namespace {

const char* to_word(Support support) {
  switch (support) {
    case Support::kAvailable:
      return "available";
    case Support::kMissing:
      return "missing";
    case Support::kBlocked:
      return "blocked";
  }
  return "missing";
}

// features(): none of its probes can block, so it answers at once.
Napi::Value features(const Napi::CallbackInfo& info) {
  const Features found = detect_features();
  auto object = Napi::Object::New(info.Env());
  object.Set("kernelRelease", found.kernel_release);
  object.Set("pageSize", static_cast<double>(found.page_size));
  object.Set("cachestat", to_word(found.cachestat));
  object.Set("populateRead", to_word(found.populate_read));
  object.Set("nowaitReads", to_word(found.nowait_reads));
  object.Set("ioPriority", to_word(found.io_priority));
  return object;
}

}  // namespace

void export_features(Napi::Env env, Napi::Object exports) {
  exports.Set("features", Napi::Function::New<features>(env, "features"));
}

}  // namespace warmset::binding
