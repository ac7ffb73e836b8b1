#include "../core/copy.h"

#include "arguments.h"
#include "rate_limiter_tag.h"
#include "units.h"

namespace warmset::binding {
namespace {

constexpr std::int32_t kMostMode = 07777;

QuietFile to_file(Arguments& arguments, const Napi::Value& value, const char* name) {
  QuietFile file;
  const auto wanted = arguments.as_object(value, name);
  file.path = arguments.as_path(arguments.property(wanted, "path"), "path");
  file.device = arguments.as_identity(arguments.property(wanted, "dev"), "dev");
  file.inode = arguments.as_identity(arguments.property(wanted, "ino"), "ino");
  return file;
}

Napi::Value to_object(Napi::Env env, EntryFacts& facts) {
  auto object = Napi::Object::New(env);
  object.Set("kind", static_cast<double>(facts.kind));
  object.Set("dev", Napi::BigInt::New(env, facts.device));
  object.Set("ino", Napi::BigInt::New(env, facts.inode));
  object.Set("size", static_cast<double>(facts.size));
  object.Set("allocated", static_cast<double>(facts.allocated));
  object.Set("links", static_cast<double>(facts.links));
  object.Set("modifiedNs", Napi::BigInt::New(env, facts.modified_ns));
  object.Set("mode", facts.mode);
  object.Set("uid", facts.owner);
  object.Set("gid", facts.group);
  object.Set(
      "leadsTo",
      facts.kind == EntryKind::kLink
          ? Napi::Buffer<char>::Copy(env, facts.leads_to.data(), facts.leads_to.size()).As<Napi::Value>()
          : env.Null());
  return object;
}

// lookAtEntry(path, priority, token): lstat(2), and where a link leads
Napi::Value entry_job(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const auto path = arguments.path(0, "path");
  const auto options = arguments.job(1);
  if (arguments.failed()) return info.Env().Undefined();
  return run_job<EntryFacts>(
      info.Env(), options, [=](const CancelToken&) { return look_at_entry(path); }, to_object);
}

// openPartial(path, priority, token): makes it where it is missing
Napi::Value partial_job(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const auto path = arguments.path(0, "path");
  const auto options = arguments.job(1);
  if (arguments.failed()) return info.Env().Undefined();
  return run_job<EntryFacts>(
      info.Env(), options, [=](const CancelToken&) { return open_partial(path); }, to_object);
}

// copyPiece(source, destination, offset, length, limiter or null, priority, token)
// Answers { bytes, hole, left }.
Napi::Value piece_job(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const auto source = to_file(arguments, info[0], "source");
  const auto destination = to_file(arguments, info[1], "destination");
  const auto offset = arguments.bytes(2, "offset");
  const auto length = arguments.bytes(3, "length");
  SharedLimiter limiter;
  if (!arguments.failed() && !info[4].IsNull()) {
    limiter = rate_limiter(info[4]);
    if (!limiter) arguments.reject_type("limiter", "a rate limiter or null");
  }
  const auto options = arguments.job(5);
  if (arguments.failed()) return info.Env().Undefined();
  return run_job<CopiedPiece>(
      info.Env(), options,
      [=](const CancelToken& token) {
        return copy_piece(source, destination, offset, length, limiter, token);
      },
      [](Napi::Env env, CopiedPiece& piece) -> Napi::Value {
        auto object = Napi::Object::New(env);
        object.Set("bytes", Napi::Buffer<std::uint8_t>::Copy(env, piece.bytes.data(), piece.bytes.size()));
        object.Set("hole", static_cast<double>(piece.hole));
        object.Set("left", piece.left
                               ? Napi::Number::New(env, static_cast<double>(*piece.left)).As<Napi::Value>()
                               : env.Null());
        return object;
      });
}

// settleWindow(destination, offset, length, keep, priority, token): on the disk and, unless `keep`, no longer
// in the cache
Napi::Value settle_job(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const auto destination = to_file(arguments, info[0], "destination");
  const auto offset = arguments.bytes(1, "offset");
  const auto length = arguments.bytes(2, "length");
  const bool keep = arguments.flag(3, "keep");
  const auto options = arguments.job(4);
  if (arguments.failed()) return info.Env().Undefined();
  return run_job<Nothing>(
      info.Env(), options,
      [=](const CancelToken&) { return settle_window(destination, offset, length, keep); }, to_undefined);
}

// cloneFile(source, destination, priority, token): whether they share the data now
Napi::Value clone_job(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const auto source = to_file(arguments, info[0], "source");
  const auto destination = to_file(arguments, info[1], "destination");
  const auto options = arguments.job(2);
  if (arguments.failed()) return info.Env().Undefined();
  return run_job<bool>(
      info.Env(), options, [=](const CancelToken&) { return clone_file(source, destination); },
      [](Napi::Env env, bool& shared) -> Napi::Value { return Napi::Boolean::New(env, shared); });
}

// publishFile(destination, { at, size, modifiedNs, mode, uid, gid, keep }, priority, token)
Napi::Value publish_job(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const auto destination = to_file(arguments, info[0], "destination");
  const auto wanted = arguments.object(1, "publication");
  Publication publication;
  publication.at = arguments.as_path(arguments.property(wanted, "at"), "at");
  publication.size = arguments.as_bytes(arguments.property(wanted, "size"), "size");
  // Two's complement: times before 1970 are times, too.
  publication.modified_ns = static_cast<std::int64_t>(
      arguments.as_identity(arguments.property(wanted, "modifiedNs"), "modifiedNs"));
  publication.mode = static_cast<std::uint32_t>(
      arguments.as_integer(arguments.property(wanted, "mode"), "mode", 0, kMostMode));
  publication.owner =
      static_cast<std::uint32_t>(arguments.as_bytes(arguments.property(wanted, "uid"), "uid"));
  publication.group =
      static_cast<std::uint32_t>(arguments.as_bytes(arguments.property(wanted, "gid"), "gid"));
  publication.keep = arguments.as_flag(arguments.property(wanted, "keep"), "keep");
  const auto options = arguments.job(2);
  if (arguments.failed()) return info.Env().Undefined();
  return run_job<Nothing>(
      info.Env(), options, [=](const CancelToken&) { return publish_file(destination, publication); },
      to_undefined);
}

}  // namespace

void export_copy(Napi::Env env, Napi::Object exports) {
  exports.Set("lookAtEntry", Napi::Function::New<entry_job>(env, "lookAtEntry"));
  exports.Set("openPartial", Napi::Function::New<partial_job>(env, "openPartial"));
  exports.Set("copyPiece", Napi::Function::New<piece_job>(env, "copyPiece"));
  exports.Set("settleWindow", Napi::Function::New<settle_job>(env, "settleWindow"));
  exports.Set("cloneFile", Napi::Function::New<clone_job>(env, "cloneFile"));
  exports.Set("publishFile", Napi::Function::New<publish_job>(env, "publishFile"));
}

}  // namespace warmset::binding
