// The demo world: procedural streets, driven through and recorded as a genuine nuScenes-format data set.
#pragma once

#include <cstdint>
#include <filesystem>

#include "core/base/progress.h"

namespace hbev {

struct DemoOptions {
  int scenes = 2;      ///< at least 1; their names are the same for every number: demo-0101, demo-0103, ...
  int keyframes = 10;  ///< of each scene, 2 Hz; 1 to 40
  std::uint64_t seed = 1;
  int image_width = 704;    ///< px
  int image_height = 396;   ///< px
  bool predictions = true;  ///< predictions/spoiled: the truth with known faults
  bool sweeps =
      false;  ///< cameras at 12 Hz and lidar at 20 Hz between the keyframes; about six times the work
};

/// Writes the data set to `folder`: tables (v1.0-mini), pictures, lidar, Occ3D and OpenOcc labels, a map for
/// each location, README.txt and splits.json. The same options give the same bytes, whatever the number of
/// threads. All is written beside `folder` first and appears at the end, so that a cancelled or failed run
/// leaves nothing. An earlier demo world there is replaced. Throws Error when `folder` holds something else,
/// or an option makes no sense, and Cancelled.
void writeDemoWorld(const std::filesystem::path& folder, const DemoOptions& options, Progress& progress);

}  // namespace hbev
