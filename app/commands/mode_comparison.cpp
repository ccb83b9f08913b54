#include "app/commands/mode_comparison.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/error.h"
#include "core/data/labels.h"
#include "core/eval/metric_rays.h"

namespace hbev {
namespace {

void printScore(const char* name, double exact, double streaming, double unit, const char* unit_name) {
  fmt::print("  {:<30} {:>7.2f} {:>10.2f} {:>+11.2f}  {}\n", name, unit * exact, unit * streaming,
             unit * (streaming - exact), unit_name);
}

}  // namespace

ModeComparison::ModeComparison(std::shared_ptr<const Dataset> dataset) : dataset_(std::move(dataset)) {}

void ModeComparison::add(const FrameKey& key, const Occupancy& streaming, const Occupancy& exact) {
  difference_ += differenceOf(streaming, exact);
  ++compared_;
  score(key, streaming, exact);
}

/// Keyframes whose labels are absent or damaged, or that have no lidar to start rays from, are left out.
void ModeComparison::score(const FrameKey& key, const Occupancy& streaming, const Occupancy& exact) {
  const Keyframe keyframe = dataset_->keyframe(key.scene, key.index);
  for (const LabelKind kind : kLabelKinds) {
    if (&classSetOf(kind) != streaming.classes) continue;
    const auto file = dataset_->truthFile(kind, keyframe);
    if (!file) return;
    try {
      const Occupancy truth = readOccupancyNpz(*file, *streaming.classes);
      const auto origins = metricRays(dataset_)(keyframe).origins;
      const FrameReport of_streaming = evaluateFrame(streaming, truth, origins);
      const FrameReport of_exact = evaluateFrame(exact, truth, origins);
      if (!scored_) scored_.emplace(*streaming.classes);
      scored_->streaming.add(of_streaming);
      scored_->exact.add(of_exact);
    } catch (const Error&) {
      return;
    }
  }
}

void ModeComparison::print() const {
  if (compared_ == 0) {
    fmt::print("Streaming could not be compared: no keyframe came right after its own past.\n");
    return;
  }
  fmt::print("Streaming against exact, {} keyframes with a past", compared_);
  if (without_past_ > 0) fmt::print(" ({} without one are exact in either way)", without_past_);
  fmt::print(
      ":\n  {:.3f} % of all voxels have the same class in both, {:.2f} % of those that are occupied in "
      "either\n",
      100 * (1 - difference_.share()), 100 * (1 - difference_.occupiedShare()));
  if (!scored_) return;
  const auto exact = scored_->exact.rayScores(), streaming = scored_->streaming.rayScores();
  const auto exact_voxels = scored_->exact.voxelScores(), streaming_voxels = scored_->streaming.voxelScores();
  fmt::print("  {:<30} {:>7} {:>10} {:>11}\n",
             fmt::format("{} keyframes with labels", scored_->exact.frames()), "exact", "streaming",
             "difference");
  if (exact && streaming) printScore("RayIoU", exact->ray_iou, streaming->ray_iou, 100, "%");
  if (exact_voxels && streaming_voxels)
    printScore("mIoU", exact_voxels->mean_iou, streaming_voxels->mean_iou, 100, "%");
  if (exact && streaming && scored_->exact.framesWithoutTrueFlow() == 0)
    printScore("mAVE", exact->mave_mps, streaming->mave_mps, 1, "m/s");
}

}  // namespace hbev
