#include "../core/advise.h"

#include "advice.h"
#include "arguments.h"
#include "units.h"

namespace warmset::binding {
namespace {

using Call = std::function<Status(int fd)>;

Napi::Value run_on_file(Napi::Env env, const JobOptions& options, FileRef file, Call call) {
  return run_job<Nothing>(
      env, options,
      [file = std::move(file), call = std::move(call)](const CancelToken&) -> Status {
        auto fd = file.open();
        if (!fd) return fd.error();
        return call(fd.value()->get());
      },
      to_undefined);
}

// fadvise(file, offset, length, advice, priority, token)
Napi::Value fadvise_job(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  auto file = arguments.file(0, "file");
  const auto offset = arguments.bytes(1, "offset");
  const auto length = arguments.bytes(2, "length");
  const auto advice = file_advice(arguments.word(3, "advice"));
  const auto options = arguments.job(4);
  if (!advice) arguments.reject_range("advice", "an advice of posix_fadvise(2) in small letters", info[3]);
  if (arguments.failed()) return info.Env().Undefined();
  return run_on_file(info.Env(), options, std::move(file),
                     [=](int fd) { return fadvise(fd, offset, length, *advice); });
}

// readahead(file, offset, length, priority, token)
Napi::Value readahead_job(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  auto file = arguments.file(0, "file");
  const auto offset = arguments.bytes(1, "offset");
  const auto length = arguments.bytes(2, "length");
  const auto options = arguments.job(3);
  if (arguments.failed()) return info.Env().Undefined();
  return run_on_file(info.Env(), options, std::move(file),
                     [=](int fd) { return read_ahead(fd, offset, length); });
}

// evict(file, offset, length, sync, priority, token)
Napi::Value evict_job(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  auto file = arguments.file(0, "file");
  const auto offset = arguments.bytes(1, "offset");
  const auto length = arguments.bytes(2, "length");
  const auto sync = arguments.flag(3, "sync");
  const auto options = arguments.job(4);
  if (arguments.failed()) return info.Env().Undefined();
  return run_on_file(info.Env(), options, std::move(file),
                     [=](int fd) { return evict(fd, offset, length, sync); });
}

}  // namespace

void export_advise(Napi::Env env, Napi::Object exports) {
  exports.Set("fadvise", Napi::Function::New<fadvise_job>(env, "fadvise"));
  exports.Set("readahead", Napi::Function::New<readahead_job>(env, "readahead"));
  exports.Set("evict", Napi::Function::New<evict_job>(env, "evict"));
}

}  // namespace warmset::binding
