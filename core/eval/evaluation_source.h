// What an evaluation scores: a folder of voxels, or a ray-space submission without any.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/data/predictions/ray_submission.h"
#include "core/data/predictions/source.h"

namespace hbev {

/// What a file of an evaluation says of a source.
struct SourceFacts {
  std::string title;    ///< different for every source of an evaluation
  std::string path;     ///< the folder or file
  std::string format;   ///< "HBEVOcc / STCOcc"
  std::string classes;  ///< "openocc"
  std::string weights;  ///< hash of the network's weights; "" where nobody wrote it down
  bool operator==(const SourceFacts&) const = default;
};

/// One of `voxels` and `rays` is set.
struct EvaluationSource {
  SourceFacts facts;
  const ClassSet* classes = nullptr;
  std::shared_ptr<const PredictionSource> voxels;
  std::shared_ptr<const RaySubmission> rays;
  std::shared_ptr<const PredictionSource> shown{};  ///< as voxels, also where rays are scored

  bool has(const Keyframe& keyframe) const;
};

/// A CVPR 2024 submission, which is shown as voxels, is scored by the rays that it holds.
EvaluationSource evaluationSource(std::shared_ptr<const PredictionSource> predictions);

/// The same of what openPredictions() finds at a path. Throws Error.
EvaluationSource openEvaluationSource(const std::filesystem::path& path, const OpenOptions& options);

/// Gives sources of the same name different titles.
void tellApart(std::vector<EvaluationSource>& sources);

}  // namespace hbev
