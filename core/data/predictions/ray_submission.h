// CVPR 2024's occupancy and flow submissions: what the metric's rays meet, instead of voxels.
// Format: gzipped pickle of a dictionary; "results" has for every sample token pcd_cls (integer [N]),
// pcd_dist (float [N], m) and pcd_flow (float [N, 2], m/s), N = origins x 14,040 rays. Source: OccNet,
// tools/ray_iou.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/data/occupancy.h"
#include "core/data/predictions/source.h"
#include "core/io/pickle.h"

namespace hbev {

/// Rays of one origin.
inline constexpr std::size_t kSubmissionRays = 14'040;

/// One keyframe: origin by origin, ray by ray.
struct RayPrediction {
  std::vector<std::uint8_t> labels;  ///< [N], OpenOcc's class numbers; 16 where nothing was met
  std::vector<float> distances_m;    ///< [N], to where the ray leaves the voxel that it met
  std::vector<float> flow_mps;       ///< [N, 2], in ego
  std::size_t origins() const { return labels.size() / kSubmissionRays; }
};

/// Immutable; may be read from any thread.
class RaySubmission {
 public:
  /// Throws Error when it is no such pickle, naming what it is.
  static std::shared_ptr<const RaySubmission> open(const std::filesystem::path& file,
                                                   Progress* progress = nullptr);
  /// The same out of a pickle of `file` that was opened already.
  static std::shared_ptr<const RaySubmission> fromPickle(const std::filesystem::path& file,
                                                         std::shared_ptr<const Pickle> pickle);

  const std::filesystem::path& file() const { return file_; }
  const std::string& method() const { return method_; }  ///< "" where the submission does not say
  const std::string& team() const { return team_; }
  const std::vector<std::string>& tokens() const { return tokens_; }  ///< in the file's order
  bool contains(const std::string& token) const { return results_.contains(token); }
  /// Types and shapes only. Throws Error.
  void check(const std::string& token) const;
  /// Throws Error: no such keyframe, arrays that do not fit, numbers that are not finite, unknown classes.
  RayPrediction read(const std::string& token) const;

 private:
  const PickleValue& arrays(const std::string& token) const;

  std::filesystem::path file_;
  std::string method_, team_;
  std::shared_ptr<const Pickle> pickle_;
  std::vector<std::string> tokens_;
  std::unordered_map<std::string, PickleValue> results_;
};

/// The submission that `source` shows as voxels; null when it is none.
std::shared_ptr<const RaySubmission> submissionOf(const PredictionSource& source);

/// The voxels in which the rays end: each gets the class that most of its rays met (the smaller number on a
/// tie) and the mean of these rays' flow; all others are free. A picture of a submission, not a way to score
/// it. Throws Error when `prediction` was not made with as many rays as `fan` has.
Occupancy occupancyOfRays(const RayPrediction& prediction, const RayFan& fan);

}  // namespace hbev
