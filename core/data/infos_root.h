// Where the files lie that infos name: their paths are as they were on the machine that wrote them.
#pragma once

#include <filesystem>
#include <vector>

#include "core/data/infos_record.h"

namespace hbev {

/// The folder that holds samples/ for these records: the pickle's own, one above it, or nuscenes and
/// data/nuscenes beside or above it. Without any the one that holds labels, else the pickle's own; an issue
/// says so.
std::filesystem::path findInfosRoot(const std::filesystem::path& file, const std::vector<InfoRecord>& records,
                                    std::vector<DatasetIssue>& issues);

/// Fills in the size of the pictures, which most infos lack, from one picture of each camera.
void setImageSizes(const std::filesystem::path& root, std::vector<InfoRecord>& records);

}  // namespace hbev
