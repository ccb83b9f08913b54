// A keyframe and its past as the network's input: pictures and matrices. What the reference's data set and
// pipeline do for testing.
#pragma once

#include <cstddef>
#include <span>
#include <stop_token>
#include <vector>

#include "core/data/dataset.h"
#include "core/model/hbevocc.h"
#include "core/model/picture_cache.h"

namespace hbev {

/// The reference's change of the bird's-eye-view frame: first turned, then scaled, then mirrored.
struct BevChange {
  double turn_deg = 0, scale = 1;
  bool flip_x = false, flip_y = false;
};
/// As NetworkInput::bev_aug has it; in single precision, in the reference's order.
Eigen::Matrix4f matrixOf(const BevChange& change);

/// The keyframes that `frames` pictures of each camera come from: the current one, then ever older ones. What
/// would lie before the scene's beginning is the CURRENT keyframe, as in the reference. (Of the very first
/// scene of its list the reference takes the scene's first keyframe; which scene that is, the split decides.)
std::vector<std::size_t> frameIndices(std::size_t index_in_scene, int frames);

/// What can be wrong with a keyframe for the network. Throws Error: a camera is absent, its calibration or
/// pose cannot be used: not finite, not to be inverted, or farther away than single precision knows.
void demandUsable(const Keyframe& keyframe);

/// One camera's picture: what happened to it, and its own size.
struct CameraPicture {
  ImageChange change;
  int width = 0, height = 0;  ///< of the data set's own picture; 0: as the tables say
};

/// One sample; `frames` are the current keyframe and older ones. In single precision, on the processor. Past
/// frames have the current one's intrinsics and image matrices, as in the reference. A picture of another
/// size than the tables say has its intrinsics scaled. `cameras`, unless null, becomes those of the current
/// keyframe. Throws Error and Cancelled.
NetworkInput networkInput(std::span<const Keyframe> frames, const ModelConfig& config, PictureCache& pictures,
                          std::vector<CameraPicture>* cameras = nullptr, const std::stop_token& stop = {});

/// In memory from which a card copies by itself. LibTorch keeps it for the next one of its size until the
/// program ends: as much as is under way at once. The tensor as it is where none is to be had.
torch::Tensor pinned(const torch::Tensor& tensor);

/// A copy to a card goes on while the caller does other things, in the order of the card's work; from memory
/// that could not be pinned it is waited for.
torch::Tensor onDevice(const torch::Tensor& tensor, const torch::Device& device);
NetworkInput onDevice(NetworkInput input, const torch::Device& device);

/// The matrices alone, with one of `cameras` for each camera; `pictures` stays undefined.
NetworkInput networkMatrices(std::span<const Keyframe> frames, std::span<const CameraPicture> cameras);

}  // namespace hbev
