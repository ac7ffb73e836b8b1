#include "../core/fill_run.h"

#include <algorithm>
#include <memory>

#include "../core/mapping.h"
#include "arguments.h"
#include "columns.h"
#include "rate_limiter_tag.h"
#include "units.h"

namespace warmset::binding {
namespace {

EngineKind read_engine(Arguments& arguments, const Napi::Value& value) {
  const std::string word = arguments.as_word(value, "engine");
  if (word == "populate") return EngineKind::kPopulate;
  if (word == "sendfile") return EngineKind::kSendfile;
  if (word == "read") return EngineKind::kRead;
  if (word == "willneed") return EngineKind::kWillneed;
  arguments.reject_range("engine", "'populate', 'sendfile', 'read' or 'willneed'", value);
  return EngineKind::kRead;
}

std::vector<FillExtent> to_extents(const std::vector<std::uint64_t>& numbers) {
  std::vector<FillExtent> extents;
  extents.reserve(numbers.size() / 3);
  for (std::size_t at = 0; at < numbers.size(); at += 3) {
    const FillExtent extent = {numbers[at], numbers[at + 1], numbers[at + 2]};
    if (extent.length > 0) extents.push_back(extent);
  }
  return extents;
}

std::vector<FillFile> read_files(Arguments& arguments, const Napi::Object& wanted) {
  auto parts = read_file_parts(arguments, wanted, 3);
  const auto identities = read_identities(arguments, wanted, parts.size());
  if (arguments.failed()) return {};
  std::vector<FillFile> files;
  files.reserve(parts.size());
  for (std::size_t at = 0; at < parts.size(); ++at) {
    files.push_back({std::move(parts[at].path), identities[at * 2], identities[(at * 2) + 1],
                     to_extents(parts[at].numbers)});
  }
  return files;
}

std::vector<std::shared_ptr<RateLimiter>> read_limiters(Arguments& arguments, const Napi::Value& value) {
  if (!arguments.failed() && !value.IsArray()) arguments.reject_type("limiters", "an array");
  if (arguments.failed()) return {};
  const auto array = value.As<Napi::Array>();
  std::vector<std::shared_ptr<RateLimiter>> limiters;
  for (std::uint32_t at = 0; !arguments.failed() && at < array.Length(); ++at) {
    auto limiter = rate_limiter(arguments.element(array, at));
    if (!limiter) arguments.reject_type("limiters", "an array of rate limiters");
    limiters.push_back(std::move(limiter));
  }
  return limiters;
}

FillSpec read_spec(Arguments& arguments, const Napi::Object& files, const Napi::Object& wanted) {
  FillSpec spec;
  spec.engine = read_engine(arguments, arguments.property(wanted, "engine"));
  const Napi::Value window = arguments.property(wanted, "window");
  spec.window = arguments.as_bytes(window, "window");
  const Napi::Value stretch = arguments.property(wanted, "stretch");
  spec.stretch = arguments.as_bytes(stretch, "stretch");
  if (spec.window == 0 || spec.window % page_size() != 0) {
    arguments.reject_range("window", "a multiple of the page size", window);
  }
  spec.small = arguments.as_bytes(arguments.property(wanted, "small"), "small");
  spec.touch = arguments.as_flag(arguments.property(wanted, "touch"), "touch");
  spec.limiters = read_limiters(arguments, arguments.property(wanted, "limiters"));
  if (spec.stretch < spec.window) arguments.reject_range("stretch", "at least one window", stretch);
  spec.files = read_files(arguments, files);
  return spec;
}

const char* to_word(FileFate fate) {
  switch (fate) {
    case FileFate::kFine:
      return "fine";
    case FileFate::kFailed:
      return "failed";
    case FileFate::kTruncated:
      return "truncated";
    case FileFate::kReplaced:
      return "replaced";
  }
  return "failed";
}

Napi::Object to_trouble(Napi::Env env, std::uint32_t index, const FileOutcome& outcome) {
  auto object = Napi::Object::New(env);
  object.Set("index", index);
  object.Set("fate", to_word(outcome.fate));
  object.Set("failedAt", static_cast<double>(outcome.failed_at));
  if (outcome.fate == FileFate::kFailed) object.Set("error", failure(env, outcome.error));
  return object;
}

Napi::Object to_columns(Napi::Env env, const std::vector<FileOutcome>& outcomes) {
  std::vector<double> filled;
  std::vector<double> read;
  auto troubles = Napi::Array::New(env);
  std::uint32_t index = 0;
  std::uint32_t troubled = 0;
  for (const FileOutcome& outcome : outcomes) {
    const Napi::HandleScope scope(env);
    filled.push_back(static_cast<double>(outcome.filled));
    read.push_back(static_cast<double>(outcome.read));
    if (outcome.fate != FileFate::kFine) troubles.Set(troubled++, to_trouble(env, index, outcome));
    ++index;
  }
  auto object = Napi::Object::New(env);
  object.Set("filled", to_doubles(env, filled));
  object.Set("read", to_doubles(env, read));
  object.Set("troubles", troubles);
  return object;
}

/// Settles when the last of its streams has returned.
struct FillJob {
  FillJob(FillSpec spec, std::size_t streams) : run(std::move(spec)), running(streams) {}

  FillRun run;
  std::atomic<std::size_t> running;
  std::size_t started = 0;                 // JS thread only
  std::optional<SystemError> start_error;  // JS thread only: why a stream couldn't be started
  std::mutex mutex;
  std::optional<SystemError> priority_error;  // guarded by mutex
};

class FillCompletion final : public Completion {
 public:
  FillCompletion(Deferred deferred, std::shared_ptr<FillJob> job)
      : deferred_(deferred), job_(std::move(job)) {}

  void settle(Napi::Env env) override {
    const Napi::HandleScope scope(env);
    if (job_->started == 0) return deferred_.reject(env, failure(env, *job_->start_error));
    auto object = to_columns(env, job_->run.outcomes());
    if (job_->priority_error) object.Set("priorityError", failure(env, *job_->priority_error));
    deferred_.resolve(env, object);
  }

 private:
  Deferred deferred_;
  std::shared_ptr<FillJob> job_;
};

Napi::Object progress_of(Napi::Env env, const FillRun& run) {
  auto object = Napi::Object::New(env);
  object.Set("filled", static_cast<double>(run.filled()));
  object.Set("read", static_cast<double>(run.read()));
  object.Set("filesDone", static_cast<double>(run.files_done()));
  return object;
}

// startFill({ paths, identities: BigUint64Array of dev, ino, counts, extents: Float64Array of offset, length,
//             missing },
//           { engine, window, stretch, streams, small, touch, limiters }, priority, token)
// Answers { promise, progress(), outcomes() }. A cancelled fill resolves with what it had done, when the
// device has answered for the windows in flight; outcomes() tells before.
Napi::Value start_fill(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Arguments arguments(info);
  const auto wanted = arguments.object(1, "options");
  const auto options = arguments.job(2);
  FillSpec spec = read_spec(arguments, arguments.object(0, "files"), wanted);
  const auto streams = arguments.as_integer(arguments.property(wanted, "streams"), "streams", 1, 64);
  if (arguments.failed()) return env.Undefined();

  AddonContext& context = context_of(env);
  const auto [deferred, promise] = Deferred::create(env);
  if (!deferred) return promise;
  const auto job = std::make_shared<FillJob>(std::move(spec), static_cast<std::size_t>(streams));
  auto completion =
      std::make_shared<std::unique_ptr<FillCompletion>>(std::make_unique<FillCompletion>(deferred, job));
  const auto end_stream = [job, completion, channel = context.channel] {
    if (--job->running == 0) channel->post(std::move(*completion));
  };
  context.channel->job_started(env);
  for (std::int32_t stream = 0; stream < streams; ++stream) {
    auto submitted = context.executor.submit(Lane::kFill, options.priority,
                                             [job, end_stream, token = options.token.within(context.ending)](
                                                 const std::optional<SystemError>& priority_error) {
                                               if (priority_error) {
                                                 const std::lock_guard lock(job->mutex);
                                                 job->priority_error = priority_error;
                                               }
                                               job->run.work(token);
                                               end_stream();
                                             });
    if (submitted) {
      ++job->started;
    } else {
      // The streams that did start share the work.
      job->start_error = submitted.error();
      end_stream();
    }
  }

  auto object = Napi::Object::New(env);
  object.Set("promise", promise);
  object.Set("progress", Napi::Function::New(env, [job](const Napi::CallbackInfo& call) -> Napi::Value {
               return progress_of(call.Env(), job->run);
             }));
  object.Set("outcomes", Napi::Function::New(env, [job](const Napi::CallbackInfo& call) -> Napi::Value {
               return to_columns(call.Env(), job->run.outcomes());
             }));
  return object;
}

}  // namespace

void export_fill(Napi::Env env, Napi::Object exports) {
  exports.Set("startFill", Napi::Function::New<start_fill>(env, "startFill"));
}

}  // namespace warmset::binding
