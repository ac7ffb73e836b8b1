#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/unique_fd.h"

namespace warmset::test {

/// On a real disk (TMPDIR, else /var/tmp), open to every user, removed at the end.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory();

  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

[[nodiscard]] std::uint64_t page();

/// Creates or extends a file with `count` pages of data from page `first` on, on the disk when it returns.
void write_pages(const std::string& path, std::uint64_t first, std::uint64_t count);
/// Sets the length: a hole, or a truncation.
void set_length(const std::string& path, std::uint64_t bytes);
/// Leaves no page of the file in memory, and checks that.
void drop_from_cache(const std::string& path);
/// Makes these pages resident and no other, by reads that start no read-ahead.
void make_resident(const std::string& path, const std::vector<std::uint64_t>& pages);
/// The oracle: one entry a page, by mincore(2) and nothing of ours.
[[nodiscard]] std::vector<bool> resident_pages(const std::string& path);
[[nodiscard]] std::uint64_t count_resident(const std::string& path, std::uint64_t first, std::uint64_t last);

[[nodiscard]] UniqueFd open_file(const std::string& path);

[[nodiscard]] bool is_root();
/// /proc/kpageflags and the frames of pages are shown to root alone, and not in every container. May be asked
/// before the tests begin.
[[nodiscard]] bool shows_page_flags();
/// What `body` returns in a child process that runs as nobody: 0 to 255. For root only.
[[nodiscard]] int as_nobody(const std::function<int()>& body);

/// Sleeps in small steps until `done`, for some seconds at most. Answers what `done` said last.
[[nodiscard]] bool eventually(const std::function<bool()>& done);

}  // namespace warmset::test
