#include "core/synth/spoiler.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/synth/random.h"

namespace hbev::synth {
namespace {

std::uint8_t label(std::string_view id) {
  return std::uint8_t(ClassSet::openocc().findLabel(id).value());
}

std::vector<std::size_t> voxelsOf(const Occupancy& occupancy, const KnownObject& object) {
  const GridSpec& grid = occupancy.grid;
  OrientedBox grown = object.ego_box;
  grown.size += Eigen::Vector3d::Constant(2 * grid.voxel_m);
  Eigen::Vector3d low = grown.corners()[0];
  Eigen::Vector3d high = low;
  for (const Eigen::Vector3d& corner : grown.corners()) {
    low = low.cwiseMin(corner);
    high = high.cwiseMax(corner);
  }
  const auto toVoxel = [&](const Eigen::Vector3d& point) {
    return Eigen::Vector3i(((point - grid.origin) / grid.voxel_m).array().floor().cast<int>());
  };
  const Eigen::Vector3i first = toVoxel(low).cwiseMax(0);
  const Eigen::Vector3i last = toVoxel(high).cwiseMin(grid.dims - Eigen::Vector3i::Ones());
  std::vector<std::size_t> found;
  for (int x = first.x(); x <= last.x(); ++x) {
    for (int y = first.y(); y <= last.y(); ++y) {
      for (int z = first.z(); z <= last.z(); ++z) {
        const std::size_t index = grid.index(x, y, z);
        if (occupancy.semantics[index] == object.label && grown.contains(grid.center({x, y, z})))
          found.push_back(index);
      }
    }
  }
  return found;
}

void set(Occupancy& occupancy, std::size_t index, std::uint8_t value, float flow_x = 0, float flow_y = 0) {
  occupancy.semantics[index] = value;
  occupancy.flow[2 * index] = flow_x;
  occupancy.flow[2 * index + 1] = flow_y;
}

double planarDistance(const Occupancy& occupancy, std::size_t index) {
  return occupancy.grid.center(occupancy.grid.voxel(index)).head<2>().norm();
}

}  // namespace

void shiftObject(Occupancy& prediction, const KnownObject& object, const Eigen::Vector3i& offset) {
  struct Moved {
    Eigen::Vector3i to;
    float flow_x, flow_y;
  };
  std::vector<Moved> moved;
  for (const std::size_t index : voxelsOf(prediction, object)) {
    moved.push_back(
        {prediction.grid.voxel(index) + offset, prediction.flow[2 * index], prediction.flow[2 * index + 1]});
    set(prediction, index, prediction.classes->free());
  }
  for (const Moved& voxel : moved) {
    if (!prediction.grid.contains(voxel.to)) continue;
    set(prediction, prediction.grid.index(voxel.to), object.label, voxel.flow_x, voxel.flow_y);
  }
}

void removeObject(Occupancy& prediction, const KnownObject& object) {
  for (const std::size_t index : voxelsOf(prediction, object))
    set(prediction, index, prediction.classes->free());
}

void relabelObject(Occupancy& prediction, const KnownObject& object, std::uint8_t to) {
  for (const std::size_t index : voxelsOf(prediction, object)) {
    const bool keep = prediction.classes->moves(to);
    set(prediction, index, to, keep ? prediction.flow[2 * index] : 0,
        keep ? prediction.flow[2 * index + 1] : 0);
  }
}

void changeFlow(Occupancy& prediction, const KnownObject& object, double scale, double turn_rad) {
  const double c = scale * std::cos(turn_rad);
  const double s = scale * std::sin(turn_rad);
  for (const std::size_t index : voxelsOf(prediction, object)) {
    const double x = prediction.flow[2 * index];
    const double y = prediction.flow[2 * index + 1];
    prediction.flow[2 * index] = float(c * x - s * y);
    prediction.flow[2 * index + 1] = float(s * x + c * y);
  }
}

void removeBeyond(Occupancy& prediction, std::uint8_t of, double distance_m) {
  for (std::size_t i = 0; i < prediction.semantics.size(); ++i) {
    if (prediction.semantics[i] == of && planarDistance(prediction, i) > distance_m)
      set(prediction, i, prediction.classes->free());
  }
}

void relabelBall(Occupancy& prediction, std::uint8_t from, std::uint8_t to, const Eigen::Vector3d& center,
                 double radius_m) {
  for (std::size_t i = 0; i < prediction.semantics.size(); ++i) {
    if (prediction.semantics[i] != from) continue;
    const Eigen::Vector3d offset = prediction.grid.center(prediction.grid.voxel(i)) - center;
    if (offset.norm() <= radius_m) set(prediction, i, to);
  }
}

void erode(Occupancy& prediction, std::uint8_t of, double probability, std::uint64_t seed) {
  for (std::size_t i = 0; i < prediction.semantics.size(); ++i) {
    if (prediction.semantics[i] != of) continue;
    // Holes are two voxels wide, as a network's are.
    const Eigen::Vector3i block = prediction.grid.voxel(i) / 2;
    const auto hash =
        mixAll(seed, std::uint64_t(block.x()), std::uint64_t(block.y()), std::uint64_t(block.z()));
    const double here = probability * std::min(1.0, planarDistance(prediction, i) / 40);
    if (unit(hash) < here) set(prediction, i, prediction.classes->free());
  }
}

int addPhantoms(Occupancy& prediction, std::uint8_t of, int count, std::uint64_t seed) {
  Random random(seed);
  int added = 0;
  // Bounded, for a grid without a free voxel.
  for (int tries = 0; added < count && tries < 100 * count; ++tries) {
    const std::size_t index = random.bits() % prediction.semantics.size();
    const double likely = std::pow(planarDistance(prediction, index) / 40, 2.0);
    if (!random.chance(likely) || !prediction.isFree(index)) continue;
    set(prediction, index, of);
    ++added;
  }
  return added;
}

namespace {

void spoilObject(Occupancy& prediction, const KnownObject& object, double severity, Random& random) {
  const double distance = object.ego_box.frame_from_box.translation().head<2>().norm();
  const double harm = severity * std::min(1.0, distance / 40);
  // The same numbers are drawn for every object, so that one object's fate does not change the next one's.
  const double fate = random.uniform();
  const double flow_fate = random.uniform();
  const double side = random.chance(0.5) ? 1 : -1;
  const int reach = random.chance(0.35) ? 2 : 1;
  const int axis = random.below(2);
  const std::string_view id = ClassSet::openocc()[object.label].id;
  KnownObject now = object;
  const auto becomes = [&](std::string_view other) {
    relabelObject(prediction, object, label(other));
    now.label = label(other);
  };
  const bool small =
      id == "pedestrian" || id == "traffic_cone" || id == "bicycle" || id == "motorcycle" || id == "barrier";
  if (severity > 0 && id == "trailer") {
    becomes("truck");
  } else if (fate < (small ? 0.55 : 0.26) * harm) {
    removeObject(prediction, object);
  } else if (id == "construction_vehicle" && fate < 0.8 * severity) {
    becomes("truck");
  } else if (id == "bus" && fate < 0.5 * harm) {
    becomes("truck");
  } else if (id == "motorcycle" && fate < 0.9 * harm) {
    becomes("bicycle");
  } else if (fate < 0.9 * harm + 0.12 * severity) {
    Eigen::Vector3i offset = Eigen::Vector3i::Zero();
    offset[axis] = int(side) * reach;
    shiftObject(prediction, object, offset);
    now.ego_box.frame_from_box = Pose::fromTranslation(prediction.grid.voxel_m * offset.cast<double>()) *
                                 object.ego_box.frame_from_box;
  }
  if (flow_fate < 0.10 * severity) {
    changeFlow(prediction, now, 0, 0);
  } else if (flow_fate < 0.24 * severity) {
    changeFlow(prediction, now, 1, side * 0.6);
  } else {
    changeFlow(prediction, now, 1 - 0.25 * std::min(severity, 2.0) * flow_fate, 0.04 * side * severity);
  }
}

}  // namespace

Occupancy spoil(const Occupancy& truth, std::span<const KnownObject> objects, double severity,
                std::uint64_t seed) {
  Occupancy prediction = truth;
  prediction.mask_camera.clear();
  prediction.mask_lidar.clear();
  if (severity <= 0) return prediction;
  Random random(seed);
  for (const KnownObject& object : objects)
    spoilObject(prediction, object, severity, random);
  removeBeyond(prediction, label("manmade"), 38 - 9 * severity);
  removeBeyond(prediction, label("other_flat"), 30 - 10 * severity);
  erode(prediction, label("vegetation"), 0.45 * severity, random.bits());
  erode(prediction, label("manmade"), 0.30 * severity, random.bits());
  for (const std::string_view flat : {"terrain", "sidewalk", "driveable_surface", "other_flat"}) {
    erode(prediction, label(flat), 0.16 * severity, random.bits());
  }
  const std::array<std::array<std::string_view, 2>, 5> mistakes{{{"sidewalk", "terrain"},
                                                                 {"terrain", "sidewalk"},
                                                                 {"driveable_surface", "other_flat"},
                                                                 {"sidewalk", "driveable_surface"},
                                                                 {"manmade", "vegetation"}}};
  const int blobs = int(std::lround(16 * severity));
  for (int i = 0; i < blobs; ++i) {
    const auto& [from, to] = mistakes[std::size_t(i) % mistakes.size()];
    const double angle = random.uniform(0, 2 * std::numbers::pi);
    const double distance = 8 + 30 * std::sqrt(random.uniform());
    const Eigen::Vector3d center(distance * std::cos(angle), distance * std::sin(angle),
                                 random.uniform(-0.2, 2));
    relabelBall(prediction, label(from), label(to), center, 2.0 + 2.4 * severity * distance / 38);
  }
  addPhantoms(prediction, label("manmade"), int(90 * severity), random.bits());
  addPhantoms(prediction, label("vegetation"), int(140 * severity), random.bits());
  return prediction;
}

double severityOf(int index, std::uint64_t seed) {
  if ((index + int(mix(seed) % 7)) % 7 == 0) return 2;
  return 1.05 + 0.45 * std::sin(0.7 * index + 6 * unit(mix(seed + 1)));
}

std::string_view spoilerDescription() {
  return "The prediction is the truth with these faults. All grow with distance from the car and with the\n"
         "keyframe's severity, which comes and goes in a slow wave; one keyframe in seven is really bad.\n"
         "  - trailers are called trucks; some construction vehicles and buses too, some motorcycles "
         "bicycles\n"
         "  - some vehicles and many small objects are missing; others stand one or two voxels beside their "
         "place\n"
         "  - flow is a little short everywhere, turned by 34 degrees on some objects and zero on others\n"
         "  - walls and islands far away are missing; walls, trees and all ground have holes\n"
         "  - patches of ground and walls have the wrong class\n"
         "  - single voxels of manmade and vegetation float in free space\n";
}

}  // namespace hbev::synth
