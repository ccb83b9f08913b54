// nuScenes' JSON tables as the parts of an index. Source: nuScenes schema v1.0.
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <string_view>

#include "core/base/progress.h"
#include "core/data/dataset_index.h"

namespace hbev {

/// The tables that are read, and whether a data set can be opened without them.
struct NuscenesTable {
  std::string_view file;
  bool is_needed;
};
inline constexpr std::array<NuscenesTable, 10> kNuscenesTables{{{"scene.json", true},
                                                                {"sample.json", true},
                                                                {"sample_data.json", true},
                                                                {"ego_pose.json", true},
                                                                {"calibrated_sensor.json", true},
                                                                {"sensor.json", true},
                                                                {"log.json", false},
                                                                {"sample_annotation.json", false},
                                                                {"instance.json", false},
                                                                {"category.json", false}}};

/// How many bytes of a table are parsed at a time, by each core. Half a megabyte stays in a core's own cache.
inline constexpr std::size_t kTablePieceBytes = 512 << 10;

/// Reads and joins the tables in a version folder ("v1.0-mini") on all cores. Rows of radars are left out;
/// what is missing or damaged but not needed is in `issues`. Throws Error: a table that is needed is absent
/// or no JSON array of objects (file and row are named). A number that is no number becomes NaN, for whoever
/// uses the row.
IndexParts readNuscenesTables(const std::filesystem::path& folder, Progress* progress,
                              std::size_t piece_bytes = kTablePieceBytes);

/// True when `folder` holds the table that every version has (sample.json).
bool isVersionFolder(const std::filesystem::path& folder);

}  // namespace hbev
