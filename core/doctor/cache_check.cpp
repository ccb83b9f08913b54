#include <algorithm>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "core/base/size_text.h"
#include "core/data/table_cache.h"
#include "core/doctor/dataset_check.h"
#include "core/doctor/findings.h"
#include "core/doctor/machine_facts.h"

namespace hbev::doctor {
namespace {

namespace fs = std::filesystem;

std::uint64_t bytesOfTables(const fs::path& folder) {
  std::uint64_t bytes = 0;
  std::error_code code;
  for (const auto& entry : fs::directory_iterator(folder, code)) {
    if (entry.path().extension() != ".json") continue;
    const std::uintmax_t size = entry.file_size(code);
    if (!code) bytes += size;
  }
  return bytes;
}

/// Whether `file` could be made: its folder, or the nearest above it that exists, can be written to.
bool canBeMade(const fs::path& file) {
  fs::path folder = file.parent_path();
  std::error_code code;
  while (!fs::exists(folder, code) && folder.has_relative_path())
    folder = folder.parent_path();
  return access(folder.c_str(), W_OK) == 0;
}

}  // namespace

Finding inspectIndexCache(const fs::path& tables, const IndexCacheOptions& options) {
  if (bytesOfTables(tables) < options.least_bytes)
    return good("Cache", "The tables are small and need no index cache");
  const std::vector<fs::path> places = indexCacheFiles(tables, options);
  std::error_code code;
  for (const fs::path& file : places) {
    const std::uintmax_t size = fs::file_size(file, code);
    if (!code) return good("Cache", "There is an index cache of " + sizeText(size), file.string());
  }
  const auto place = std::find_if(places.begin(), places.end(), canBeMade);
  if (place != places.end()) {
    return note("Cache", "There is no index cache yet",
                "It is written beside the next opening: " + place->string());
  }
  return warning("Cache", "There is no place for the index cache", "Every start reads all tables again.",
                 "Let the tables' folder or the cache folder be written to.");
}

}  // namespace hbev::doctor
