#include "support.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "core/page_flags.h"

namespace warmset::test {

TemporaryDirectory::TemporaryDirectory() {
  const char* base = std::getenv("TMPDIR");
  path_ = std::string(base != nullptr ? base : "/var/tmp") + "/warmset-native-XXXXXX";
  REQUIRE(::mkdtemp(path_.data()) != nullptr);
  REQUIRE(::chmod(path_.c_str(), 0755) == 0);
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::uint64_t page() {
  return static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

UniqueFd open_file(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  REQUIRE(fd);
  return fd;
}

void write_pages(const std::string& path, std::uint64_t first, std::uint64_t count) {
  constexpr std::uint64_t kPagesAWrite = 256;
  const UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  REQUIRE(fd);
  const std::string block(kPagesAWrite * page(), 'w');
  for (std::uint64_t at = first; at < first + count; at += kPagesAWrite) {
    const std::uint64_t bytes = std::min(kPagesAWrite, first + count - at) * page();
    REQUIRE(::pwrite(fd.get(), block.data(), bytes, static_cast<off_t>(at * page())) ==
            static_cast<ssize_t>(bytes));
  }
  REQUIRE(::fdatasync(fd.get()) == 0);
}

void set_length(const std::string& path, std::uint64_t bytes) {
  const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
  REQUIRE(fd);
  REQUIRE(::ftruncate(fd.get(), static_cast<off_t>(bytes)) == 0);
}

void drop_from_cache(const std::string& path) {
  const UniqueFd fd = open_file(path);
  REQUIRE(::fdatasync(fd.get()) == 0);
  // Read-ahead that is still on its way holds its pages for a moment.
  const bool dropped = eventually([&] {
    return ::posix_fadvise(fd.get(), 0, 0, POSIX_FADV_DONTNEED) == 0 &&
           count_resident(path, 0, UINT64_MAX) == 0;
  });
  REQUIRE(dropped);
}

void make_resident(const std::string& path, const std::vector<std::uint64_t>& pages) {
  drop_from_cache(path);
  const UniqueFd fd = open_file(path);
  REQUIRE(::posix_fadvise(fd.get(), 0, 0, POSIX_FADV_RANDOM) == 0);
  for (const std::uint64_t at : pages) {
    char byte = 0;
    REQUIRE(::pread(fd.get(), &byte, 1, static_cast<off_t>(at * page())) == 1);
  }
}

std::vector<bool> resident_pages(const std::string& path) {
  const UniqueFd fd = open_file(path);
  struct stat info = {};
  REQUIRE(::fstat(fd.get(), &info) == 0);
  if (info.st_size == 0) return {};
  const auto length = static_cast<std::size_t>(info.st_size);
  void* base = ::mmap(nullptr, length, PROT_READ, MAP_SHARED, fd.get(), 0);
  REQUIRE(base != MAP_FAILED);
  std::vector<unsigned char> bytes((length + page() - 1) / page());
  REQUIRE(::mincore(base, length, bytes.data()) == 0);
  REQUIRE(::munmap(base, length) == 0);
  std::vector<bool> resident(bytes.size());
  std::transform(bytes.begin(), bytes.end(), resident.begin(), [](auto byte) { return (byte & 1U) != 0; });
  return resident;
}

std::uint64_t count_resident(const std::string& path, std::uint64_t first, std::uint64_t last) {
  const auto resident = resident_pages(path);
  std::uint64_t total = 0;
  for (std::uint64_t at = first; at < std::min<std::uint64_t>(last, resident.size()); ++at) {
    total += resident[at] ? 1 : 0;
  }
  return total;
}

bool shows_page_flags() {
  const UniqueFd pagemap(::open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC));
  const UniqueFd flags(::open("/proc/kpageflags", O_RDONLY | O_CLOEXEC));
  std::uint64_t entry = 0;
  const auto here = reinterpret_cast<std::uintptr_t>(&entry) / static_cast<std::uint64_t>(::getpagesize());
  if (!pagemap || !flags || !read_table(pagemap.get(), here, {&entry, 1})) return false;
  const auto frame = frame_of(entry);
  return frame && frame.value().has_value();
}

bool is_root() {
  return ::geteuid() == 0;
}

int as_nobody(const std::function<int()>& body) {
  constexpr id_t kNobody = 65534;
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    // _exit: the child must not report the parent's tests a second time.
    if (::setgid(kNobody) != 0 || ::setuid(kNobody) != 0) ::_exit(255);
    ::_exit(body());
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  return WEXITSTATUS(status);
}

bool eventually(const std::function<bool()>& done) {
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!done()) {
    if (std::chrono::steady_clock::now() > limit) return done();
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

}  // namespace warmset::test
