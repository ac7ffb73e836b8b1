#include "../core/residency.h"

#include <algorithm>

#include "arguments.h"
#include "page_runs.h"
#include "units.h"

namespace warmset::binding {
namespace {

/// The part of the range that lies inside the file; a length of 0 means to its end.
Result<std::uint64_t> clip(int fd, std::uint64_t offset, std::uint64_t length) {
  auto facts = identify(fd);
  if (!facts) return facts.error();
  const std::uint64_t rest = facts.value().size - std::min(facts.value().size, offset);
  return length == 0 ? rest : std::min(length, rest);
}

// mincore(file, offset, length, priority, token)
Napi::Value mincore_job(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  auto file = arguments.file(0, "file");
  const auto offset = arguments.bytes(1, "offset");
  const auto length = arguments.bytes(2, "length");
  const auto options = arguments.job(3);
  if (arguments.failed()) return info.Env().Undefined();
  using Runs = std::vector<PageRun>;
  return run_job<Runs>(
      info.Env(), options,
      [=](const CancelToken& token) -> Result<Runs> {
        auto fd = file.open();
        if (!fd) return fd.error();
        auto inside = clip(fd.value()->get(), offset, length);
        if (!inside) return inside.error();
        return resident_runs(fd.value()->get(), offset, inside.value(), token);
      },
      to_float64_pairs);
}

Napi::Value counts_to_object(Napi::Env env, CachestatCounts& counts) {
  auto object = Napi::Object::New(env);
  object.Set("cached", static_cast<double>(counts.cached));
  object.Set("dirty", static_cast<double>(counts.dirty));
  object.Set("writeback", static_cast<double>(counts.writeback));
  object.Set("evicted", static_cast<double>(counts.evicted));
  object.Set("recentlyEvicted", static_cast<double>(counts.recently_evicted));
  return object;
}

// cachestat(file, offset, length, priority, token)
Napi::Value cachestat_job(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  auto file = arguments.file(0, "file");
  const auto offset = arguments.bytes(1, "offset");
  const auto length = arguments.bytes(2, "length");
  const auto options = arguments.job(3);
  if (arguments.failed()) return info.Env().Undefined();
  return run_job<CachestatCounts>(
      info.Env(), options,
      [=](const CancelToken&) -> Result<CachestatCounts> {
        auto fd = file.open();
        if (!fd) return fd.error();
        return cachestat(fd.value()->get(), offset, length);
      },
      counts_to_object);
}

// statfsMagic(path, priority, token)
Napi::Value statfs_job(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const auto path = arguments.path(0, "path");
  const auto options = arguments.job(1);
  if (arguments.failed()) return info.Env().Undefined();
  return run_job<std::uint64_t>(
      info.Env(), options, [=](const CancelToken&) { return filesystem_magic(path); },
      [](Napi::Env env, std::uint64_t& magic) -> Napi::Value {
        return Napi::Number::New(env, static_cast<double>(magic));
      });
}

}  // namespace

void export_residency(Napi::Env env, Napi::Object exports) {
  exports.Set("mincore", Napi::Function::New<mincore_job>(env, "mincore"));
  exports.Set("cachestat", Napi::Function::New<cachestat_job>(env, "cachestat"));
  exports.Set("statfsMagic", Napi::Function::New<statfs_job>(env, "statfsMagic"));
}

}  // namespace warmset::binding
