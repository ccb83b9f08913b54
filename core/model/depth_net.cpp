#include "core/model/depth_net.h"

#include <string>

#include "core/model/blocks.h"
#include "core/model/peers.h"

namespace hbev {
namespace {

/// Two linear layers.
class MlpImpl : public torch::nn::Module {
 public:
  MlpImpl(std::int64_t in, std::int64_t out)
      : fc1_(register_module("fc1", torch::nn::Linear(in, out))),
        fc2_(register_module("fc2", torch::nn::Linear(out, out))) {}
  torch::Tensor forward(const torch::Tensor& x) { return fc2_(fc1_(x).relu_()); }

 private:
  torch::nn::Linear fc1_, fc2_;
};
TORCH_MODULE(Mlp);

/// Squeeze and excitation: each channel is multiplied with a gate that depends on the camera.
class CameraGateImpl : public torch::nn::Module {
 public:
  explicit CameraGateImpl(std::int64_t channels)
      : reduce_(register_module("conv_reduce", conv(channels, channels, 1))),
        expand_(register_module("conv_expand", conv(channels, channels, 1))) {}
  torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& camera) {
    return x * expand_(reduce_(camera).relu_()).sigmoid_();
  }

 private:
  torch::nn::Conv2d reduce_, expand_;
};
TORCH_MODULE(CameraGate);

/// One branch of the pyramid below: dilated convolution, batch norm, ReLU.
class AtrousImpl : public torch::nn::Module {
 public:
  AtrousImpl(std::int64_t in, std::int64_t out, int kernel, int dilation)
      : conv_(register_module("atrous_conv", conv(torch::nn::Conv2dOptions(in, out, kernel)
                                                      .padding(kernel == 1 ? 0 : dilation)
                                                      .dilation(dilation)
                                                      .bias(false)))),
        bn_(register_module("bn", batchNorm2d(out))) {}
  torch::Tensor forward(const torch::Tensor& x) { return convNormed(conv_, bn_, x, true); }

 private:
  torch::nn::Conv2d conv_;
  torch::nn::BatchNorm2d bn_;
};
TORCH_MODULE(Atrous);

/// Atrous spatial pyramid pooling (DeepLab v3).
class AsppImpl : public torch::nn::Module {
 public:
  AsppImpl(std::int64_t channels, std::int64_t mid) {
    int number = 1;
    for (const int dilation : {1, 6, 12, 18}) {
      branches_.push_back(register_module("aspp" + std::to_string(number++),
                                          Atrous(channels, mid, dilation == 1 ? 1 : 3, dilation)));
    }
    // The first place belongs to the pooling, which has no parameters.
    pooled_ = register_module("global_avg_pool",
                              torch::nn::Sequential(torch::nn::Identity(), conv(channels, mid, 1, 1, false),
                                                    batchNorm2d(mid), torch::nn::ReLU()));
    conv1_ = register_module("conv1", conv(mid * 5, channels, 1, 1, false));
    bn1_ = register_module("bn1", batchNorm2d(channels));
    dropout_ = register_module("dropout", PeerDropout(0.5));
  }

  torch::Tensor forward(const torch::Tensor& x) {
    std::vector<torch::Tensor> parts;
    for (Atrous& branch : branches_)
      parts.push_back(branch(x));
    const torch::Tensor pooled = runNormed(pooled_, at::adaptive_avg_pool2d(x, {1, 1}));
    parts.push_back(pooled.expand({-1, -1, x.size(2), x.size(3)}));
    return dropout_(convNormed(conv1_, bn1_, at::cat(parts, 1), true));
  }

 private:
  std::vector<Atrous> branches_;
  torch::nn::Sequential pooled_{nullptr};
  torch::nn::Conv2d conv1_{nullptr};
  torch::nn::BatchNorm2d bn1_{nullptr};
  PeerDropout dropout_{nullptr};
};
TORCH_MODULE(Aspp);

}  // namespace

DepthNetImpl::DepthNetImpl(const ModelConfig& config) : stereo_bias_(config.lift.stereo_bias) {
  const std::int64_t channels = config.backbone.neck_channels, depths = config.depthBins();
  reduce_conv_ = register_module(
      "reduce_conv",
      torch::nn::Sequential(conv(channels, channels, 3), batchNorm2d(channels), torch::nn::ReLU()));
  context_conv_ = register_module("context_conv", conv(channels, config.lift.channels, 1));
  bn_ = register_module("bn", batchNorm1d(kCameraNumbers));
  depth_mlp_ = torch::nn::AnyModule(register_module("depth_mlp", Mlp(kCameraNumbers, channels)));
  depth_gate_ = torch::nn::AnyModule(register_module("depth_se", CameraGate(channels)));
  context_mlp_ = torch::nn::AnyModule(register_module("context_mlp", Mlp(kCameraNumbers, channels)));
  context_gate_ = torch::nn::AnyModule(register_module("context_se", CameraGate(channels)));
  // No activations between: as in the reference.
  cost_net_ = register_module("cost_volumn_net",
                              torch::nn::Sequential(conv(depths, depths, 3, 2), batchNorm2d(depths),
                                                    conv(depths, depths, 3, 2), batchNorm2d(depths)));
  depth_conv_ = register_module(
      "depth_conv",
      torch::nn::Sequential(BasicBlock(channels + depths, channels, 1, Shortcut::Projected),
                            BasicBlock(channels, channels), BasicBlock(channels, channels),
                            Aspp(channels, config.lift.aspp_channels), conv(channels, depths, 1)));
}

torch::Tensor DepthNetImpl::costVolume(const StereoInput& stereo, const Stages& stages) const {
  const at::NoGradGuard no_gradient;
  if (!stereo.previous.defined()) {
    return at::zeros(
        {stereo.current.size(0), stereo.frustum.size(0), stereo.current.size(2), stereo.current.size(3)},
        stereo.current.options());
  }
  if (stages.watched()) stages("depthnet.stereo_grid", stereoGrid(stereo.frustum, stereo.view));
  const torch::Tensor cost =
      stereoCost(stereo.current, stereo.previous, stereo.frustum, stereo.view, stereo_bias_)
          .neg_()
          .softmax(1);
  stages("depthnet.cost_volume", cost);
  return cost;
}

torch::Tensor DepthNetImpl::forward(const torch::Tensor& features, const torch::Tensor& camera,
                                    const StereoInput& stereo, const Stages& stages) {
  const Stages told = stages.in("depthnet");
  const torch::Tensor numbers = normed(*bn_, camera.reshape({-1, kCameraNumbers}));
  told("mlp_bn", numbers);
  const torch::Tensor reduced = runNormed(reduce_conv_, features);
  told("reduce_conv", reduced);

  const torch::Tensor context_camera = context_mlp_.forward(numbers);
  told("context_mlp", context_camera);
  const torch::Tensor gated = context_gate_.forward(reduced, context_camera.unsqueeze(-1).unsqueeze(-1));
  told("context_se", gated);
  const torch::Tensor context = context_conv_(gated);

  const torch::Tensor depth_camera = depth_mlp_.forward(numbers);
  told("depth_mlp", depth_camera);
  torch::Tensor depth = depth_gate_.forward(reduced, depth_camera.unsqueeze(-1).unsqueeze(-1));
  told("depth_se", depth);
  const torch::Tensor cost = runNormed(cost_net_, costVolume(stereo, stages));
  told("cost_volume_net", cost);

  depth = at::cat({depth, cost}, 1);
  int number = 0;
  for (auto& layer : *depth_conv_) {
    depth = layer.forward(depth);
    if (number < 4) told(("depth_conv." + std::to_string(number)).c_str(), depth);
    ++number;
  }
  const torch::Tensor out = at::cat({depth, context}, 1);
  told("out", out);
  return out;
}

}  // namespace hbev
