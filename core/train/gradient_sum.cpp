#include "core/train/gradient_sum.h"

#include <functional>

#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/utils/lambda_post_hook.h>
#include <torch/csrc/autograd/variable.h>

namespace hbev {

/// Parameters whose gradients travel together, one after the other in `values`, and behind them for each
/// parameter how many processes have used it.
struct GradientBucket {
  std::vector<torch::Tensor> parameters;
  torch::Tensor values;
  std::size_t waits_for = 0;
  std::function<void()> wait;
};

namespace {

/// For each parameter how many processes have used it.
torch::Tensor usedOf(const GradientBucket& bucket) {
  return bucket.values.slice(0, bucket.values.numel() - std::int64_t(bucket.parameters.size()));
}

void collect(const GradientBucket& bucket) {
  const at::NoGradGuard no_gradient;
  std::int64_t begin = 0;
  const torch::Tensor used = usedOf(bucket);
  used.fill_(1);
  for (std::size_t i = 0; i < bucket.parameters.size(); ++i) {
    const torch::Tensor& parameter = bucket.parameters[i];
    torch::Tensor place = bucket.values.narrow(0, begin, parameter.numel());
    const torch::Tensor& gradient = parameter.grad();
    if (gradient.defined()) {
      place.copy_(gradient.reshape({-1}));
    } else {
      place.zero_();
      used[std::int64_t(i)].zero_();
    }
    begin += parameter.numel();
  }
}

/// `used`: of the bucket's first parameter, and behind it the others.
void distribute(const GradientBucket& bucket, const double* used) {
  std::int64_t begin = 0;
  for (std::size_t i = 0; i < bucket.parameters.size(); ++i) {
    const torch::Tensor& parameter = bucket.parameters[i];
    if (used[i] > 0)
      parameter.mutable_grad() = bucket.values.narrow(0, begin, parameter.numel()).view(parameter.sizes());
    begin += parameter.numel();
  }
}

}  // namespace

struct GradientSum::State {
  std::shared_ptr<Peers> peers;
  std::vector<GradientBucket> buckets;
  std::vector<std::shared_ptr<torch::autograd::Node>> nodes;  // keeps their hooks alive
  bool listening = false;
  std::size_t started = 0;  // buckets that are on their way

  void addParameter(const torch::Tensor& parameter, std::size_t bucket_bytes) {
    const auto bytesOf = [](const GradientBucket& bucket) {
      std::size_t bytes = 0;
      for (const torch::Tensor& other : bucket.parameters)
        bytes += other.nbytes();
      return bytes;
    };
    if (buckets.empty() || bytesOf(buckets.back()) + parameter.nbytes() > bucket_bytes ||
        buckets.back().parameters[0].scalar_type() != parameter.scalar_type()) {
      buckets.emplace_back();
    }
    buckets.back().parameters.push_back(parameter);
  }

  void makeBuffers() {
    for (GradientBucket& bucket : buckets) {
      std::int64_t count = std::int64_t(bucket.parameters.size());
      for (const torch::Tensor& parameter : bucket.parameters)
        count += parameter.numel();
      bucket.values = at::empty({count}, bucket.parameters[0].options().requires_grad(false));
    }
  }

  /// All processes start their buckets in the same order, whichever is ready first.
  void startReady(bool all) {
    while (started < buckets.size() && (all || buckets[started].waits_for == 0)) {
      GradientBucket& bucket = buckets[started++];
      collect(bucket);
      bucket.wait = peers->startSum(bucket.values);
    }
  }
};

GradientSum::GradientSum(std::vector<torch::Tensor> parameters, std::shared_ptr<Peers> peers,
                         std::size_t bucket_bytes)
    : state_(std::make_shared<State>()) {
  state_->peers = std::move(peers);
  std::erase_if(parameters, [](const torch::Tensor& parameter) { return !parameter.requires_grad(); });
  for (std::size_t i = parameters.size(); i-- > 0;)
    state_->addParameter(parameters[i], bucket_bytes);
  state_->makeBuffers();
  for (std::size_t number = 0; number < state_->buckets.size(); ++number) {
    for (const torch::Tensor& parameter : state_->buckets[number].parameters) {
      using Variables = torch::autograd::variable_list;
      auto node = torch::autograd::impl::grad_accumulator(parameter);
      node->add_post_hook(std::make_unique<torch::autograd::utils::LambdaPostHook>(
          [weak = std::weak_ptr(state_), number](const Variables& outputs, const Variables&) {
            const std::shared_ptr<State> state = weak.lock();
            if (state && state->listening) {
              --state->buckets[number].waits_for;
              state->startReady(false);
            }
            return outputs;
          }));
      state_->nodes.push_back(std::move(node));
    }
  }
}

void GradientSum::begin() {
  state_->started = 0;
  state_->listening = true;
  for (GradientBucket& bucket : state_->buckets)
    bucket.waits_for = bucket.parameters.size();
}

void GradientSum::finish() {
  state_->listening = false;
  state_->startReady(true);
  std::vector<torch::Tensor> used;
  for (GradientBucket& bucket : state_->buckets) {
    bucket.wait();
    bucket.wait = {};
    used.push_back(usedOf(bucket).to(at::kDouble));
  }
  if (used.empty()) return;
  // A card is waited for once, not for each bucket.
  const torch::Tensor all = at::cat(used).to(at::kCPU);
  const auto* of_bucket = all.data_ptr<double>();
  for (const GradientBucket& bucket : state_->buckets) {
    distribute(bucket, of_bucket);
    of_bucket += bucket.parameters.size();
  }
}

}  // namespace hbev
