// A ViewCamera over a viewport as Open3D's renderers want it.
#pragma once

#include <GL/glew.h>
#include <open3d/visualization/visualizer/ViewControl.h>

#include "render/frame_scene.h"

namespace hbev {

/// Open3D's ViewControl derives its matrices from a bounding box; this one takes them from a ViewCamera.
class SceneView : public open3d::visualization::ViewControl {
 public:
  /// `camera_from_model`: what is drawn lives in another frame than the camera.
  SceneView(const ViewCamera& camera, int width, int height, const DrawStyle& style,
            const Pose& camera_from_model = {});

  Eigen::Vector3f eye() const { return GetEye(); }
  Eigen::Vector2f viewport() const { return {float(window_width_), float(window_height_)}; }
  const DrawStyle& style() const { return style_; }

 private:
  DrawStyle style_;
};

}  // namespace hbev
