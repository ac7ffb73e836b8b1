#include <algorithm>

#include "../core/folios.h"
#include "arguments.h"
#include "columns.h"
#include "units.h"

namespace warmset::binding {
namespace {

// 8 GiB of a file: what a job costs stays bounded.
constexpr std::uint64_t kMostSampled = 4096;

Napi::Value to_timings(Napi::Env env, const std::vector<FolioTiming>& timings) {
  std::vector<double> numbers;
  for (const FolioTiming& timing : timings) {
    numbers.insert(numbers.end(), {timing.pages, timing.nanoseconds_a_page});
  }
  return to_doubles(env, numbers);
}

Napi::Object to_object(Napi::Env env, const Result<FolioSample>& found) {
  if (!found) return failure(env, found.error());
  const FolioSample& sample = found.value();
  auto object = Napi::Object::New(env);
  const auto set_number = [&](const char* name, std::uint64_t number) {
    object.Set(name, static_cast<double>(number));
  };
  object.Set("identity", to_identities(env, {sample.facts.device, sample.facts.inode}));
  set_number("size", sample.facts.size);
  set_number("filesystem", sample.filesystem);
  object.Set("dax", sample.facts.dax);
  set_number("windows", sample.windows);
  set_number("sampled", sample.sampled);
  set_number("residentPages", sample.resident);
  object.Set("pagesByOrder", to_doubles(env, std::vector<double>(sample.pages.begin(), sample.pages.end())));
  object.Set("timings", to_timings(env, sample.timings));
  object.Set("reference", sample.reference);
  if (sample.refusal) object.Set("refusal", failure(env, *sample.refusal));
  if (sample.untimed) object.Set("untimed", failure(env, *sample.untimed));
  return object;
}

// sampleFolios(paths, mostWindows, priority, token)
// An array with one place a path: a sample, or why the file couldn't be looked at.
Napi::Value sample_job(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  auto paths = arguments.paths(0, "paths");
  const FolioSpec spec = {std::clamp<std::uint64_t>(arguments.bytes(1, "mostWindows"), 1, kMostSampled)};
  const auto options = arguments.job(2);
  if (arguments.failed()) return info.Env().Undefined();

  using Samples = std::vector<Result<FolioSample>>;
  return run_job<Samples>(
      info.Env(), options,
      [paths = std::move(paths), spec](const CancelToken& token) -> Result<Samples> {
        FolioSampler sampler;
        Samples samples;
        samples.reserve(paths.size());
        for (const std::string& path : paths) {
          if (token.cancelled()) break;
          samples.push_back(sampler.sample(path, spec, token));
        }
        return samples;
      },
      [](Napi::Env env, Samples& samples) -> Napi::Value {
        auto array = Napi::Array::New(env, samples.size());
        std::uint32_t index = 0;
        for (const auto& sample : samples) {
          const Napi::HandleScope scope(env);
          array.Set(index++, to_object(env, sample));
        }
        return array;
      });
}

}  // namespace

void export_folios(Napi::Env env, Napi::Object exports) {
  exports.Set("sampleFolios", Napi::Function::New<sample_job>(env, "sampleFolios"));
}

}  // namespace warmset::binding
