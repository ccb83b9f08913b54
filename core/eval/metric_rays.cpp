#include "core/eval/metric_rays.h"

#include <utility>

#include "core/eval/origins.h"
#include "core/eval/rays.h"

namespace hbev {

RayFanOf metricRays(std::shared_ptr<const Dataset> dataset) {
  return [dataset = std::move(dataset)](const Keyframe& keyframe) {
    return RayFan{lidarOrigins(dataset->lidarReadings(keyframe.scene), keyframe.index_in_scene), lidarRays()};
  };
}

}  // namespace hbev
