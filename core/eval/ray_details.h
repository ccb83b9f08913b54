// Rays of a frame counted beyond the metric: which class was taken for which, how far off distances are, and
// the metric's counts by range and height.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/eval/confusion.h"
#include "core/eval/ray_ends.h"

namespace hbev {

/// Bins of distance errors (predicted minus true) of rays with the right class: one below -8 m, then steps of
/// a quarter metre, one from 8 m on.
inline constexpr double kErrorReach_m = 8.0;
inline constexpr double kErrorStep_m = 0.25;
inline constexpr std::size_t kErrorBins = 66;
std::size_t errorBinOf(double error_m);

/// What the metric counts of one class.
struct ClassRays {
  std::int64_t truth = 0, predicted = 0;
  std::array<std::int64_t, 3> hits{};    ///< at kRayThresholds_m
  std::int64_t velocity_error_umps = 0;  ///< over the hits at 2 m, in um/s: whole numbers add up in any order
  ClassRays& operator+=(const ClassRays& other);
  bool operator==(const ClassRays&) const = default;
};

/// Counts of frames add up.
struct RayDetails {
  Confusion labels;               ///< rays by true and predicted class; also those that are free in truth
  std::vector<Confusion> ranges;  ///< [kRangeBands], where the truth's ray ends: together they are `labels`
  std::vector<std::int64_t> errors;  ///< [class, kErrorBins]
  std::vector<ClassRays> zones;      ///< [kZones, class]

  RayDetails() = default;
  explicit RayDetails(int classes);
  int classes() const { return labels.classes(); }
  std::int64_t& error(int label, std::size_t bin) { return errors[std::size_t(label) * kErrorBins + bin]; }
  std::int64_t error(int label, std::size_t bin) const {
    return errors[std::size_t(label) * kErrorBins + bin];
  }
  ClassRays& zone(std::size_t zone_number, int label) {
    return zones[zone_number * std::size_t(classes()) + std::size_t(label)];
  }
  const ClassRays& zone(std::size_t zone_number, int label) const {
    return zones[zone_number * std::size_t(classes()) + std::size_t(label)];
  }
  /// Makes `labels` of `ranges`.
  void sumRanges();
  /// Throws Error when the numbers of classes differ.
  RayDetails& operator+=(const RayDetails& other);
  bool operator==(const RayDetails&) const = default;
};

}  // namespace hbev
