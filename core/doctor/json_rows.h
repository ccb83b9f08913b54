// The rows of a nuScenes table one after the other, in bounded memory, also of a table of gigabytes. It is
// slower than core/data/table_reader.h, which reads pieces beside each other and takes a row twice where a
// cut was wrong: here each row comes once, in order.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <simdjson.h>

#include "core/base/progress.h"

namespace hbev::doctor {

/// Calls `use` for every object of the array in `file` and returns how many there are. Rows are read in
/// blocks of a few megabytes. Throws Error (file, row) when the file is absent or no JSON array of objects, a
/// row is larger than 64 MB, or `use` throws simdjson_error; Cancelled.
std::size_t forEachJsonRow(const std::filesystem::path& file,
                           const std::function<void(simdjson::ondemand::object)>& use, Progress* progress);

}  // namespace hbev::doctor
