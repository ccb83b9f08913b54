// The height voxel loss: occupied voxels of chosen columns, weighted by how few of them their height has.
#pragma once

#include "core/model/peers.h"

namespace hbev {

/// The columns per sample that the reference chooses.
inline constexpr std::int64_t kHeightLossColumns = 4000;

/// `count` different columns of each sample in random order, as x*Y + y: [B, count], int64 on the CPU. All of
/// them when there are fewer.
torch::Tensor chooseColumns(std::int64_t batch, std::int64_t columns, std::int64_t count,
                            const at::Generator& generator);

/// logits [B, X, Y, Z, C], labels [B, X, Y, Z], camera_mask the same or undefined, columns [B, K] from
/// chooseColumns(); the last class is free. A layer z with n_z occupied voxels weighs
/// 3 * (1/3)^(n_z / max n). Each occupied voxel costs the smooth L1 (beta 1) of the layer's weight times
/// log(p + 0.001), p the probability of its class; the mean of a sample, then of the batch of all processes.
/// A sample without occupied voxels counts as zero, and labels of 255 are left out: the reference gives NaN
/// and fails there.
torch::Tensor heightVoxelLoss(const torch::Tensor& logits, const torch::Tensor& labels,
                              const torch::Tensor& camera_mask, const torch::Tensor& columns,
                              Peers* peers = nullptr);

}  // namespace hbev
