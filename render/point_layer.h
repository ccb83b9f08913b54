// Lidar points as round dots, coloured by height.
#pragma once

#include "core/data/lidar.h"
#include "core/geometry/pose.h"
#include "render/gl_layer.h"

namespace hbev {

class PointLayer {
 public:
  PointLayer();
  void setPoints(const std::vector<LidarPoint>& points, const Pose& ego_from_lidar);
  void draw(const SceneView& view);

 private:
  Layer layer_;
};

}  // namespace hbev
