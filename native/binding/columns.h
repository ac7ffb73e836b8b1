#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "arguments.h"
#include "napi_setup.h"

namespace warmset::binding {

/// Values of many files cross as columns: a typed array costs one call, an object one for each property of
/// each file (measured: three quarters of the time of asking about 50,000 small files). lib/native/columns.ts
/// makes objects of them.
template <class Column, class Number>
[[nodiscard]] Napi::Value to_column(Napi::Env env, const std::vector<Number>& numbers) {
  auto column = Column::New(env, numbers.size());
  // Empty when the environment is ending.
  if (!column.IsEmpty() && !numbers.empty()) std::copy(numbers.begin(), numbers.end(), column.Data());
  return column;
}

[[nodiscard]] inline Napi::Value to_doubles(Napi::Env env, const std::vector<double>& numbers) {
  return to_column<Napi::Float64Array>(env, numbers);
}
[[nodiscard]] inline Napi::Value to_identities(Napi::Env env, const std::vector<std::uint64_t>& numbers) {
  return to_column<Napi::BigUint64Array>(env, numbers);
}
[[nodiscard]] inline Napi::Value to_counts(Napi::Env env, const std::vector<std::uint32_t>& numbers) {
  return to_column<Napi::Uint32Array>(env, numbers);
}
[[nodiscard]] inline Napi::Value to_codes(Napi::Env env, const std::vector<std::uint8_t>& numbers) {
  return to_column<Napi::Uint8Array>(env, numbers);
}

/// Some files and parts of each, as { paths, counts, extents }: `counts` says how many groups of numbers in
/// `extents` belong to which path.
struct FileParts {
  std::string path;
  std::vector<std::uint64_t> numbers;
};
[[nodiscard]] std::vector<FileParts> read_file_parts(Arguments& arguments, const Napi::Object& files,
                                                     std::size_t group);

/// Device and inode of each of `count` files, one pair after the other, as { identities }.
[[nodiscard]] std::vector<std::uint64_t> read_identities(Arguments& arguments, const Napi::Object& files,
                                                         std::size_t count);

}  // namespace warmset::binding
