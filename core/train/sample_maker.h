// Keyframes of a data set as training batches: changed pictures, matrices, labels, flow and lidar depth.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

#include "core/data/dataset.h"
#include "core/data/labels.h"
#include "core/train/trainer.h"

namespace hbev {

struct SampleOptions {
  std::uint64_t seed = 0;
  std::size_t first_place = 0;  ///< of this process's samples in the whole batch
  /// Pictures decoded in full, as the reference does. False: JPEGs may be decoded smaller, which is faster.
  bool exact_images = false;
  std::size_t picture_bytes = std::size_t(1) << 30;  ///< of decoded pictures that are kept
};

/// Safe to use from several threads; each call works in its own thread alone.
class SampleMaker {
 public:
  SampleMaker(std::shared_ptr<const Dataset> dataset, const ModelConfig& config,
              const SampleOptions& options);
  ~SampleMaker();

  /// Batch `number` of a run, on the processor, in single precision. What is drawn at random depends on the
  /// seed, the number and the place in the batch alone. Labels are on the network's grid: each cell has what
  /// the label file has at its centre. In the place of a keyframe whose files are absent or damaged comes its
  /// neighbour in the scene, the one before first. Throws Error when both neighbours fail too, and when
  /// labels have no camera mask though the configuration asks for it.
  TrainingBatch batch(std::uint64_t number, std::span<const FrameKey> keys) const;
  /// What was wrong with keyframes that were replaced, each said once.
  std::vector<std::string> takeProblems() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The labels that a configuration is trained and scored with.
LabelKind labelKindOf(const ModelConfig& config);

/// Throws Error when the configuration asks for a camera mask that the labels of `file` lack.
void demandCameraMask(const ModelConfig& config, const Occupancy& labels, const std::filesystem::path& file);

/// What keeps a keyframe from being trained on, as a few words; empty when nothing is known to. Opens no
/// file.
std::string whyUnusable(const Dataset& dataset, const FrameKey& key, const ModelConfig& config);

}  // namespace hbev
