// The metric's rays of a keyframe, for what is given in rays instead of voxels.
#pragma once

#include <memory>

#include "core/data/dataset.h"
#include "core/data/predictions/source.h"

namespace hbev {

/// For every keyframe of `dataset` its lidarOrigins() and lidarRays(). The function throws Error for a
/// keyframe without a lidar.
RayFanOf metricRays(std::shared_ptr<const Dataset> dataset);

}  // namespace hbev
