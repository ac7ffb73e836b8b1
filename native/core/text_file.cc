#include "text_file.h"

#include <unistd.h>

#include <cerrno>

#include "file.h"

namespace warmset {

Result<std::string> read_text(const std::string& path) noexcept {
  // Most are shorter; a list of mounts or devices may be longer. A piece a call: such a file is made while it
  // is read.
  constexpr std::size_t kPiece = 8192;
  constexpr std::size_t kMost = 16U << 20U;
  auto file = open_anything(path);
  if (!file) return file.error();
  std::string text;
  std::size_t length = 0;
  for (;;) {
    text.resize(length + kPiece);
    const ssize_t got = ::read(file.value().get(), text.data() + length, kPiece);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return last_error("read");
    if (got == 0) break;
    length += static_cast<std::size_t>(got);
    if (length > kMost) return SystemError{EFBIG, "read"};
  }
  text.resize(length);
  return text;
}

}  // namespace warmset
