#pragma once

#include "napi_setup.h"

namespace warmset::binding {

// One for each unit of native/core; each adds its functions to the exports.
void export_mapping(Napi::Env env, Napi::Object exports);
void export_residency(Napi::Env env, Napi::Object exports);
void export_advise(Napi::Env env, Napi::Object exports);
void export_survey(Napi::Env env, Napi::Object exports);
void export_folios(Napi::Env env, Napi::Object exports);
void export_fill(Napi::Env env, Napi::Object exports);
void export_directory(Napi::Env env, Napi::Object exports);
void export_priority(Napi::Env env, Napi::Object exports);
void export_process(Napi::Env env, Napi::Object exports);
void export_rate_limiter(Napi::Env env, Napi::Object exports);
void export_features(Napi::Env env, Napi::Object exports);
void export_cancel(Napi::Env env, Napi::Object exports);
void export_timed_read(Napi::Env env, Napi::Object exports);
void export_read_range(Napi::Env env, Napi::Object exports);
void export_text_file(Napi::Env env, Napi::Object exports);
void export_probe(Napi::Env env, Napi::Object exports);
void export_file_lock(Napi::Env env, Napi::Object exports);
void export_notify(Napi::Env env, Napi::Object exports);
void export_storage(Napi::Env env, Napi::Object exports);
void export_copy(Napi::Env env, Napi::Object exports);

}  // namespace warmset::binding
