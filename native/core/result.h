#pragma once

#include <cerrno>
#include <utility>
#include <variant>

namespace warmset {

/// A system call that failed: the errno it left and the name of the call, as in Node's own fs errors.
struct SystemError {
  int code;
  const char* call;
};

/// Captures errno right behind a failed call, before anything else can overwrite it.
[[nodiscard]] inline SystemError last_error(const char* call) noexcept {
  return {errno, call};
}

struct Nothing {};

/// The outcome of a system call as a value. Never throws: the addon is built without exceptions.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(SystemError error) : state_(std::in_place_index<1>, error) {}

  [[nodiscard]] bool ok() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }

  [[nodiscard]] T& value() & noexcept { return *std::get_if<0>(&state_); }
  [[nodiscard]] const T& value() const& noexcept { return *std::get_if<0>(&state_); }
  [[nodiscard]] T&& value() && noexcept { return std::move(*std::get_if<0>(&state_)); }
  [[nodiscard]] SystemError error() const noexcept { return *std::get_if<1>(&state_); }

 private:
  std::variant<T, SystemError> state_;
};

using Status = Result<Nothing>;

}  // namespace warmset
