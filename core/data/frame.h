// Everything loaded for one keyframe. Immutable, shared as shared_ptr<const Frame>.
#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "core/base/error.h"
#include "core/data/images.h"
#include "core/data/keyframe.h"
#include "core/data/labels.h"
#include "core/data/lidar.h"

namespace hbev {

struct Frame {
  Keyframe keyframe;
  std::array<std::shared_ptr<const Image>, kCameraCount> images;  ///< null where absent or unreadable
  std::vector<LidarPoint> lidar;
  std::map<LabelKind, std::shared_ptr<const Occupancy>> truth;
  std::vector<Problem> problems;            ///< what could not be loaded; the rest is usable
  std::set<std::filesystem::path> missing;  ///< their files that were not there at all
};

}  // namespace hbev
