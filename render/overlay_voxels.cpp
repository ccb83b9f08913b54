#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

#include <tbb/parallel_for.h>

#include "render/overlay.h"
#include "render/voxel_columns.h"

namespace hbev {
namespace {

constexpr float kNever = std::numeric_limits<float>::infinity();
// As in the viewport: -x, +x, -y, +y, -z, +z.
constexpr std::array<float, 6> kFaceLight{0.80F, 0.86F, 0.68F, 0.74F, 0.55F, 1.0F};

struct Hit {
  Eigen::Vector3i voxel;
  int face;   ///< see kFaceLight
  float way;  ///< in units of the ray's step
};

/// A ray in voxels: `start + way * step`. No step is exactly 0.
struct GridRay {
  Eigen::Vector3f start, step;
};

/// A stretch of a ray; `axis` is that of the face through which it begins, -1 when it begins inside.
struct Stretch {
  float enter, leave;
  int axis;
};

Stretch clip(const GridRay& ray, const Eigen::Vector3i& dims) {
  Stretch inside{0, kNever, -1};
  for (int i = 0; i < 3; ++i) {
    const float a = -ray.start[i] / ray.step[i], b = (float(dims[i]) - ray.start[i]) / ray.step[i];
    if (std::min(a, b) > inside.enter) {
      inside.enter = std::min(a, b);
      inside.axis = i;
    }
    inside.leave = std::min(inside.leave, std::max(a, b));
  }
  return inside;
}

/// The cells along one axis that a walk may visit.
struct Range {
  int begin, end;
};

/// A walk's place along one axis, in cells of `size` voxels.
struct Place {
  int cell, sign;
  float next, stride;

  Place(const GridRay& ray, int axis, Range range, int size, const Stretch& stretch) {
    const float step = ray.step[axis], cells = 1.0F / float(size);
    sign = step > 0 ? 1 : -1;
    // Truncation instead of floor(): what is below 0 is clamped anyway.
    cell = std::clamp(int((ray.start[axis] + stretch.enter * step) * cells), range.begin, range.end - 1);
    if (axis == stretch.axis) cell = sign > 0 ? range.begin : range.end - 1;
    stride = std::abs(float(size) / step);
    next = (float((cell + (sign > 0 ? 1 : 0)) * size) - ray.start[axis]) / step;
  }
  void advance() {
    cell += sign;
    next += stride;
  }
  bool isIn(Range range) const { return cell >= range.begin && cell < range.end; }
};

/// Calls `visit(x, y, stretch)` for the cells of `size` x `size` columns along a stretch, until it returns
/// true.
template <class Visit>
bool walk(const GridRay& ray, Stretch stretch, Range x_range, Range y_range, int size, Visit visit) {
  Place x(ray, 0, x_range, size, stretch), y(ray, 1, y_range, size, stretch);
  while (true) {
    const float exit = std::min({x.next, y.next, stretch.leave});
    if (visit(x.cell, y.cell, Stretch{stretch.enter, exit, stretch.axis})) return true;
    if (exit >= stretch.leave) return false;
    stretch.enter = exit;
    stretch.axis = x.next < y.next ? 0 : 1;
    (stretch.axis == 0 ? x : y).advance();
    if (!x.isIn(x_range) || !y.isIn(y_range)) return false;
  }
}

/// Finds the first shown voxel on a ray. It steps over blocks of columns, then over columns, never from layer
/// to layer: which layers a ray passes there is one mask, and whether one of them is shown is one `and`.
class Caster {
 public:
  explicit Caster(VoxelColumns columns) : columns_(std::move(columns)) {
    const Eigen::Vector3i& dims = columns_.dims();
    x_blocks_ = (dims.x() + kBlock - 1) / kBlock;
    y_blocks_ = (dims.y() + kBlock - 1) / kBlock;
    blocks_.assign(std::size_t(x_blocks_) * std::size_t(y_blocks_), 0);
    for (int x = 0; x < dims.x(); ++x) {
      for (int y = 0; y < dims.y(); ++y) {
        blocks_[blockIndex(x / kBlock, y / kBlock)] |= columns_.at(x, y);
      }
    }
  }

  std::optional<Hit> cast(const GridRay& ray) const {
    const Eigen::Vector3i& dims = columns_.dims();
    const Stretch inside = clip(ray, dims);
    std::optional<Hit> hit;
    if (inside.enter > inside.leave) return hit;
    const auto in_column = [&](int x, int y, const Stretch& stretch) {
      const std::uint64_t met = columns_.at(x, y) & passedLayers(ray, stretch);
      if (met != 0) hit = hitIn(ray, x, y, met, stretch);
      return met != 0;
    };
    const auto in_block = [&](int x, int y, const Stretch& stretch) {
      if ((blocks_[blockIndex(x, y)] & passedLayers(ray, stretch)) == 0) return false;
      return walk(ray, stretch, {x * kBlock, std::min((x + 1) * kBlock, dims.x())},
                  {y * kBlock, std::min((y + 1) * kBlock, dims.y())}, 1, in_column);
    };
    walk(ray, inside, {0, x_blocks_}, {0, y_blocks_}, kBlock, in_block);
    return hit;
  }

 private:
  static constexpr int kBlock = 8;

  std::size_t blockIndex(int x, int y) const {
    return std::size_t(x) * std::size_t(y_blocks_) + std::size_t(y);
  }
  int layerAt(const GridRay& ray, float way) const {
    return std::clamp(int(ray.start.z() + way * ray.step.z()), 0, columns_.dims().z() - 1);
  }
  std::uint64_t passedLayers(const GridRay& ray, const Stretch& stretch) const {
    const int in = layerAt(ray, stretch.enter), out = layerAt(ray, stretch.leave);
    const int low = std::min(in, out), high = std::max(in, out);
    return (~std::uint64_t{0} >> (63 - (high - low))) << low;
  }
  Hit hitIn(const GridRay& ray, int x, int y, std::uint64_t met, const Stretch& stretch) const {
    const bool rises = ray.step.z() > 0;
    const int layer = rises ? std::countr_zero(met) : 63 - std::countl_zero(met);
    const int axis = stretch.axis;
    if (layer == layerAt(ray, stretch.enter) && axis >= 0 && axis < 2) {
      return {{x, y, layer}, 2 * axis + (ray.step[axis] > 0 ? 0 : 1), stretch.enter};
    }
    const float way = (float(layer + (rises ? 0 : 1)) - ray.start.z()) / ray.step.z();
    return {{x, y, layer}, rises ? 4 : 5, std::max(stretch.enter, way)};
  }

  VoxelColumns columns_;
  int x_blocks_ = 0, y_blocks_ = 0;
  std::vector<std::uint64_t> blocks_;  // All columns of a block in one mask.
};

class OverlayPainter {
 public:
  OverlayPainter(const Occupancy& occupancy, const OverlayStyle& style, const CameraModel& model,
                 const Pose& ego_from_camera)
      : occupancy_(occupancy),
        caster_(columnsAround(occupancy, style.filter, ego_from_camera.translation())) {
    const GridSpec& grid = occupancy.grid;
    eye_ = ((ego_from_camera.translation() - grid.origin) / grid.voxel_m).cast<float>();
    // Metres of depth to voxels: with z = 1 in the camera's frame, the way along the ray is depth.
    const Eigen::Matrix3d voxels_from_pixel =
        ego_from_camera.rotationMatrix() * model.intrinsics.inverse() / grid.voxel_m;
    voxels_from_pixel_ = voxels_from_pixel.cast<float>();
    voxels_per_pixel_ = float(1.0 / model.intrinsics(0, 0) / grid.voxel_m);
    for (int label = 0; label < occupancy.classes->size(); ++label) {
      colors_[std::size_t(label)] = occupancy.classes->color(label, style.palette);
    }
  }

  void paintRow(int row, int width, std::uint8_t* rgba) const {
    for (int column = 0; column < width; ++column, rgba += 4) {
      GridRay ray{eye_, voxels_from_pixel_ * Eigen::Vector3f(float(column), float(row), 1)};
      for (float& step : ray.step) {
        // A step of exactly nothing would make 0 / 0 on a voxel's border.
        if (std::abs(step) < 1e-9F) step = 1e-9F;
      }
      if (const std::optional<Hit> hit = caster_.cast(ray)) paint(ray, *hit, rgba);
    }
  }

 private:
  static VoxelColumns columnsAround(const Occupancy& occupancy, const VoxelFilter& filter,
                                    const Eigen::Vector3d& eye) {
    VoxelColumns columns(occupancy, filter);
    // A camera inside a voxel would see nothing but that.
    if (const auto here = occupancy.grid.voxelAt(eye)) columns.hide(*here);
    return columns;
  }

  void paint(const GridRay& ray, const Hit& hit, std::uint8_t* rgba) const {
    const Eigen::Vector3f place = ray.start + hit.way * ray.step;
    // Voxels to the nearest edge of the face, against how much of a voxel one pixel covers at this depth.
    float to_edge = 1;
    for (int axis = 0; axis < 3; ++axis) {
      if (axis == hit.face / 2) continue;
      const float within = place[axis] - float(hit.voxel[axis]);
      to_edge = std::min(to_edge, std::min(within, 1 - within));
    }
    const float pixel = voxels_per_pixel_ * hit.way;
    const float line = std::clamp(1.2F - std::max(0.0F, to_edge) / pixel, 0.0F, 1.0F);
    const float fade = std::clamp((1 / pixel - 3) / 7, 0.0F, 1.0F);
    const float light = kFaceLight[std::size_t(hit.face)] * (1 - 0.45F * line * fade);
    const Rgb color = colors_[occupancy_.semantics[occupancy_.grid.index(hit.voxel)]];
    rgba[0] = std::uint8_t(float(color.r) * light);
    rgba[1] = std::uint8_t(float(color.g) * light);
    rgba[2] = std::uint8_t(float(color.b) * light);
    rgba[3] = 255;
  }

  const Occupancy& occupancy_;
  Caster caster_;
  Eigen::Vector3f eye_;
  Eigen::Matrix3f voxels_from_pixel_;
  float voxels_per_pixel_ = 0;
  std::array<Rgb, 256> colors_{};
};

}  // namespace

OverlayImage drawVoxelOverlay(const Occupancy& occupancy, const Keyframe& keyframe, Camera camera, int width,
                              int height, const OverlayStyle& style) {
  OverlayImage overlay{width, height,
                       std::vector<std::uint8_t>(std::size_t(width) * std::size_t(height) * 4, 0)};
  const Pose ego_from_camera = keyframe.camera_from_ego(camera).inverse();
  const CameraModel model = keyframe.cameras[std::size_t(camera)]->model.scaledTo(width, height);
  const OverlayPainter painter(occupancy, style, model, ego_from_camera);
  tbb::parallel_for(0, height, [&](int row) {
    painter.paintRow(row, width, overlay.rgba.data() + std::size_t(row) * std::size_t(width) * 4);
  });
  return overlay;
}

}  // namespace hbev
