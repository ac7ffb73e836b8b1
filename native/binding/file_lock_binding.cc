#include "../core/file_lock.h"

#include <memory>

#include "arguments.h"
#include "file_lock_tag.h"
#include "units.h"

namespace warmset::binding {
namespace {

using Taken = std::optional<UniqueFd>;

/// The finalizer closes the descriptor: a lock that nobody can release any more is released.
Napi::Value to_external(Napi::Env env, Taken& taken) {
  if (!taken) return env.Null();
  auto lock = std::make_unique<UniqueFd>(*std::move(taken));
  auto external = Napi::External<UniqueFd>::New(
      env, lock.get(), [](Napi::Env, UniqueFd* ended) { const std::unique_ptr<UniqueFd> owner(ended); });
  if (external.IsEmpty()) return env.Undefined();
  static_cast<void>(lock.release());  // the finalizer owns it now
  external.TypeTag(&kFileLockTag);
  return external;
}

// lockFile(path, holder, wait, priority, token): a lock, or null when it is taken and `wait` is false
Napi::Value lock_file(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const auto path = arguments.path(0, "path");
  const auto holder = arguments.word(1, "holder");
  const bool wait = arguments.flag(2, "wait");
  auto options = arguments.job(3);
  if (arguments.failed()) return info.Env().Undefined();
  if (wait) options.lane = Lane::kWait;
  return run_job<Taken>(
      info.Env(), options,
      [=](const CancelToken& token) -> Result<Taken> {
        if (!wait) return try_file_lock(path, holder);
        auto lock = wait_for_file_lock(path, holder, token);
        if (!lock) return lock.error();
        return Taken(std::move(lock).value());
      },
      to_external);
}

// unlockFile(lock, priority, token): on a thread, because closing may wait for the server of a network
// filesystem. Twice is once.
Napi::Value unlock_file(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  UniqueFd* lock = file_lock(info[0]);
  if (lock == nullptr) arguments.reject_type("lock", "a lock of lockFile()");
  const auto options = arguments.job(1);
  if (arguments.failed()) return info.Env().Undefined();
  auto owner = std::make_shared<UniqueFd>(std::move(*lock));
  return run_job<Nothing>(
      info.Env(), options,
      [owner](const CancelToken&) -> Status {
        *owner = UniqueFd();
        return Nothing{};
      },
      to_undefined);
}

}  // namespace

void export_file_lock(Napi::Env env, Napi::Object exports) {
  exports.Set("lockFile", Napi::Function::New<lock_file>(env, "lockFile"));
  exports.Set("unlockFile", Napi::Function::New<unlock_file>(env, "unlockFile"));
}

}  // namespace warmset::binding
