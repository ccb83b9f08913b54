// Several processes that train one network together: what the network's layers need of the others, so that
// each process with its part of a batch computes what one process would with the whole batch.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "core/model/torch_headers.h"

namespace hbev {

/// The processes of one training. All of them call the same functions in the same order, with tensors of the
/// same shape and type. Throws Error when another one has ended.
class Peers {
 public:
  virtual ~Peers() = default;
  virtual int rank() const = 0;
  virtual int count() const = 0;
  /// In place: everybody's sum, bit for bit the same in each. `values` is contiguous.
  virtual void sum(const torch::Tensor& values) = 0;
  /// sum() that goes on while the caller does other things; what is returned waits for it. Its order is apart
  /// from that of the other functions. Keep `values` until then.
  virtual std::function<void()> startSum(const torch::Tensor& values) = 0;
  /// In place: what the first process has.
  virtual void copyFromFirst(const torch::Tensor& values) = 0;
  /// Of values [sum of sent], sent[r] go to process r, one after the other; [sum of received] comes back.
  virtual torch::Tensor exchange(const torch::Tensor& values, std::span<const std::int64_t> sent,
                                 std::span<const std::int64_t> received) = 0;
};

/// Everybody's sum of `values`, with a gradient: each process's total loss is then the whole batch's, and the
/// gradients of all processes add up to its gradient. Without `peers` it is `values`.
torch::Tensor summedOver(Peers* peers, const torch::Tensor& values);

/// A layer whose result depends on the whole batch.
class PeerLayer {
 public:
  virtual ~PeerLayer() = default;
  void setPeers(std::shared_ptr<Peers> peers) { peers_ = std::move(peers); }

 protected:
  std::shared_ptr<Peers> peers_;  ///< none: there is one process
};

/// In every layer of `network` that depends on the whole batch; null: there is one process.
void setPeers(torch::nn::Module& network, const std::shared_ptr<Peers>& peers);

/// Batch norm over the batches of all processes in training.
torch::nn::BatchNorm2d batchNorm2d(std::int64_t channels);
torch::nn::BatchNorm1d batchNorm1d(std::int64_t channels);
/// What `norm` makes of x [N, C, ...]: `norm.forward(x)` where there is one process.
torch::Tensor normed(torch::nn::BatchNorm2dImpl& norm, const torch::Tensor& x);
torch::Tensor normed(torch::nn::BatchNorm1dImpl& norm, const torch::Tensor& x);

/// Dropout whose random numbers belong to places, sample by sample along the first dimension, so that many
/// processes drop what one would with the whole batch.
class PeerDropoutImpl : public torch::nn::DropoutImpl, public PeerLayer {
 public:
  using torch::nn::DropoutImpl::DropoutImpl;
  torch::Tensor forward(const torch::Tensor& x);
};
TORCH_MODULE(PeerDropout);

}  // namespace hbev
