#include <chrono>
#include <memory>

#include "context.h"
#include "napi_setup.h"
#include "units.h"

namespace warmset::binding {
namespace {

// A window of a slow disk ends well within this; only a thread stuck in a dead mount doesn't.
constexpr std::chrono::milliseconds kPatience = std::chrono::seconds(2);

Napi::Object initialise(Napi::Env env, Napi::Object exports) {
  auto context = std::make_unique<AddonContext>(env);
  // Hooks run in reverse order: registered behind the ThreadSafeFunction's own, this one stops the threads
  // before the function that they post to goes away. A thread left running when a Worker ends would abort the
  // process.
  env.AddCleanupHook(
      [](AddonContext* ending) {
        ending->ending.cancel();
        ending->channel->close();
        ending->executor.stop(kPatience);
      },
      context.get());
  env.SetInstanceData<AddonContext>(context.release());  // Node deletes it behind the last hook
  export_mapping(env, exports);
  export_residency(env, exports);
  export_advise(env, exports);
  export_survey(env, exports);
  export_folios(env, exports);
  export_fill(env, exports);
  export_directory(env, exports);
  export_priority(env, exports);
  export_process(env, exports);
  export_rate_limiter(env, exports);
  export_features(env, exports);
  export_cancel(env, exports);
  export_timed_read(env, exports);
  export_read_range(env, exports);
  export_text_file(env, exports);
  export_probe(env, exports);
  export_file_lock(env, exports);
  export_notify(env, exports);
  export_storage(env, exports);
  export_copy(env, exports);
  return exports;
}

}  // namespace

NODE_API_MODULE(warmset, initialise)

}  // namespace warmset::binding
