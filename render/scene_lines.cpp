#include "render/scene_lines.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace hbev {
namespace {

constexpr Rgb kWhite{255, 255, 255};
constexpr Rgb kUnderLine{0x0D, 0x10, 0x13};
constexpr int kRings = 4;
constexpr double kRingStep_m = 10.0;
constexpr int kRingParts = 180;
constexpr float kArrowWidth_px = 1.8F;
constexpr float kHeadLength_m = 0.95F;
constexpr float kHeadShareAtMost = 0.45F;
constexpr float kHeadHalfAngle_rad = 0.5F;

bool isLight(Rgb color) {
  return 0.299 * color.r + 0.587 * color.g + 0.114 * color.b > 128;
}

void addEdges(LineLayer& lines, const OrientedBox& box, const LineStyle& style) {
  const auto corners = box.corners();
  for (const auto& [a, b] : boxEdges()) {
    lines.add(corners[std::size_t(a)].cast<float>(), corners[std::size_t(b)].cast<float>(), style);
  }
}

void addArrow(LineLayer& lines, const FlowArrow& arrow, const Eigen::Vector3f& eye, const LineStyle& style) {
  const Eigen::Vector3f way = arrow.to - arrow.from;
  const float length_m = way.norm();
  if (!(length_m > 0)) return;
  const Eigen::Vector3f ahead = way / length_m;
  // As long as the sine of the angle between arrow and line of sight: how much of its length is seen.
  Eigen::Vector3f sideways = ahead.cross((eye - arrow.to).normalized());
  const float seen = sideways.norm();
  // An arrow that points straight at the eye has no side; any will do.
  sideways = seen > 1e-6F ? Eigen::Vector3f(sideways / seen) : ahead.unitOrthogonal();
  const float head_m = std::min(kHeadLength_m, kHeadShareAtMost * length_m);
  const Eigen::Vector3f back = arrow.to - head_m * std::cos(kHeadHalfAngle_rad) * ahead;
  // A foreshortened arrow gets a narrower head, or the head would be all there is.
  const float spread_m = head_m * std::sin(kHeadHalfAngle_rad) * std::clamp(1.4F * seen, 0.3F, 1.0F);
  lines.add(arrow.from, arrow.to, style);
  for (const float side : {-1.0F, 1.0F}) {
    lines.add(arrow.to, back + side * spread_m * sideways, style);
  }
}

}  // namespace

void addRings(LineLayer& lines, const GridSpec& grid, const DrawStyle& style) {
  const double layer = std::floor(-grid.origin.z() / grid.voxel_m) + 1;
  const auto z_m = float(grid.origin.z() + layer * grid.voxel_m + 0.02);
  const LineStyle line{.color = kWhite,
                       .opacity = style.ring_opacity,
                       .width_px = 1.2F * style.pixel_ratio,
                       .towards_eye_m = 0.15F,
                       .round_ends = false};
  for (int ring = 1; ring <= kRings; ++ring) {
    const auto at = [&](int part) {
      const double angle = 2 * std::numbers::pi * part / kRingParts, radius_m = kRingStep_m * ring;
      return Eigen::Vector3f(float(radius_m * std::cos(angle)), float(radius_m * std::sin(angle)), z_m);
    };
    for (int part = 0; part < kRingParts; ++part) {
      lines.add(at(part), at(part + 1), line);
    }
  }
}

void addAxes(LineLayer& lines, const DrawStyle& style) {
  constexpr float kLength_m = 3.0F;
  constexpr std::array<Rgb, 3> kColors{{{0xF0, 0x69, 0x7A}, {0x4C, 0xC3, 0x8A}, {0x5B, 0x8D, 0xFF}}};
  // A little above the ground's voxels, whose upper side is at most one voxel over z = 0.
  const Eigen::Vector3f origin(0, 0, 0.45F);
  for (int axis = 0; axis < 3; ++axis) {
    lines.add(
        origin, origin + kLength_m * Eigen::Vector3f::Unit(axis),
        {.color = kColors[std::size_t(axis)], .width_px = 2.5F * style.pixel_ratio, .towards_eye_m = 3.0F});
  }
}

void addBoxes(LineLayer& lines, const std::vector<ColoredBox>& boxes, const DrawStyle& style) {
  for (const ColoredBox& colored : boxes) {
    const LineStyle line{.color = colored.color,
                         .opacity = style.box_opacity,
                         .width_px = 1.5F * style.pixel_ratio,
                         .towards_eye_m = 0.1F};
    addEdges(lines, colored.box, line);
    const Eigen::Vector3d half = colored.box.size / 2;
    lines.add((colored.box.frame_from_box * Eigen::Vector3d(0, 0, -half.z())).cast<float>(),
              (colored.box.frame_from_box * Eigen::Vector3d(half.x(), 0, -half.z())).cast<float>(), line);
  }
}

void addArrows(LineLayer& lines, const std::vector<FlowArrow>& arrows, Rgb color, const Eigen::Vector3f& eye,
               const DrawStyle& style) {
  LineStyle line{.color = color,
                 .opacity = style.flow_opacity,
                 .width_px = kArrowWidth_px * style.pixel_ratio,
                 .towards_eye_m = 0.05F};
  for (const FlowArrow& arrow : arrows) {
    line.color = arrow.color.value_or(color);
    if (isLight(style.background_bottom)) {
      LineStyle below = line;
      below.color = kUnderLine;
      below.opacity *= 0.45F;
      below.width_px += 2.4F * style.pixel_ratio;
      addArrow(lines, arrow, eye, below);
    }
    addArrow(lines, arrow, eye, line);
  }
}

void addRay(LineLayer& lines, const std::vector<RaySegment>& segments, float strength,
            const DrawStyle& style) {
  for (const bool below : {true, false}) {
    for (const RaySegment& segment : segments) {
      const float width_px = segment.width_px + (below ? 1.6F : 0.0F);
      lines.add(segment.from, segment.to,
                {.color = below ? kUnderLine : segment.color,
                 .opacity = strength * segment.opacity * (below ? 0.6F : 1.0F),
                 .width_px = width_px * style.pixel_ratio,
                 .towards_eye_m = 0.06F,
                 .round_ends = false});
    }
  }
}

void addVoxelMark(LineLayer& lines, const GridSpec& grid, const Eigen::Vector3i& voxel, float width_px,
                  const DrawStyle& style) {
  const OrientedBox box{Pose::fromTranslation(grid.center(voxel)), Eigen::Vector3d::Constant(grid.voxel_m)};
  LineStyle line{.color = kUnderLine,
                 .opacity = 0.6F,
                 .width_px = (width_px + 1.6F) * style.pixel_ratio,
                 .towards_eye_m = 0.06F};
  addEdges(lines, box, line);
  line.color = kWhite;
  line.opacity = 1.0F;
  line.width_px = width_px * style.pixel_ratio;
  addEdges(lines, box, line);
}

}  // namespace hbev
