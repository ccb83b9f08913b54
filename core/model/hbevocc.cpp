#include "core/model/hbevocc.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/error.h"
#include "core/data/keyframe.h"
#include "core/model/blocks.h"
#include "core/model/half_precision.h"
#include "core/ops/inverse.h"
#include "core/ops/memory.h"
#include "core/ops/reference_style.h"

namespace hbev {
namespace {

/// All [F] cameras of the key ego's frame and from each to the one a keyframe earlier, in double precision
/// and rounded once, as the reference does.
struct Motion {
  torch::Tensor key_ego_from_camera;  // [B, F, N, 4, 4]
  torch::Tensor older_from_current;   // [B, F-1, N, 4, 4]
};

Motion motionOf(const torch::Tensor& single_ego_from_camera, const torch::Tensor& single_global_from_ego) {
  const torch::Tensor ego_from_camera = single_ego_from_camera.to(at::kDouble);
  const torch::Tensor global_from_ego = single_global_from_ego.to(at::kDouble);
  const std::int64_t frames = ego_from_camera.size(1);
  const auto type = single_ego_from_camera.scalar_type();
  const torch::Tensor key_ego_from_global = inverseOf(global_from_ego.slice(1, 0, 1).slice(2, 0, 1));
  const torch::Tensor key_ego_from_ego = at::matmul(key_ego_from_global, global_from_ego);
  const torch::Tensor global_from_camera = at::matmul(global_from_ego, ego_from_camera);
  const torch::Tensor older_from_global = inverseOf(global_from_camera.slice(1, 1, frames));
  const torch::Tensor older_from_ego = at::matmul(older_from_global, global_from_ego.slice(1, 0, frames - 1));
  return {at::matmul(key_ego_from_ego, ego_from_camera).to(type),
          at::matmul(older_from_ego, ego_from_camera.slice(1, 0, frames - 1)).to(type)};
}

/// Channels last from here on: what oneDNN and the operations of core/ops are fastest with.
torch::Tensor picturesOf(const NetworkInput& input, int frame) {
  const torch::Tensor pictures = input.pictures.select(2, frame).flatten(0, 1);
  return ReferenceStyle::on() ? pictures.contiguous() : pictures.contiguous(at::MemoryFormat::ChannelsLast);
}

FrameCameras camerasOf(const NetworkInput& input, const Motion& motion, int frame) {
  return {motion.key_ego_from_camera.select(1, frame), input.intrinsics.select(1, frame),
          input.image_aug.select(1, frame), motion.older_from_current.select(1, frame)};
}

/// The key frame's poses are told to the depth net for every frame, as in the reference.
torch::Tensor numbersOf(const NetworkInput& input, const Motion& motion, int frame) {
  return cameraNumbers(motion.key_ego_from_camera.select(1, 0), input.intrinsics.select(1, frame),
                       input.image_aug.select(1, frame), input.bev_aug);
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

/// The first frame alone. Shares memory.
NetworkInput currentOf(NetworkInput input) {
  const auto first = [](torch::Tensor& tensor, std::int64_t dimension) {
    if (tensor.defined() && tensor.dim() > dimension) tensor = tensor.slice(dimension, 0, 1);
  };
  first(input.pictures, 2);
  for (torch::Tensor* matrix :
       {&input.ego_from_camera, &input.global_from_ego, &input.intrinsics, &input.image_aug}) {
    first(*matrix, 1);
  }
  return input;
}

torch::Tensor standingStill(const torch::Tensor& motion) {
  return at::eye(4, motion.options()).expand_as(motion);
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

std::size_t StreamMemory::bytes() const {
  std::size_t sum = 0;
  const auto add = [&](const torch::Tensor& tensor) {
    if (tensor.defined()) sum += tensor.nbytes();
  };
  add(c2);
  for (const Keyframe& keyframe : past) {
    for (const torch::Tensor* tensor : {&keyframe.depth, &keyframe.context, &keyframe.ego_from_camera,
                                        &keyframe.global_from_ego, &keyframe.intrinsics, &keyframe.image_aug})
      add(*tensor);
  }
  return sum;
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

FrameFeatures ForwardProjectionImpl::encodePictures(const torch::Tensor& pictures, const Stages& stages) {
  const BackboneMaps maps = img_backbone_->forward(pictures, stages);
  stages("stereo_feat", maps.c2);
  const torch::Tensor neck = img_neck_->forward(maps.c4, maps.c5);
  stages("neck", neck);
  return {maps.c2, neck};
}

Lifted ForwardProjectionImpl::lift(const FrameFeatures& features, const torch::Tensor& camera_numbers,
                                   const FrameCameras& cameras, const torch::Tensor& older_c2,
                                   const Stages& stages) {
  return lift_->forward(features.neck, camera_numbers, cameras, features.c2, older_c2, stages);
}

torch::Tensor ForwardProjectionImpl::splatFrame(const Lifted& lifted, const FrameCameras& cameras,
                                                const torch::Tensor& bev_aug, const Stages& stages) {
  const torch::Tensor map =
      fuse_heights_->forward(lift_->splatInto(lifted, cameras, bev_aug, stages)).front();
  stages("pre_process", map);
  return map;
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

void HbevOccImpl::check(const NetworkInput& input, std::int64_t frames) const {
  const std::int64_t batch = input.bev_aug.defined() ? input.bev_aug.size(0) : 1;
  demandShape("pictures", input.pictures,
              {batch, kCameraCount, frames, 3, config_.image.height, config_.image.width});
  demandShape("ego_from_camera", input.ego_from_camera, {batch, frames, kCameraCount, 4, 4});
  demandShape("global_from_ego", input.global_from_ego, {batch, frames, kCameraCount, 4, 4});
  demandShape("intrinsics", input.intrinsics, {batch, frames, kCameraCount, 4, 4});
  demandShape("image_aug", input.image_aug, {batch, frames, kCameraCount, 4, 4});
  demandShape("bev_aug", input.bev_aug, {batch, 4, 4});
  demandShape("image_from_lidar", input.image_from_lidar, {batch, kCameraCount, 4, 4});
  demandShape("lidar_from_ego", input.lidar_from_ego, {batch, 4, 4});
}

NetworkOutput HbevOccImpl::forward(const NetworkInput& input, const Stages& stages) {
  return forwardFilling(input, nullptr, stages);
}

NetworkOutput HbevOccImpl::forwardFilling(const NetworkInput& input, StreamMemory* memory,
                                          const Stages& stages) {
  check(input, config_.frames());
  const MemoryReuse reuse;
  const Motion motion = motionOf(input.ego_from_camera, input.global_from_ego);
  stages("key.sensor2keyegos", motion.key_ego_from_camera.select(1, 0));
  const int oldest = config_.frames() - 1;

  std::vector<torch::Tensor> maps;
  FrameFeatures features;
  Lifted lifted;
  torch::Tensor older_c2 = [&] {
    const at::NoGradGuard no_gradient;
    return forward_projection_->encodeStereo(picturesOf(input, oldest), stages.ofFrame(oldest));
  }();
  for (int frame = oldest - 1; frame >= 0; --frame) {
    // Only the current frame is trained through.
    const at::AutoGradMode gradient(frame == 0 && at::GradMode::is_enabled());
    const Stages told = stages.ofFrame(frame);
    const FrameCameras cameras = camerasOf(input, motion, frame);
    features = forward_projection_->encodePictures(picturesOf(input, frame), told);
    lifted = forward_projection_->lift(features, numbersOf(input, motion, frame), cameras, older_c2, told);
    maps.push_back(forward_projection_->splatFrame(lifted, cameras, input.bev_aug, told));
    older_c2 = features.c2;
    if (memory && frame < remembered()) {
      memory->past.insert(memory->past.begin(),
                          {lifted.depth, lifted.context.contiguous(at::MemoryFormat::ChannelsLast),
                           input.ego_from_camera.select(1, frame), input.global_from_ego.select(1, frame),
                           input.intrinsics.select(1, frame), input.image_aug.select(1, frame)});
      memory->c2 = features.c2;
    }
  }
  return finish(input, maps, features.neck, lifted.depth, stages);
}

NetworkOutput HbevOccImpl::forwardStreaming(const NetworkInput& input, StreamMemory& memory,
                                            const Stages& stages) {
  if (is_training() || at::GradMode::is_enabled()) {
    throw Error({.summary = "Streaming is for evaluation only",
                 .file = {},
                 .expected = "a network in evaluation mode, without gradients",
                 .found = is_training() ? "a network in training" : "gradients switched on",
                 .advice = "Use the whole forward pass to train."});
  }
  const bool cold = memory.empty() && input.pictures.defined() && input.pictures.dim() == 6 &&
                    input.pictures.size(2) == config_.frames();
  if (!cold) return continueStream(input, memory, stages);
  StreamMemory filled;
  NetworkOutput output = forwardFilling(input, &filled, stages);
  memory = std::move(filled);
  return output;
}

NetworkOutput HbevOccImpl::continueStream(const NetworkInput& all, StreamMemory& memory,
                                          const Stages& stages) {
  const std::size_t fused = std::size_t(config_.past_keyframes);
  const NetworkInput input = currentOf(all);
  check(input, 1);
  const MemoryReuse reuse;
  const bool first = memory.empty();
  const StreamMemory::Keyframe now{{},
                                   {},
                                   input.ego_from_camera.select(1, 0),
                                   input.global_from_ego.select(1, 0),
                                   input.intrinsics.select(1, 0),
                                   input.image_aug.select(1, 0)};
  // The current keyframe, its past, and at the end itself once more: in place of what the past lacks.
  std::vector<StreamMemory::Keyframe> row{now};
  row.insert(row.end(), memory.past.begin(), memory.past.end());
  const auto stacked = [&](torch::Tensor StreamMemory::Keyframe::*matrix) {
    std::vector<torch::Tensor> matrices;
    for (const StreamMemory::Keyframe& keyframe : row)
      matrices.push_back(keyframe.*matrix);
    matrices.push_back(now.*matrix);
    return at::stack(matrices, 1);
  };
  const Motion motion = motionOf(stacked(&StreamMemory::Keyframe::ego_from_camera),
                                 stacked(&StreamMemory::Keyframe::global_from_ego));
  const torch::Tensor numbers = numbersOf(input, motion, 0);
  const auto camerasAt = [&](std::size_t place) {
    return FrameCameras{motion.key_ego_from_camera.select(1, std::int64_t(place)), row[place].intrinsics,
                        row[place].image_aug, motion.older_from_current.select(1, std::int64_t(place))};
  };
  stages("key.sensor2keyegos", motion.key_ego_from_camera.select(1, 0));

  const Stages told = stages.ofFrame(0);
  const FrameFeatures features = forward_projection_->encodePictures(picturesOf(input, 0), told);
  const Lifted lifted =
      forward_projection_->lift(features, numbers, camerasAt(0), first ? features.c2 : memory.c2, told);
  const torch::Tensor map = forward_projection_->splatFrame(lifted, camerasAt(0), input.bev_aug, told);

  std::vector<torch::Tensor> maps(fused + 1);
  maps[fused] = map;
  torch::Tensor repeated = first ? map : torch::Tensor();
  for (std::size_t age = 1; age <= fused; ++age) {
    torch::Tensor& past = maps[fused - age];
    const Stages past_told = stages.ofFrame(int(age));
    if (age < row.size()) {
      const StreamMemory::Keyframe& keyframe = row[age];
      past = forward_projection_->splatFrame({keyframe.depth, keyframe.context}, camerasAt(age),
                                             input.bev_aug, past_told);
      continue;
    }
    if (!repeated.defined()) {
      // It matches itself, without motion.
      FrameCameras cameras = camerasAt(0);
      cameras.older_from_current = standingStill(cameras.older_from_current);
      const Lifted again = forward_projection_->lift(features, numbers, cameras, features.c2, past_told);
      repeated = forward_projection_->splatFrame(again, cameras, input.bev_aug, past_told);
    }
    past = repeated;
  }
  NetworkOutput output = finish(input, maps, features.neck, lifted.depth, stages);

  row.front().depth = lifted.depth;
  row.front().context = lifted.context.contiguous(at::MemoryFormat::ChannelsLast);
  row.resize(std::min(row.size(), std::size_t(remembered())));
  memory = {std::move(row), features.c2};
  return output;
}

NetworkOutput HbevOccImpl::finish(const NetworkInput& input, const std::vector<torch::Tensor>& maps,
                                  const torch::Tensor& neck, const torch::Tensor& depth,
                                  const Stages& stages) {
  const torch::Tensor fused = at::cat(maps, 1);
  stages("bev_concat", fused);
  const torch::Tensor image_features = convolved(back_conv_, neck);
  stages("back_conv", image_features);
  const torch::Tensor image_from_ego = [&] {
    const FullPrecision pixels;
    return at::matmul(at::matmul(input.image_from_lidar, input.lidar_from_ego.unsqueeze(1)),
                      input.bev_aug.unsqueeze(1));
  }();
  torch::Tensor back = backward_projection_->forward(image_features, image_from_ego, input.bev_aug, stages);
  const auto [map, map_coarse] = forward_projection_->encodeBev(fused, stages);
  back = attention_back_->forward(back, stages.in("hada_b1"));
  const torch::Tensor back_full = runNormed(bev_back_, back);
  stages("bev_back", back_full);

  NetworkOutput output{
      occupancy_head_->forward(at::cat({map, back_full}, 1), at::cat({map_coarse, back}, 1), stages), depth};
  stages("out.occ_logits", output.voxels.logits);
  if (output.voxels.flow.defined()) stages("out.flow", output.voxels.flow);
  return output;
}

}  // namespace hbev
