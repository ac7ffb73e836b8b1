#pragma once

#include <napi.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "../core/file.h"
#include "../core/unique_fd.h"
#include "job.h"

namespace warmset::binding {

/// A file named by path, or by a descriptor that was duplicated on the JS thread, so that closing the
/// original while the job waits can't hand it another file.
class FileRef {
 public:
  explicit FileRef(std::string path) : target_(std::move(path)) {}
  explicit FileRef(UniqueFd fd) : target_(std::make_shared<UniqueFd>(std::move(fd))) {}

  /// Any thread. Keeps the descriptor open for as long as the result lives.
  [[nodiscard]] Result<std::shared_ptr<UniqueFd>> open() const noexcept;

 private:
  std::variant<std::string, std::shared_ptr<UniqueFd>> target_;
};

/// Checks and converts the arguments of one call. The first bad one leaves a JavaScript exception pending;
/// every read after it gives a harmless value, so that a caller checks failed() once, at the end.
class Arguments {
 public:
  explicit Arguments(const Napi::CallbackInfo& info) : info_(info) {}

  [[nodiscard]] bool failed() const { return info_.Env().IsExceptionPending(); }

  /// Integer from 0 to 2^53 (8 PiB), in bytes.
  [[nodiscard]] std::uint64_t bytes(std::size_t index, const char* name) const;
  [[nodiscard]] std::int32_t integer(std::size_t index, const char* name, std::int32_t least,
                                     std::int32_t most) const;
  [[nodiscard]] bool flag(std::size_t index, const char* name) const;
  /// String or Buffer: names that aren't UTF-8 come as bytes.
  [[nodiscard]] std::string path(std::size_t index, const char* name) const;
  [[nodiscard]] std::vector<std::string> paths(std::size_t index, const char* name) const;
  /// Path or descriptor.
  [[nodiscard]] FileRef file(std::size_t index, const char* name) const;
  [[nodiscard]] std::string word(std::size_t index, const char* name) const;
  [[nodiscard]] std::optional<Napi::Object> object(std::size_t index, const char* name) const;
  /// The last two arguments of every job: priority ([class, level, nice] or null) and cancel token (or null).
  [[nodiscard]] JobOptions job(std::size_t index) const;

  // The same checks for a value that isn't an argument itself.
  [[nodiscard]] std::uint64_t as_bytes(const Napi::Value& value, const char* name) const;
  [[nodiscard]] std::int32_t as_integer(const Napi::Value& value, const char* name, std::int32_t least,
                                        std::int32_t most) const;
  [[nodiscard]] std::string as_path(const Napi::Value& value, const char* name) const;

  void reject_type(const char* name, std::string_view expected) const;
  void reject_range(const char* name, std::string_view expected, const Napi::Value& received) const;

 private:
  [[nodiscard]] Napi::Env env() const { return info_.Env(); }

  const Napi::CallbackInfo& info_;
};

}  // namespace warmset::binding
