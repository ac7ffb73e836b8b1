#include "footprint.h"

#include <fcntl.h>

#include <algorithm>

#include "advise.h"
#include "file.h"
#include "mapping.h"

namespace warmset {

Result<Footprint> Footprint::take(int fd, std::uint64_t offset, std::uint64_t length,
                                  std::uint64_t around) noexcept {
  auto facts = identify(fd);
  if (!facts) return facts.error();
  const std::uint64_t page = page_size();
  const std::uint64_t file_pages = pages_in(facts.value().size, page);
  const std::uint64_t before = offset / page;
  const std::uint64_t first = before - std::min(before, around);
  const std::uint64_t end = std::min(pages_in(offset + length, page) + around, file_pages);
  if (end <= first) return Footprint(first, {});
  auto mapping = Mapping::create(fd, first * page, (end - first) * page);
  if (!mapping) return mapping.error();
  std::vector<std::uint8_t> pages(end - first);
  if (auto status = mapping.value().resident(0, pages); !status) return status.error();
  return Footprint(first, std::move(pages));
}

std::uint64_t Footprint::resident(std::uint64_t offset, std::uint64_t length) const noexcept {
  const std::uint64_t begin = (offset / page_size()) - first_;
  const std::uint64_t end = pages_in(offset + length, page_size()) - first_;
  std::uint64_t count = 0;
  for (std::uint64_t index = begin; index < end; ++index) count += at(index) ? 1 : 0;
  return count;
}

std::uint64_t Footprint::added(const Footprint& later) const noexcept {
  std::uint64_t count = 0;
  for (std::size_t index = 0; index < pages_.size(); ++index) count += !at(index) && later.at(index) ? 1 : 0;
  return count;
}

std::uint64_t Footprint::kept(const Footprint& later, const Footprint& now) const noexcept {
  std::uint64_t count = 0;
  for (std::size_t index = 0; index < pages_.size(); ++index) {
    count += !at(index) && later.at(index) && now.at(index) ? 1 : 0;
  }
  return count;
}

void Footprint::evict_added(int fd, const Footprint& later, std::uint64_t offset,
                            std::uint64_t length) const noexcept {
  const auto came = [&](std::uint64_t index) { return !at(index) && later.at(index); };
  const std::uint64_t page = page_size();
  std::uint64_t begin = (offset / page) - first_;
  std::uint64_t end = pages_in(offset + length, page) - first_;
  while (begin > 0 && came(begin) && came(begin - 1)) --begin;
  while (end > begin && came(end - 1) && came(end)) ++end;
  while (begin < end) {
    std::uint64_t stop = begin;
    while (stop < end && came(stop)) ++stop;
    if (stop > begin) {
      static_cast<void>(fadvise(fd, (first_ + begin) * page, (stop - begin) * page, POSIX_FADV_DONTNEED));
    }
    begin = stop + 1;
  }
}

}  // namespace warmset
