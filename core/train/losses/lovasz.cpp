#include "core/train/losses/lovasz.h"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include <torch/autograd.h>

namespace hbev {
namespace {

/// How much the Jaccard loss grows with each further voxel. hits [P]: 1 where the voxel, in the order of
/// falling errors, is of the class.
torch::Tensor jaccardSteps(const torch::Tensor& hits) {
  const torch::Tensor all = hits.sum();
  const torch::Tensor found = hits.cumsum(0);
  const torch::Tensor places = at::arange(1, hits.size(0) + 1, hits.options());
  // Union: all of the class, and those of other classes that came before.
  torch::Tensor jaccard = ((all - found) / (all + (places - found))).neg_().add_(1);
  return at::cat({jaccard.slice(0, 0, 1), jaccard.slice(0, 1) - jaccard.slice(0, 0, -1)});
}

/// One class: its loss, and `slope` [P], zero before, becomes the loss's in its probabilities [P].
/// Once the last voxel of the class is found, the Jaccard loss is one and grows no more: what has a smaller
/// error than all of them (most voxels, for most classes) changes nothing and need not be sorted.
torch::Tensor classLoss(const torch::Tensor& probabilities, const torch::Tensor& is_class,
                        const torch::Tensor& slope) {
  constexpr double kNever = 2;  // above every error
  const torch::Tensor errors = at::where(is_class, 1 - probabilities, probabilities);
  const torch::Tensor least = errors.masked_fill(is_class.logical_not(), kNever).min();
  const torch::Tensor chosen = (errors >= least).nonzero().flatten();
  const auto [falling, order] = errors.index_select(0, chosen).sort(0, /*descending=*/true);
  const torch::Tensor places = chosen.index_select(0, order);
  const torch::Tensor hits = is_class.index_select(0, places).to(probabilities.scalar_type());
  const torch::Tensor steps = jaccardSteps(hits);
  slope.index_copy_(0, places, steps * (1 - 2 * hits) * falling.sign());
  return (falling * steps).sum();
}

/// What processes give each other, so that each has a share of the classes for the voxels of all.
class ClassShares {
 public:
  ClassShares(Peers& peers, std::int64_t classes, const torch::Tensor& labels)
      : peers_(peers), classes_(classes), voxels_(std::size_t(peers.count())) {
    const torch::Tensor counts = at::zeros({peers.count()}, labels.options());
    counts[peers.rank()] = labels.numel();
    peers.sum(counts);
    const torch::Tensor known = counts.cpu();
    std::copy_n(known.data_ptr<std::int64_t>(), voxels_.size(), voxels_.begin());
    const std::vector<std::int64_t> to_each(voxels_.size(), labels.numel());
    const torch::Tensor repeated = labels.to(at::kByte).repeat({peers.count()});
    all_labels_ = peers.exchange(repeated, to_each, voxels_).to(at::kLong);
  }

  /// The classes of this process: [firstOf(rank), firstOf(rank + 1)).
  std::int64_t first() const { return firstOf(std::size_t(peers_.rank())); }
  std::int64_t count() const { return firstOf(std::size_t(peers_.rank()) + 1) - first(); }
  const torch::Tensor& allLabels() const { return all_labels_; }

  /// [classes, own voxels] -> [own classes, all voxels]
  torch::Tensor gathered(const torch::Tensor& by_class) const {
    const torch::Tensor blocks =
        peers_.exchange(by_class.flatten(), blocksOfClasses(by_class.size(1)), blocksOfVoxels());
    std::vector<torch::Tensor> parts;
    for (const torch::Tensor& block : blocks.split_with_sizes(blocksOfVoxels()))
      parts.push_back(block.view({count(), voxels_[parts.size()]}));
    return at::cat(parts, 1);
  }

  /// And back.
  torch::Tensor scattered(const torch::Tensor& of_own_classes) const {
    std::vector<torch::Tensor> blocks;
    for (const torch::Tensor& part : of_own_classes.split_with_sizes(voxels_, 1))
      blocks.push_back(part.flatten());
    const std::int64_t own = voxels_[std::size_t(peers_.rank())];
    return peers_.exchange(at::cat(blocks), blocksOfVoxels(), blocksOfClasses(own)).view({classes_, own});
  }

 private:
  std::int64_t firstOf(std::size_t rank) const {
    return classes_ * std::int64_t(rank) / std::int64_t(voxels_.size());
  }
  std::vector<std::int64_t> blocksOfClasses(std::int64_t own_voxels) const {
    std::vector<std::int64_t> blocks;
    for (std::size_t rank = 0; rank < voxels_.size(); ++rank)
      blocks.push_back((firstOf(rank + 1) - firstOf(rank)) * own_voxels);
    return blocks;
  }
  std::vector<std::int64_t> blocksOfVoxels() const {
    std::vector<std::int64_t> blocks;
    for (const std::int64_t voxels : voxels_)
      blocks.push_back(count() * voxels);
    return blocks;
  }

  Peers& peers_;
  std::int64_t classes_;
  std::vector<std::int64_t> voxels_;  // of each process
  torch::Tensor all_labels_;
};

class LovaszSoftmax : public torch::autograd::Function<LovaszSoftmax> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& probabilities,
                               const torch::Tensor& labels, Peers* peers) {
    const std::int64_t classes = probabilities.size(1);
    torch::Tensor slopes, loss;
    if (peers) {
      const ClassShares shares(*peers, classes, labels);
      const torch::Tensor own = shares.gathered(probabilities.t().contiguous());
      std::tie(loss, slopes) = lossOf(own, shares.allLabels(), shares.first(), classes);
      slopes = shares.scattered(slopes);
      peers->sum(loss);
    } else {
      std::tie(loss, slopes) = lossOf(probabilities.t().contiguous(), labels, 0, classes);
    }
    context->save_for_backward({slopes.t()});
    return loss;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradient) {
    return {context->get_saved_variables()[0] * gradient[0], torch::Tensor(), torch::Tensor()};
  }

 private:
  /// by_class [K, P]: probabilities of the classes `first` and on, labels [P] of all `classes`; what they add
  /// to the loss, and its slope in them.
  static std::pair<torch::Tensor, torch::Tensor> lossOf(const torch::Tensor& by_class,
                                                        const torch::Tensor& labels, std::int64_t first,
                                                        std::int64_t classes) {
    const torch::Tensor present = at::bincount(labels, {}, classes).nonzero().flatten().cpu();
    const auto* numbers = present.data_ptr<std::int64_t>();
    const double share = 1 / double(std::max<std::int64_t>(1, present.numel()));
    torch::Tensor slopes = at::zeros_like(by_class);
    torch::Tensor loss = at::zeros({}, by_class.options());
    for (std::int64_t i = 0; i < present.numel(); ++i) {
      const std::int64_t number = numbers[i], row = number - first;
      if (row < 0 || row >= by_class.size(0)) continue;
      loss = loss + classLoss(by_class[row], labels == number, slopes[row]);
    }
    return {loss * share, slopes.mul_(share)};
  }
};

}  // namespace

torch::Tensor lovaszSoftmax(const torch::Tensor& probabilities, const torch::Tensor& labels, Peers* peers) {
  return LovaszSoftmax::apply(probabilities, labels, peers);
}

}  // namespace hbev
