// One record of an info pickle, whatever its dialect, in one form.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "core/data/dataset_index.h"
#include "core/io/pickle_value.h"

namespace hbev {

struct InfoSensor {
  std::size_t slot = kLidarSlot;
  std::string file;  ///< with slashes, from samples/ or sweeps/ on where it has such a part
  std::int64_t timestamp_us = 0;
  DatasetIndex::Calibration calibration;
  PoseRow global_from_ego;
  int width = 0, height = 0;  ///< 0 where the record does not say
};

/// A box as the record has it: what its numbers mean is known when all boxes have been seen.
struct InfoBox {
  std::array<double, 3> centre{};   ///< in `frame`
  std::array<double, 3> extents{};  ///< length, width, height; old: width, length, height
  double yaw_rad = 0;               ///< old: -yaw - pi / 2
  std::array<double, 2> velocity{std::numeric_limits<double>::quiet_NaN(),
                                 std::numeric_limits<double>::quiet_NaN()};  ///< in `frame`; NaN: unknown
  std::string category;  ///< nuScenes' name: "vehicle.car"; "" unknown
  int lidar_points = 0, radar_points = 0;
};

struct InfoRecord {
  std::string token, previous, next;  ///< "" where the record does not say
  std::string scene_token, scene_name, location;
  std::int64_t timestamp_us = 0;
  std::vector<InfoSensor> keyframe;  ///< at most one a slot
  std::vector<InfoSensor> sweeps;    ///< may repeat what other records have, keyframes too
  Pose global_from_boxes;
  std::vector<InfoBox> boxes;
  bool boxes_are_current = false;  ///< surely length, width, height and yaw as it is
  std::int64_t damaged = 0;        ///< sensors and boxes that could not be used
};

/// A record of mmdet3d v0.x, BEVDet or HBEVOcc: lidar_path, cams, sweeps, gt_boxes, ann_infos, occ_path.
InfoRecord parseRecord(const PickleValue& info);

/// A record of mmdet3d v1.1: lidar_points, images, instances. `classes` are the names of its labels.
InfoRecord parseRecordV11(const PickleValue& info, const std::vector<std::string>& classes);

/// nuScenes' category for a detection class: "car" is "vehicle.car". Other names stay.
std::string categoryOf(std::string_view detection_class);

/// With slashes for backslashes, from the last samples/ or sweeps/ on.
std::string pathInDataset(std::string_view path);

}  // namespace hbev
