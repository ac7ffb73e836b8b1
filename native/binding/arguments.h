#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "file_ref.h"
#include "job.h"
#include "napi_setup.h"

namespace warmset::binding {

/// Checks and converts the arguments of one call. The first bad one leaves a JavaScript exception pending;
/// every read after it gives a harmless value and runs no JavaScript, so that a caller checks failed() once,
/// at the end. Reading a property or an element may run a getter of the caller's, which may throw, or
/// detach a buffer: so values are read in one go and copied before the next one is.
class Arguments {
 public:
  explicit Arguments(const Napi::CallbackInfo& info) : info_(info) {}

  [[nodiscard]] bool failed() const { return failed_; }

  /// Integer from 0 to 2^53 (8 PiB), in bytes.
  [[nodiscard]] std::uint64_t bytes(std::size_t index, const char* name) {
    return as_bytes(info_[index], name);
  }
  [[nodiscard]] std::int32_t integer(std::size_t index, const char* name, std::int32_t least,
                                     std::int32_t most) {
    return as_integer(info_[index], name, least, most);
  }
  [[nodiscard]] bool flag(std::size_t index, const char* name) { return as_flag(info_[index], name); }
  /// String or Buffer: names that aren't UTF-8 come as bytes.
  [[nodiscard]] std::string path(std::size_t index, const char* name) { return as_path(info_[index], name); }
  [[nodiscard]] std::string word(std::size_t index, const char* name) { return as_word(info_[index], name); }
  [[nodiscard]] Napi::Object object(std::size_t index, const char* name) {
    return as_object(info_[index], name);
  }
  [[nodiscard]] std::vector<std::string> paths(std::size_t index, const char* name) {
    return as_paths(info_[index], name);
  }
  /// Path or descriptor.
  [[nodiscard]] FileRef file(std::size_t index, const char* name);
  [[nodiscard]] Napi::Array array(std::size_t index, const char* name);
  /// The last two arguments of every job: priority ([class, level, nice] or null) and cancel token (or null).
  [[nodiscard]] JobOptions job(std::size_t index);

  // What is inside an argument; undefined after a failure.
  [[nodiscard]] Napi::Value property(const Napi::Object& object, const char* name);
  [[nodiscard]] Napi::Value element(const Napi::Array& array, std::uint32_t at);

  // The same checks for a value that isn't an argument itself.
  [[nodiscard]] std::uint64_t as_bytes(const Napi::Value& value, const char* name);
  [[nodiscard]] std::int32_t as_integer(const Napi::Value& value, const char* name, std::int32_t least,
                                        std::int32_t most);
  [[nodiscard]] bool as_flag(const Napi::Value& value, const char* name);
  [[nodiscard]] std::string as_path(const Napi::Value& value, const char* name);
  [[nodiscard]] std::string as_word(const Napi::Value& value, const char* name);
  [[nodiscard]] Napi::Object as_object(const Napi::Value& value, const char* name);
  /// A BigInt of 64 bits without a sign.
  [[nodiscard]] std::uint64_t as_identity(const Napi::Value& value, const char* name);
  [[nodiscard]] std::vector<std::string> as_paths(const Napi::Value& value, const char* name);
  /// A BigUint64Array.
  [[nodiscard]] std::vector<std::uint64_t> as_identities(const Napi::Value& value, const char* name);
  /// A Uint32Array.
  [[nodiscard]] std::vector<std::uint32_t> as_counts(const Napi::Value& value, const char* name);
  /// A Float64Array of numbers as bytes() takes them, in groups of `group`.
  [[nodiscard]] std::vector<std::uint64_t> as_byte_groups(const Napi::Value& value, const char* name,
                                                          std::size_t group);

  void reject_type(const char* name, std::string_view expected);
  void reject_range(const char* name, std::string_view expected, const Napi::Value& received);

 private:
  [[nodiscard]] Napi::Env env() const { return info_.Env(); }
  /// True, and remembered, when the last call ran into an exception.
  bool interrupted(const Napi::Value& outcome);

  const Napi::CallbackInfo& info_;
  bool failed_ = false;
};

}  // namespace warmset::binding
