#include "core/train/losses/flow.h"

#include <array>

namespace hbev {

torch::Tensor flowLoss(const torch::Tensor& flow, const torch::Tensor& true_flow, const torch::Tensor& labels,
                       const ClassSet& classes, Peers* peers) {
  const auto type = flow.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
  std::array<bool, 256> moving{};
  for (int label = 0; label < classes.size(); ++label)
    moving[std::size_t(label)] = classes.moves(label);
  const torch::Tensor table = at::from_blob(moving.data(), {std::int64_t(moving.size())}, at::kBool)
                                  .to(labels.device(), /*non_blocking=*/false, /*copy=*/true);
  const torch::Tensor moves = table.index_select(0, labels.reshape({-1}).to(at::kLong)).view(labels.sizes());
  const torch::Tensor error = at::where(moves.unsqueeze(-1), flow.to(type) - true_flow.to(type), 0.).abs();
  const torch::Tensor components = moves.flatten(1).sum(1).clamp_min(1) * 2;
  return summedOver(peers, (error.flatten(1).sum(1) / components).sum());
}

}  // namespace hbev
