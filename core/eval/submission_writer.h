// Writes CVPR 2024's occupancy and flow submissions: what the metric's rays meet in predicted voxels. Format:
// see core/data/predictions/ray_submission.h.
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include <Eigen/Core>

#include "core/data/occupancy.h"
#include "core/data/predictions/ray_submission.h"
#include "core/io/gzip_writer.h"
#include "core/io/pickle_writer.h"

namespace hbev {

/// lidarRays() from `origins` (m, ego) into the voxels. Throws Error when they are not OpenOcc's classes on
/// the metric's grid.
RayPrediction raysOf(const Occupancy& occupancy, std::span<const Eigen::Vector3d> origins);

/// One submission.gz; it appears whole at close(). Keyframes go to the disk one after the other.
class SubmissionWriter {
 public:
  /// `method` and `team` are what the challenge's server shows. Throws Error.
  SubmissionWriter(const std::filesystem::path& file, const std::string& method, const std::string& team);

  /// Distances and flow in half precision, as the challenge's authors write them.
  void add(const std::string& token, const RayPrediction& prediction);
  /// Throws Error when anything could not be written.
  void close();

 private:
  GzipWriter gzip_;
  PickleWriter pickle_;
};

}  // namespace hbev
