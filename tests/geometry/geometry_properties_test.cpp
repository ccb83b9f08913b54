// What holds for all poses and all grids.
#include <cmath>
#include <numbers>
#include <ostream>

#include "core/geometry/grid.h"
#include "core/geometry/pose.h"
#include "tests/base/properties.h"

namespace hbev {
namespace {

double anyNumber(double limit) {
  constexpr int kSteps = 1'000'000;
  return limit * *rc::gen::inRange(-kSteps, kSteps + 1) / kSteps;
}

Eigen::Vector3d anyPoint(double limit_m = 100) {
  return {anyNumber(limit_m), anyNumber(limit_m), anyNumber(limit_m)};
}

Pose anyPose() {
  Eigen::Quaterniond rotation(anyNumber(1), anyNumber(1), anyNumber(1), anyNumber(1));
  if (rotation.norm() < 0.01) rotation.w() += 1;
  return {rotation, anyPoint()};
}

/// The largest distance between where two poses move the corners of a metre.
double difference_m(const Pose& a, const Pose& b) {
  double largest_m = (a.translation() - b.translation()).norm();
  for (int axis = 0; axis < 3; ++axis) {
    const Eigen::Vector3d corner = Eigen::Vector3d::Unit(axis);
    largest_m = std::max(largest_m, (a * corner - b * corner).norm());
  }
  return largest_m;
}

RC_GTEST_PROP(PoseProperty, CompositionIsAssociativeAndActsOnPoints, ()) {
  const Pose a = anyPose(), b = anyPose(), c = anyPose();
  const Eigen::Vector3d point = anyPoint();
  RC_ASSERT(difference_m((a * b) * c, a * (b * c)) < 1e-9);
  RC_ASSERT(((a * b) * point - a * (b * point)).norm() < 1e-9);
  RC_ASSERT(difference_m(a * Pose(), a) < 1e-12);
  RC_ASSERT(difference_m(Pose() * a, a) < 1e-12);
}

RC_GTEST_PROP(PoseProperty, TheInverseUndoesAndTurnsCompositionsAround, ()) {
  const Pose a = anyPose(), b = anyPose();
  RC_ASSERT(difference_m(a * a.inverse(), Pose()) < 1e-9);
  RC_ASSERT(difference_m(a.inverse() * a, Pose()) < 1e-9);
  RC_ASSERT(difference_m(a.inverse().inverse(), a) < 1e-9);
  RC_ASSERT(difference_m((a * b).inverse(), b.inverse() * a.inverse()) < 1e-9);
}

RC_GTEST_PROP(PoseProperty, DistancesAreKept, ()) {
  const Pose pose = anyPose();
  const Eigen::Vector3d p = anyPoint(), q = anyPoint();
  RC_ASSERT(std::abs((pose * p - pose * q).norm() - (p - q).norm()) < 1e-9);
  RC_ASSERT(std::abs(pose.rotationMatrix().determinant() - 1) < 1e-12);
}

RC_GTEST_PROP(PoseProperty, TheSignOfAQuaternionMeansNothing, ()) {
  const Pose pose = anyPose();
  const Eigen::Quaterniond turned(-pose.rotation().coeffs());
  const Pose other = anyPose();
  const double t = (anyNumber(1) + 1) / 2;
  const Pose same(turned, pose.translation());
  RC_ASSERT(difference_m(same, pose) < 1e-12);
  // A half turn has two shortest ways; near it either may be taken.
  RC_PRE(pose.rotation().angularDistance(other.rotation()) < std::numbers::pi - 1e-3);
  RC_ASSERT(difference_m(interpolate(same, other, t), interpolate(pose, other, t)) < 1e-9);
}

RC_GTEST_PROP(PoseProperty, InterpolationIsTheSameSeenFromAnywhere, ()) {
  const Pose a = anyPose(), b = anyPose(), moved = anyPose();
  const double t = (anyNumber(1) + 1) / 2;
  RC_PRE(a.rotation().angularDistance(b.rotation()) < std::numbers::pi - 1e-3);
  RC_ASSERT(difference_m(interpolate(moved * a, moved * b, t), moved * interpolate(a, b, t)) < 1e-8);
  RC_ASSERT(difference_m(interpolate(a, b, t), interpolate(b, a, 1 - t)) < 1e-8);
}

RC_GTEST_PROP(PoseProperty, InterpolationOfAPartIsThatPartOfTheWay, ()) {
  const Pose a = anyPose(), b = anyPose();
  const double s = (anyNumber(1) + 1) / 2, t = (anyNumber(1) + 1) / 2;
  RC_PRE(a.rotation().angularDistance(b.rotation()) < std::numbers::pi - 1e-3);
  RC_ASSERT(difference_m(interpolate(a, interpolate(a, b, t), s), interpolate(a, b, s * t)) < 1e-8);
  RC_ASSERT(difference_m(interpolate(a, b, 0), a) < 1e-9);
  RC_ASSERT(difference_m(interpolate(a, b, 1), b) < 1e-9);
}

GridSpec anyGrid() {
  GridSpec grid;
  grid.origin = anyPoint();
  grid.voxel_m = 0.05 + (anyNumber(1) + 1);
  for (int axis = 0; axis < 3; ++axis)
    grid.dims[axis] = *rc::gen::inRange(1, 300);
  return grid;
}

Eigen::Vector3i anyVoxel(const GridSpec& grid) {
  Eigen::Vector3i voxel;
  for (int axis = 0; axis < 3; ++axis)
    voxel[axis] = *rc::gen::inRange(0, grid.dims[axis]);
  return voxel;
}

RC_GTEST_PROP(GridProperty, IndexVoxelAndCentreUndoEachOther, ()) {
  const GridSpec grid = anyGrid();
  const Eigen::Vector3i voxel = anyVoxel(grid);
  RC_ASSERT(grid.contains(voxel));
  RC_ASSERT(grid.index(voxel) < grid.size());
  RC_ASSERT(grid.voxel(grid.index(voxel)) == voxel);
  const auto found = grid.voxelAt(grid.center(voxel));
  RC_ASSERT(found.has_value());
  RC_ASSERT(*found == voxel);
}

RC_GTEST_PROP(GridProperty, APointLiesInTheVoxelWhoseCentreIsLessThanHalfAnEdgeAway, ()) {
  const GridSpec grid = anyGrid();
  const Eigen::Vector3d point =
      grid.origin + anyPoint(1).cwiseProduct(grid.voxel_m * grid.dims.cast<double>());
  const auto voxel = grid.voxelAt(point);
  const double slack_m = 1e-9;
  if (voxel) {
    RC_ASSERT(grid.contains(*voxel));
    RC_ASSERT((point - grid.center(*voxel)).cwiseAbs().maxCoeff() <= grid.voxel_m / 2 + slack_m);
  } else {
    const bool outside = (point.array() < grid.origin.array() + slack_m).any() ||
                         (point.array() > grid.upperCorner().array() - slack_m).any();
    RC_ASSERT(outside);
  }
}

RC_GTEST_PROP(GridProperty, OnlyItsOwnVoxelsHaveAnIndex, ()) {
  const GridSpec grid = anyGrid();
  Eigen::Vector3i voxel = anyVoxel(grid);
  const int axis = *rc::gen::inRange(0, 3);
  voxel[axis] = *rc::gen::element(-1, grid.dims[axis], -grid.dims[axis], 2 * grid.dims[axis]);
  RC_ASSERT(!grid.contains(voxel));
}

}  // namespace
}  // namespace hbev
