#include "core/synth/labeler.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

namespace hbev::synth {
namespace {

constexpr std::int32_t kNobody = -1;

std::uint8_t surfaceLabel(Surface surface) {
  const ClassSet& classes = ClassSet::openocc();
  static const std::array<std::uint8_t, 4> labels{
      std::uint8_t(classes.findLabel("driveable_surface").value()),
      std::uint8_t(classes.findLabel("other_flat").value()),
      std::uint8_t(classes.findLabel("sidewalk").value()),
      std::uint8_t(classes.findLabel("terrain").value())};
  return labels[std::size_t(surface)];
}

class Voxels {
 public:
  Voxels() {
    occupancy.semantics.assign(occupancy.grid.size(), occupancy.classes->free());
    owner.assign(occupancy.grid.size(), kNobody);
    low = occupancy.grid.origin.cast<float>();
    high = occupancy.grid.upperCorner().cast<float>();
  }

  void mark(const Eigen::Vector3f& point, std::uint8_t label, std::int32_t actor) {
    const Eigen::Vector3f scaled = (point - low) / float(occupancy.grid.voxel_m);
    const Eigen::Vector3i voxel = scaled.array().floor().cast<int>();
    if (occupancy.grid.contains(voxel)) set(occupancy.grid.index(voxel), label, actor);
  }
  void set(std::size_t index, std::uint8_t label, std::int32_t actor) {
    occupancy.semantics[index] = label;
    owner[index] = actor;
  }

  void sampleTriangle(const Eigen::Vector3f& a, const Eigen::Vector3f& b, const Eigen::Vector3f& c,
                      std::uint8_t label, std::int32_t actor) {
    const Eigen::Array3f lowest = a.cwiseMin(b).cwiseMin(c).array();
    const Eigen::Array3f highest = a.cwiseMax(b).cwiseMax(c).array();
    if ((highest < low.array()).any() || (lowest > high.array()).any()) return;
    const Eigen::Vector3f u = b - a;
    const Eigen::Vector3f v = c - a;
    const int across = std::max(1, int(std::ceil(u.norm() / kLabelStep_m)));
    const int along = std::max(1, int(std::ceil(v.norm() / kLabelStep_m)));
    for (int i = 0; i <= across; ++i) {
      const float s = float(i) / float(across);
      for (int j = 0; j <= along; ++j) {
        const float t = float(j) / float(along);
        if (s + t > 1.0001F) break;
        mark(a + s * u + t * v, label, actor);
      }
    }
  }

  void fill(const OrientedBox& ego_box, std::uint8_t label, std::int32_t actor) {
    const GridSpec& grid = occupancy.grid;
    Eigen::Vector3d lowest = Eigen::Vector3d::Constant(std::numeric_limits<double>::infinity());
    Eigen::Vector3d highest = -lowest;
    for (const Eigen::Vector3d& corner : ego_box.corners()) {
      lowest = lowest.cwiseMin(corner);
      highest = highest.cwiseMax(corner);
    }
    const auto toVoxel = [&](const Eigen::Vector3d& point) {
      return Eigen::Vector3i(((point - grid.origin) / grid.voxel_m).array().floor().cast<int>());
    };
    const Eigen::Vector3i first = toVoxel(lowest).cwiseMax(0);
    const Eigen::Vector3i last = toVoxel(highest).cwiseMin(grid.dims - Eigen::Vector3i::Ones());
    for (int x = first.x(); x <= last.x(); ++x) {
      for (int y = first.y(); y <= last.y(); ++y) {
        for (int z = first.z(); z <= last.z(); ++z) {
          if (ego_box.contains(grid.center({x, y, z}))) set(grid.index(x, y, z), label, actor);
        }
      }
    }
  }

  Occupancy occupancy;
  std::vector<std::int32_t> owner;  ///< index of the actor that a voxel belongs to
  Eigen::Vector3f low, high;
};

void addGround(Voxels& voxels, const World& world, const Pose& global_from_ego) {
  const GridSpec& grid = voxels.occupancy.grid;
  std::vector<Building> near;
  for (const Building& building : world.city->buildings) {
    const Eigen::Vector3d offset =
        building.global_from_building.translation() - global_from_ego.translation();
    if (offset.head<2>().norm() < 57 + building.size.head<2>().norm() / 2) near.push_back(building);
  }
  const City around{{}, Ground({}), std::move(near), {}, {}};
  for (int x = 0; x < grid.dims.x(); ++x) {
    for (int y = 0; y < grid.dims.y(); ++y) {
      const Eigen::Vector2d global = (global_from_ego * grid.center({x, y, 0})).head<2>();
      // Nobody sees the ground below a house.
      if (around.isBuilt(global, -0.1)) continue;
      const GroundPoint point = world.city->ground.at(global);
      const float height = point.surface == Surface::Road ? 0.0F : kKerbHeight;
      const Eigen::Vector3d center = grid.center({x, y, 0});
      voxels.mark({float(center.x()), float(center.y()), height}, surfaceLabel(point.surface), kNobody);
    }
  }
}

void addPlacement(Voxels& voxels, const Shape& shape, const Pose& ego_from_shape, std::uint8_t label,
                  std::int32_t actor) {
  const Eigen::Matrix3f rotation = ego_from_shape.rotationMatrix().cast<float>();
  const Eigen::Vector3f translation = ego_from_shape.translation().cast<float>();
  std::vector<Eigen::Vector3f> vertices;
  vertices.reserve(shape.mesh.vertices.size());
  for (const auto& vertex : shape.mesh.vertices)
    vertices.emplace_back(rotation * vertex + translation);
  for (const Triangle& triangle : shape.mesh.triangles) {
    voxels.sampleTriangle(vertices[triangle.corners[0]], vertices[triangle.corners[1]],
                          vertices[triangle.corners[2]], label, actor);
  }
  for (const OrientedBox& solid : shape.solids)
    voxels.fill(ego_from_shape * solid, label, actor);
}

}  // namespace

Occupancy labelWorld(const World& world, std::span<const Placement> placements, double time_s) {
  const Pose global_from_ego = world.globalFromEgo(time_s);
  const Pose ego_from_global = global_from_ego.inverse();
  const std::vector<const Shape*> shapes = world.shapes();
  Voxels voxels;
  addGround(voxels, world, global_from_ego);
  for (std::size_t i = 0; i < placements.size(); ++i) {
    const Placement& placement = placements[i];
    if (placement.label == kGroundLabel || i == world.egoObject()) continue;
    const Shape& shape = *shapes[placement.shape];
    const Pose ego_from_shape = ego_from_global * placement.global_from_shape;
    if (ego_from_shape.translation().head<2>().norm() > 57 + shape.size.head<2>().norm()) continue;
    const std::int32_t actor = i < world.firstActor() ? kNobody : std::int32_t(i - world.firstActor());
    addPlacement(voxels, shape, ego_from_shape, placement.label, actor);
  }
  Occupancy& occupancy = voxels.occupancy;
  std::vector<Eigen::Vector2f> velocities;
  for (const Actor& actor : world.actors) {
    const Eigen::Vector2d global = actor.trajectory.velocity(time_s);
    const Eigen::Vector3d ego = ego_from_global.rotation() * Eigen::Vector3d(global.x(), global.y(), 0);
    velocities.emplace_back(ego.head<2>().cast<float>());
  }
  occupancy.flow.assign(2 * occupancy.semantics.size(), 0);
  for (std::size_t i = 0; i < occupancy.semantics.size(); ++i) {
    if (voxels.owner[i] == kNobody || !occupancy.classes->moves(occupancy.semantics[i])) continue;
    const Eigen::Vector2f& velocity = velocities[std::size_t(voxels.owner[i])];
    occupancy.flow[2 * i] = velocity.x();
    occupancy.flow[2 * i + 1] = velocity.y();
  }
  return std::move(voxels.occupancy);
}

Occupancy toOcc3d(const Occupancy& openocc) {
  const ClassSet& target = ClassSet::occ3d();
  std::vector<std::uint8_t> number;
  for (const ClassInfo& info : openocc.classes->classes())
    number.push_back(std::uint8_t(target.findLabel(info.id).value()));
  Occupancy result;
  result.grid = openocc.grid;
  result.classes = &target;
  result.semantics.resize(openocc.semantics.size());
  std::transform(openocc.semantics.begin(), openocc.semantics.end(), result.semantics.begin(),
                 [&](std::uint8_t label) { return number[label]; });
  return result;
}

void markSeen(const Occupancy& occupancy, const Eigen::Vector3d& origin,
              std::span<const Eigen::Vector3d> directions, std::vector<std::uint8_t>& mask) {
  const GridSpec& grid = occupancy.grid;
  const Eigen::Vector3d start = (origin - grid.origin) / grid.voxel_m;
  const Eigen::Vector3i first = start.array().floor().cast<int>();
  if (!grid.contains(first)) return;
  for (const Eigen::Vector3d& direction : directions) {
    std::array<int, 3> voxel{first.x(), first.y(), first.z()};
    std::array<double, 3> next{};
    std::array<double, 3> delta{};
    std::array<int, 3> step{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
      const double d = direction[int(axis)];
      step[axis] = d >= 0 ? 1 : -1;
      delta[axis] = d == 0 ? std::numeric_limits<double>::infinity() : std::abs(1 / d);
      const double to_face = d >= 0 ? voxel[axis] + 1 - start[int(axis)] : start[int(axis)] - voxel[axis];
      next[axis] = d == 0 ? delta[axis] : to_face * delta[axis];
    }
    while (true) {
      const std::size_t index = grid.index(voxel[0], voxel[1], voxel[2]);
      mask[index] = 1;
      if (!occupancy.isFree(index)) break;
      const std::size_t axis = next[0] < next[1] ? (next[0] < next[2] ? 0 : 2) : (next[1] < next[2] ? 1 : 2);
      voxel[axis] += step[axis];
      if (voxel[axis] < 0 || voxel[axis] >= grid.dims[int(axis)]) break;
      next[axis] += delta[axis];
    }
  }
}

void markVisibility(Occupancy& occupancy, std::span<const SensorMount> rig,
                    std::span<const Pose> ego_from_sensors) {
  occupancy.mask_lidar.assign(occupancy.semantics.size(), 0);
  occupancy.mask_camera.assign(occupancy.semantics.size(), 0);
  for (std::size_t i = 0; i < rig.size(); ++i) {
    std::vector<Eigen::Vector3d> directions;
    const Pose& ego_from_sensor = ego_from_sensors[i];
    if (rig[i].isCamera()) {
      // Four pixels of a 704-pixel picture are a voxel at 56 m.
      const CameraModel model = rig[i].model.scaledTo(176, 99);
      for (int v = 0; v < model.height; ++v) {
        for (int u = 0; u < model.width; ++u)
          directions.push_back(ego_from_sensor.rotation() * model.ray({u, v}));
      }
    } else {
      // Denser than one sweep, as the labels gather many.
      constexpr double kDegree = std::numbers::pi / 180;
      for (double elevation = -40; elevation <= 12; elevation += 0.45) {
        for (double azimuth = 0; azimuth < 360; azimuth += 0.3) {
          const double flat = std::cos(elevation * kDegree);
          directions.emplace_back(flat * std::cos(azimuth * kDegree), flat * std::sin(azimuth * kDegree),
                                  std::sin(elevation * kDegree));
        }
      }
    }
    markSeen(occupancy, ego_from_sensor.translation(), directions,
             rig[i].isCamera() ? occupancy.mask_camera : occupancy.mask_lidar);
  }
}

}  // namespace hbev::synth
