#include "../core/process.h"

#include <csignal>
#include <string_view>

#include "../core/signal_watch.h"
#include "arguments.h"
#include "units.h"

namespace warmset::binding {
namespace {

/// Words as /proc/PID/cmdline has them: each ends with a zero byte. They needn't be UTF-8, and may be empty.
std::vector<std::string> words(Arguments& arguments, const Napi::Value& value, const char* name) {
  if (arguments.failed()) return {};
  if (!value.IsBuffer()) {
    arguments.reject_type(name, "a Buffer");
    return {};
  }
  const auto buffer = value.As<Napi::Buffer<char>>();
  std::string_view left(buffer.Length() > 0 ? buffer.Data() : "", buffer.Length());
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

// watchSignals(numbers): the descriptor to read records of three 32-bit numbers from, or the failure
Napi::Value watch(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const auto given = arguments.as_counts(info[0], "numbers");
  std::vector<int> numbers;
  for (const auto number : given) {
    if (number == 0 || number >= static_cast<std::uint32_t>(NSIG)) {
      arguments.reject_range("numbers", "numbers of signals", info[0]);
      break;
    }
    numbers.push_back(static_cast<int>(number));
  }
  if (arguments.failed()) return info.Env().Undefined();
  const auto watched = watch_signals(numbers);
  if (!watched) return failure(info.Env(), watched.error());
  return Napi::Number::New(info.Env(), watched.value());
}

Napi::Value unwatch(const Napi::CallbackInfo& info) {
  unwatch_signals();
  return info.Env().Undefined();
}

}  // namespace

void export_process(Napi::Env env, Napi::Object exports) {
  exports.Set("replaceProcess", Napi::Function::New<replace>(env, "replaceProcess"));
  exports.Set("startOrphan", Napi::Function::New<start>(env, "startOrphan"));
  exports.Set("reapChild", Napi::Function::New<reap>(env, "reapChild"));
  exports.Set("createPipe", Napi::Function::New<create_pipe>(env, "createPipe"));
  exports.Set("watchSignals", Napi::Function::New<watch>(env, "watchSignals"));
  exports.Set("unwatchSignals", Napi::Function::New<unwatch>(env, "unwatchSignals"));
}

}  // namespace warmset::binding
