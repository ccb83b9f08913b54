// Writes info pickles that the data pipelines of BEVDet, HBEVOcc and mmdet3d v1.1 read.
// Source: tools/create_data_bevdet.py and tools/data_converter/nuscenes_converter.py of HBEVOcc;
// update_infos_to_v2.py of mmdet3d.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/progress.h"
#include "core/data/dataset.h"

namespace hbev {

enum class InfosDialect {
  BevDet,  ///< {infos, metadata}: lidar_path, cams, sweeps, gt_boxes, ann_infos, occ_path, scene_token, prev
  MmDet3dV11  ///< {data_list, metainfo}: lidar_points, images, lidar_sweeps, instances
};

struct InfosOptions {
  InfosDialect dialect = InfosDialect::BevDet;
  std::vector<std::size_t> scenes;  ///< of the data set, see scenesOfSplit()
  std::string data_root;            ///< stands before file names: "./data/nuscenes"
  std::size_t max_sweeps = 10;      ///< earlier lidar sweeps a keyframe
};

struct InfosWritten {
  std::size_t keyframes = 0;
  std::size_t left_out = 0;  ///< keyframes without all six cameras and the lidar, or with a damaged pose
};

/// Writes `file`, which appears whole, by rename. What the tables' index does not hold is written as what
/// pipelines take for unknown: can_bus as zeros, sample_data_token as "". Throws Error when the data set has
/// no tables, nothing can be written or no keyframe is left; Cancelled.
InfosWritten writeInfos(const std::filesystem::path& file, const Dataset& dataset,
                        const InfosOptions& options, Progress* progress = nullptr);

}  // namespace hbev
