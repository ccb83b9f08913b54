// What of a scene is drawn with lines: range rings, axes, boxes, flow arrows, a ray, the mark of the
// selection.
#pragma once

#include <vector>

#include "render/line_layer.h"

namespace hbev {

/// Circles each 10 m up to 40 m on the ground, which is z = 0: on top of the voxel layer that holds it.
void addRings(LineLayer& lines, const GridSpec& grid, const DrawStyle& style);

/// The axes of ego, 3 m long, from the ground below its origin: x red, y green, z blue.
void addAxes(LineLayer& lines, const DrawStyle& style);

/// Edges of each box, and a line on its floor from the centre to the front.
void addBoxes(LineLayer& lines, const std::vector<ColoredBox>& boxes, const DrawStyle& style);

/// Shafts with heads that lie towards `eye`; on a light background with a dark line below.
void addArrows(LineLayer& lines, const std::vector<FlowArrow>& arrows, Rgb color, const Eigen::Vector3f& eye,
               const DrawStyle& style);

/// Each segment on a dark line below; all of them `strength` times as opaque.
void addRay(LineLayer& lines, const std::vector<RaySegment>& segments, float strength,
            const DrawStyle& style);

/// The edges of one voxel, white with a dark line below.
void addVoxelMark(LineLayer& lines, const GridSpec& grid, const Eigen::Vector3i& voxel, float width_px,
                  const DrawStyle& style);

}  // namespace hbev
