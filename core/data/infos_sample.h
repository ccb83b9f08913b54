// A keyframe in the frames and units of info pickles: what both dialects write.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/data/dataset_index.h"

namespace hbev {

/// A camera's or lidar's data, placed against the keyframe's lidar through both ego poses.
struct InfosReading {
  std::string file;  ///< relative to the data set's root
  std::int64_t timestamp_us = 0;
  const DatasetIndex::Calibration* calibration = nullptr;
  const PoseRow* global_from_ego = nullptr;
  Pose lidar_from_sensor;
};

/// A box in one frame. Length, width, height, m; yaw as the nuScenes devkit takes it from a rotation.
struct InfosBox {
  std::array<double, 7> numbers{};       ///< x, y, z, l, w, h, yaw
  std::array<double, 2> velocity_mps{};  ///< NaN: unknown
};

struct InfosAnnotation {
  InfosBox in_lidar;
  InfosBox in_ego;   ///< the front camera's; a velocity that is unknown is zero, as the reference has it here
  std::string name;  ///< the detection class, or the category where it belongs to none
  int label = -1;    ///< in bevDetClasses(); -1: none
  int lidar_points = 0, radar_points = 0;
  bool isValid() const { return lidar_points + radar_points > 0; }
};

struct InfosSample {
  std::string token, previous, next;
  std::int64_t timestamp_us = 0;
  InfosReading lidar;
  std::array<InfosReading, kCameraCount> cameras;
  std::vector<InfosReading> sweeps;  ///< of the lidar, the latest first
  std::vector<InfosAnnotation> annotations;
};

/// Sample `sample` of `scene`, with at most `max_sweeps` earlier sweeps. Nothing when a camera or the lidar
/// is missing or a pose is damaged; boxes that are damaged are left out.
std::optional<InfosSample> infosSample(const DatasetIndex& index, const DatasetIndex::Scene& scene,
                                       std::uint32_t sample, std::size_t max_sweeps);

Pose poseOf(const PoseRow& row);  ///< Throws Error when it is damaged.

/// The ten detection classes in the order of ann_infos' labels.
const std::array<std::string, 10>& bevDetClasses();

}  // namespace hbev
