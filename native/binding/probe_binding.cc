#include <chrono>

#include "../core/drain.h"
#include "../core/mapping.h"
#include "../core/open_probe.h"
#include "../core/read_probe.h"
#include "../core/stretch_probe.h"
#include "arguments.h"
#include "rate_limiter_tag.h"
#include "units.h"

namespace warmset::binding {
namespace {

// Bounds what one job holds in memory and how long its result takes to convert.
constexpr std::size_t kMostPlaces = 65536;

double milliseconds(std::uint64_t nanoseconds) {
  return static_cast<double>(nanoseconds) / 1e6;
}

void set_count(Napi::Env env, Napi::Object& object, const char* name,
               const std::optional<std::uint64_t>& count) {
  if (count) {
    object.Set(name, static_cast<double>(*count));
  } else {
    object.Set(name, env.Null());
  }
}

// Reads ---------------------------------------------------------------------------------------------------

ReadWay read_way(Arguments& arguments, const Napi::Value& value) {
  const std::string word = arguments.as_word(value, "from");
  if (word == "direct") return ReadWay::kDirect;
  if (word == "dontcache") return ReadWay::kDontcache;
  if (word == "buffered") return ReadWay::kBuffered;
  arguments.reject_range("from", "'direct', 'dontcache' or 'buffered'", value);
  return ReadWay::kDirect;
}

const char* to_word(ReadWay way) {
  switch (way) {
    case ReadWay::kDirect:
      return "direct";
    case ReadWay::kDontcache:
      return "dontcache";
    case ReadWay::kBuffered:
      return "buffered";
  }
  return "buffered";
}

const char* to_word(ReadFate fate) {
  switch (fate) {
    case ReadFate::kRead:
      return "read";
    case ReadFate::kResident:
      return "resident";
    case ReadFate::kUnknown:
      return "unknown";
    case ReadFate::kHole:
      return "hole";
    case ReadFate::kEnded:
      return "ended";
    case ReadFate::kReplaced:
      return "replaced";
    case ReadFate::kFailed:
      return "failed";
  }
  return "failed";
}

std::vector<ProbePlace> read_places(Arguments& arguments, const Napi::Value& value, std::size_t files) {
  const auto numbers = arguments.as_byte_groups(value, "places", 2);
  if (numbers.size() / 2 > kMostPlaces) arguments.reject_range("places", "at most 65536 places", value);
  std::vector<ProbePlace> places;
  places.reserve(arguments.failed() ? 0 : numbers.size() / 2);
  for (std::size_t at = 0; !arguments.failed() && at < numbers.size(); at += 2) {
    if (numbers[at] >= files || numbers[at + 1] % kProbeAlignment != 0) {
      arguments.reject_range("places", "pairs of a file's index and an offset that is a multiple of 4096",
                             value);
    }
    places.push_back({numbers[at], numbers[at + 1]});
  }
  return places;
}

ReadProbeSpec read_spec(Arguments& arguments, const Napi::Array& array, const Napi::Value& places,
                        const Napi::Object& wanted) {
  ReadProbeSpec spec;
  const Napi::Value block = arguments.property(wanted, "block");
  spec.block = arguments.as_bytes(block, "block");
  if (spec.block == 0 || spec.block > kLargestProbe || spec.block % kProbeAlignment != 0) {
    arguments.reject_range("block", "a multiple of 4096 up to 1048576 (1 MiB)", block);
  }
  const Napi::Value spacing = arguments.property(wanted, "spacingUs");
  // Half an hour: whoever wants more wants another job.
  spec.spacing = std::chrono::microseconds(arguments.as_integer(spacing, "spacingUs", 0, 2'000'000'000));
  const Napi::Value limit = arguments.property(wanted, "limitUs");
  spec.limit = std::chrono::microseconds(arguments.as_integer(limit, "limitUs", 0, 2'000'000'000));
  spec.from = read_way(arguments, arguments.property(wanted, "from"));
  for (std::uint32_t index = 0; !arguments.failed() && index < array.Length(); ++index) {
    const Napi::HandleScope scope(array.Env());
    const auto entry = arguments.as_object(arguments.element(array, index), "files");
    ProbeFile file;
    file.path = arguments.as_path(arguments.property(entry, "path"), "path");
    file.device = arguments.as_identity(arguments.property(entry, "dev"), "dev");
    file.inode = arguments.as_identity(arguments.property(entry, "ino"), "ino");
    spec.files.push_back(std::move(file));
  }
  spec.places = read_places(arguments, places, spec.files.size());
  return spec;
}

Napi::Value to_array(Napi::Env env, const std::vector<ProbedRead>& reads) {
  auto array = Napi::Array::New(env, reads.size());
  std::uint32_t index = 0;
  for (const ProbedRead& read : reads) {
    const Napi::HandleScope scope(env);
    auto object = Napi::Object::New(env);
    object.Set("fate", to_word(read.fate));
    if (read.fate == ReadFate::kRead) {
      object.Set("way", to_word(read.way));
      object.Set("milliseconds", milliseconds(read.nanoseconds));
      object.Set("bytes", static_cast<double>(read.bytes));
    }
    set_count(env, object, "addedPages", read.added);
    if (read.fate == ReadFate::kFailed) object.Set("error", failure(env, read.error));
    array.Set(index++, object);
  }
  return array;
}

// probeReads([{ path, dev, ino }], Float64Array of file index, offset, { block, spacingUs, limitUs, from },
//            priority, token)
Napi::Value probe_reads_job(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const auto wanted = arguments.object(2, "options");
  auto options = arguments.job(3);
  options.lane = Lane::kProbe;
  auto spec = read_spec(arguments, arguments.array(0, "files"), info[1], wanted);
  if (arguments.failed()) return info.Env().Undefined();
  return run_job<std::vector<ProbedRead>>(
      info.Env(), options,
      [spec = std::move(spec)](const CancelToken& token) -> Result<std::vector<ProbedRead>> {
        return probe_reads(spec, token);
      },
      [](Napi::Env env, std::vector<ProbedRead>& reads) -> Napi::Value { return to_array(env, reads); });
}

// Opens ---------------------------------------------------------------------------------------------------

const char* to_word(Temperature temperature) {
  switch (temperature) {
    case Temperature::kCold:
      return "cold";
    case Temperature::kWarm:
      return "warm";
    case Temperature::kUnknown:
      return "unknown";
  }
  return "unknown";
}

const char* to_word(TouchFate fate) {
  switch (fate) {
    case TouchFate::kTouched:
      return "touched";
    case TouchFate::kEnded:
      return "ended";
    case TouchFate::kFailed:
      return "failed";
  }
  return "failed";
}

Napi::Value to_object(Napi::Env env, const OpenProbe& probe) {
  auto object = Napi::Object::New(env);
  object.Set("replaced", probe.replaced);
  object.Set("openMs", milliseconds(probe.open_ns));
  object.Set("mapMs", milliseconds(probe.map_ns));
  auto touches = Napi::Array::New(env, probe.touches.size());
  std::uint32_t index = 0;
  for (const Touch& touch : probe.touches) {
    const Napi::HandleScope scope(env);
    auto entry = Napi::Object::New(env);
    entry.Set("fate", to_word(touch.fate));
    entry.Set("temperature", to_word(touch.temperature));
    entry.Set("milliseconds", milliseconds(touch.nanoseconds));
    if (touch.fate == TouchFate::kFailed) entry.Set("error", failure(env, touch.error));
    touches.Set(index++, entry);
  }
  object.Set("touches", touches);
  set_count(env, object, "broughtPages", probe.brought);
  set_count(env, object, "leftPages", probe.left);
  return object;
}

// probeOpen({ path, dev, ino, offset, length, places: Float64Array of offsets }, priority, token)
Napi::Value probe_open_job(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const auto wanted = arguments.object(0, "file");
  auto options = arguments.job(1);
  options.lane = Lane::kProbe;
  OpenProbeSpec spec;
  spec.path = arguments.as_path(arguments.property(wanted, "path"), "path");
  spec.device = arguments.as_identity(arguments.property(wanted, "dev"), "dev");
  spec.inode = arguments.as_identity(arguments.property(wanted, "ino"), "ino");
  const Napi::Value offset = arguments.property(wanted, "offset");
  spec.offset = arguments.as_bytes(offset, "offset");
  if (spec.offset % page_size() != 0) {
    arguments.reject_range("offset", "a multiple of the page size", offset);
  }
  spec.length = arguments.as_bytes(arguments.property(wanted, "length"), "length");
  const Napi::Value places = arguments.property(wanted, "places");
  spec.places = arguments.as_byte_groups(places, "places", 1);
  if (spec.places.size() > kMostPlaces) arguments.reject_range("places", "at most 65536 places", places);
  if (arguments.failed()) return info.Env().Undefined();
  return run_job<OpenProbe>(
      info.Env(), options,
      [spec = std::move(spec)](const CancelToken& token) { return probe_open(spec, token); },
      [](Napi::Env env, OpenProbe& probe) -> Napi::Value { return to_object(env, probe); });
}

// Draining ------------------------------------------------------------------------------------------------

const char* name_of(Drained drained) {
  switch (drained) {
    case Drained::kYes:
      return "yes";
    case Drained::kOwnLeft:
      return "own-left";
    case Drained::kDeviceBusy:
      return "device-busy";
  }
  return "";
}

// waitForDrain(limiter, inflight or null, ownPatienceMs, devicePatienceMs, priority, token)
Napi::Value wait_for_drain_job(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  constexpr std::int32_t kLongestMs = 60'000;
  const auto limiter = rate_limiter(info[0]);
  if (!limiter) arguments.reject_type("limiter", "a rate limiter");
  const auto inflight = info[1].IsNull() ? std::string() : arguments.path(1, "inflight");
  const DrainPatience patience = {
      std::chrono::milliseconds(arguments.integer(2, "ownPatienceMs", 0, kLongestMs)),
      std::chrono::milliseconds(arguments.integer(3, "devicePatienceMs", 0, kLongestMs)),
  };
  auto options = arguments.job(4);
  if (arguments.failed()) return info.Env().Undefined();
  options.lane = Lane::kProbe;
  return run_job<Drained>(
      info.Env(), options,
      [=](const CancelToken& token) { return wait_for_drain(*limiter, inflight, patience, token); },
      [](Napi::Env env, Drained& drained) -> Napi::Value {
        return Napi::String::New(env, name_of(drained));
      });
}

// Stretches -----------------------------------------------------------------------------------------------

Napi::Value to_object(Napi::Env env, const StretchProbe& probe) {
  auto object = Napi::Object::New(env);
  object.Set("replaced", probe.replaced);
  object.Set("ended", probe.ended);
  object.Set("pages", static_cast<double>(probe.pages));
  object.Set("touchedPages", static_cast<double>(probe.touched));
  object.Set("milliseconds", milliseconds(probe.nanoseconds));
  set_count(env, object, "residentPages", probe.resident);
  set_count(env, object, "broughtPages", probe.brought);
  set_count(env, object, "leftPages", probe.left);
  if (probe.error) object.Set("error", failure(env, *probe.error));
  return object;
}

// probeStretch({ path, dev, ino, offset, length }, priority, token)
Napi::Value probe_stretch_job(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const auto wanted = arguments.object(0, "file");
  auto options = arguments.job(1);
  options.lane = Lane::kProbe;
  StretchProbeSpec spec;
  spec.path = arguments.as_path(arguments.property(wanted, "path"), "path");
  spec.device = arguments.as_identity(arguments.property(wanted, "dev"), "dev");
  spec.inode = arguments.as_identity(arguments.property(wanted, "ino"), "ino");
  const Napi::Value offset = arguments.property(wanted, "offset");
  spec.offset = arguments.as_bytes(offset, "offset");
  if (spec.offset % page_size() != 0) {
    arguments.reject_range("offset", "a multiple of the page size", offset);
  }
  const Napi::Value length = arguments.property(wanted, "length");
  spec.length = arguments.as_bytes(length, "length");
  if (spec.length == 0 || spec.length > kLongestStretch) {
    arguments.reject_range("length", "from 1 to 268435456 (256 MiB)", length);
  }
  if (arguments.failed()) return info.Env().Undefined();
  return run_job<StretchProbe>(
      info.Env(), options,
      [spec = std::move(spec)](const CancelToken& token) { return probe_stretch(spec, token); },
      [](Napi::Env env, StretchProbe& probe) -> Napi::Value { return to_object(env, probe); });
}

}  // namespace

void export_probe(Napi::Env env, Napi::Object exports) {
  exports.Set("waitForDrain", Napi::Function::New<wait_for_drain_job>(env, "waitForDrain"));
  exports.Set("probeReads", Napi::Function::New<probe_reads_job>(env, "probeReads"));
  exports.Set("probeOpen", Napi::Function::New<probe_open_job>(env, "probeOpen"));
  exports.Set("probeStretch", Napi::Function::New<probe_stretch_job>(env, "probeStretch"));
}

}  // namespace warmset::binding
