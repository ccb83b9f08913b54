#include "render/scene_view.h"

#include <numbers>

namespace hbev {

SceneView::SceneView(const ViewCamera& camera, int width, int height, const DrawStyle& style,
                     const Pose& camera_from_model)
    : style_(style) {
  window_width_ = width;
  window_height_ = height;
  aspect_ = double(width) / height;
  field_of_view_ = camera.vertical_fov_rad * 180 / std::numbers::pi;
  const Eigen::Matrix4d view = camera.view() * camera_from_model.matrix();
  const Eigen::Matrix4d projection = camera.projection(aspect_);
  const Pose model_from_camera = camera_from_model.inverse();
  view_matrix_ = view.cast<float>();
  projection_matrix_ = projection.cast<float>();
  model_matrix_.setIdentity();
  MVP_matrix_ = (projection * view).cast<float>();
  eye_ = model_from_camera * camera.eye();
  lookat_ = model_from_camera * camera.target;
  right_ = view.block<1, 3>(0, 0).transpose();
  up_ = view.block<1, 3>(1, 0).transpose();
  front_ = view.block<1, 3>(2, 0).transpose();
}

}  // namespace hbev
