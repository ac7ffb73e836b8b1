#include "../core/mapping.h"

#include <limits>
#include <memory>

#include "../core/residency.h"
#include "advice.h"
#include "arguments.h"
#include "page_runs.h"
#include "units.h"

namespace warmset::binding {
namespace {

/// A mapping as JavaScript sees it: calls, never bytes. A Buffer over a file that someone truncates would
/// kill the process with SIGBUS on the next read. Jobs share ownership, so close() never pulls a mapping from
/// under one.
class MappingObject : public Napi::ObjectWrap<MappingObject> {
 public:
  explicit MappingObject(const Napi::CallbackInfo& info) : Napi::ObjectWrap<MappingObject>(info) {}

  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "Mapping",
                       {
                           InstanceMethod<&MappingObject::populate>("populate"),
                           InstanceMethod<&MappingObject::advise>("advise"),
                           InstanceMethod<&MappingObject::mincore>("mincore"),
                           InstanceMethod<&MappingObject::lock>("lock"),
                           InstanceMethod<&MappingObject::unlock>("unlock"),
                           InstanceMethod<&MappingObject::close>("close"),
                           InstanceAccessor<&MappingObject::length>("length"),
                       });
  }

  static Napi::Value wrap(Napi::Env env, std::shared_ptr<Mapping> mapping) {
    const Napi::Object object = context_of(env).mapping_constructor.New({});
    // A Worker's end can come between the two: then there is an object that nothing was wrapped in.
    MappingObject* self = object.IsEmpty() ? nullptr : Unwrap(object);
    if (self == nullptr) return env.Undefined();
    self->mapping_ = std::move(mapping);
    return object;
  }

 private:
  struct Part {
    std::uint64_t offset;
    std::uint64_t length;
  };

  /// Reads offset and length (0: to the end) and checks them against the mapping.
  Part part(Arguments& arguments, const Napi::CallbackInfo& info) const {
    Part part = {arguments.bytes(0, "offset"), arguments.bytes(1, "length")};
    if (!mapping_) {
      arguments.reject_type("this", "an open mapping; it was closed");
      return part;
    }
    const std::uint64_t whole = mapping_->length();
    if (part.offset % page_size() != 0)
      arguments.reject_range("offset", "a multiple of the page size", info[0]);
    if (part.offset > whole) arguments.reject_range("offset", "inside the mapping", info[0]);
    if (part.length == 0) part.length = whole - std::min(whole, part.offset);
    if (part.length > whole - std::min(whole, part.offset)) {
      arguments.reject_range("length", "inside the mapping", info[1]);
    }
    return part;
  }

  using Call = std::function<Status(const Mapping&)>;

  [[nodiscard]] Napi::Value run(Napi::Env env, const JobOptions& options, Call call) const {
    return run_job<Nothing>(
        env, options,
        [mapping = mapping_, call = std::move(call)](const CancelToken&) { return call(*mapping); },
        to_undefined);
  }

  // populate(offset, length, priority, token)
  Napi::Value populate(const Napi::CallbackInfo& info) {
    Arguments arguments(info);
    const Part range = part(arguments, info);
    const auto options = arguments.job(2);
    if (arguments.failed()) return info.Env().Undefined();
    return run(info.Env(), options,
               [=](const Mapping& mapping) { return mapping.populate(range.offset, range.length); });
  }

  // advise(offset, length, advice, priority, token)
  Napi::Value advise(const Napi::CallbackInfo& info) {
    Arguments arguments(info);
    const Part range = part(arguments, info);
    const auto advice = memory_advice(arguments.word(2, "advice"));
    const auto options = arguments.job(3);
    if (!advice)
      arguments.reject_range("advice", "a harmless advice of madvise(2) in small letters", info[2]);
    if (arguments.failed()) return info.Env().Undefined();
    return run(info.Env(), options,
               [=](const Mapping& mapping) { return mapping.advise(range.offset, range.length, *advice); });
  }

  // mincore(offset, length, priority, token)
  Napi::Value mincore(const Napi::CallbackInfo& info) {
    Arguments arguments(info);
    const Part range = part(arguments, info);
    const auto options = arguments.job(2);
    if (arguments.failed()) return info.Env().Undefined();
    return run_job<std::vector<PageRun>>(
        info.Env(), options,
        [=, mapping = mapping_](const CancelToken& token) {
          return resident_runs(*mapping, range.offset, range.length, token);
        },
        to_float64_pairs);
  }

  // lock(offset, length, onFault, priority, token)
  Napi::Value lock(const Napi::CallbackInfo& info) {
    Arguments arguments(info);
    const Part range = part(arguments, info);
    const auto on_fault = arguments.flag(2, "onFault");
    const auto options = arguments.job(3);
    if (arguments.failed()) return info.Env().Undefined();
    return run(info.Env(), options,
               [=](const Mapping& mapping) { return mapping.lock(range.offset, range.length, on_fault); });
  }

  // unlock(offset, length, priority, token)
  Napi::Value unlock(const Napi::CallbackInfo& info) {
    Arguments arguments(info);
    const Part range = part(arguments, info);
    const auto options = arguments.job(2);
    if (arguments.failed()) return info.Env().Undefined();
    return run(info.Env(), options,
               [=](const Mapping& mapping) { return mapping.unlock(range.offset, range.length); });
  }

  // close(priority, token): unmaps behind the last job that uses the mapping, off the event loop, because
  // munmap of gigabytes takes milliseconds. Closing twice is once.
  Napi::Value close(const Napi::CallbackInfo& info) {
    Arguments arguments(info);
    const auto options = arguments.job(0);
    if (arguments.failed()) return info.Env().Undefined();
    auto owner = std::make_shared<std::shared_ptr<Mapping>>(std::move(mapping_));
    mapping_ = nullptr;
    return run_job<Nothing>(
        info.Env(), options,
        [owner](const CancelToken&) -> Status {
          owner->reset();
          return Nothing{};
        },
        to_undefined);
  }

  Napi::Value length(const Napi::CallbackInfo& info) {
    return Napi::Number::New(info.Env(), mapping_ ? static_cast<double>(mapping_->length()) : 0);
  }

  std::shared_ptr<Mapping> mapping_;
};

// openMapping(file, offset, length, priority, token); a length of 0 means to the end of the file
Napi::Value open_mapping(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  auto file = arguments.file(0, "file");
  const auto offset = arguments.bytes(1, "offset");
  const auto length = arguments.bytes(2, "length");
  const auto options = arguments.job(3);
  if (offset % page_size() != 0) arguments.reject_range("offset", "a multiple of the page size", info[1]);
  if (arguments.failed()) return info.Env().Undefined();
  using Shared = std::shared_ptr<Mapping>;
  return run_job<Shared>(
      info.Env(), options,
      [=](const CancelToken&) -> Result<Shared> {
        auto fd = file.open();
        if (!fd) return fd.error();
        std::uint64_t span = length;
        if (span == 0) {
          auto facts = identify(fd.value()->get());
          if (!facts) return facts.error();
          span = facts.value().size - std::min(facts.value().size, offset);
        }
        auto mapping = Mapping::create(fd.value()->get(), offset, span);
        if (!mapping) return mapping.error();
        return std::make_shared<Mapping>(std::move(mapping).value());
      },
      [](Napi::Env env, Shared& mapping) { return MappingObject::wrap(env, std::move(mapping)); });
}

}  // namespace

void export_mapping(Napi::Env env, Napi::Object exports) {
  context_of(env).mapping_constructor = Napi::Persistent(MappingObject::define(env));
  exports.Set("openMapping", Napi::Function::New<open_mapping>(env, "openMapping"));
}

}  // namespace warmset::binding
