// The predictions in tests/data/predictions, which NumPy and pickle wrote: what is in them and where.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "core/data/dataset.h"
#include "core/data/keyframe.h"
#include "core/data/occupancy.h"

namespace hbev::test {

/// Sample tokens of the files: "a0000000000000000000000000000000", "a1...".
std::string fileToken(int number);
/// tests/data/predictions/<name>
std::filesystem::path predictionFiles(const std::string& name);
/// A keyframe of "scene-a" with that number's token, without a lidar.
Keyframe fileKeyframe(int number);

/// The class id of a voxel.
std::string_view classAt(const Occupancy& occupancy, int x, int y, int z);
/// "" when the occupancy holds the scene that all dense files hold (see make_predictions.py), else what
/// differs.
std::string differsFromFiles(const Occupancy& occupancy, bool with_flow);

/// Writes a nuScenes folder whose keyframes of scene-a have fileToken() as tokens, with labels of both kinds
/// of the same scene; mask_camera is what the files' FB-OCC dump was cut by.
void writeDatasetOfFiles(const std::filesystem::path& root);

/// Writes and opens a nuScenes folder whose keyframe 1 of scene-a has the lidar token of OpenOccupancy's and
/// Cam4DOcc's files.
std::shared_ptr<const Dataset> datasetOfLidarToken(const std::filesystem::path& root);
/// The voxel in the middle of the car that those files hold.
Eigen::Vector3i carOfLidarToken(const Occupancy& occupancy);

}  // namespace hbev::test
