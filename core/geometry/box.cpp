#include "core/geometry/box.h"

namespace hbev {

std::array<Eigen::Vector3d, 8> OrientedBox::corners() const {
  std::array<Eigen::Vector3d, 8> corners;
  for (int i = 0; i < 8; ++i) {
    const Eigen::Vector3d sign((i & 1) ? 0.5 : -0.5, (i & 2) ? 0.5 : -0.5, (i & 4) ? 0.5 : -0.5);
    corners[std::size_t(i)] = frame_from_box * Eigen::Vector3d(sign.cwiseProduct(size));
  }
  return corners;
}

bool OrientedBox::contains(const Eigen::Vector3d& point) const {
  const Eigen::Vector3d local = frame_from_box.inverse() * point;
  return (local.array().abs() <= size.array() / 2).all();
}

const std::array<std::pair<int, int>, 12>& boxEdges() {
  static constexpr std::array<std::pair<int, int>, 12> kEdges{
      {{0, 1}, {2, 3}, {4, 5}, {6, 7}, {0, 2}, {1, 3}, {4, 6}, {5, 7}, {0, 4}, {1, 5}, {2, 6}, {3, 7}}};
  return kEdges;
}

OrientedBox operator*(const Pose& target_from_frame, const OrientedBox& box) {
  return {target_from_frame * box.frame_from_box, box.size};
}

}  // namespace hbev
