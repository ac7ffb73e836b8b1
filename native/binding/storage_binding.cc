#include "../core/filesystem.h"
#include "../core/inventory.h"
#include "../core/quiet_read.h"
#include "arguments.h"
#include "columns.h"
#include "rate_limiter_tag.h"
#include "units.h"

namespace warmset::binding {
namespace {

// What a caller can make one job allocate.
constexpr std::uint64_t kMostBytes = 64ULL << 20U;

// lookAtFilesystem(path, priority, token)
Napi::Value filesystem_job(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const auto path = arguments.path(0, "path");
  const auto options = arguments.job(1);
  if (arguments.failed()) return info.Env().Undefined();
  return run_job<FilesystemFacts>(
      info.Env(), options, [=](const CancelToken&) { return look_at_filesystem(path); },
      [](Napi::Env env, FilesystemFacts& facts) -> Napi::Value {
        auto object = Napi::Object::New(env);
        object.Set("magic", static_cast<double>(facts.magic));
        object.Set("total", static_cast<double>(facts.total));
        object.Set("free", static_cast<double>(facts.free));
        object.Set("available", static_cast<double>(facts.available));
        object.Set("inodes", static_cast<double>(facts.inodes));
        object.Set("freeInodes", static_cast<double>(facts.free_inodes));
        object.Set("reflinks",
                   facts.reflinks ? Napi::Boolean::New(env, *facts.reflinks).As<Napi::Value>() : env.Null());
        return object;
      });
}

Napi::Value to_columns(Napi::Env env, const Inventory& inventory) {
  auto names = Napi::Array::New(env, inventory.entries.size());
  auto errors = Napi::Array::New(env);
  auto shared = Napi::Array::New(env);
  std::vector<std::uint8_t> kinds;
  std::vector<double> numbers;
  std::vector<std::uint64_t> identities = {inventory.device, inventory.inode};
  std::uint32_t index = 0;
  std::uint32_t failed = 0;
  std::uint32_t sharing = 0;
  for (const InventoryEntry& entry : inventory.entries) {
    const Napi::HandleScope scope(env);
    names.Set(index, Napi::Buffer<char>::Copy(env, entry.name.data(), entry.name.size()));
    kinds.push_back(static_cast<std::uint8_t>(entry.kind));
    for (const std::uint64_t number : {entry.size, entry.allocated, entry.links}) {
      numbers.push_back(static_cast<double>(number));
    }
    identities.insert(identities.end(),
                      {entry.device, entry.inode, static_cast<std::uint64_t>(entry.modified_ns)});
    if (entry.error.code != 0) {
      auto error = failure(env, entry.error);
      error.Set("index", index);
      errors.Set(failed++, error);
    }
    if (!entry.shared.known || !entry.shared.ranges.empty()) {
      std::vector<double> ranges;
      for (const PhysicalRange& range : entry.shared.ranges) {
        ranges.insert(ranges.end(), {static_cast<double>(range.offset), static_cast<double>(range.length)});
      }
      auto object = Napi::Object::New(env);
      object.Set("index", index);
      object.Set("known", entry.shared.known);
      object.Set("ranges", to_doubles(env, ranges));
      shared.Set(sharing++, object);
    }
    ++index;
  }
  auto object = Napi::Object::New(env);
  object.Set("filesystem", static_cast<double>(inventory.filesystem));
  object.Set("names", names);
  object.Set("kinds", to_codes(env, kinds));
  object.Set("numbers", to_doubles(env, numbers));
  object.Set("identities", to_identities(env, identities));
  object.Set("shared", shared);
  object.Set("errors", errors);
  return object;
}

// takeInventory(path, least, priority, token)
// Answers { filesystem, names, kinds, numbers, identities, shared, errors }: columns with one place an entry.
Napi::Value inventory_job(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const auto path = arguments.path(0, "path");
  const auto least = arguments.bytes(1, "least");
  const auto options = arguments.job(2);
  if (arguments.failed()) return info.Env().Undefined();
  return run_job<Inventory>(
      info.Env(), options, [=](const CancelToken& token) { return take_inventory(path, least, token); },
      [](Napi::Env env, Inventory& inventory) -> Napi::Value { return to_columns(env, inventory); });
}

// readQuietly({ path, dev, ino }, offset, length, limiter or null, priority, token)
Napi::Value quiet_read_job(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const auto wanted = arguments.object(0, "file");
  QuietFile file;
  file.path = arguments.as_path(arguments.property(wanted, "path"), "path");
  file.device = arguments.as_identity(arguments.property(wanted, "dev"), "dev");
  file.inode = arguments.as_identity(arguments.property(wanted, "ino"), "ino");
  const auto offset = arguments.bytes(1, "offset");
  const auto length = arguments.bytes(2, "length");
  SharedLimiter limiter;
  if (!arguments.failed() && !info[3].IsNull()) {
    limiter = rate_limiter(info[3]);
    if (!limiter) arguments.reject_type("limiter", "a rate limiter or null");
  }
  const auto options = arguments.job(4);
  if (!arguments.failed() && length > kMostBytes) {
    arguments.reject_range("length", "at most 67108864", info[2]);
  }
  if (arguments.failed()) return info.Env().Undefined();
  return run_job<QuietRead>(
      info.Env(), options,
      [=](const CancelToken& token) { return read_quietly(file, offset, length, limiter, token); },
      [](Napi::Env env, QuietRead& read) -> Napi::Value {
        auto object = Napi::Object::New(env);
        object.Set("bytes", Napi::Buffer<std::uint8_t>::Copy(env, read.bytes.data(), read.bytes.size()));
        object.Set("left", read.left
                               ? Napi::Number::New(env, static_cast<double>(*read.left)).As<Napi::Value>()
                               : env.Null());
        return object;
      });
}

}  // namespace

void export_storage(Napi::Env env, Napi::Object exports) {
  exports.Set("lookAtFilesystem", Napi::Function::New<filesystem_job>(env, "lookAtFilesystem"));
  exports.Set("takeInventory", Napi::Function::New<inventory_job>(env, "takeInventory"));
  exports.Set("readQuietly", Napi::Function::New<quiet_read_job>(env, "readQuietly"));
}

}  // namespace warmset::binding
