// A frame as Open3D geometry, drawn into the current OpenGL context: voxels, flow, lidar, boxes, ego car,
// rings.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "core/data/lidar.h"
#include "core/data/occupancy.h"
#include "core/geometry/box.h"
#include "core/geometry/pose.h"
#include "render/ground_map.h"
#include "render/view_camera.h"

namespace hbev {

inline constexpr double kEverywhere_m = 1e9;

/// Which voxels are there to be seen. Changing it needs a new mesh (about 10 ms).
struct VoxelFilter {
  std::uint32_t visible_classes = ~0U;  ///< bit c: class c; the free class is never drawn
  int z_min = 0;                        ///< height slice, voxel layers, both ends included
  int z_max = 1 << 20;
  // Where a voxel's centre may be, in ego; all ends included but the far one of the range.
  double x_min_m = -kEverywhere_m, x_max_m = kEverywhere_m;
  double y_min_m = -kEverywhere_m, y_max_m = kEverywhere_m;
  double range_min_m = 0, range_max_m = kEverywhere_m;  ///< horizontal distance from the car
  bool camera_mask_only = false;  ///< only voxels whose mask_camera is 1 (where there is a mask)

  /// Whether the place of column (x, y) is one that is looked at.
  bool admitsColumn(const GridSpec& grid, int x, int y) const;
  /// The same of a voxel, whatever is there.
  bool admits(const GridSpec& grid, const Eigen::Vector3i& voxel) const {
    return voxel.z() >= z_min && voxel.z() <= z_max && admitsColumn(grid, voxel.x(), voxel.y());
  }
  bool operator==(const VoxelFilter&) const = default;
};

/// What colour each voxel has: an index per voxel into 256 colours. Changing it needs no mesh.
struct VoxelPaint {
  std::vector<std::uint8_t> index;  ///< [X, Y, Z]
  std::array<Rgb, 256> colors{};
};

/// An arrow from `from`, in ego, m.
struct FlowArrow {
  Eigen::Vector3f from;
  Eigen::Vector3f to;
  std::optional<Rgb> color{};  ///< its own, else that of all
};

struct ColoredBox {
  OrientedBox box;  ///< in ego
  Rgb color;
};

/// A piece of a ray, in ego, m. Widths are logical pixels.
struct RaySegment {
  Eigen::Vector3f from;
  Eigen::Vector3f to;
  Rgb color;
  float width_px = 1.0F;
  float opacity = 1.0F;
};

struct ColoredPoint {
  Eigen::Vector3f position;  ///< ego, m
  Rgb color;
};

/// The metric's rays, a hundred thousand of them at most.
struct RayBundle {
  std::vector<RaySegment> lines;     ///< hidden by what stands before them
  std::vector<RaySegment> marks;     ///< shine through it, fainter
  std::vector<ColoredPoint> points;  ///< hidden by what stands before them
  float point_size_px = 2.5F;
  float point_opacity = 1.0F;
};

/// How to draw: switched at every frame without cost.
struct DrawStyle {
  Rgb background_top{0x1B, 0x20, 0x27};
  Rgb background_bottom{0x0E, 0x10, 0x13};
  bool voxels = true, flow = true, rays = true, lidar = false, boxes = false, rings = true, ego_car = true,
       axes = false;
  float voxel_opacity = 1.0F;
  float edge_opacity = 0.3F;
  float flow_opacity = 1.0F;
  float lidar_opacity = 0.6F;
  float box_opacity = 1.0F;
  float ring_opacity = 0.4F;
  float point_size_px = 2.0F;
  float pixel_ratio = 1.0F;  ///< device pixels per logical pixel: line widths follow it
};

/// What one picture is drawn with, for drawing it in parts: device pixels (at least 1 x 1), a camera in the
/// voxels' frame.
struct Shot {
  ViewCamera camera;
  int width = 1, height = 1;
  DrawStyle style;
};

struct DrawStats {
  std::size_t quads = 0;
  double mesh_ms = 0;  ///< of the last mesh that was built, with its upload
};

/// Owns GL objects: construct, change, draw and destroy it with the same (or a sharing) context current.
/// Throws Error from the constructor when OpenGL 3.3 is not there or a shader does not compile.
class FrameScene {
 public:
  FrameScene();
  ~FrameScene();
  FrameScene(const FrameScene&) = delete;
  FrameScene& operator=(const FrameScene&) = delete;

  /// Null clears. The mesh is made at the next draw; the same occupancy again costs nothing. Throws Error,
  /// and keeps the previous one, when the grid is higher than 64 voxels or the arrays do not have the grid's
  /// size.
  void setOccupancy(std::shared_ptr<const Occupancy> occupancy);
  void setFilter(const VoxelFilter& filter);
  /// Until a paint of the occupancy's size is given, voxels have their class's colour.
  void setPaint(VoxelPaint paint);
  void setFlow(std::vector<FlowArrow> arrows, Rgb color);
  void setLidar(const std::vector<LidarPoint>& points, const Pose& ego_from_lidar);
  void setBoxes(const std::vector<ColoredBox>& boxes);
  /// Lies below the voxels, and is faintly seen through them. An empty one takes it away.
  void setGround(const GroundMap& map);
  /// Drawn over everything, fainter where something stands before it.
  void setRay(std::vector<RaySegment> segments);
  /// Uploaded once; switched by DrawStyle::rays.
  void setRays(RayBundle rays);
  /// A voxel drawn 55 % white with a white outline.
  void setSelection(std::optional<Eigen::Vector3i> voxel);

  /// Where the car is in the voxels' frame: itself, the rings around it and its axes are drawn there. The
  /// identity at first.
  void setEgoPose(const Pose& voxels_from_ego);

  /// Draws into the bound framebuffer, over its whole `width` x `height` device pixels (at least 1 x 1).
  /// `camera` is in the voxels' frame. Leaves depth test off, no program and no vertex array bound, for what
  /// draws over it.
  DrawStats draw(const ViewCamera& camera, int width, int height, const DrawStyle& style);

  /// The same picture in parts, with the same framebuffer bound for all of them: everything but rays and
  /// lines; then all strokes of the rays, in ascending order but cut at will, or a share of them (0 to 1)
  /// that stands for all; then the lines.
  DrawStats beginDraw(const Shot& shot);
  std::size_t rayStrokes() const;
  void drawRays(const Shot& shot, std::size_t first, std::size_t count);
  void drawRayShare(const Shot& shot, double share);
  void endDraw(const Shot& shot);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hbev
