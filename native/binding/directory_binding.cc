#include "../core/directory.h"

#include <algorithm>

#include "arguments.h"
#include "columns.h"
#include "units.h"

namespace warmset::binding {
namespace {

const char* to_word(EntryKind kind) {
  switch (kind) {
    case EntryKind::kFile:
      return "file";
    case EntryKind::kDirectory:
      return "directory";
    case EntryKind::kSocket:
      return "socket";
    case EntryKind::kFifo:
      return "fifo";
    case EntryKind::kDevice:
      return "device";
    case EntryKind::kDangling:
      return "dangling";
    case EntryKind::kUnreadable:
      return "unreadable";
  }
  return "unreadable";
}

/// A string where the name is ASCII, as nearly all are; bytes where a string might lose something. A Buffer
/// costs ten times a string, which shows with a hundred thousand files.
Napi::Value to_name(Napi::Env env, const std::string& name) {
  const bool ascii = std::all_of(name.begin(), name.end(), [](char byte) { return byte > 0; });
  if (ascii) return Napi::String::New(env, name);
  return Napi::Buffer<char>::Copy(env, name.data(), name.size());
}

Napi::Object to_object(Napi::Env env, const DirectoryEntry& entry) {
  auto object = Napi::Object::New(env);
  object.Set("name", to_name(env, entry.name));
  object.Set("kind", to_word(entry.kind));
  object.Set("dev", Napi::BigInt::New(env, entry.device));
  object.Set("ino", Napi::BigInt::New(env, entry.inode));
  object.Set("size", static_cast<double>(entry.size));
  if (entry.error.code != 0) object.Set("error", failure(env, entry.error));
  return object;
}

/// The first place of the identities is the directory's own.
Napi::Value to_columns(Napi::Env env, const DirectoryListing& listing) {
  auto names = Napi::Array::New(env, listing.entries.size());
  auto errors = Napi::Array::New(env);
  std::vector<std::uint8_t> kinds;
  std::vector<double> sizes;
  std::vector<std::uint64_t> identities = {listing.device, listing.inode};
  std::uint32_t index = 0;
  std::uint32_t failed = 0;
  for (const DirectoryEntry& entry : listing.entries) {
    const Napi::HandleScope scope(env);
    names.Set(index, to_name(env, entry.name));
    kinds.push_back(static_cast<std::uint8_t>(entry.kind));
    sizes.push_back(static_cast<double>(entry.size));
    identities.insert(identities.end(), {entry.device, entry.inode});
    if (entry.error.code != 0) {
      auto error = failure(env, entry.error);
      error.Set("index", index);
      errors.Set(failed++, error);
    }
    ++index;
  }
  auto object = Napi::Object::New(env);
  object.Set("names", names);
  object.Set("kinds", to_codes(env, kinds));
  object.Set("sizes", to_doubles(env, sizes));
  object.Set("identities", to_identities(env, identities));
  object.Set("errors", errors);
  return object;
}

// listDirectory(path, priority, token)
// Answers { names, kinds, sizes, identities, errors }: columns with one place an entry.
Napi::Value list_job(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const auto path = arguments.path(0, "path");
  const auto options = arguments.job(1);
  if (arguments.failed()) return info.Env().Undefined();
  return run_job<DirectoryListing>(
      info.Env(), options, [=](const CancelToken&) { return list_directory(path); },
      [](Napi::Env env, DirectoryListing& listing) -> Napi::Value { return to_columns(env, listing); });
}

// lookUp(path, priority, token)
Napi::Value look_up_job(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const auto path = arguments.path(0, "path");
  const auto options = arguments.job(1);
  if (arguments.failed()) return info.Env().Undefined();
  return run_job<DirectoryEntry>(
      info.Env(), options, [=](const CancelToken&) { return look_up(path); },
      [](Napi::Env env, DirectoryEntry& entry) -> Napi::Value { return to_object(env, entry); });
}

}  // namespace

void export_directory(Napi::Env env, Napi::Object exports) {
  exports.Set("listDirectory", Napi::Function::New<list_job>(env, "listDirectory"));
  exports.Set("lookUp", Napi::Function::New<look_up_job>(env, "lookUp"));
}

}  // namespace warmset::binding
