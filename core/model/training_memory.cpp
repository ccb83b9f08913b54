#include "core/model/training_memory.h"

#include "core/data/keyframe.h"

namespace hbev {
namespace {

/// Fitted to what training took: tiny and demo with batches of 1 and 2, 1f with a batch of 1.
constexpr double kProgramBytes = 3e8, kOfFeatures = 3.4, kOfMaps = 1.75;
/// In half precision, by demo with batches of 1 and 2: what convolutions take and give. Maps, losses and
/// weights stay as they are.
constexpr double kOfHalfFeatures = 2.3, kOfHalfKept = 0.5;

constexpr double kNumber = sizeof(float);

/// Pictures of all frames, and what the image encoder gives for the current one.
double featureBytes(const ModelConfig& config) {
  const double pixels = double(kCameraCount) * config.image.height * config.image.width * config.frames();
  return pixels * kNumber * (3 + config.backbone.base_channels);
}

/// The maps of all frames and of the encoder from above, and every voxel's classes and flow, several times.
double mapBytes(const ModelConfig& config) {
  const double cells = double(config.lift.x.cells()) * config.lift.y.cells();
  const double lifted = double(config.lift.channels) * config.lift.z.cells() * (config.past_keyframes + 1);
  const double voxels = double(config.head.heights) * (config.classSet().size() + 2);
  return cells * kNumber * (lifted + 8.0 * config.bev_encoder.out_channels + 10 * voxels);
}

/// What the image encoder keeps of the current frame's pictures beyond the inputs of its blocks when it
/// computes nothing again: results of convolutions, batch norms and ReLUs. Numbers for each pixel and channel
/// of the stem, added up over the blocks, whose maps shrink as their channels grow.
double keptBytes(const ModelConfig& config) {
  const int depth = config.backbone.depth;
  const double numbers = depth <= 18 ? 1.8 : depth <= 34 ? 2.8 : depth <= 50 ? 4.5 : 7;
  const double pixels = double(kCameraCount) * config.image.height * config.image.width;
  return pixels * config.backbone.base_channels * numbers * kNumber;
}

}  // namespace

double roughParameters(const ModelConfig& config) {
  const double encoder = config.backbone.depth <= 18   ? 11.2e6
                         : config.backbone.depth <= 34 ? 21.3e6
                         : config.backbone.depth <= 50 ? 23.5e6
                                                       : 42.5e6;
  const double width = config.backbone.base_channels / 64.0, coarse = config.bev_encoder.channels[2];
  return encoder * width * width + 130 * coarse * coarse;
}

std::uint64_t trainingTensorBytes(const ModelConfig& config, std::uint64_t parameters) {
  constexpr double kCopies = 5;  // weights, gradients, two moments, average
  const bool half = config.training.precision != "float32";
  const double kept = config.training.recompute ? 0 : (half ? kOfHalfKept : 1) * keptBytes(config);
  const double features = (half ? kOfHalfFeatures : kOfFeatures) * featureBytes(config);
  const double sample = features + kOfMaps * mapBytes(config) + kept;
  return std::uint64_t(double(parameters) * kNumber * kCopies + config.training.batch_size * sample);
}

std::uint64_t trainingMemoryNeeded(const ModelConfig& config, std::uint64_t parameters) {
  return std::uint64_t(kProgramBytes) + trainingTensorBytes(config, parameters);
}

}  // namespace hbev
