#include "render/ray_layer.h"

#include <utility>

namespace hbev {
namespace {

constexpr float kHiddenStrength = 0.3F;

void fill(LineLayer& layer, const std::vector<RaySegment>& segments, float pixel_ratio, float towards_eye_m) {
  layer.clear();
  for (const RaySegment& segment : segments) {
    layer.add(segment.from, segment.to,
              {.color = segment.color,
               .opacity = segment.opacity,
               .width_px = segment.width_px * pixel_ratio,
               .towards_eye_m = towards_eye_m,
               .round_ends = false});
  }
}

}  // namespace

void RayLayer::set(RayBundle bundle) {
  bundle_ = std::move(bundle);
  uploaded_ratio_ = 0;
}

void RayLayer::upload(float pixel_ratio) {
  if (uploaded_ratio_ == pixel_ratio) return;
  uploaded_ratio_ = pixel_ratio;
  fill(lines_, bundle_.lines, pixel_ratio, 0);
  fill(marks_, bundle_.marks, pixel_ratio, 0.06F);
  points_.setPoints(bundle_.points);
}

void RayLayer::draw(const SceneView& view) {
  upload(view.style().pixel_ratio);
  if (!bundle_.points.empty()) points_.draw(view, bundle_.point_size_px, bundle_.point_opacity);
  lines_.draw(view);
  if (bundle_.marks.empty()) return;
  glDisable(GL_DEPTH_TEST);
  marks_.draw(view, kHiddenStrength);
  glEnable(GL_DEPTH_TEST);
  marks_.draw(view);
}

}  // namespace hbev
