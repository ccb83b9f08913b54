// The whole network: six cameras' pictures of some keyframes become class logits and flow of every voxel.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "core/model/backward_projection.h"
#include "core/model/bev_encoder.h"
#include "core/model/head.h"
#include "core/model/height_attention.h"
#include "core/model/lift.h"
#include "core/model/resnet.h"

namespace hbev {

/// B samples, F frames (0 the current one, then ever older), N = 6 cameras in the order of Camera. Matrices
/// map from the second to the first name; m and pixels.
struct NetworkInput {
  torch::Tensor pictures;          ///< [B, N, F, 3, H, W], normalised
  torch::Tensor ego_from_camera;   ///< [B, F, N, 4, 4]
  torch::Tensor global_from_ego;   ///< [B, F, N, 4, 4], at the camera's own time
  torch::Tensor intrinsics;        ///< [B, F, N, 4, 4]
  torch::Tensor image_aug;         ///< [B, F, N, 4, 4]
  torch::Tensor bev_aug;           ///< [B, 4, 4]
  torch::Tensor image_from_lidar;  ///< [B, N, 4, 4] of the current frame, with image_aug
  torch::Tensor lidar_from_ego;    ///< [B, 4, 4], ego at the lidar's time
};

struct NetworkOutput {
  VoxelOutput voxels;
  torch::Tensor depth;  ///< [B*N, D, h, w] of the current frame, sums to one along D
};

/// What streaming keeps of the keyframes that it has seen, so that their pictures need not be encoded again.
struct StreamMemory {
  struct Keyframe {
    torch::Tensor depth, context;                                           ///< as Lifted has them
    torch::Tensor ego_from_camera, global_from_ego, intrinsics, image_aug;  ///< [B, N, 4, 4]
  };
  std::vector<Keyframe> past;  ///< the newest first, at most past_keyframes of them (and at least one)
  torch::Tensor c2;            ///< of the newest, see FrameFeatures

  bool empty() const { return past.empty(); }
  void forget() { *this = {}; }
  /// What the tensors hold.
  std::size_t bytes() const;
};

/// What the pictures of one frame give.
struct FrameFeatures {
  torch::Tensor c2;    ///< [B*N, C, H/4, W/4], what the next newer frame matches itself with
  torch::Tensor neck;  ///< [B*N, C, h, w]
};

/// The image branch and the lift of every frame, and the encoder of the fused map.
class ForwardProjectionImpl : public torch::nn::Module {
 public:
  explicit ForwardProjectionImpl(const ModelConfig& config);

  /// pictures [B*N, 3, H, W]
  FrameFeatures encodePictures(const torch::Tensor& pictures, const Stages& stages);
  void setRecompute(bool on) { img_backbone_->setRecompute(on); }
  /// The c2 map alone.
  torch::Tensor encodeStereo(const torch::Tensor& pictures, const Stages& stages);
  /// Depth and context of a frame's pixels. Without `older_c2` there is no stereo.
  Lifted lift(const FrameFeatures& features, const torch::Tensor& camera_numbers, const FrameCameras& cameras,
              const torch::Tensor& older_c2, const Stages& stages);
  /// [B, C, Y, X], in the key ego frame.
  torch::Tensor splatFrame(const Lifted& lifted, const FrameCameras& cameras, const torch::Tensor& bev_aug,
                           const Stages& stages);
  /// fused [B, C*frames, Y, X], oldest first -> full size map, and the half size map of the first attention.
  std::pair<torch::Tensor, torch::Tensor> encodeBev(const torch::Tensor& fused, const Stages& stages);

 private:
  ResNet img_backbone_{nullptr};
  Fpn img_neck_{nullptr};
  Lift lift_{nullptr};
  BevNeck bev_neck_{nullptr};
  BevResNet bev_backbone_{nullptr}, fuse_heights_{nullptr};
  HeightAttention attention_fine_{nullptr}, attention_coarse_{nullptr};
};
TORCH_MODULE(ForwardProjection);

class HbevOccImpl : public torch::nn::Module {
 public:
  /// Throws Error that lists the mistakes of `config`.
  explicit HbevOccImpl(const ModelConfig& config);

  /// The reference's computation. Throws Error when a shape does not fit the configuration.
  NetworkOutput forward(const NetworkInput& input, const Stages& stages = {});
  /// The keyframe after those in `memory`: only frame 0 of `input` is read, which may have no others. With an
  /// empty memory and all frames it is forward(); with an empty memory and one frame it is the first keyframe
  /// of a scene, whose past is itself, as in the reference. Afterwards `memory` holds this keyframe too; when
  /// it throws, also from a listener, `memory` is as before. The caller forgets at a scene's border, after a
  /// jump, and when calibration changes. Deviates from forward() only in that a past keyframe's depth was
  /// computed when its own ego was the key. Only without gradients and in evaluation mode.
  NetworkOutput forwardStreaming(const NetworkInput& input, StreamMemory& memory, const Stages& stages = {});
  const ModelConfig& config() const { return config_; }
  /// Activation checkpointing of the image backbone: its blocks are computed again in the backward pass. Less
  /// memory, more time, and their batch norms see the current pictures twice, as in the reference's training.
  void setRecompute(bool on) { forward_projection_->setRecompute(on); }

 private:
  void check(const NetworkInput& input, std::int64_t frames) const;
  /// forward(), which also remembers for the next keyframe if asked to.
  NetworkOutput forwardFilling(const NetworkInput& input, StreamMemory* memory, const Stages& stages);
  /// With the current keyframe's pictures only.
  NetworkOutput continueStream(const NetworkInput& all, StreamMemory& memory, const Stages& stages);
  /// How many keyframes a memory holds: one even where none is fused, for stereo.
  int remembered() const { return std::max(1, config_.past_keyframes); }
  /// What follows the maps of all frames (oldest first).
  NetworkOutput finish(const NetworkInput& input, const std::vector<torch::Tensor>& maps,
                       const torch::Tensor& neck, const torch::Tensor& depth, const Stages& stages);

  ModelConfig config_;
  ForwardProjection forward_projection_{nullptr};
  BackwardProjection backward_projection_{nullptr};
  OccupancyHead occupancy_head_{nullptr};
  torch::nn::Sequential bev_back_{nullptr};
  torch::nn::Conv2d back_conv_{nullptr};
  HeightAttention attention_back_{nullptr};
};
TORCH_MODULE(HbevOcc);

/// One entry of a state_dict.
struct StateEntry {
  std::string name;
  torch::Tensor tensor;  ///< shares memory with the module's
  bool is_parameter = false;
};

/// Parameters and buffers in the order of Python's state_dict: a module's own before its children's.
std::vector<StateEntry> stateOf(const torch::nn::Module& module);

}  // namespace hbev
