#include "core/model/hbevocc.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/error.h"
#include "core/model/blocks.h"

namespace hbev {
namespace {

/// All [F] cameras of the key ego's frame and from each to the one a keyframe earlier, in double precision
/// and rounded once, as the reference does.
struct Motion {
  torch::Tensor key_ego_from_camera;  // [B, F, N, 4, 4]
  torch::Tensor older_from_current;   // [B, F-1, N, 4, 4]
};

Motion motionOf(const NetworkInput& input) {
  const torch::Tensor ego_from_camera = input.ego_from_camera.to(at::kDouble);
  const torch::Tensor global_from_ego = input.global_from_ego.to(at::kDouble);
  const std::int64_t frames = ego_from_camera.size(1);
  const auto type = input.ego_from_camera.scalar_type();
  const torch::Tensor key_ego_from_global = at::inverse(global_from_ego.slice(1, 0, 1).slice(2, 0, 1));
  const torch::Tensor key_ego_from_ego = at::matmul(key_ego_from_global, global_from_ego);
  const torch::Tensor global_from_camera = at::matmul(global_from_ego, ego_from_camera);
  const torch::Tensor older_from_global = at::inverse(global_from_camera.slice(1, 1, frames));
  const torch::Tensor older_from_ego = at::matmul(older_from_global, global_from_ego.slice(1, 0, frames - 1));
  return {at::matmul(key_ego_from_ego, ego_from_camera).to(type),
          at::matmul(older_from_ego, ego_from_camera.slice(1, 0, frames - 1)).to(type)};
}

void demandShape(const char* name, const torch::Tensor& tensor, std::vector<std::int64_t> expected) {
  if (tensor.defined() && tensor.sizes() == at::IntArrayRef(expected)) return;
  throw Error(
      {.summary = fmt::format("The network's input {} has another shape", name),
       .file = {},
       .expected = fmt::format("[{}]", fmt::join(expected, ", ")),
       .found = tensor.defined() ? fmt::format("[{}]", fmt::join(tensor.sizes().vec(), ", ")) : "nothing",
       .advice = {}});
}

const ModelConfig& checked(const ModelConfig& config) {
  const std::vector<std::string> mistakes = mistakesOf(config);
  if (mistakes.empty()) return config;
  throw Error({.summary = fmt::format("The configuration \"{}\" has {} mistakes: {}", config.name,
                                      mistakes.size(), fmt::join(mistakes, "; ")),
               .file = {},
               .expected = {},
               .found = {},
               .advice = {}});
}

void collect(const torch::nn::Module& module, const std::string& prefix, std::vector<StateEntry>& entries) {
  for (const auto& item : module.named_parameters(/*recurse=*/false)) {
    entries.push_back({prefix + item.key(), item.value(), true});
  }
  for (const auto& item : module.named_buffers(/*recurse=*/false)) {
    entries.push_back({prefix + item.key(), item.value(), false});
  }
  for (const auto& child : module.named_children())
    collect(*child.value(), prefix + child.key() + ".", entries);
}

/// The attention blocks stand in lists of one in the reference.
HeightAttention attentionList(torch::nn::Module& owner, const std::string& name,
                              const HeightAttentionShape& shape) {
  HeightAttention attention(shape);
  owner.register_module(name, torch::nn::ModuleList(attention));
  return attention;
}

}  // namespace

std::vector<StateEntry> stateOf(const torch::nn::Module& module) {
  std::vector<StateEntry> entries;
  collect(module, "", entries);
  return entries;
}

ForwardProjectionImpl::ForwardProjectionImpl(const ModelConfig& config) {
  const BevEncoderConfig& bev = config.bev_encoder;
  const HeightAttentionConfig& hada = config.height_attention;
  const std::int64_t rows = config.lift.y.cells(), columns = config.lift.x.cells();
  img_backbone_ = register_module("img_backbone", ResNet(config.backbone));
  img_neck_ = register_module("img_neck", Fpn(config.backbone));
  lift_ = register_module("img_view_transformer", Lift(config));
  bev_neck_ =
      register_module("img_bev_encoder_neck", BevNeck(bev.channels[0], bev.channels[2], bev.out_channels));
  bev_backbone_ = register_module("img_bev_encoder_backbone",
                                  BevResNet(std::int64_t(config.lift.channels) * (config.past_keyframes + 1),
                                            bev.channels, bev.blocks, 2));
  fuse_heights_ =
      register_module("pre_process_net", BevResNet(std::int64_t(config.lift.channels) * config.lift.z.cells(),
                                                   std::vector<int>{config.lift.channels},
                                                   std::vector<int>{config.lift.fuse_blocks}, 1));
  attention_fine_ =
      attentionList(*this, "self_attn_forward1",
                    {rows / 2, columns / 2, bev.channels[0], hada.heads, hada.points, hada.fine_reach});
  attention_coarse_ =
      attentionList(*this, "self_attn_forward2",
                    {rows / 8, columns / 8, bev.channels[2], hada.heads, hada.points, hada.coarse_reach});
}

torch::Tensor ForwardProjectionImpl::encodeStereo(const torch::Tensor& pictures, const Stages& stages) {
  const torch::Tensor c2 = img_backbone_->c2(pictures, stages);
  stages("stereo_feat", c2);
  return c2;
}

FrameFeatures ForwardProjectionImpl::encodeFrame(const torch::Tensor& pictures, const FrameCameras& cameras,
                                                 const torch::Tensor& camera_numbers,
                                                 const torch::Tensor& bev_aug, const torch::Tensor& older_c2,
                                                 const Stages& stages) {
  FrameFeatures features;
  const BackboneMaps maps = img_backbone_->forward(pictures, stages);
  features.c2 = maps.c2;
  stages("stereo_feat", maps.c2);
  features.neck = img_neck_->forward(maps.c4, maps.c5);
  stages("neck", features.neck);
  const Lifted lifted =
      lift_->forward(features.neck, camera_numbers, cameras, bev_aug, maps.c2, older_c2, stages);
  features.depth = lifted.depth;
  features.bev = fuse_heights_->forward(lifted.bev).front();
  stages("pre_process", features.bev);
  return features;
}

std::pair<torch::Tensor, torch::Tensor> ForwardProjectionImpl::encodeBev(const torch::Tensor& fused,
                                                                         const Stages& stages) {
  const std::vector<torch::Tensor> maps = bev_backbone_->forward(fused);
  stages("bev_backbone.0", maps[0]);
  stages("bev_backbone.1", maps[1]);
  stages("bev_backbone.2", maps[2]);
  const torch::Tensor fine = attention_fine_->forward(maps[0], stages.in("hada_f1"));
  const torch::Tensor coarse = attention_coarse_->forward(maps[2], stages.in("hada_f2"));
  return {bev_neck_->forward(fine, coarse, stages), fine};
}

HbevOccImpl::HbevOccImpl(const ModelConfig& config) : config_(checked(config)) {
  const BackwardConfig& back = config.backward;
  const HeightAttentionConfig& hada = config.height_attention;
  forward_projection_ = register_module("forward_projection", ForwardProjection(config));
  backward_projection_ = register_module("backward_projection", BackwardProjection(config));
  occupancy_head_ = register_module("occupancy_head", OccupancyHead(config));
  bev_back_ = register_module(
      "bev_back", torch::nn::Sequential(upsampler(2), conv(back.channels, back.out_channels, 3),
                                        torch::nn::ReLU(), conv(back.out_channels, back.out_channels, 1)));
  back_conv_ = register_module("back_conv", conv(config.backbone.neck_channels, back.channels, 1));
  attention_back_ =
      attentionList(*this, "self_attn_backward1",
                    {back.rows, back.columns, back.channels, hada.heads, hada.points, hada.fine_reach});
}

void HbevOccImpl::check(const NetworkInput& input) const {
  const std::int64_t batch = input.bev_aug.defined() ? input.bev_aug.size(0) : 1, frames = config_.frames();
  demandShape("pictures", input.pictures,
              {batch, kCameras, frames, 3, config_.image.height, config_.image.width});
  demandShape("ego_from_camera", input.ego_from_camera, {batch, frames, kCameras, 4, 4});
  demandShape("global_from_ego", input.global_from_ego, {batch, frames, kCameras, 4, 4});
  demandShape("intrinsics", input.intrinsics, {batch, frames, kCameras, 4, 4});
  demandShape("image_aug", input.image_aug, {batch, frames, kCameras, 4, 4});
  demandShape("bev_aug", input.bev_aug, {batch, 4, 4});
  demandShape("image_from_lidar", input.image_from_lidar, {batch, kCameras, 4, 4});
  demandShape("lidar_from_ego", input.lidar_from_ego, {batch, 4, 4});
}

NetworkOutput HbevOccImpl::forward(const NetworkInput& input, const Stages& stages) {
  check(input);
  const Motion motion = motionOf(input);
  stages("key.sensor2keyegos", motion.key_ego_from_camera.select(1, 0));
  const int oldest = config_.frames() - 1;
  // Channels last from here on: what oneDNN and the operations of core/ops are fastest with.
  const auto pictures = [&](int frame) {
    return input.pictures.select(2, frame).flatten(0, 1).contiguous(at::MemoryFormat::ChannelsLast);
  };

  std::vector<torch::Tensor> maps;
  FrameFeatures current;
  torch::Tensor older_c2 = [&] {
    const at::NoGradGuard no_gradient;
    return forward_projection_->encodeStereo(pictures(oldest), stages.ofFrame(oldest));
  }();
  for (int frame = oldest - 1; frame >= 0; --frame) {
    // Only the current frame is trained through.
    const at::AutoGradMode gradient(frame == 0 && at::GradMode::is_enabled());
    const FrameCameras cameras{motion.key_ego_from_camera.select(1, frame), input.intrinsics.select(1, frame),
                               input.image_aug.select(1, frame), motion.older_from_current.select(1, frame)};
    // The key frame's poses are told to the depth net for every frame, as in the reference.
    const torch::Tensor numbers = cameraNumbers(motion.key_ego_from_camera.select(1, 0), cameras.intrinsics,
                                                cameras.image_aug, input.bev_aug);
    current = forward_projection_->encodeFrame(pictures(frame), cameras, numbers, input.bev_aug, older_c2,
                                               stages.ofFrame(frame));
    maps.push_back(current.bev);
    older_c2 = current.c2;
  }
  const torch::Tensor fused = at::cat(maps, 1);  // oldest first
  maps.clear();
  stages("bev_concat", fused);

  const torch::Tensor image_features = back_conv_(current.neck);
  stages("back_conv", image_features);
  const torch::Tensor image_from_ego = at::matmul(
      at::matmul(input.image_from_lidar, input.lidar_from_ego.unsqueeze(1)), input.bev_aug.unsqueeze(1));
  torch::Tensor back = backward_projection_->forward(image_features, image_from_ego, input.bev_aug, stages);
  const auto [map, map_coarse] = forward_projection_->encodeBev(fused, stages);
  back = attention_back_->forward(back, stages.in("hada_b1"));
  const torch::Tensor back_full = bev_back_->forward(back);
  stages("bev_back", back_full);

  NetworkOutput output{
      occupancy_head_->forward(at::cat({map, back_full}, 1), at::cat({map_coarse, back}, 1), stages),
      current.depth};
  stages("out.occ_logits", output.voxels.logits);
  if (output.voxels.flow.defined()) stages("out.flow", output.voxels.flow);
  return output;
}

}  // namespace hbev
