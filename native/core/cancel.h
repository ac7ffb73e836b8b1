#pragma once

#include <algorithm>
#include <atomic>
#include <memory>
#include <vector>

namespace warmset {

/// A flag shared by whoever asks for work and whoever does it. Workers look between windows, so that a
/// cancelled fill stops within the time of one window.
class CancelToken {
 public:
  /// This token, also cancelled when `outer` is, or anything that `outer` is within.
  [[nodiscard]] CancelToken within(const CancelToken& outer) const {
    CancelToken token(*this);
    token.flags_.insert(token.flags_.end(), outer.flags_.begin(), outer.flags_.end());
    return token;
  }

  /// Leaves the tokens that this one is within alone.
  void cancel() const noexcept { flags_.front()->store(true, std::memory_order_relaxed); }
  [[nodiscard]] bool cancelled() const noexcept {
    return std::any_of(flags_.begin(), flags_.end(),
                       [](const Flag& flag) { return flag->load(std::memory_order_relaxed); });
  }

 private:
  using Flag = std::shared_ptr<std::atomic<bool>>;

  std::vector<Flag> flags_ = {std::make_shared<std::atomic<bool>>(false)};  // its own first
};

}  // namespace warmset
