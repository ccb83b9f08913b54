// How well the averaged weights do on a few keyframes, while training goes on: RayIoU, mAVE and mIoU.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "core/data/dataset.h"
#include "core/data/images.h"
#include "core/model/hbevocc.h"
#include "core/model/picture_cache.h"

namespace hbev {

struct TrainingScore {
  double ray_iou = 0, mave_mps = 0, miou = 0;  ///< NaN where nothing could be scored
  std::int64_t keyframes = 0;                  ///< that were scored
  Image samples;                               ///< a few of them from above, see sample_picture.h
};

/// Not for several threads.
class TrainingScorer {
 public:
  /// `count` keyframes evenly out of `keys` (0: all). Throws Error when none of them has labels and a lidar.
  TrainingScorer(std::shared_ptr<const Dataset> dataset, const ModelConfig& config,
                 std::vector<FrameKey> keys, std::size_t count);

  /// With `network` in evaluation mode, on its device. `go_on` is asked between keyframes; when it says no,
  /// what was done so far counts. Keyframes that cannot be read are left out. Throws Error when the answers
  /// are not finite.
  TrainingScore score(HbevOcc network, const torch::Device& device, const std::function<bool()>& go_on);

 private:
  std::shared_ptr<const Dataset> dataset_;
  ModelConfig config_;
  std::vector<FrameKey> keys_;
  PictureCache pictures_;
};

}  // namespace hbev
