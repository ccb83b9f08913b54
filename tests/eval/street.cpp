#include "tests/eval/street.h"

#include <algorithm>
#include <random>

namespace hbev::test {
namespace {

class Painter {
 public:
  explicit Painter(Occupancy& street) : street_(street) {}

  std::uint8_t label(const char* id) const { return std::uint8_t(*street_.classes->findLabel(id)); }

  // Voxels [x0, x1) x [y0, y1) x [z0, z1), cut to the grid.
  void box(std::uint8_t label, int x0, int x1, int y0, int y1, int z0, int z1, float speed_mps = 0) {
    const Eigen::Vector3i& dims = street_.grid.dims;
    for (int x = std::max(x0, 0); x < std::min(x1, dims.x()); ++x) {
      for (int y = std::max(y0, 0); y < std::min(y1, dims.y()); ++y) {
        for (int z = std::max(z0, 0); z < std::min(z1, dims.z()); ++z) {
          const std::size_t voxel = street_.grid.index(x, y, z);
          street_.semantics[voxel] = label;
          street_.flow[2 * voxel] = speed_mps;
        }
      }
    }
  }

 private:
  Occupancy& street_;
};

void paintGround(Painter& painter) {
  painter.box(painter.label("terrain"), 0, 200, 0, 200, 1, 2);
  painter.box(painter.label("sidewalk"), 0, 200, 76, 124, 1, 2);
  painter.box(painter.label("driveable_surface"), 0, 200, 84, 116, 1, 2);
  painter.box(painter.label("driveable_surface"), 140, 160, 0, 200, 1, 2);
}

void paintWalls(Painter& painter, std::mt19937& random) {
  for (int x = 0; x < 140; x += 20) {
    for (const int y : {70, 128}) {
      if (random() % 5 == 0) continue;  // a gap between houses
      painter.box(painter.label("manmade"), x, x + 18, y, y + 2, 2, 16);
    }
  }
  painter.box(painter.label("manmade"), 162, 200, 68, 70, 2, 14);
}

void paintTraffic(Painter& painter, std::mt19937& random) {
  for (int i = 0; i < 14; ++i) {
    const int x = int(random() % 190);
    const int y = i % 2 == 0 ? 86 : 108;
    if (x > 85 && x < 115) continue;  // the lidar's own car
    const bool drives = random() % 2 == 0;
    painter.box(painter.label("car"), x, x + 11, y, y + 5, 2, 6, drives ? 6.5F : 0.0F);
  }
  painter.box(painter.label("truck"), 30, 50, 104, 110, 2, 10, -4.25F);
  for (int i = 0; i < 12; ++i) {
    const int x = int(random() % 200);
    painter.box(painter.label("pedestrian"), x, x + 2, 79, 81, 2, 6, 1.25F);
  }
}

void paintGreen(Painter& painter, std::mt19937& random) {
  for (int i = 0; i < 40; ++i) {
    const int x = int(random() % 200);
    const int y = random() % 2 == 0 ? int(random() % 60) : 136 + int(random() % 60);
    painter.box(painter.label("vegetation"), x, x + 1, y, y + 1, 2, 7);
    painter.box(painter.label("vegetation"), x - 3, x + 4, y - 3, y + 4, 7, 11);
  }
}

}  // namespace

Occupancy makeStreet(std::uint32_t seed) {
  Occupancy street;
  street.semantics.assign(street.grid.size(), street.classes->free());
  street.flow.assign(2 * street.grid.size(), 0.0F);
  std::mt19937 random(seed);
  Painter painter(street);
  paintGround(painter);
  paintWalls(painter, random);
  paintGreen(painter, random);
  paintTraffic(painter, random);
  // Labels come from lidar points: distant ground is full of holes.
  for (std::size_t voxel = 0; voxel < street.semantics.size(); ++voxel) {
    const Eigen::Vector3i place = street.grid.voxel(voxel);
    const int distance = std::max(std::abs(place.x() - 100), std::abs(place.y() - 100));
    if (place.z() == 1 && int(random() % 100) < distance - 30)
      street.semantics[voxel] = street.classes->free();
  }
  return street;
}

Occupancy makeFlawedPrediction(const Occupancy& street, std::uint32_t seed) {
  std::mt19937 random(seed);
  Occupancy prediction = street;
  const std::uint8_t free = street.classes->free();
  const std::uint8_t car = std::uint8_t(*street.classes->findLabel("car"));
  const std::uint8_t truck = std::uint8_t(*street.classes->findLabel("truck"));
  const std::size_t one_along_y = std::size_t(street.grid.dims.z());
  for (std::size_t voxel = one_along_y; voxel < prediction.semantics.size(); ++voxel) {
    std::uint8_t& label = prediction.semantics[voxel];
    const std::uint8_t beside = street.semantics[voxel - one_along_y];
    if (label == free && beside == car) label = car;
    if (label != free && random() % 10 == 0) label = free;
    if (label == car && random() % 8 == 0) label = truck;
    if (street.classes->moves(label)) prediction.flow[2 * voxel] += 0.5F;
  }
  return prediction;
}

std::vector<Eigen::Vector3d> streetOrigins() {
  std::vector<Eigen::Vector3d> origins;
  for (int i = 0; i < 8; ++i)
    origins.emplace_back(0.9858 + 7.03 * (i - 3), 0.137 * (i - 3), 1.8402);
  return origins;
}

}  // namespace hbev::test
