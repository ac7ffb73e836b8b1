#include "arguments.h"

#include <cmath>

namespace warmset::binding {
namespace {

constexpr double kMostBytes = 9007199254740992.0;  // 2^53: every integer up to it is exact in a double

/// Only what prints without running JavaScript of the caller's.
std::string describe(const Napi::Value& value) {
  if (!value.IsNumber() && !value.IsString()) return "";
  return " Received " + value.ToString().Utf8Value() + ".";
}

void throw_coded(const Napi::Error& error, const char* code) {
  error.Value().Set("code", code);
  error.ThrowAsJavaScriptException();
}

}  // namespace

Result<std::shared_ptr<UniqueFd>> FileRef::open() const noexcept {
  if (const auto* fd = std::get_if<std::shared_ptr<UniqueFd>>(&target_)) return *fd;
  auto opened = open_for_reading(*std::get_if<std::string>(&target_));
  if (!opened) return opened.error();
  return std::make_shared<UniqueFd>(std::move(opened).value());
}

void Arguments::reject_type(const char* name, std::string_view expected) const {
  if (failed()) return;
  const std::string message =
      "The \"" + std::string(name) + "\" argument must be " + std::string(expected) + ".";
  throw_coded(Napi::TypeError::New(env(), message), "ERR_INVALID_ARG_TYPE");
}

void Arguments::reject_range(const char* name, std::string_view expected, const Napi::Value& received) const {
  if (failed()) return;
  const std::string message = "The value of \"" + std::string(name) + "\" is out of range. It must be " +
                              std::string(expected) + "." + describe(received);
  throw_coded(Napi::RangeError::New(env(), message), "ERR_OUT_OF_RANGE");
}

std::uint64_t Arguments::as_bytes(const Napi::Value& value, const char* name) const {
  if (failed()) return 0;
  if (!value.IsNumber()) {
    reject_type(name, "a number of bytes");
    return 0;
  }
  const double number = value.As<Napi::Number>().DoubleValue();
  if (!(number >= 0 && number <= kMostBytes) || number != std::floor(number)) {
    reject_range(name, "an integer >= 0 and <= 9007199254740992 (8 PiB)", value);
    return 0;
  }
  return static_cast<std::uint64_t>(number);
}

std::uint64_t Arguments::bytes(std::size_t index, const char* name) const {
  return as_bytes(info_[index], name);
}

std::int32_t Arguments::integer(std::size_t index, const char* name, std::int32_t least,
                                std::int32_t most) const {
  return as_integer(info_[index], name, least, most);
}

std::int32_t Arguments::as_integer(const Napi::Value& value, const char* name, std::int32_t least,
                                   std::int32_t most) const {
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

bool Arguments::flag(std::size_t index, const char* name) const {
  const Napi::Value value = info_[index];
  if (failed()) return false;
  if (!value.IsBoolean()) {
    reject_type(name, "a boolean");
    return false;
  }
  return value.As<Napi::Boolean>().Value();
}

std::string Arguments::as_path(const Napi::Value& value, const char* name) const {
  std::string path;
  if (failed()) return path;
  if (value.IsString()) {
    path = value.As<Napi::String>().Utf8Value();
  } else if (value.IsBuffer()) {
    const auto buffer = value.As<Napi::Buffer<char>>();
    path.assign(buffer.Data(), buffer.Length());
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

std::string Arguments::path(std::size_t index, const char* name) const {
  return as_path(info_[index], name);
}

std::vector<std::string> Arguments::paths(std::size_t index, const char* name) const {
  const Napi::Value value = info_[index];
  if (failed()) return {};
  if (!value.IsArray()) {
    reject_type(name, "an array of paths");
    return {};
  }
  const auto array = value.As<Napi::Array>();
  std::vector<std::string> paths;
  paths.reserve(array.Length());
  for (std::uint32_t at = 0; at < array.Length() && !failed(); ++at) {
    const Napi::HandleScope scope(env());
    paths.push_back(as_path(array.Get(at), name));
  }
  return paths;
}

FileRef Arguments::file(std::size_t index, const char* name) const {
  const Napi::Value value = info_[index];
  if (failed()) return FileRef(UniqueFd());
  if (!value.IsNumber()) return FileRef(path(index, name));
  const std::int32_t fd = integer(index, name, 0, INT32_MAX);
  if (failed()) return FileRef(UniqueFd());
  auto copy = duplicate(fd);
  // A closed descriptor is found out when the job opens it: EBADF, as the promise of a call would say.
  return FileRef(copy ? std::move(copy).value() : UniqueFd());
}

std::string Arguments::word(std::size_t index, const char* name) const {
  const Napi::Value value = info_[index];
  if (failed()) return {};
  if (!value.IsString()) {
    reject_type(name, "a string");
    return {};
  }
  return value.As<Napi::String>().Utf8Value();
}

std::optional<Napi::Object> Arguments::object(std::size_t index, const char* name) const {
  const Napi::Value value = info_[index];
  if (failed()) return std::nullopt;
  if (!value.IsObject()) {
    reject_type(name, "an object");
    return std::nullopt;
  }
  return value.As<Napi::Object>();
}

JobOptions Arguments::job(std::size_t index) const {
  JobOptions options;
  if (failed()) return options;
  const Napi::Value priority = info_[index];
  if (priority.IsArray()) {
    const auto parts = priority.As<Napi::Array>();
    const auto part = [&](std::uint32_t at, std::int32_t least, std::int32_t most) {
      return as_integer(parts.Get(at), "priority", least, most);
    };
    const auto io_class = static_cast<IoClass>(part(0, 0, 3));
    const auto level = part(1, 0, 7);
    options.priority = ThreadPriority{{io_class, level}, part(2, -20, 19)};
  } else if (!priority.IsNull() && !priority.IsUndefined()) {
    reject_type("priority", "an array or null");
  }
  const Napi::Value token = info_[index + 1];
  if (token.IsExternal()) {
    options.token = *token.As<Napi::External<CancelToken>>().Data();
  } else if (!token.IsNull() && !token.IsUndefined()) {
    reject_type("token", "a cancel token or null");
  }
  return options;
}

}  // namespace warmset::binding
