#include "../core/survey.h"

#include <algorithm>
#include <limits>

#include "../core/mapping.h"
#include "arguments.h"
#include "columns.h"
#include "units.h"

namespace warmset::binding {
namespace {

CountSource read_source(Arguments& arguments, const Napi::Value& value) {
  const std::string word = arguments.as_word(value, "source");
  if (word == "cachestat") return CountSource::kCachestat;
  if (word == "mincore") return CountSource::kMincore;
  if (word == "nowait") return CountSource::kNowait;
  arguments.reject_range("source", "'cachestat', 'mincore' or 'nowait'", value);
  return CountSource::kCachestat;
}

SurveySpec read_spec(Arguments& arguments, const Napi::Object& wanted) {
  SurveySpec spec;
  const auto bytes = [&](const char* name) {
    return arguments.as_bytes(arguments.property(wanted, name), name);
  };
  spec.source = read_source(arguments, arguments.property(wanted, "source"));
  const Napi::Value window = arguments.property(wanted, "window");
  spec.window = arguments.as_bytes(window, "window");
  spec.most_windows = std::max<std::uint64_t>(1, bytes("mostWindows"));
  spec.samples = static_cast<std::uint32_t>(std::min<std::uint64_t>(bytes("samples"), kMostWindows));
  spec.compare_every = bytes("compareEvery");
  spec.trust_empty = arguments.as_flag(arguments.property(wanted, "trustEmpty"), "trustEmpty");
  if (spec.window % page_size() != 0) {
    arguments.reject_range("window", "a multiple of the page size", window);
  }
  return spec;
}

/// What only some files have. One that could not be opened has a failure and nothing else.
Napi::Object to_details(Napi::Env env, std::uint32_t index, const Result<FileSurvey>& found) {
  auto object = Napi::Object::New(env);
  object.Set("index", index);
  if (!found) {
    object.Set("failure", failure(env, found.error()));
    return object;
  }
  const FileSurvey& survey = found.value();
  // One window is the whole file, whose count is among the numbers.
  if (survey.cached.size() > 1) object.Set("cachedByWindow", to_counts(env, survey.cached));
  if (!survey.data.empty()) object.Set("dataByWindow", to_counts(env, survey.data));
  if (survey.refusal) object.Set("refusal", failure(env, *survey.refusal));
  return object;
}

bool has_details(const Result<FileSurvey>& found) {
  if (!found) return true;
  const FileSurvey& survey = found.value();
  return survey.cached.size() > 1 || !survey.data.empty() || survey.refusal.has_value();
}

/// Twelve numbers a file; lib/native/columns.ts knows their order.
void append_numbers(std::vector<double>& numbers, const FileSurvey& survey) {
  for (const std::uint64_t number :
       {survey.facts.size, survey.facts.allocated, survey.filesystem, survey.counts.cached,
        survey.counts.dirty, survey.counts.writeback, survey.counts.recently_evicted,
        std::uint64_t{survey.sampled}, std::uint64_t{survey.disagreed}, survey.window,
        std::uint64_t{survey.facts.dax}, std::uint64_t{survey.tail_cached}}) {
    numbers.push_back(static_cast<double>(number));
  }
}

Napi::Value to_columns(Napi::Env env, const std::vector<Result<FileSurvey>>& surveys) {
  std::vector<double> numbers;
  std::vector<std::uint64_t> identities;
  auto details = Napi::Array::New(env);
  const FileSurvey nothing;
  std::uint32_t index = 0;
  std::uint32_t detailed = 0;
  for (const Result<FileSurvey>& found : surveys) {
    const Napi::HandleScope scope(env);
    const FileSurvey& survey = found ? found.value() : nothing;
    append_numbers(numbers, survey);
    identities.insert(identities.end(), {survey.facts.device, survey.facts.inode,
                                         static_cast<std::uint64_t>(survey.facts.modified_ns)});
    if (has_details(found)) details.Set(detailed++, to_details(env, index, found));
    ++index;
  }
  auto object = Napi::Object::New(env);
  object.Set("numbers", to_doubles(env, numbers));
  object.Set("identities", to_identities(env, identities));
  object.Set("details", details);
  return object;
}

// survey(paths, { source, window, mostWindows, samples, compareEvery, trustEmpty }, priority, token)
// Answers { numbers, identities, details }: columns with one place a path, in order.
Napi::Value survey_job(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  auto paths = arguments.paths(0, "paths");
  const auto wanted = arguments.object(1, "options");
  const auto options = arguments.job(2);
  const SurveySpec spec = read_spec(arguments, wanted);
  if (arguments.failed()) return info.Env().Undefined();

  using Surveys = std::vector<Result<FileSurvey>>;
  return run_job<Surveys>(
      info.Env(), options,
      [paths = std::move(paths), spec](const CancelToken& token) -> Result<Surveys> {
        Surveys surveys;
        surveys.reserve(paths.size());
        Surveyor surveyor(spec);
        for (const std::string& path : paths) {
          if (token.cancelled()) break;
          surveys.push_back(surveyor.survey(path, token));
        }
        return surveys;
      },
      [](Napi::Env env, Surveys& surveys) -> Napi::Value { return to_columns(env, surveys); });
}

Result<std::uint64_t> count_file(const FileParts& file, std::uint64_t device, std::uint64_t inode,
                                 CountSource source, const CancelToken& token) {
  auto opened = open_for_reading(file.path);
  if (!opened) return opened.error();
  const FileFacts& facts = opened.value().facts;
  if (facts.device != device || facts.inode != inode) return SystemError{ESTALE, "open"};
  std::uint64_t total = 0;
  for (std::size_t at = 0; at + 1 < file.numbers.size(); at += 2) {
    auto found = count_data_bytes(opened.value(), source, file.numbers[at], file.numbers[at + 1], token);
    if (!found) return found.error();
    total += found.value();
  }
  return total;
}

// countBytes({ paths, identities: BigUint64Array of dev, ino, counts,
//              extents: Float64Array of offset, length }, source, priority, token)
// A Float64Array, one number a file: resident bytes that aren't holes, NaN where they couldn't be counted or
// another file stands at the path.
Napi::Value count_job(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const CountSource source = read_source(arguments, info[1]);
  const auto options = arguments.job(2);
  const auto wanted = arguments.object(0, "files");
  auto files = read_file_parts(arguments, wanted, 2);
  auto identities = read_identities(arguments, wanted, files.size());
  if (arguments.failed()) return info.Env().Undefined();

  using Counts = std::vector<double>;
  return run_job<Counts>(
      info.Env(), options,
      [files = std::move(files), identities = std::move(identities),
       source](const CancelToken& token) -> Result<Counts> {
        Counts counts;
        counts.reserve(files.size());
        for (std::size_t at = 0; at < files.size() && !token.cancelled(); ++at) {
          const auto counted =
              count_file(files[at], identities[at * 2], identities[(at * 2) + 1], source, token);
          counts.push_back(counted ? static_cast<double>(counted.value())
                                   : std::numeric_limits<double>::quiet_NaN());
        }
        return counts;
      },
      [](Napi::Env env, Counts& counts) -> Napi::Value { return to_doubles(env, counts); });
}

}  // namespace

void export_survey(Napi::Env env, Napi::Object exports) {
  exports.Set("survey", Napi::Function::New<survey_job>(env, "survey"));
  exports.Set("countBytes", Napi::Function::New<count_job>(env, "countBytes"));
}

}  // namespace warmset::binding
