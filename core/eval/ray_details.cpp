#include "core/eval/ray_details.h"

#include <cmath>

namespace hbev {

std::size_t errorBinOf(double error_m) {
  if (error_m < -kErrorReach_m) return 0;
  if (!(error_m < kErrorReach_m)) return kErrorBins - 1;  // NaN, too
  return 1 + std::size_t((error_m + kErrorReach_m) / kErrorStep_m);
}

ClassRays& ClassRays::operator+=(const ClassRays& other) {
  truth += other.truth;
  predicted += other.predicted;
  for (std::size_t t = 0; t < hits.size(); ++t)
    hits[t] += other.hits[t];
  velocity_error_umps += other.velocity_error_umps;
  return *this;
}

RayDetails::RayDetails(int classes)
    : labels(classes),
      ranges(kRangeBands, Confusion(classes)),
      errors(std::size_t(classes) * kErrorBins),
      zones(kZones * std::size_t(classes)) {}

void RayDetails::sumRanges() {
  labels = Confusion(classes());
  for (const Confusion& range : ranges)
    labels += range;
}

RayDetails& RayDetails::operator+=(const RayDetails& other) {
  labels += other.labels;
  for (std::size_t i = 0; i < ranges.size(); ++i)
    ranges[i] += other.ranges[i];
  for (std::size_t i = 0; i < errors.size(); ++i)
    errors[i] += other.errors[i];
  for (std::size_t i = 0; i < zones.size(); ++i)
    zones[i] += other.zones[i];
  return *this;
}

}  // namespace hbev
