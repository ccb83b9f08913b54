// Where a voxel column's query looked, as lines in the voxels' frame: from each camera to the place that it
// sampled.
#pragma once

#include <span>
#include <vector>

#include "core/data/keyframe.h"
#include "core/model/inspection.h"
#include "render/frame_scene.h"

namespace hbev {

/// For every sample a faint line from its camera to the sampled pixel's place, as far away as the reference
/// point that it belongs to, and a stroke from that reference point to it: how far beside the column it
/// looked. The more a sample weighs, the stronger it is drawn. Samples of cameras that the keyframe lacks are
/// left out, and the lightest when there are more than `most`.
std::vector<RaySegment> sampleRays(std::span<const SamplePoint> samples, const Eigen::Vector2d& ego_xy,
                                   const Keyframe& keyframe, std::size_t most = 192);

}  // namespace hbev
