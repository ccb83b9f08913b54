// A made drive with all that training needs: pictures, labels, lidar and splits.
#pragma once

#include <filesystem>

#include "core/data/occupancy.h"

namespace hbev::test {

/// Four keyframes in two scenes, OpenOcc labels, a lidar that sees a ring of ground; train: both scenes, val:
/// scene-a.
void writeMadeTraining(const std::filesystem::path& root);
/// These labels for all four keyframes.
void writeMadeLabels(const std::filesystem::path& root, const Occupancy& truth);

}  // namespace hbev::test
