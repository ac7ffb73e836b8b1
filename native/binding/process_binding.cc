#include "../core/process.h"

#include <csignal>
#include <string_view>

#include "../core/signal_watch.h"
#include "arguments.h"
#include "units.h"

namespace warmset::binding {
namespace {

/// The bytes of a Buffer. Node-API calls a DataView one, too, and then fails to say what is in it.
std::string_view bytes_of(Arguments& arguments, const Napi::Value& value, const char* name) {
  if (arguments.failed()) return {};
  if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array) {
    arguments.reject_type(name, "a Buffer");
    return {};
  }
  const auto array = value.As<Napi::Uint8Array>();
  if (array.ElementLength() == 0) return {};
  return {reinterpret_cast<const char*>(array.Data()), array.ElementLength()};
}

/// Words as /proc/PID/cmdline has them: each ends with a zero byte. They needn't be UTF-8, and may be empty.
std::vector<std::string> words(Arguments& arguments, const Napi::Value& value, const char* name) {
  std::string_view left = bytes_of(arguments, value, name);
  std::vector<std::string> list;
  while (!left.empty()) {
    const auto end = left.find('\0');
    if (end == std::string_view::npos) {
      arguments.reject_type(name, "a Buffer of words that each end with a zero byte");
      return {};
    }
    list.emplace_back(left.substr(0, end));
    left.remove_prefix(end + 1);
  }
  return list;
}

Program program(Arguments& arguments, const Napi::CallbackInfo& info) {
  Program wanted;
  wanted.file = arguments.path(0, "file");
  wanted.arguments = words(arguments, info[1], "arguments");
  wanted.environment = words(arguments, info[2], "environment");
  if (!arguments.failed() && wanted.arguments.empty()) {
    arguments.reject_type("arguments", "at least one word, by which the program calls itself");
  }
  return wanted;
}

// replaceProcess(file, arguments, environment): why it could not. On the JS thread, of which nothing is left
// otherwise.
Napi::Value replace(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const auto wanted = program(arguments, info);
  if (arguments.failed()) return info.Env().Undefined();
  return failure(info.Env(), replace_process(wanted));
}

/// Numbers below `limit`, at least `least`.
std::vector<int> numbers(Arguments& arguments, const Napi::Value& value, const char* name,
                         const char* expected, std::uint32_t least, std::uint32_t limit) {
  std::vector<int> list;
  for (const auto number : arguments.as_counts(value, name)) {
    if (number < least || number >= limit) {
      arguments.reject_range(name, expected, value);
      return {};
    }
    list.push_back(static_cast<int>(number));
  }
  return list;
}

std::vector<int> signal_numbers(Arguments& arguments, const Napi::Value& value) {
  return numbers(arguments, value, "signals", "numbers of signals", 1, NSIG);
}

/// A descriptor, or the failure.
Napi::Value descriptor(Napi::Env env, const Result<int>& made) {
  if (!made) return failure(env, made.error());
  return Napi::Number::New(env, made.value());
}

// handOver(file, arguments, environment, signals, descriptors): why it could not
Napi::Value give_way(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const auto wanted = program(arguments, info);
  const auto blocked = signal_numbers(arguments, info[3]);
  const auto kept = numbers(arguments, info[4], "descriptors", "descriptors", 0, 1U << 30U);
  if (arguments.failed()) return info.Env().Undefined();
  return failure(info.Env(), hand_over(wanted, {kept, blocked}));
}

// signalDescriptor(signals): to read signalfd_siginfo from, or the failure
Napi::Value signal_descriptor(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const auto signals = signal_numbers(arguments, info[0]);
  if (arguments.failed()) return info.Env().Undefined();
  return descriptor(info.Env(), make_signal_descriptor(signals));
}

// holdBytes(bytes): a descriptor to read them from, or the failure
Napi::Value hold(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const std::string_view bytes = bytes_of(arguments, info[0], "bytes");
  if (arguments.failed()) return info.Env().Undefined();
  return descriptor(info.Env(), hold_bytes(bytes));
}

// startOrphan(file, arguments, environment, quiet): undefined, or the failure. At once: some milliseconds.
Napi::Value start(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const auto wanted = program(arguments, info);
  const bool quiet = arguments.flag(3, "quiet");
  if (arguments.failed()) return info.Env().Undefined();
  const auto started = start_orphan(wanted, quiet);
  if (!started) return failure(info.Env(), started.error());
  return info.Env().Undefined();
}

// reapChild(pid): whether it had ended, or the failure
Napi::Value reap(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const auto pid = arguments.integer(0, "pid", 1, 1 << 22);
  if (arguments.failed()) return info.Env().Undefined();
  const auto reaped = reap_child(pid);
  if (!reaped) return failure(info.Env(), reaped.error());
  return Napi::Boolean::New(info.Env(), reaped.value());
}

// createPipe(): [to read from, to write to], or the failure
Napi::Value create_pipe(const Napi::CallbackInfo& info) {
  const auto ends = make_pipe();
  if (!ends) return failure(info.Env(), ends.error());
  auto pair = Napi::Array::New(info.Env(), 2);
  if (pair.IsEmpty()) return info.Env().Undefined();
  pair.Set(0U, ends.value()[0]);
  pair.Set(1U, ends.value()[1]);
  return pair;
}

// watchSignals(signals): the descriptor to read records of three 32-bit numbers from, or the failure
Napi::Value watch(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const auto numbers = signal_numbers(arguments, info[0]);
  if (arguments.failed()) return info.Env().Undefined();
  return descriptor(info.Env(), watch_signals(numbers));
}

Napi::Value unwatch(const Napi::CallbackInfo& info) {
  unwatch_signals();
  return info.Env().Undefined();
}

}  // namespace

void export_process(Napi::Env env, Napi::Object exports) {
  exports.Set("replaceProcess", Napi::Function::New<replace>(env, "replaceProcess"));
  exports.Set("handOver", Napi::Function::New<give_way>(env, "handOver"));
  exports.Set("signalDescriptor", Napi::Function::New<signal_descriptor>(env, "signalDescriptor"));
  exports.Set("holdBytes", Napi::Function::New<hold>(env, "holdBytes"));
  exports.Set("startOrphan", Napi::Function::New<start>(env, "startOrphan"));
  exports.Set("reapChild", Napi::Function::New<reap>(env, "reapChild"));
  exports.Set("createPipe", Napi::Function::New<create_pipe>(env, "createPipe"));
  exports.Set("watchSignals", Napi::Function::New<watch>(env, "watchSignals"));
  exports.Set("unwatchSignals", Napi::Function::New<unwatch>(env, "unwatchSignals"));
}

}  // namespace warmset::binding
