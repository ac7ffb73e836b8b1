#include "arguments.h"

#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "cancel_tag.h"

namespace warmset::binding {
namespace {

constexpr double kMostBytes = 9007199254740992.0;  // 2^53: every integer up to it is exact in a double
constexpr const char* kBytesExpected = "an integer >= 0 and <= 9007199254740992 (8 PiB)";
constexpr std::size_t kLongestWord = 64;

std::optional<std::uint64_t> to_bytes(double number) {
  if (!(number >= 0 && number <= kMostBytes) || number != std::floor(number)) return std::nullopt;
  return static_cast<std::uint64_t>(number);
}

std::string print(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number < 0 ? "-Infinity" : "Infinity";
  std::array<char, 32> digits = {};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  return {digits.data(), end.ptr};
}

/// Only what prints without running JavaScript of the caller's.
std::string describe(const Napi::Value& value) {
  if (value.IsNumber()) return " Received " + print(value.As<Napi::Number>().DoubleValue()) + ".";
  if (!value.IsString()) return "";
  const std::string word = value.As<Napi::String>().Utf8Value();
  return " Received '" + (word.size() > kLongestWord ? word.substr(0, kLongestWord) + "…" : word) + "'.";
}

}  // namespace

// Both throw through the C interface: it sets the code without the wrappers' assumption that every step
// works. While a Worker is being terminated nothing is thrown, but failed() holds all the same.
void Arguments::reject_type(const char* name, std::string_view expected) {
  if (std::exchange(failed_, true)) return;
  const std::string message =
      "The \"" + std::string(name) + "\" argument must be " + std::string(expected) + ".";
  napi_throw_type_error(env(), "ERR_INVALID_ARG_TYPE", message.c_str());
}

void Arguments::reject_range(const char* name, std::string_view expected, const Napi::Value& received) {
  if (std::exchange(failed_, true)) return;
  const std::string message = "The value of \"" + std::string(name) + "\" is out of range. It must be " +
                              std::string(expected) + "." + describe(received);
  napi_throw_range_error(env(), "ERR_OUT_OF_RANGE", message.c_str());
}

bool Arguments::interrupted(const Napi::Value& outcome) {
  failed_ = failed_ || outcome.IsEmpty() || env().IsExceptionPending();
  return failed_;
}

Napi::Value Arguments::property(const Napi::Object& object, const char* name) {
  if (failed()) return env().Undefined();
  const Napi::Value value = object.Get(name);
  return interrupted(value) ? env().Undefined() : value;
}

Napi::Value Arguments::element(const Napi::Array& array, std::uint32_t at) {
  if (failed()) return env().Undefined();
  const Napi::Value value = array.Get(at);
  return interrupted(value) ? env().Undefined() : value;
}

std::uint64_t Arguments::as_bytes(const Napi::Value& value, const char* name) {
  if (failed()) return 0;
  if (!value.IsNumber()) {
    reject_type(name, "a number of bytes");
    return 0;
  }
  const auto number = to_bytes(value.As<Napi::Number>().DoubleValue());
  if (!number) reject_range(name, kBytesExpected, value);
  return number.value_or(0);
}

std::int32_t Arguments::as_integer(const Napi::Value& value, const char* name, std::int32_t least,
                                   std::int32_t most) {
  if (failed()) return least;
  if (!value.IsNumber()) {
    reject_type(name, "a number");
    return least;
  }
  const double number = value.As<Napi::Number>().DoubleValue();
  if (!(number >= least && number <= most) || number != std::floor(number)) {
    reject_range(name, "an integer >= " + std::to_string(least) + " and <= " + std::to_string(most), value);
    return least;
  }
  return static_cast<std::int32_t>(number);
}

bool Arguments::as_flag(const Napi::Value& value, const char* name) {
  if (failed()) return false;
  if (value.IsBoolean()) return value.As<Napi::Boolean>().Value();
  reject_type(name, "a boolean");
  return false;
}

std::string Arguments::as_path(const Napi::Value& value, const char* name) {
  std::string path;
  if (failed()) return path;
  if (value.IsString()) {
    path = value.As<Napi::String>().Utf8Value();
  } else if (value.IsBuffer()) {
    const auto buffer = value.As<Napi::Buffer<char>>();
    if (buffer.Length() > 0) path.assign(buffer.Data(), buffer.Length());
  } else {
    reject_type(name, "a string or Buffer");
    return {};
  }
  // The kernel would silently stop reading at the zero byte and open another file.
  if (path.find('\0') != std::string::npos || path.empty()) {
    reject_type(name, "a path that is neither empty nor holds zero bytes");
    return {};
  }
  return path;
}

std::string Arguments::as_word(const Napi::Value& value, const char* name) {
  if (failed()) return {};
  if (value.IsString()) return value.As<Napi::String>().Utf8Value();
  reject_type(name, "a string");
  return {};
}

Napi::Object Arguments::as_object(const Napi::Value& value, const char* name) {
  if (!failed() && !value.IsObject()) reject_type(name, "an object");
  return failed() ? Napi::Object() : value.As<Napi::Object>();
}

std::vector<std::uint64_t> Arguments::as_byte_groups(const Napi::Value& value, const char* name,
                                                     std::size_t group) {
  if (failed()) return {};
  if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != napi_float64_array) {
    reject_type(name, "a Float64Array");
    return {};
  }
  const auto array = value.As<Napi::Float64Array>();
  const std::size_t count = array.ElementLength();
  if (count % group != 0) {
    reject_range(name, "a Float64Array of " + std::to_string(group) + " numbers for each extent", value);
    return {};
  }
  std::vector<std::uint64_t> numbers;
  numbers.reserve(count);
  for (std::size_t at = 0; at < count; ++at) {
    // Shared memory may change under the check, so each number is read once.
    const auto number = to_bytes(array.Data()[at]);
    if (!number) {
      reject_range(name, std::string("of numbers each ") + kBytesExpected, value);
      return {};
    }
    numbers.push_back(*number);
  }
  return numbers;
}

Napi::Array Arguments::array(std::size_t index, const char* name) {
  if (!failed() && !info_[index].IsArray()) reject_type(name, "an array");
  return failed() ? Napi::Array() : info_[index].As<Napi::Array>();
}

std::vector<std::string> Arguments::as_paths(const Napi::Value& value, const char* name) {
  if (!failed() && !value.IsArray()) reject_type(name, "an array");
  if (failed()) return {};
  const auto values = value.As<Napi::Array>();
  std::vector<std::string> paths;
  // Nothing is reserved: new Array(2 ** 32 - 1) has a length and no elements. The length is asked for each
  // time, because a getter may shorten the array.
  for (std::uint32_t at = 0; !failed() && at < values.Length(); ++at) {
    const Napi::HandleScope scope(env());
    paths.push_back(as_path(element(values, at), name));
  }
  return paths;
}

std::uint64_t Arguments::as_identity(const Napi::Value& value, const char* name) {
  if (failed()) return 0;
  if (!value.IsBigInt()) {
    reject_type(name, "a bigint");
    return 0;
  }
  bool lossless = false;
  const std::uint64_t number = value.As<Napi::BigInt>().Uint64Value(&lossless);
  if (!lossless) reject_range(name, "a bigint >= 0n and < 2n ** 64n", value);
  return number;
}

std::vector<std::uint64_t> Arguments::as_identities(const Napi::Value& value, const char* name) {
  if (failed()) return {};
  if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != napi_biguint64_array) {
    reject_type(name, "a BigUint64Array");
    return {};
  }
  const auto array = value.As<Napi::BigUint64Array>();
  return {array.Data(), array.Data() + array.ElementLength()};
}

std::vector<std::uint32_t> Arguments::as_counts(const Napi::Value& value, const char* name) {
  if (failed()) return {};
  if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != napi_uint32_array) {
    reject_type(name, "a Uint32Array");
    return {};
  }
  const auto array = value.As<Napi::Uint32Array>();
  return {array.Data(), array.Data() + array.ElementLength()};
}

FileRef Arguments::file(std::size_t index, const char* name) {
  if (!info_[index].IsNumber()) return FileRef(path(index, name));
  const std::int32_t fd = integer(index, name, 0, INT32_MAX);
  if (failed()) return FileRef(std::string());
  // A closed descriptor, or no room for another, is found out when the job opens it, as by any other call.
  return FileRef(duplicate(fd));
}

JobOptions Arguments::job(std::size_t index) {
  JobOptions options;
  const Napi::Value priority = info_[index];
  if (!failed() && priority.IsArray()) {
    const auto parts = priority.As<Napi::Array>();
    const auto part = [&](std::uint32_t at, std::int32_t least, std::int32_t most) {
      return as_integer(element(parts, at), "priority", least, most);
    };
    const auto io_class = static_cast<IoClass>(part(0, 0, 3));
    const auto level = part(1, 0, 7);
    options.priority = ThreadPriority{{io_class, level}, part(2, -20, 19)};
  } else if (!priority.IsNull() && !priority.IsUndefined()) {
    reject_type("priority", "an array or null");
  }
  const Napi::Value token = info_[index + 1];
  if (token.IsNull() || token.IsUndefined() || failed()) return options;
  if (const CancelToken* known = cancel_token(token)) {
    options.token = *known;
  } else {
    reject_type("token", "a cancel token or null");
  }
  return options;
}

}  // namespace warmset::binding
