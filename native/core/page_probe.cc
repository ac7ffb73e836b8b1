#include "page_probe.h"

#include <algorithm>
#include <array>
#include <vector>

namespace warmset {
namespace {

// Further behind the end than any folio reaches over it, and than the file can have grown meanwhile.
constexpr std::uint64_t kFar = 1ULL << 30U;

bool first_bit(const std::array<std::uint8_t, 1>& page) noexcept {
  return (page[0] & 1U) != 0;
}

}  // namespace

PageProbe::PageProbe(int fd, std::uint64_t file_size) noexcept
    : fd_(fd), far_page_(pages_in(file_size, page_size()) + (kFar / page_size())) {
  auto whole = Mapping::create(fd, 0, (far_page_ + 1) * page_size());
  if (whole) whole_ = std::move(whole).value();
}

std::optional<bool> PageProbe::resident(std::uint64_t page) const noexcept {
  std::array<std::uint8_t, 1> answer = {};
  if (whole_) {
    if (!whole_->resident(page * page_size(), answer)) return std::nullopt;
    return first_bit(answer);
  }
  auto single = Mapping::create(fd_, page * page_size(), page_size());
  if (!single || !single.value().resident(0, answer)) return std::nullopt;
  return first_bit(answer);
}

std::optional<std::uint64_t> PageProbe::count(std::uint64_t pages) const noexcept {
  if (!whole_) return std::nullopt;
  std::vector<std::uint8_t> answers(pages);
  if (!whole_->resident(0, answers)) return std::nullopt;
  return static_cast<std::uint64_t>(
      std::count_if(answers.begin(), answers.end(), [](std::uint8_t page) { return (page & 1U) != 0; }));
}

bool PageProbe::truthful() const noexcept {
  return resident(far_page_) == std::optional(false);
}

}  // namespace warmset
