#include <string>
#include <vector>

#include "../core/text_file.h"
#include "arguments.h"
#include "units.h"

namespace warmset::binding {
namespace {

using Texts = std::vector<Result<std::string>>;

Napi::Value to_array(Napi::Env env, Texts& texts) {
  auto array = Napi::Array::New(env, texts.size());
  if (array.IsEmpty()) return env.Undefined();
  for (std::uint32_t at = 0; at < texts.size(); ++at) {
    const auto& text = texts[at];
    if (text) {
      array.Set(at, Napi::String::New(env, text.value()));
    } else {
      array.Set(at, failure(env, text.error()));
    }
  }
  return array;
}

// readTexts(paths, priority, token): a string or a failure for each. Not on the lane of those who work: a
// look at the host mustn't wait behind a disk that hangs.
Napi::Value read_texts(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const auto paths = arguments.paths(0, "paths");
  auto options = arguments.job(1);
  if (arguments.failed()) return info.Env().Undefined();
  options.lane = Lane::kWait;
  return run_job<Texts>(
      info.Env(), options,
      [=](const CancelToken& token) -> Result<Texts> {
        Texts texts;
        texts.reserve(paths.size());
        for (const auto& path : paths) {
          if (token.cancelled()) break;
          texts.push_back(read_text(path));
        }
        return texts;
      },
      to_array);
}

}  // namespace

void export_text_file(Napi::Env env, Napi::Object exports) {
  exports.Set("readTexts", Napi::Function::New<read_texts>(env, "readTexts"));
}

}  // namespace warmset::binding
