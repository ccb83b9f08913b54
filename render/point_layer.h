// Points as round dots: the lidar's coloured by height, others in their own colours.
#pragma once

#include "core/data/lidar.h"
#include "core/geometry/pose.h"
#include "render/frame_scene.h"
#include "render/gl_layer.h"

namespace hbev {

class PointLayer {
 public:
  PointLayer();
  void setPoints(const std::vector<LidarPoint>& points, const Pose& ego_from_lidar);
  void setPoints(const std::vector<ColoredPoint>& points);
  /// `size_px`: logical pixels.
  void draw(const SceneView& view, float size_px, float opacity, ElementRange range = {});

 private:
  Layer layer_;
};

}  // namespace hbev
