#include <unistd.h>

#include <string_view>

#include "task.h"
#include "waiter.h"

namespace {

constexpr std::string_view kNotByHand = "warmset-wait: `warmset run` becomes this when its server is ready\n";

}  // namespace

int main(int count, char** words) {
  warmset::waiter::Task task;
  if (!warmset::waiter::read_task(count, words, task)) {
    const auto told = ::write(STDERR_FILENO, kNotByHand.data(), kNotByHand.size());
    return told < 0 ? 1 : 2;
  }
  // Not on the stack, of which a carrier's buffers would be most.
  static warmset::waiter::Waiter waiter(task);
  return waiter.run();
}
