// RayIoU and AVE: what a prediction's rays found against what the truth's rays found.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/data/occupancy.h"
#include "core/eval/caster.h"
#include "core/eval/ray_details.h"
#include "core/eval/ray_ends.h"

namespace hbev {

/// A ray's distance is right when it is off by less than this, m.
inline constexpr std::array<double, 3> kRayThresholds_m{1.0, 2.0, 4.0};
/// Velocities are scored on the rays that are right at this threshold (2 m).
inline constexpr std::size_t kFlowThreshold = 1;

/// What the metric must know of a class set. The free class is the last one.
struct RayClasses {
  std::vector<bool> moves;  ///< by class number: has velocities that are scored

  static RayClasses of(const ClassSet& classes);
  int size() const { return int(moves.size()); }
  std::uint8_t free() const { return std::uint8_t(moves.size() - 1); }
  bool operator==(const RayClasses&) const = default;
};

/// Rays counted, by class number. Counts of frames add up; only velocity errors are sums of fractions.
struct RayCounts {
  std::int64_t valid_rays = 0;  ///< rays that met something in the truth: only they are counted below
  std::vector<std::int64_t> truth;
  std::vector<std::int64_t> predicted;
  std::array<std::vector<std::int64_t>, kRayThresholds_m.size()> hits;  ///< right class and distance
  std::vector<double> velocity_error_mps;      ///< sum over hits[kFlowThreshold], moving classes only
  std::vector<double> velocity_error_squares;  ///< the same of the squares, for the spread
  /// What the challenge's server sums up in the place of these: in every frame where a moving class has a
  /// true positive, the velocity errors of all counted rays, whatever they met; and how many rays these are.
  /// Source: OccNet, tools/ray_iou/metric.py.
  std::vector<double> server_velocity_error_mps;
  std::vector<std::int64_t> server_velocity_rays;

  RayCounts() = default;
  explicit RayCounts(int classes);
  /// Throws Error when the numbers of classes differ.
  RayCounts& operator+=(const RayCounts& other);
  bool operator==(const RayCounts&) const = default;
};

/// The scores of the field. NaN where nothing could be scored: a class that neither truth nor prediction
/// shows, velocities of a class that does not move or was never hit, means over nothing.
struct RayScores {
  std::array<std::vector<double>, kRayThresholds_m.size()> iou;  ///< [threshold][class], without free
  std::vector<double> ave_mps;                                   ///< [class], without free
  std::vector<double> ave_spread_mps;                            ///< [class], the errors' standard deviation
  std::vector<double> server_ave_mps;                      ///< [class], as the challenge's server defines it
  std::array<double, kRayThresholds_m.size()> mean_iou{};  ///< over classes that have a score
  double ray_iou = 0;    ///< mean over thresholds and classes that have a score
  double mave_mps = 0;   ///< mean over classes that have a score
  double occ_score = 0;  ///< 0.9 RayIoU + 0.1 max(1 - mAVE, 0)
  double server_mave_mps = 0;
  double server_occ_score = 0;
};

/// Compares rays cast in `prediction` and `truth` from the same origins. Distances are compared in double
/// after both were rounded to float; velocities are rounded to half precision first, as the reference stores
/// them. A missing flow counts as standing still. Throws Error when the numbers of rays differ.
RayCounts countRays(const RayClasses& classes, const Occupancy& prediction, std::span<const RayHit> predicted,
                    const Occupancy& truth, std::span<const RayHit> actual);

/// How distances are compared.
enum class DistanceRule {
  Reference,  ///< in double after both were rounded to float (HBEVOcc)
  Server,     ///< in float after both were rounded to half precision (CVPR 2024's server)
};

/// The same for ends, which say all that is compared; with `details` these are counted too (they must be of
/// the same number of classes). Throws Error when the numbers of rays differ.
RayCounts countRays(const RayClasses& classes, const RayEnds& predicted, const TruthRays& actual,
                    DistanceRule rule = DistanceRule::Reference, RayDetails* details = nullptr);

/// Which rays are right, class and distance, within kRayThresholds_m[kFlowThreshold]: one byte a ray.
std::vector<std::uint8_t> rightRays(const RayClasses& classes, const RayEnds& predicted,
                                    const TruthRays& actual, DistanceRule rule = DistanceRule::Reference);

RayScores scoreRays(const RayClasses& classes, const RayCounts& counts);

/// The scores without those of velocities: NaN, where the labels have none to compare with.
RayScores withoutVelocities(RayScores scores);

}  // namespace hbev
