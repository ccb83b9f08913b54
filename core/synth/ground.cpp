#include "core/synth/ground.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace hbev::synth {
namespace {

constexpr double kCornerRounding = 9;  // m over which the edges of two roads melt into one curve
constexpr double kFinestCell = 0.75;   // m

double smoothMinimum(double a, double b) {
  const double h = std::max(kCornerRounding - std::abs(a - b), 0.0) / kCornerRounding;
  return std::min(a, b) - h * h * kCornerRounding / 4;
}

/// m to the nearest island's edge, negative on it.
double islandEdge(const Road& road, const Path::Foot& foot) {
  double edge = std::numeric_limits<double>::infinity();
  for (const auto& [begin, end] : road.islands) {
    // A long strip with round ends.
    const double beyond = std::max({begin - foot.station, foot.station - end, 0.0});
    edge = std::min(edge, std::hypot(beyond, foot.lateral) - (road.center_half - 0.1));
  }
  return edge;
}

}  // namespace

double Road::junctionDistance(double station) const {
  double nearest = std::numeric_limits<double>::infinity();
  for (const Junction& junction : junctions) {
    nearest = std::min(nearest, std::abs(station - junction.station) - junction.half_width);
  }
  return nearest;
}

double Ground::roadEdge(const Eigen::Vector2d& point) const {
  double edge = std::numeric_limits<double>::infinity();
  for (const Road& road : roads_) {
    const double distance = road.path.nearest(point).distance - road.halfWidth();
    edge = std::isinf(edge) ? distance : smoothMinimum(edge, distance);
  }
  return edge;
}

GroundPoint Ground::at(const Eigen::Vector2d& point) const {
  GroundPoint result;
  double edge = std::numeric_limits<double>::infinity();
  double nearest = edge;
  double island = edge;
  int inside = 0;
  for (std::size_t i = 0; i < roads_.size(); ++i) {
    const Road& road = roads_[i];
    const Path::Foot foot = road.path.nearest(point);
    const double distance = foot.distance - road.halfWidth();
    edge = std::isinf(edge) ? distance : smoothMinimum(edge, distance);
    island = std::min(island, islandEdge(road, foot));
    inside += distance < 0.5 ? 1 : 0;
    if (distance < nearest) {
      nearest = distance;
      result.road = int(i);
      result.foot = foot;
    }
  }
  result.road_edge = edge;
  result.in_junction = inside > 1 || (edge < 0 && nearest > 0);
  if (island < 0) {
    result.surface = Surface::OtherFlat;
  } else if (edge < 0) {
    result.surface = Surface::Road;
  } else {
    result.surface = edge < kSidewalk ? Surface::Sidewalk : Surface::Terrain;
  }
  return result;
}

double Ground::raised(const Eigen::Vector2d& point) const {
  double value = roadEdge(point);
  for (const Road& road : roads_) {
    if (!road.islands.empty()) value = std::max(value, -islandEdge(road, road.path.nearest(point)));
  }
  return value;
}

Mesh Ground::mesh(const Eigen::Vector2d& center, double half_extent) const {
  Mesh mesh;
  const auto far_corner = [&](double x, double y) -> Eigen::Vector3f {
    return {float(center.x() + x * half_extent), float(center.y() + y * half_extent), 0};
  };
  mesh.addQuad(far_corner(-1, -1), far_corner(1, -1), far_corner(1, 1), far_corner(-1, 1), Material::Ground);
  addCell(mesh, center - Eigen::Vector2d::Constant(half_extent), 2 * half_extent);
  return mesh;
}

void Ground::addCell(Mesh& mesh, const Eigen::Vector2d& low, double size) const {
  const double value = raised(low + Eigen::Vector2d::Constant(size / 2));
  // `raised` changes by at most about one metre a metre, so no kerb can be in a cell that is this far from
  // one.
  if (std::abs(value) < size * 0.75 + 0.5) {
    if (size < 2 * kFinestCell) return addClippedCell(mesh, low, size);
    for (const double dx : {0.0, size / 2}) {
      for (const double dy : {0.0, size / 2})
        addCell(mesh, low + Eigen::Vector2d(dx, dy), size / 2);
    }
    return;
  }
  if (value < 0) return;
  const auto corner = [&](double x, double y) -> Eigen::Vector3f {
    return {float(low.x() + x), float(low.y() + y), kKerbHeight};
  };
  mesh.addQuad(corner(0, 0), corner(size, 0), corner(size, size), corner(0, size), Material::Ground);
}

void Ground::addClippedCell(Mesh& mesh, const Eigen::Vector2d& low, double size) const {
  const std::array<Eigen::Vector2d, 4> corners{
      low, low + Eigen::Vector2d(size, 0), low + Eigen::Vector2d(size, size), low + Eigen::Vector2d(0, size)};
  std::array<double, 4> values{};
  for (std::size_t i = 0; i < 4; ++i)
    values[i] = raised(corners[i]);
  std::vector<Eigen::Vector2d> inside;
  std::vector<Eigen::Vector2d> kerb;
  for (std::size_t i = 0; i < 4; ++i) {
    const std::size_t next = (i + 1) % 4;
    if (values[i] > 0) inside.push_back(corners[i]);
    if ((values[i] > 0) == (values[next] > 0)) continue;
    const double t = values[i] / (values[i] - values[next]);
    const Eigen::Vector2d crossing = corners[i] + t * (corners[next] - corners[i]);
    inside.push_back(crossing);
    kerb.push_back(crossing);
  }
  const auto lift = [](const Eigen::Vector2d& point, float z) -> Eigen::Vector3f {
    return {float(point.x()), float(point.y()), z};
  };
  for (std::size_t i = 2; i < inside.size(); ++i) {
    mesh.addTriangle(lift(inside[0], kKerbHeight), lift(inside[i - 1], kKerbHeight),
                     lift(inside[i], kKerbHeight), Material::Ground);
  }
  for (std::size_t i = 1; i < kerb.size(); i += 2) {
    mesh.addQuad(lift(kerb[i - 1], 0), lift(kerb[i], 0), lift(kerb[i], kKerbHeight),
                 lift(kerb[i - 1], kKerbHeight), Material::Ground);
  }
}

}  // namespace hbev::synth
