#include "../core/survey.h"

#include <algorithm>
#include <cstring>

#include "../core/mapping.h"
#include "arguments.h"
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
  spec.trust_empty = arguments.as_flag(arguments.property(wanted, "trustEmpty"), "trustEmpty");
  if (spec.window % page_size() != 0) {
    arguments.reject_range("window", "a multiple of the page size", window);
  }
  return spec;
}

Napi::Value to_pages(Napi::Env env, const std::vector<std::uint32_t>& pages) {
  auto array = Napi::Uint32Array::New(env, pages.size());
  if (!array.IsEmpty()) std::copy(pages.begin(), pages.end(), array.Data());
  return array;
}

Napi::Value to_object(Napi::Env env, const FileSurvey& survey) {
  auto object = Napi::Object::New(env);
  object.Set("dev", Napi::BigInt::New(env, survey.facts.device));
  object.Set("ino", Napi::BigInt::New(env, survey.facts.inode));
  object.Set("size", static_cast<double>(survey.facts.size));
  object.Set("allocated", static_cast<double>(survey.facts.allocated));
  object.Set("modifiedNs", Napi::BigInt::New(env, survey.facts.modified_ns));
  object.Set("dax", survey.facts.dax);
  object.Set("filesystem", static_cast<double>(survey.filesystem));
  object.Set("cached", static_cast<double>(survey.counts.cached));
  object.Set("dirty", static_cast<double>(survey.counts.dirty));
  object.Set("writeback", static_cast<double>(survey.counts.writeback));
  object.Set("recentlyEvicted", static_cast<double>(survey.counts.recently_evicted));
  object.Set("sampled", survey.sampled);
  object.Set("disagreed", survey.disagreed);
  object.Set("window", static_cast<double>(survey.window));
  object.Set("tailCached", survey.tail_cached);
  // An array costs more than everything else about a small file; its one window is the whole.
  if (survey.cached.size() > 1) object.Set("cachedByWindow", to_pages(env, survey.cached));
  if (!survey.data.empty()) object.Set("dataByWindow", to_pages(env, survey.data));
  if (survey.refusal) object.Set("refusal", failure(env, *survey.refusal));
  return object;
}

// survey(paths, { source, window, mostWindows, samples, trustEmpty }, priority, token)
// One result a path, in order: a survey, or the failure that opening it gave.
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
        for (const std::string& path : paths) {
          if (token.cancelled()) break;
          surveys.push_back(survey_file(path, spec, token));
        }
        return surveys;
      },
      [](Napi::Env env, Surveys& surveys) -> Napi::Value {
        auto array = Napi::Array::New(env, surveys.size());
        std::uint32_t index = 0;
        for (Result<FileSurvey>& survey : surveys) {
          const Napi::HandleScope scope(env);
          array.Set(index++, survey ? to_object(env, survey.value()) : failure(env, survey.error()));
        }
        return array;
      });
}

struct CountFile {
  std::string path;
  std::vector<std::uint64_t> extents;  // pairs: offset, length
};

Result<std::uint64_t> count_file(const CountFile& file, CountSource source, const CancelToken& token) {
  auto opened = open_for_reading(file.path);
  if (!opened) return opened.error();
  std::uint64_t total = 0;
  for (std::size_t at = 0; at + 1 < file.extents.size(); at += 2) {
    auto found = count_data_bytes(opened.value(), source, file.extents[at], file.extents[at + 1], token);
    if (!found) return found.error();
    total += found.value();
  }
  return total;
}

std::vector<CountFile> read_files(Arguments& arguments, const Napi::Array& array) {
  std::vector<CountFile> files;
  for (std::uint32_t index = 0; !arguments.failed() && index < array.Length(); ++index) {
    const Napi::HandleScope scope(array.Env());
    const auto entry = arguments.as_object(arguments.element(array, index), "files");
    CountFile file;
    file.path = arguments.as_path(arguments.property(entry, "path"), "path");
    file.extents = arguments.as_byte_groups(arguments.property(entry, "extents"), "extents", 2);
    files.push_back(std::move(file));
  }
  return files;
}

// countBytes([{ path, extents: Float64Array of offset, length }], source, priority, token)
// One result a file, in order: resident bytes that aren't holes, or a failure.
Napi::Value count_job(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const CountSource source = read_source(arguments, info[1]);
  const auto options = arguments.job(2);
  auto files = read_files(arguments, arguments.array(0, "files"));
  if (arguments.failed()) return info.Env().Undefined();

  using Counts = std::vector<Result<std::uint64_t>>;
  return run_job<Counts>(
      info.Env(), options,
      [files = std::move(files), source](const CancelToken& token) -> Result<Counts> {
        Counts counts;
        counts.reserve(files.size());
        for (const CountFile& file : files) {
          if (token.cancelled()) break;
          counts.push_back(count_file(file, source, token));
        }
        return counts;
      },
      [](Napi::Env env, Counts& counts) -> Napi::Value {
        auto results = Napi::Array::New(env, counts.size());
        std::uint32_t index = 0;
        for (Result<std::uint64_t>& count : counts) {
          const Napi::HandleScope scope(env);
          if (count) {
            results.Set(index++, static_cast<double>(count.value()));
          } else {
            results.Set(index++, failure(env, count.error()));
          }
        }
        return results;
      });
}

}  // namespace

void export_survey(Napi::Env env, Napi::Object exports) {
  exports.Set("survey", Napi::Function::New<survey_job>(env, "survey"));
  exports.Set("countBytes", Napi::Function::New<count_job>(env, "countBytes"));
}

}  // namespace warmset::binding
