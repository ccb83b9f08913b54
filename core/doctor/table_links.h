// Whether the rows of a nuScenes data set's thirteen tables find each other.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/progress.h"
#include "core/doctor/doctor.h"

namespace hbev::doctor {

/// Reads every table in `folder` ("v1.0-mini") and tells which are absent or damaged, which tokens name no
/// row, which appear twice, and which rows nobody names. Throws only Cancelled.
std::vector<Finding> inspectTables(const std::filesystem::path& folder, Progress* progress);

}  // namespace hbev::doctor
