#include "core/data/resample.h"

#include <array>

#include <fmt/format.h>

#include "core/base/error.h"

namespace hbev {

namespace {

constexpr std::size_t kVotes = 8;

/// The most frequent label of those that are not free, or free when more than half are.
std::uint8_t elected(const std::array<std::uint8_t, kVotes>& votes, std::uint8_t free_label) {
  std::size_t free_votes = 0, most = 0;
  std::uint8_t winner = free_label;
  for (const std::uint8_t candidate : votes) {
    if (candidate == free_label) {
      ++free_votes;
      continue;
    }
    std::size_t count = 0;
    for (const std::uint8_t vote : votes)
      count += vote == candidate;
    if (count > most || (count == most && candidate < winner)) {
      most = count;
      winner = candidate;
    }
  }
  return free_votes > kVotes / 2 ? free_label : winner;
}

}  // namespace

std::vector<std::uint8_t> resampleLabels(const GridSpec& source, std::span<const std::uint8_t> labels,
                                         std::uint8_t free_label, const Pose& source_from_target,
                                         const GridSpec& target) {
  if (labels.size() != source.size()) {
    throw Error({"The voxels do not fill their grid",
                 {},
                 fmt::format("{} voxels", source.size()),
                 fmt::format("{}", labels.size()),
                 {}});
  }
  // The motion is affine: in units of source voxels a step along a target axis is always the same vector.
  const Eigen::Matrix3d step = source_from_target.rotationMatrix() * (target.voxel_m / source.voxel_m);
  const Eigen::Vector3d first = (source_from_target * target.origin - source.origin) / source.voxel_m;
  std::array<Eigen::Vector3d, kVotes> offsets;
  for (std::size_t i = 0; i < kVotes; ++i) {
    offsets[i] = step * Eigen::Vector3d((i & 1) ? 0.75 : 0.25, (i & 2) ? 0.75 : 0.25, (i & 4) ? 0.75 : 0.25);
  }
  const auto lookUp = [&](const Eigen::Vector3d& at) {
    const Eigen::Array3d cell = at.array().floor();
    if (!((cell >= 0).all() && (cell < source.dims.array().cast<double>()).all())) return free_label;
    return labels[source.index(int(cell.x()), int(cell.y()), int(cell.z()))];
  };
  std::vector<std::uint8_t> result(target.size());
  std::array<std::uint8_t, kVotes> votes;
  std::size_t index = 0;
  for (int x = 0; x < target.dims.x(); ++x) {
    for (int y = 0; y < target.dims.y(); ++y) {
      const Eigen::Vector3d column = first + step * Eigen::Vector3d(x, y, 0);
      for (int z = 0; z < target.dims.z(); ++z, ++index) {
        const Eigen::Vector3d corner = column + step.col(2) * double(z);
        for (std::size_t i = 0; i < kVotes; ++i)
          votes[i] = lookUp(corner + offsets[i]);
        result[index] = elected(votes, free_label);
      }
    }
  }
  return result;
}

}  // namespace hbev
