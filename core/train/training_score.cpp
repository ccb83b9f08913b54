#include "core/train/training_score.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "core/base/error.h"
#include "core/base/log.h"
#include "core/eval/origins.h"
#include "core/eval/split_report.h"
#include "core/model/network_input.h"
#include "core/model/voxel_output.h"
#include "core/train/sample_maker.h"
#include "core/train/sample_picture.h"

namespace hbev {
namespace {

constexpr std::size_t kSampleKeyframes = 3;  // rows of an evaluation's picture

std::vector<FrameKey> evenly(const std::vector<FrameKey>& keys, std::size_t count) {
  if (count == 0 || count >= keys.size()) return keys;
  std::vector<FrameKey> chosen;
  for (std::size_t i = 0; i < count; ++i)  // the middles of equal parts
    chosen.push_back(keys[(2 * i + 1) * keys.size() / (2 * count)]);
  return chosen;
}

}  // namespace

TrainingScorer::TrainingScorer(std::shared_ptr<const Dataset> dataset, const ModelConfig& config,
                               std::vector<FrameKey> keys, std::size_t count)
    : dataset_(std::move(dataset)),
      config_(config),
      pictures_(config.image, /*exact=*/true, std::size_t(config.frames()) * kCameraCount) {
  std::erase_if(keys, [&](const FrameKey& key) {
    const Keyframe keyframe = dataset_->keyframe(key.scene, key.index);
    return !keyframe.lidar || !dataset_->truthFile(labelKindOf(config_), keyframe);
  });
  keys_ = evenly(keys, count);
  if (!keys_.empty()) return;
  throw Error({"There is nothing to score the training on", dataset_->root(),
               "keyframes with labels and a lidar", "none in the split",
               "Choose another --evaluate-split, or --evaluate-every 0."});
}

TrainingScore TrainingScorer::score(HbevOcc network, const torch::Device& device,
                                    const std::function<bool()>& go_on) {
  const at::NoGradGuard no_gradient;
  network->eval();
  SplitReport report(config_.classSet());
  Image samples;
  const std::size_t between = std::max<std::size_t>(1, keys_.size() / kSampleKeyframes);
  for (std::size_t i = 0; i < keys_.size() && go_on(); ++i) {
    const FrameKey& key = keys_[i];
    std::vector<Keyframe> frames;
    for (const std::size_t index : frameIndices(key.index, config_.frames()))
      frames.push_back(dataset_->keyframe(key.scene, index));
    std::optional<NetworkInput> input;
    std::optional<Occupancy> truth;
    try {
      input = onDevice(networkInput(frames, config_, pictures_), device);
      truth = readOccupancyNpz(*dataset_->truthFile(labelKindOf(config_), frames[0]), config_.classSet());
    } catch (const Error& error) {
      log().warn("Not scored: {}", error.what());
      continue;
    }
    const Occupancy prediction = occupancyOf(network->forward(*input).voxels, config_);
    if (i % between == 0 && i / between < kSampleKeyframes) addTopViews(samples, prediction, *truth);
    report.add(
        evaluateFrame(prediction, *truth, lidarOrigins(dataset_->lidarReadings(key.scene), key.index)));
  }
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  const auto rays = report.rayScores();
  const auto voxels = report.voxelScores();
  return {rays ? rays->ray_iou : kNone, rays ? rays->mave_mps : kNone, voxels ? voxels->mean_iou : kNone,
          report.frames(), std::move(samples)};
}

}  // namespace hbev
