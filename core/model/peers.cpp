#include "core/model/peers.h"

#include <algorithm>
#include <ostream>
#include <vector>

#include <torch/autograd.h>

#include "core/model/half_precision.h"

namespace hbev {
namespace {

class SummedOver : public torch::autograd::Function<SummedOver> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* /*context*/, const torch::Tensor& values,
                               Peers* peers) {
    torch::Tensor sum = values.detach().clone(at::MemoryFormat::Contiguous);
    peers->sum(sum);
    return sum;
  }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* /*context*/,
                                                 const torch::autograd::variable_list& gradient) {
    return {gradient[0], torch::Tensor()};
  }
};

/// Mean and (biased) variance of each channel over the batches of all processes, in double precision.
struct JointMoments {
  torch::Tensor mean, variance;
  torch::Tensor count;  ///< [1], values per channel
};

JointMoments jointMoments(Peers& peers, const torch::Tensor& x) {
  const auto [mean, variance] = at::batch_norm_update_stats(x, {}, {}, 0);
  const double count = double(x.numel() / x.size(1));
  const torch::Tensor own_mean = mean.to(at::kDouble), own_variance = variance.to(at::kDouble);
  const torch::Tensor sums = at::cat({own_mean * count, (own_variance + own_mean.square()) * count,
                                      at::full({1}, count, own_mean.options())});
  peers.sum(sums);
  const std::int64_t channels = mean.numel();
  const torch::Tensor all = sums.slice(0, 2 * channels);
  const torch::Tensor joint_mean = sums.slice(0, 0, channels) / all;
  const torch::Tensor squares = sums.slice(0, channels, 2 * channels) / all;
  return {joint_mean, (squares - joint_mean.square()).clamp_min(0), all};
}

/// (x - mean) / sqrt(variance + eps) * weight + bias, where mean and variance are those of all processes'
/// values, and its gradient knows it.
class JointNormalised : public torch::autograd::Function<JointNormalised> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& x,
                               const torch::Tensor& weight, const torch::Tensor& bias,
                               const JointMoments& moments, double eps, Peers* peers) {
    const torch::Tensor mean = moments.mean.to(x.scalar_type()),
                        variance = moments.variance.to(x.scalar_type());
    context->save_for_backward({x, weight, mean, variance, moments.count});
    context->saved_data["eps"] = eps;
    context->saved_data["peers"] = std::int64_t(reinterpret_cast<std::intptr_t>(peers));
    return std::get<0>(at::native_batch_norm(x, weight, bias, mean, variance, false, 0, eps));
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradient) {
    const auto saved = context->get_saved_variables();
    const torch::Tensor &x = saved[0], &weight = saved[1], &mean = saved[2], &variance = saved[3],
                        &count = saved[4];
    const double eps = context->saved_data["eps"].toDouble();
    auto* peers = reinterpret_cast<Peers*>(std::intptr_t(context->saved_data["peers"].toInt()));
    // As if mean and variance were constants; what they add depends on everybody's sums.
    auto [of_x, of_weight, of_bias] = at::native_batch_norm_backward(gradient[0], x, weight, mean, variance,
                                                                     {}, {}, false, eps, {true, true, true});
    const torch::Tensor sums = at::cat({of_weight.to(at::kDouble), of_bias.to(at::kDouble)});
    peers->sum(sums);
    const std::int64_t channels = mean.numel();
    const torch::Tensor deviation = (variance.to(at::kDouble) + eps).rsqrt();
    const torch::Tensor slope =
        -weight * deviation.square() * sums.slice(0, 0, channels) / count;  // per unit of x - mean
    const torch::Tensor shift = -weight * deviation * sums.slice(0, channels) / count - slope * mean;
    std::vector<std::int64_t> shape(std::size_t(x.dim()), 1);
    shape[1] = channels;
    of_x.addcmul_(x, slope.to(x.scalar_type()).view(shape)).add_(shift.to(x.scalar_type()).view(shape));
    return {of_x, of_weight, of_bias, torch::Tensor(), torch::Tensor(), torch::Tensor()};
  }
};

template <class Norm>
class PeerNormImpl : public Norm, public PeerLayer {
 public:
  using Norm::Norm;
  /// LibTorch does not export its own.
  void pretty_print(std::ostream& stream) const override { stream << this->name(); }

  torch::Tensor jointly(const torch::Tensor& given) {
    if (!peers_ || !this->is_training()) return Norm::forward(given);
    const torch::Tensor x = atLeastFloat(given);  // moments in half precision would be no statistics
    const double momentum = *this->options.momentum();
    JointMoments moments;
    {
      const at::NoGradGuard no_gradient;
      moments = jointMoments(*peers_, x);
      this->num_batches_tracked += 1;
      const auto follow = [&](const torch::Tensor& running, const torch::Tensor& now) {
        running.mul_(1 - momentum).add_(now.to(running.scalar_type()), momentum);
      };
      follow(this->running_mean, moments.mean);
      follow(this->running_var, moments.variance * (moments.count / (moments.count - 1).clamp_min(1)));
    }
    return JointNormalised::apply(x, this->weight, this->bias, moments, this->options.eps(), peers_.get())
        .to(given.scalar_type());
  }
};

template <class Norm>
torch::Tensor normedByKind(Norm& norm, const torch::Tensor& x) {
  auto* with_peers = dynamic_cast<PeerNormImpl<Norm>*>(&norm);
  return with_peers ? with_peers->jointly(x) : norm.forward(x);
}

}  // namespace

torch::Tensor summedOver(Peers* peers, const torch::Tensor& values) {
  return peers ? SummedOver::apply(values, peers) : values;
}

void setPeers(torch::nn::Module& network, const std::shared_ptr<Peers>& peers) {
  for (const auto& module : network.modules()) {
    if (auto* layer = dynamic_cast<PeerLayer*>(module.get())) layer->setPeers(peers);
  }
}

torch::nn::BatchNorm2d batchNorm2d(std::int64_t channels) {
  using Impl = torch::nn::BatchNorm2dImpl;
  return torch::nn::BatchNorm2d(std::shared_ptr<Impl>(std::make_shared<PeerNormImpl<Impl>>(channels)));
}

torch::nn::BatchNorm1d batchNorm1d(std::int64_t channels) {
  using Impl = torch::nn::BatchNorm1dImpl;
  return torch::nn::BatchNorm1d(std::shared_ptr<Impl>(std::make_shared<PeerNormImpl<Impl>>(channels)));
}

torch::Tensor normed(torch::nn::BatchNorm2dImpl& norm, const torch::Tensor& x) {
  return normedByKind(norm, x);
}

torch::Tensor normed(torch::nn::BatchNorm1dImpl& norm, const torch::Tensor& x) {
  return normedByKind(norm, x);
}

torch::Tensor PeerDropoutImpl::forward(const torch::Tensor& x) {
  const double share = options.p();
  if (!is_training() || share == 0) return x;
  // Not LibTorch's: it draws in the order in which x lies in memory, which depends on the batch.
  std::vector<std::int64_t> shape = x.sizes().vec();
  const std::int64_t samples = shape[0];
  if (peers_) shape[0] *= peers_->count();
  const torch::Tensor kept = at::empty(shape, x.options()).bernoulli_(1 - share);
  return x * kept.narrow(0, peers_ ? peers_->rank() * samples : 0, samples).div_(1 - share);
}

}  // namespace hbev
