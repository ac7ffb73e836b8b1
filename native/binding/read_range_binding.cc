#include "../core/read_range.h"

#include <vector>

#include "arguments.h"
#include "units.h"

namespace warmset::binding {
namespace {

// What a caller can make one job allocate.
constexpr std::uint64_t kMostBytes = 256ULL << 20U;

// readRange(path, offset, length, priority, token)
Napi::Value read_range_job(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const auto path = arguments.path(0, "path");
  const auto offset = arguments.bytes(1, "offset");
  const auto length = arguments.bytes(2, "length");
  const auto options = arguments.job(3);
  if (!arguments.failed() && length > kMostBytes) {
    arguments.reject_range("length", "at most 268435456", info[2]);
  }
  if (arguments.failed()) return info.Env().Undefined();
  return run_job<std::vector<std::uint8_t>>(
      info.Env(), options, [=](const CancelToken& token) { return read_range(path, offset, length, token); },
      [](Napi::Env env, std::vector<std::uint8_t>& bytes) -> Napi::Value {
        return Napi::Buffer<std::uint8_t>::Copy(env, bytes.data(), bytes.size());
      });
}

}  // namespace

void export_read_range(Napi::Env env, Napi::Object exports) {
  exports.Set("readRange", Napi::Function::New<read_range_job>(env, "readRange"));
}

}  // namespace warmset::binding
