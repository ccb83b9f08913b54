#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

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

/// A ray in voxels: `start + way * step`.
struct GridRay {
  Eigen::Vector3f start, step;
};

/// Where the ray is inside the columns' box; `axis` is the one it enters through, -1 when it starts inside.
bool clip(const GridRay& ray, const Eigen::Vector3i& dims, float& enter, float& leave, int& axis) {
  enter = 0;
  leave = kNever;
  axis = -1;
  for (int i = 0; i < 3; ++i) {
    const float a = -ray.start[i] / ray.step[i], b = (float(dims[i]) - ray.start[i]) / ray.step[i];
    if (std::min(a, b) > enter) {
      enter = std::min(a, b);
      axis = i;
    }
    leave = std::min(leave, std::max(a, b));
  }
  return enter <= leave;
}

/// One axis of the walk over columns.
struct Walk {
  int cell, sign;
  float next, stride;

  Walk(const GridRay& ray, int axis, int cells, float enter, bool enters_here) {
    const float step = ray.step[axis];
    sign = step > 0 ? 1 : -1;
    cell = std::clamp(int(std::floor(ray.start[axis] + enter * step)), 0, cells - 1);
    if (enters_here) cell = sign > 0 ? 0 : cells - 1;
    stride = std::abs(1 / step);
    next = (float(cell + (sign > 0 ? 1 : 0)) - ray.start[axis]) / step;
  }
  void advance() {
    cell += sign;
    next += stride;
  }
};

/// The first shown voxel on the ray. It steps from column to column only: which voxels of a column the ray
/// passes is one mask, and whether one of them is shown is one `and`.
std::optional<Hit> firstShown(const VoxelColumns& columns, const GridRay& ray) {
  const Eigen::Vector3i& dims = columns.dims();
  float way = 0, leave = 0;
  int axis = -1;
  if (!clip(ray, dims, way, leave, axis)) return std::nullopt;
  Walk x(ray, 0, dims.x(), way, axis == 0), y(ray, 1, dims.y(), way, axis == 1);
  const float z_step = ray.step.z();
  const int top = dims.z() - 1;
  float z = ray.start.z() + way * z_step;
  while (true) {
    const float exit = std::min({x.next, y.next, leave});
    const float z_exit = ray.start.z() + exit * z_step;
    if (const std::uint64_t column = columns.at(x.cell, y.cell); column != 0) {
      const int z_in = std::clamp(int(std::floor(z)), 0, top),
                z_out = std::clamp(int(std::floor(z_exit)), 0, top);
      const int low = std::min(z_in, z_out), high = std::max(z_in, z_out);
      const std::uint64_t passed = (~std::uint64_t{0} >> (63 - (high - low))) << low;
      if (const std::uint64_t met = column & passed; met != 0) {
        const int at = z_step > 0 ? std::countr_zero(met) : 63 - std::countl_zero(met);
        Hit hit{{x.cell, y.cell, at}, 0, way};
        if (at == z_in && axis != 2) {
          hit.face = axis < 0 ? 5 : 2 * axis + (ray.step[axis] > 0 ? 0 : 1);
        } else {
          hit.face = z_step > 0 ? 4 : 5;
          hit.way = std::max(way, (float(at + (z_step > 0 ? 0 : 1)) - ray.start.z()) / z_step);
        }
        return hit;
      }
    }
    if (exit >= leave) return std::nullopt;
    axis = x.next < y.next ? 0 : 1;
    (axis == 0 ? x : y).advance();
    if (x.cell < 0 || x.cell >= dims.x() || y.cell < 0 || y.cell >= dims.y()) return std::nullopt;
    way = exit;
    z = z_exit;
  }
}

class OverlayPainter {
 public:
  OverlayPainter(const Occupancy& occupancy, const OverlayStyle& style, const CameraModel& model,
                 const Pose& ego_from_camera)
      : occupancy_(occupancy), columns_(occupancy, style.filter) {
    const GridSpec& grid = occupancy.grid;
    eye_ = ((ego_from_camera.translation() - grid.origin) / grid.voxel_m).cast<float>();
    // Metres of depth to voxels: with z = 1 in the camera's frame, the way along the ray is depth.
    const Eigen::Matrix3d voxels_from_pixel =
        ego_from_camera.rotationMatrix() * model.intrinsics.inverse() / grid.voxel_m;
    voxels_from_pixel_ = voxels_from_pixel.cast<float>();
    voxels_per_pixel_ = float(1.0 / model.intrinsics(0, 0) / grid.voxel_m);
    alpha_ = std::uint8_t(std::lround(255 * std::clamp(style.opacity, 0.0F, 1.0F)));
    for (int label = 0; label < occupancy.classes->size(); ++label) {
      colors_[std::size_t(label)] = occupancy.classes->color(label, style.palette);
    }
    // A camera inside a voxel would see nothing else.
    const Eigen::Vector3i here = eye_.array().floor().cast<int>();
    if (grid.contains(here)) columns_.hide(here);
  }

  void paintRow(int row, int width, std::uint8_t* rgba) const {
    for (int column = 0; column < width; ++column, rgba += 4) {
      GridRay ray{eye_, voxels_from_pixel_ * Eigen::Vector3f(float(column), float(row), 1)};
      for (float& step : ray.step) {
        // A step of exactly nothing would make 0 / 0 on a voxel's border.
        if (std::abs(step) < 1e-9F) step = 1e-9F;
      }
      if (const std::optional<Hit> hit = firstShown(columns_, ray)) paint(ray, *hit, rgba);
    }
  }

 private:
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
    rgba[3] = alpha_;
  }

  const Occupancy& occupancy_;
  VoxelColumns columns_;
  Eigen::Vector3f eye_;
  Eigen::Matrix3f voxels_from_pixel_;
  float voxels_per_pixel_ = 0;
  std::uint8_t alpha_ = 255;
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
