// The depth that the network gave to pixels, to be looked at: over a picture, as a curve, along the ray.
#pragma once

#include <optional>
#include <vector>

#include "core/data/frame.h"
#include "core/model/inspection.h"
#include "render/frame_scene.h"
#include "render/overlay.h"

namespace hbev {

/// Beyond this all depths look alike.
inline constexpr double kFarthestDepth_m = 45.0;
/// Near is yellow, far is dark blue; the near half has most of the colours.
Rgb depthColor(double depth_m);

/// The expected depth of every feature cell over `camera`'s picture, `width` x `height`; transparent where
/// the network did not see it.
OverlayImage drawDepthOverlay(const StageInspection& inspection, Camera camera, int width, int height);

/// What the network thinks of one pixel's depth.
struct DepthCurve {
  double lower_m = 0, step_m = 1;    ///< bin i covers lower + i * step and what follows up to the next
  std::vector<float> probabilities;  ///< of the bins
  double expected_m = 0;
  std::size_t peak = 0;           ///< the likeliest bin
  std::optional<double> lidar_m;  ///< depth of the lidar point that is next to the pixel, when there is one

  double depthOf(std::size_t bin) const { return lower_m + double(bin) * step_m; }
};

/// `pixel` is one of the data set's picture. Nothing where the network did not see it. A lidar point counts
/// when it falls into the same feature cell.
std::optional<DepthCurve> depthCurve(const StageInspection& inspection, const Frame& frame, Camera camera,
                                     const Eigen::Vector2d& pixel);

/// The curve along the pixel's ray, in ego: each bin a segment, wider and brighter the likelier it is, and a
/// cross where the lidar is. The camera must be present.
std::vector<RaySegment> depthRay(const DepthCurve& curve, const Keyframe& keyframe, Camera camera,
                                 const Eigen::Vector2d& pixel);

}  // namespace hbev
