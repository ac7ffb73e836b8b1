#pragma once

#include <atomic>
#include <memory>

namespace warmset {

/// A flag shared by whoever asks for work and whoever does it. Workers look between windows, so that a
/// cancelled fill stops within the time of one window.
class CancelToken {
 public:
  /// A token that is also cancelled when `outer` is.
  [[nodiscard]] CancelToken within(const CancelToken& outer) const noexcept {
    CancelToken token(*this);
    token.outer_ = outer.own_;
    return token;
  }

  void cancel() const noexcept { own_->store(true, std::memory_order_relaxed); }
  [[nodiscard]] bool cancelled() const noexcept {
    return own_->load(std::memory_order_relaxed) || (outer_ && outer_->load(std::memory_order_relaxed));
  }

 private:
  std::shared_ptr<std::atomic<bool>> own_ = std::make_shared<std::atomic<bool>>(false);
  std::shared_ptr<std::atomic<bool>> outer_;
};

}  // namespace warmset
