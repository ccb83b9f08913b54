#include "tests/render/street.h"

#include <array>
#include <random>

namespace hbev::test {
namespace {

constexpr int kGround = 2;  // The layer that holds z = 0.

struct Car {
  const char* id;
  double x_m, y_m, length_m, width_m, height_m, vx_mps;
};
constexpr std::array<Car, 11> kCars{{{"car", 12.6, -2.6, 4.4, 2.0, 1.6, 6.9},
                                     {"car", 22.0, -2.8, 4.4, 2.0, 1.6, 7.4},
                                     {"car", 16.2, 3.0, 4.4, 2.0, 1.6, -8.1},
                                     {"car", -9.8, -2.4, 4.4, 2.0, 1.6, 8.0},
                                     {"car", -3.0, 6.8, 4.4, 2.0, 1.6, 0.0},
                                     {"car", 3.4, -7.4, 4.4, 2.0, 1.6, 0.0},
                                     {"car", -4.6, -7.4, 4.8, 2.0, 1.8, 0.0},
                                     {"truck", 27.0, 3.2, 10.0, 2.8, 3.4, -5.0},
                                     {"bus", -25.0, 3.2, 11.0, 2.8, 3.2, -6.0},
                                     {"motorcycle", 9.4, 2.8, 2.0, 0.8, 1.4, -7.0},
                                     {"bicycle", 8.0, -5.6, 1.8, 0.8, 1.6, 3.4}}};

class Builder {
 public:
  Builder() {
    street.semantics.assign(street.grid.size(), street.classes->free());
    street.flow.assign(street.grid.size() * 2, 0.0F);
  }

  /// Fills voxels whose centres lie in the block (m), by class id.
  void block(const char* id, Eigen::Vector3d lower, Eigen::Vector3d upper, float vx_mps = 0,
             float vy_mps = 0) {
    const auto label = std::uint8_t(street.classes->findLabel(id).value());
    const Eigen::Vector3i begin = voxel(lower).cwiseMax(0), end = voxel(upper).cwiseMin(street.grid.dims);
    for (int x = begin.x(); x < end.x(); ++x) {
      for (int y = begin.y(); y < end.y(); ++y) {
        for (int z = begin.z(); z < end.z(); ++z) {
          const std::size_t i = street.grid.index(x, y, z);
          street.semantics[i] = label;
          street.flow[2 * i] = vx_mps;
          street.flow[2 * i + 1] = vy_mps;
        }
      }
    }
  }

  void tree(double x_m, double y_m) {
    block("vegetation", {x_m, y_m, 0.2}, {x_m + 0.4, y_m + 0.4, 2.6});
    const Eigen::Vector3i crown = voxel({x_m, y_m, 3.4});
    const auto label = std::uint8_t(street.classes->findLabel("vegetation").value());
    for (int i = 0; i < 9 * 9 * 9; ++i) {
      const Eigen::Vector3i offset(i / 81 - 4, i / 9 % 9 - 4, i % 9 - 4);
      const Eigen::Vector3i at = crown + offset;
      if (offset.squaredNorm() > 13 + int(random_() % 6) || !street.grid.contains(at)) continue;
      street.semantics[street.grid.index(at)] = label;
    }
  }

  Occupancy street;

 private:
  Eigen::Vector3i voxel(const Eigen::Vector3d& point) const {
    return ((point - street.grid.origin) / street.grid.voxel_m + Eigen::Vector3d::Constant(1e-6))
        .array()
        .floor()
        .cast<int>();
  }

  std::mt19937 random_{7};
};

void addGround(Builder& builder) {
  const double ground_m = -0.2, top_m = 0.2;
  builder.block("terrain", {-40, -40, ground_m}, {40, 40, top_m});
  builder.block("sidewalk", {-40, -12, ground_m}, {40, 12, top_m + 0.4});
  builder.block("driveable_surface", {-40, -8.8, ground_m}, {40, 8.8, top_m});
  // Air again above the road, which the pavement's second layer covered.
  for (int x = 0; x < 200; ++x) {
    for (int y = 78; y < 122; ++y) {
      builder.street.semantics[builder.street.grid.index(x, y, kGround + 1)] = builder.street.classes->free();
    }
  }
  builder.block("other_flat", {-40, -0.4, top_m}, {40, 0.4, top_m + 0.4});
}

void addHouses(Builder& builder) {
  struct House {
    double x_m, y_m, length_m, depth_m, height_m;
  };
  for (const House& house :
       {House{-36, 16, 20, 12, 5.4}, House{-10, 15, 14, 14, 4.2}, House{16, 17, 22, 12, 5.4},
        House{-34, -30, 16, 12, 5.0}, House{-8, -29, 18, 13, 5.4}, House{20, -30, 16, 14, 3.8}}) {
    const Eigen::Vector3d lower(house.x_m, house.y_m, 0.2),
        size(house.length_m, house.depth_m, house.height_m - 0.2);
    builder.block("manmade", lower, lower + Eigen::Vector3d(size.x(), 0.4, size.z()));
    builder.block("manmade", lower, lower + Eigen::Vector3d(0.4, size.y(), size.z()));
    builder.block("manmade", {lower.x(), lower.y() + size.y(), 0.2},
                  lower + Eigen::Vector3d(size.x(), size.y() + 0.4, size.z()));
    builder.block("manmade", {lower.x() + size.x(), lower.y(), 0.2},
                  lower + Eigen::Vector3d(size.x() + 0.4, size.y(), size.z()));
  }
}

}  // namespace

Occupancy makeStreet() {
  Builder builder;
  addGround(builder);
  addHouses(builder);
  for (const Car& car : kCars) {
    const Eigen::Vector3d lower(car.x_m - car.length_m / 2, car.y_m - car.width_m / 2, 0.2);
    const auto speed = float(car.vx_mps);
    const double body_m = car.height_m > 2 ? car.height_m : 1.0;
    builder.block(car.id, lower, lower + Eigen::Vector3d(car.length_m, car.width_m, body_m), speed);
    builder.block(car.id, lower + Eigen::Vector3d(0.8, 0.1, 0),
                  lower + Eigen::Vector3d(car.length_m - 0.8, car.width_m - 0.1, car.height_m), speed);
  }
  for (const auto& [x_m, y_m] :
       {std::pair{13.0, -9.8}, {-2.0, -10.2}, {20.0, 10.0}, {6.6, 10.4}, {30.0, -10.4}}) {
    builder.block("pedestrian", {x_m, y_m, 0.6}, {x_m + 0.4, y_m + 0.8, 2.2}, 0.9F, 0.9F);
  }
  for (const auto& [x_m, y_m] :
       {std::pair{6.0, -11.4}, {-12.0, 10.8}, {24.0, 11.0}, {-14.0, -13.4}, {33.0, -12.6}, {-6.0, 12.2}}) {
    builder.tree(x_m, y_m);
  }
  for (const double x_m : {0.4, 16.4, -20.0}) {
    builder.block("manmade", {x_m, -9.2, 0.2}, {x_m + 0.4, -8.8, 5.0});
  }
  builder.block("barrier", {28.0, 5.6, 0.2}, {34.0, 6.0, 1.4});
  builder.block("traffic_cone", {24.0, 5.6, 0.2}, {24.4, 6.0, 1.0});
  return builder.street;
}

Occupancy spoil(const Occupancy& street) {
  Occupancy spoiled = street;
  const ClassSet& classes = *street.classes;
  const auto set = [&](const Eigen::Vector3d& lower, const Eigen::Vector3d& upper, auto change) {
    for (std::size_t i = 0; i < street.grid.size(); ++i) {
      const Eigen::Vector3d center = street.grid.center(street.grid.voxel(i));
      if ((center.array() > lower.array()).all() && (center.array() < upper.array()).all()) {
        spoiled.semantics[i] = std::uint8_t(change(spoiled.semantics[i]));
      }
    }
  };
  const int car = classes.findLabel("car").value(), truck = classes.findLabel("truck").value();
  set({10, -4, 0}, {15, -1, 3}, [&](int label) { return label == car ? truck : label; });
  set({16, 16, 0.2}, {40, 30, 6}, [&](int) { return int(classes.free()); });
  set({-8, 2, 0.2}, {-4, 4.4, 2.4}, [&](int) { return car; });
  return spoiled;
}

std::vector<ColoredBox> streetBoxes() {
  std::vector<ColoredBox> boxes;
  const ClassSet& classes = ClassSet::openocc();
  for (const Car& car : kCars) {
    const Pose pose =
        Pose::fromYaw(car.vx_mps < 0 ? 3.14159265358979 : 0, {car.x_m, car.y_m, 0.2 + car.height_m / 2});
    boxes.push_back({{pose, {car.length_m + 0.2, car.width_m + 0.2, car.height_m + 0.1}},
                     classes.color(classes.findLabel(car.id).value(), Palette::Studio)});
  }
  return boxes;
}

std::vector<LidarPoint> streetPoints(const Occupancy& street) {
  std::vector<LidarPoint> points;
  for (std::size_t i = 0; i < street.grid.size(); ++i) {
    if (street.isFree(i)) continue;
    const Eigen::Vector3d top = street.grid.center(street.grid.voxel(i)) + Eigen::Vector3d(0, 0, 0.25);
    points.push_back({float(top.x()), float(top.y()), float(top.z()), 100, 0});
  }
  return points;
}

}  // namespace hbev::test
