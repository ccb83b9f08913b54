// Every ray of a keyframe as the metric sees it: what prediction and truth met, how far away, and what that
// makes of the ray.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <Eigen/Core>

#include "core/data/occupancy.h"
#include "core/eval/ray_iou.h"

namespace hbev {

/// What a ray of a prediction is against the truth's, at one of kRayThresholds_m.
enum class RayOutcome : std::uint8_t {
  Right,       ///< the class, and closer than the threshold to the truth's distance: the metric's hit
  WrongClass,  ///< both met something, of different classes
  Near,        ///< the class, but too early
  Far,         ///< the class, but too late
  Missed,      ///< the truth met something, the prediction nothing
  Phantom,     ///< the truth met nothing, the prediction something; the metric leaves these out
  Ignored,     ///< neither met anything
};
inline constexpr int kRayOutcomes = int(RayOutcome::Ignored) + 1;
/// "right", "wrong class", "near", ...
std::string_view rayOutcomeName(RayOutcome outcome);

/// One ray's two ends. A distance is to where the ray leaves the voxel that it met, m.
struct RayPair {
  float predicted_m = 0, true_m = 0;
  std::uint8_t predicted = 0, truth = 0;  ///< classes; free: nothing was met
  std::array<std::uint8_t, 3> predicted_voxel{}, true_voxel{};
};

/// All rays of a keyframe, origin by origin in the order of lidarRays(). Ray `n` starts at
/// origins[n / kRaysPerOrigin].
struct RayOutcomes {
  const ClassSet* classes = &ClassSet::openocc();
  std::vector<Eigen::Vector3d> origins;  ///< m, ego
  std::vector<RayPair> rays;

  std::size_t size() const { return rays.size(); }
  std::size_t originOf(std::size_t ray) const;
  /// Unit direction in ego.
  const Eigen::Vector3f& direction(std::size_t ray) const;
  /// Ring 0 looks down steepest; azimuths are whole degrees 0 to 359 from ahead towards the left.
  std::size_t ringOf(std::size_t ray) const;
  int azimuthOf(std::size_t ray) const;
  std::size_t rayAt(std::size_t origin, std::size_t ring, int azimuth_deg) const;
  /// `threshold`: index into kRayThresholds_m.
  RayOutcome outcome(std::size_t ray, std::size_t threshold) const;
  /// Predicted minus true, m; nothing where one of them met nothing.
  std::optional<double> error_m(std::size_t ray) const;
  /// The end of the predicted and of the true ray in ego, m. A ray that met nothing ends at the grid's edge.
  Eigen::Vector3f predictedEnd(std::size_t ray) const;
  Eigen::Vector3f trueEnd(std::size_t ray) const;
  /// The voxel that says where the ray's outcome is: the truth's, or the prediction's where the truth met
  /// nothing.
  const std::array<std::uint8_t, 3>& place(std::size_t ray) const;
};

/// Rays from one origin: 39 rings of 360.
extern const std::size_t kRaysPerOrigin;
/// How high the rays of a ring look, rad; ring 0 lowest.
double ringPitch_rad(std::size_t ring);

/// Casts both from all `origins` (m, ego; lidarOrigins()). One thread, about 10 ms an origin. Throws Error
/// like evaluateFrame(). What it counts as Right is what evaluateFrame() counts as hits.
RayOutcomes rayOutcomes(const Occupancy& prediction, const Occupancy& truth,
                        std::span<const Eigen::Vector3d> origins);

/// The same with the prediction's rays as a submission has them; their voxels are those in which they end, at
/// the grid's edge where they end outside. Throws Error too when they are not as many as the origins' rays.
RayOutcomes rayOutcomes(const RayPrediction& prediction, const Occupancy& truth,
                        std::span<const Eigen::Vector3d> origins);

/// A ray in words: "A hits truck at 23.6 m." and "Truth hits trailer at 23.2 m.". `who` is the prediction's
/// name.
struct RayWords {
  std::string outcome;     ///< "Wrong class"
  std::string angles;      ///< "31°, 0°": azimuth, pitch
  std::string prediction;  ///< "A hits truck at 23.6 m"
  std::string truth;       ///< "Truth hits trailer at 23.2 m"
  std::string verdict;     ///< one sentence: why, and what the metric makes of it
};
RayWords describeRay(const RayOutcomes& outcomes, std::size_t ray, std::size_t threshold,
                     const std::string& who);

}  // namespace hbev
