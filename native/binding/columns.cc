#include "columns.h"

#include <numeric>

namespace warmset::binding {

std::vector<FileParts> read_file_parts(Arguments& arguments, const Napi::Object& files, std::size_t group) {
  auto paths = arguments.as_paths(arguments.property(files, "paths"), "paths");
  const auto counts = arguments.as_counts(arguments.property(files, "counts"), "counts");
  const Napi::Value extents = arguments.property(files, "extents");
  const auto numbers = arguments.as_byte_groups(extents, "extents", group);
  if (arguments.failed()) return {};
  const std::uint64_t groups = std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
  if (counts.size() != paths.size() || groups * group != numbers.size()) {
    arguments.reject_range("extents", "as many groups as the counts of all paths together", extents);
    return {};
  }
  std::vector<FileParts> parts;
  parts.reserve(paths.size());
  auto next = numbers.begin();
  for (std::size_t at = 0; at < paths.size(); ++at) {
    const auto end = next + static_cast<std::ptrdiff_t>(counts[at] * group);
    parts.push_back({std::move(paths[at]), {next, end}});
    next = end;
  }
  return parts;
}

std::vector<std::uint64_t> read_identities(Arguments& arguments, const Napi::Object& files,
                                           std::size_t count) {
  const Napi::Value column = arguments.property(files, "identities");
  auto identities = arguments.as_identities(column, "identities");
  if (!arguments.failed() && identities.size() != count * 2) {
    arguments.reject_range("identities", "two numbers for each path", column);
  }
  return identities;
}

}  // namespace warmset::binding
