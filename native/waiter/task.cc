#include "task.h"

#include <charconv>
#include <string_view>

namespace warmset::waiter {
namespace {

/// Takes a number, and `end` behind it unless that is zero, off the front.
bool take(std::string_view& text, char end, int& number) noexcept {
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
  if (end == '\0') return text.empty();
  if (text.empty() || text.front() != end) return false;
  text.remove_prefix(1);
  return true;
}

bool read_stream(std::string_view text, Task& task) noexcept {
  if (task.count == Task::kMostStreams) return false;
  auto& stream = task.streams[task.count++];
  return take(text, ':', stream.held) && take(text, ':', stream.source) && take(text, '\0', stream.sink) &&
         stream.source >= 0 && stream.sink >= 0;
}

bool read_word(std::string_view word, Task& task) noexcept {
  const auto at = word.find('=');
  if (at == std::string_view::npos) return false;
  const std::string_view name(word.data(), at);
  auto value = word;
  value.remove_prefix(at + 1);
  if (name == "carry") return read_stream(value, task);
  if (name == "server") return take(value, '\0', task.server);
  if (name == "signals") return take(value, '\0', task.signals);
  if (name == "records") return take(value, '\0', task.records);
  int flag = 0;
  const bool known = name == "interrupted" && take(value, '\0', flag);
  task.interrupted = flag != 0;
  return known;
}

}  // namespace

bool read_task(int count, char** words, Task& task) noexcept {
  for (int at = 1; at < count; ++at) {
    const std::string_view word = words[at];
    if (word == "--") break;
    if (!read_word(word, task)) return false;
  }
  return task.server > 0 && task.signals >= 0 && task.records >= 0;
}

}  // namespace warmset::waiter
