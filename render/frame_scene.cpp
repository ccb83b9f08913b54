#include "render/frame_scene.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <GL/glew.h>

#include "core/base/error.h"
#include "render/coloring.h"
#include "render/ego_car.h"
#include "render/gl_state.h"
#include "render/ground_layer.h"
#include "render/line_layer.h"
#include "render/point_layer.h"
#include "render/ray_layer.h"
#include "render/scene_lines.h"
#include "render/solid_layer.h"
#include "render/voxel_columns.h"
#include "render/voxel_renderer.h"

namespace hbev {

struct FrameScene::Impl {
  BackgroundLayer background;
  VoxelRenderer voxels;
  SolidLayer ego_car{egoCarTriangles()};
  PointLayer lidar;
  GroundLayer ground;
  RayLayer rays;
  LineLayer lines;

  std::shared_ptr<const Occupancy> occupancy;
  VoxelFilter filter;
  VoxelPaint paint;
  std::vector<FlowArrow> arrows;
  Rgb arrow_color{255, 255, 255};
  std::vector<ColoredBox> boxes;
  std::vector<RaySegment> ray;
  std::optional<Eigen::Vector3i> selection;
  Pose voxels_from_ego;

  bool mesh_is_stale = false;
  bool paint_is_stale = false;
  double mesh_ms = 0;

  GridSpec grid() const { return occupancy ? occupancy->grid : occ3dGrid(); }
  void updateMesh();
  void updatePaint();
  void drawLines(const SceneView& view, const SceneView& ego_view);
};

void FrameScene::Impl::updateMesh() {
  if (!mesh_is_stale) return;
  mesh_is_stale = false;
  if (!occupancy) {
    voxels.clear();
    return;
  }
  const auto begin = std::chrono::steady_clock::now();
  voxels.setColumns(occupancy->grid, VoxelColumns(*occupancy, filter));
  mesh_ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
}

void FrameScene::Impl::updatePaint() {
  if (!paint_is_stale || !occupancy) return;
  paint_is_stale = false;
  if (paint.index.size() == occupancy->semantics.size()) {
    voxels.setPaint(occupancy->grid, paint);
  } else {
    voxels.setPaint(occupancy->grid, paintVoxels(*occupancy, Coloring::Class, Palette::Studio, {}));
  }
}

void FrameScene::Impl::drawLines(const SceneView& view, const SceneView& ego_view) {
  const DrawStyle& style = view.style();
  lines.clear();
  if (style.rings) addRings(lines, grid(), style);
  if (style.axes) addAxes(lines, style);
  lines.draw(ego_view);
  lines.clear();
  if (style.boxes) addBoxes(lines, boxes, style);
  if (style.flow) addArrows(lines, arrows, arrow_color, view.eye(), style);
  if (selection && grid().contains(*selection)) addVoxelMark(lines, grid(), *selection, 1.75F, style);
  lines.draw(view);
  if (ray.empty()) return;
  lines.clear();
  addRay(lines, ray, 0.45F, style);
  glDisable(GL_DEPTH_TEST);
  lines.draw(view);
  glEnable(GL_DEPTH_TEST);
  lines.clear();
  addRay(lines, ray, 1.0F, style);
  lines.draw(view);
}

namespace {

/// Members of Impl compile shaders as they are made: OpenGL's functions must be there before the first.
template <class Impl>
std::unique_ptr<Impl> makeWithOpenGl() {
  loadOpenGl();
  const GlStateGuard guard;
  return std::make_unique<Impl>();
}

}  // namespace

FrameScene::FrameScene() : impl_(makeWithOpenGl<Impl>()) {}

FrameScene::~FrameScene() = default;

void FrameScene::setOccupancy(std::shared_ptr<const Occupancy> occupancy) {
  if (occupancy == impl_->occupancy) return;
  if (occupancy) requireDrawable(*occupancy);
  impl_->occupancy = std::move(occupancy);
  impl_->mesh_is_stale = impl_->paint_is_stale = true;
}

void FrameScene::setFilter(const VoxelFilter& filter) {
  if (filter == impl_->filter) return;
  impl_->filter = filter;
  impl_->mesh_is_stale = true;
}

void FrameScene::setPaint(VoxelPaint paint) {
  impl_->paint = std::move(paint);
  impl_->paint_is_stale = true;
}

void FrameScene::setFlow(std::vector<FlowArrow> arrows, Rgb color) {
  impl_->arrows = std::move(arrows);
  impl_->arrow_color = color;
}

void FrameScene::setLidar(const std::vector<LidarPoint>& points, const Pose& ego_from_lidar) {
  impl_->lidar.setPoints(points, ego_from_lidar);
}

void FrameScene::setBoxes(const std::vector<ColoredBox>& boxes) {
  impl_->boxes = boxes;
}

void FrameScene::setGround(const GroundMap& map) {
  const GlStateGuard guard;
  impl_->ground.set(map);
}

void FrameScene::setRay(std::vector<RaySegment> segments) {
  impl_->ray = std::move(segments);
}

void FrameScene::setRays(RayBundle rays) {
  impl_->rays.set(std::move(rays));
}

void FrameScene::setSelection(std::optional<Eigen::Vector3i> voxel) {
  impl_->selection = voxel;
}

void FrameScene::setEgoPose(const Pose& voxels_from_ego) {
  impl_->voxels_from_ego = voxels_from_ego;
}

namespace {

void prepareState(int width, int height) {
  glDisable(GL_SCISSOR_TEST);
  glDisable(GL_BLEND);
  glDisable(GL_CULL_FACE);
  glDisable(GL_DEPTH_TEST);
  glColorMask(GL_TRUE, GL_TRUE, GL_TRUE, GL_TRUE);
  glDepthMask(GL_TRUE);
  glDepthFunc(GL_LESS);
  glCullFace(GL_BACK);
  // Alpha of the framebuffer stays 1: a widget's framebuffer is blended onto the window.
  glBlendFuncSeparate(GL_SRC_ALPHA, GL_ONE_MINUS_SRC_ALPHA, GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
  glViewport(0, 0, width, height);
}

SceneView viewOf(const Shot& shot, const Pose& camera_from_model = Pose()) {
  return {shot.camera, std::max(1, shot.width), std::max(1, shot.height), shot.style, camera_from_model};
}

}  // namespace

DrawStats FrameScene::beginDraw(const Shot& shot) {
  const GlStateGuard guard;
  const DrawStyle& style = shot.style;
  const SceneView view = viewOf(shot);
  prepareState(std::max(1, shot.width), std::max(1, shot.height));
  impl_->updateMesh();
  impl_->updatePaint();

  glClear(GL_DEPTH_BUFFER_BIT);
  impl_->background.draw(view);
  glEnable(GL_DEPTH_TEST);
  impl_->ground.drawBelow(view);
  // Transparent voxels come last: what stands in them shines through.
  const bool voxels_last = style.voxel_opacity < 1.0F;
  if (style.voxels && !voxels_last) impl_->voxels.draw(view, impl_->selection);
  if (style.ego_car) impl_->ego_car.draw(viewOf(shot, impl_->voxels_from_ego));
  if (style.lidar) impl_->lidar.draw(view, style.point_size_px, style.lidar_opacity);
  if (style.voxels && voxels_last) impl_->voxels.draw(view, impl_->selection);
  impl_->ground.drawThrough(view);
  return {.quads = impl_->voxels.quads(), .mesh_ms = impl_->mesh_ms};
}

std::size_t FrameScene::rayStrokes() const {
  return impl_->rays.strokes();
}

void FrameScene::drawRays(const Shot& shot, std::size_t first, std::size_t count) {
  const GlStateGuard guard;
  prepareState(std::max(1, shot.width), std::max(1, shot.height));
  glEnable(GL_DEPTH_TEST);
  impl_->rays.draw(viewOf(shot), first, count);
}

void FrameScene::drawRayShare(const Shot& shot, double share) {
  const GlStateGuard guard;
  prepareState(std::max(1, shot.width), std::max(1, shot.height));
  glEnable(GL_DEPTH_TEST);
  impl_->rays.drawShare(viewOf(shot), share);
}

void FrameScene::endDraw(const Shot& shot) {
  const GlStateGuard guard;
  prepareState(std::max(1, shot.width), std::max(1, shot.height));
  glEnable(GL_DEPTH_TEST);
  impl_->drawLines(viewOf(shot), viewOf(shot, impl_->voxels_from_ego));
}

DrawStats FrameScene::draw(const ViewCamera& camera, int width, int height, const DrawStyle& style) {
  const Shot shot{camera, width, height, style};
  const DrawStats stats = beginDraw(shot);
  if (style.rays) drawRays(shot, 0, rayStrokes());
  endDraw(shot);
  return stats;
}

}  // namespace hbev
