#include <algorithm>
#include <cmath>

#include "render/coloring.h"
#include "render/picking.h"

namespace hbev {
namespace {

constexpr double kShownSeconds = 0.62;
constexpr double kAboveTop_m = 0.35;

/// Walks through connected moving voxels; each voxel belongs to one cluster.
class ClusterFinder {
 public:
  ClusterFinder(const Occupancy& occupancy, const VoxelFilter& filter, double min_speed_mps)
      : occupancy_(occupancy), moving_(occupancy.semantics.size(), false) {
    const auto layers = std::size_t(occupancy.grid.dims.z());
    for (std::size_t i = 0; i < moving_.size(); ++i) {
      if (occupancy.isFree(i) || !occupancy.classes->moves(occupancy.semantics[i])) continue;
      moving_[i] = std::hypot(occupancy.flow[2 * i], occupancy.flow[2 * i + 1]) >= min_speed_mps &&
                   isShown(occupancy, filter, i, int(i % layers));
    }
  }

  const std::vector<bool>& moving() const { return moving_; }

  /// The voxels of `seed`'s cluster, which are not moving any more afterwards.
  std::vector<Eigen::Vector3i> take(std::size_t seed) {
    const std::uint8_t label = occupancy_.semantics[seed];
    std::vector<Eigen::Vector3i> cluster{occupancy_.grid.voxel(seed)};
    moving_[seed] = false;
    for (std::size_t next = 0; next < cluster.size(); ++next) {
      const Eigen::Vector3i center = cluster[next];
      for (int neighbour = 0; neighbour < 27; ++neighbour) {
        const Eigen::Vector3i voxel =
            center + Eigen::Vector3i(neighbour / 9 - 1, neighbour / 3 % 3 - 1, neighbour % 3 - 1);
        if (!occupancy_.grid.contains(voxel)) continue;
        const std::size_t i = occupancy_.grid.index(voxel);
        if (!moving_[i] || occupancy_.semantics[i] != label) continue;
        moving_[i] = false;
        cluster.push_back(voxel);
      }
    }
    return cluster;
  }

 private:
  const Occupancy& occupancy_;
  std::vector<bool> moving_;
};

FlowArrow arrowOf(const Occupancy& occupancy, const std::vector<Eigen::Vector3i>& cluster) {
  Eigen::Vector3d center = Eigen::Vector3d::Zero();
  Eigen::Vector2d flow_mps = Eigen::Vector2d::Zero();
  int top = 0;
  for (const Eigen::Vector3i& voxel : cluster) {
    const std::size_t i = occupancy.grid.index(voxel);
    center += occupancy.grid.center(voxel);
    flow_mps += Eigen::Vector2d(occupancy.flow[2 * i], occupancy.flow[2 * i + 1]);
    top = std::max(top, voxel.z());
  }
  center /= double(cluster.size());
  flow_mps /= double(cluster.size());
  center.z() = occupancy.grid.origin.z() + (top + 1) * occupancy.grid.voxel_m + kAboveTop_m;
  const Eigen::Vector3d way(kShownSeconds * flow_mps.x(), kShownSeconds * flow_mps.y(), 0);
  return {center.cast<float>(), (center + way).cast<float>()};
}

}  // namespace

std::vector<FlowArrow> flowArrows(const Occupancy& occupancy, const VoxelFilter& filter,
                                  double min_speed_mps) {
  std::vector<FlowArrow> arrows;
  if (occupancy.flow.size() != 2 * occupancy.semantics.size()) return arrows;
  ClusterFinder finder(occupancy, filter, min_speed_mps);
  for (std::size_t i = 0; i < occupancy.semantics.size(); ++i) {
    if (!finder.moving()[i]) continue;
    const FlowArrow arrow = arrowOf(occupancy, finder.take(i));
    // Voxels that move against each other may add up to next to nothing.
    if ((arrow.to - arrow.from).norm() >= float(kShownSeconds * min_speed_mps)) arrows.push_back(arrow);
  }
  return arrows;
}

}  // namespace hbev
