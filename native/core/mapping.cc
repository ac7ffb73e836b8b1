#include "mapping.h"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <utility>

#include "kernel_abi.h"

namespace warmset {

std::uint64_t page_size() noexcept {
  static const auto size = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  return size;
}

Result<Mapping> Mapping::create(int fd, std::uint64_t offset, std::uint64_t length) noexcept {
  void* base = ::mmap(nullptr, length, PROT_READ, MAP_SHARED, fd, static_cast<off_t>(offset));
  if (base == MAP_FAILED && errno == ENODEV) {
    // FUSE files opened for direct I/O refuse shared mappings before 6.6.
    base = ::mmap(nullptr, length, PROT_READ, MAP_PRIVATE, fd, static_cast<off_t>(offset));
  }
  if (base == MAP_FAILED) return last_error("mmap");
  return Mapping(base, length);
}

Mapping::Mapping(Mapping&& other) noexcept
    : base_(std::exchange(other.base_, nullptr)), length_(std::exchange(other.length_, 0)) {}

Mapping& Mapping::operator=(Mapping&& other) noexcept {
  if (this != &other) {
    reset();
    base_ = std::exchange(other.base_, nullptr);
    length_ = std::exchange(other.length_, 0);
  }
  return *this;
}

Mapping::~Mapping() {
  reset();
}

void Mapping::reset() noexcept {
  if (base_ != nullptr) ::munmap(std::exchange(base_, nullptr), length_);
}

std::uint64_t Mapping::first_page() const noexcept {
  return reinterpret_cast<std::uintptr_t>(base_) / page_size();
}

Status Mapping::advise(std::uint64_t offset, std::uint64_t length, int advice) const noexcept {
  if (::madvise(at(offset), length, advice) != 0) return last_error("madvise");
  return Nothing{};
}

Status Mapping::populate(std::uint64_t offset, std::uint64_t length) const noexcept {
  int outcome = 0;
  do {
    outcome = ::madvise(at(offset), length, kMadvPopulateRead);
  } while (outcome != 0 && (errno == EINTR || errno == EAGAIN));
  if (outcome != 0) return last_error("madvise");
  return Nothing{};
}

Status Mapping::fault_in(std::uint64_t offset, int eventfd) const noexcept {
  // Past libc, whose sanitizers would look at the bytes themselves. What the page holds makes a number that
  // the eventfd takes or refuses: by then it has been read.
  const long written = ::syscall(SYS_write, eventfd, at(offset), sizeof(std::uint64_t));
  if (written >= 0 || errno == EAGAIN || errno == EINVAL) return Nothing{};
  return last_error("fault");
}

Status Mapping::resident(std::uint64_t offset, std::span<std::uint8_t> pages) const noexcept {
  const std::uint64_t length = pages.size() * page_size();
  int outcome = 0;
  do {
    outcome = ::mincore(at(offset), length, pages.data());
  } while (outcome != 0 && errno == EAGAIN);
  if (outcome != 0) return last_error("mincore");
  return Nothing{};
}

Status Mapping::lock(std::uint64_t offset, std::uint64_t length, bool on_fault) const noexcept {
  if (::mlock2(at(offset), length, on_fault ? MLOCK_ONFAULT : 0) != 0) return last_error("mlock2");
  return Nothing{};
}

Status Mapping::unlock(std::uint64_t offset, std::uint64_t length) const noexcept {
  if (::munlock(at(offset), length) != 0) return last_error("munlock");
  return Nothing{};
}

}  // namespace warmset
