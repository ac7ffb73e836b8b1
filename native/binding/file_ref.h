#pragma once

#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "../core/file.h"
#include "../core/unique_fd.h"

namespace warmset::binding {

/// A file named by path, or by a descriptor that was duplicated on the JS thread, so that closing the
/// original while the job waits can't hand it another file.
class FileRef {
 public:
  using Shared = Result<std::shared_ptr<UniqueFd>>;

  explicit FileRef(std::string path) : target_(std::move(path)) {}
  /// A descriptor that couldn't be duplicated is an error of open().
  explicit FileRef(Result<UniqueFd> fd) : target_(share(std::move(fd))) {}

  /// Any thread. Keeps the descriptor open for as long as the result lives.
  [[nodiscard]] Shared open() const noexcept {
    if (const auto* fd = std::get_if<Shared>(&target_)) return *fd;
    auto opened = open_for_reading(*std::get_if<std::string>(&target_));
    if (!opened) return opened.error();
    return std::make_shared<UniqueFd>(std::move(opened.value().fd));
  }

 private:
  [[nodiscard]] static Shared share(Result<UniqueFd> fd) {
    if (!fd) return fd.error();
    return std::make_shared<UniqueFd>(std::move(fd).value());
  }

  std::variant<std::string, Shared> target_;
};

}  // namespace warmset::binding
