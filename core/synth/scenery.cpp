#include "core/synth/scenery.h"

#include <cmath>
#include <numbers>

#include "core/synth/random.h"

namespace hbev::synth {
namespace {

using Eigen::Vector3f;

void addWalls(Mesh& mesh, float half_x, float half_y, float z0, float z1) {
  const auto corner = [&](int i, float z) -> Vector3f {
    return {i == 1 || i == 2 ? half_x : -half_x, i >= 2 ? half_y : -half_y, z};
  };
  for (int i = 0; i < 4; ++i) {
    const int next = (i + 1) % 4;
    mesh.addQuad(corner(i, z0), corner(next, z0), corner(next, z1), corner(i, z1), Material::Facade);
  }
}

/// A band all round, `out` (m) before and behind the walls; the house stays hollow.
void addLedge(Mesh& mesh, float half_x, float half_y, float out, float z0, float z1) {
  for (const float side : {-1.0F, 1.0F}) {
    const float x = side * half_x;
    const float y = side * half_y;
    mesh.addBox({-half_x - out, y - out, z0}, {half_x + out, y + out, z1}, Material::Concrete);
    mesh.addBox({x - out, -half_y, z0}, {x + out, half_y, z1}, Material::Concrete);
  }
}

void addGable(Mesh& mesh, float half_x, float half_y, float z, float rise) {
  const float out = 0.35F;
  const Vector3f ridge0(-half_x, 0, z + rise);
  const Vector3f ridge1(half_x, 0, z + rise);
  for (const float side : {-1.0F, 1.0F}) {
    const float y = side * (half_y + out);
    const float eaves = z - out * rise / half_y;
    mesh.addQuad({-half_x, y, eaves}, {half_x, y, eaves}, ridge1, ridge0, Material::Roof);
  }
  for (const float x : {-half_x, half_x}) {
    mesh.addTriangle({x, -half_y, z}, {x, half_y, z}, {x, 0, z + rise}, Material::Facade);
  }
}

}  // namespace

Shape buildingShape(const Eigen::Vector3d& size, bool gabled, std::uint64_t seed) {
  Shape shape;
  shape.size = size;
  Random random(seed);
  const auto half_x = float(size.x() / 2);
  const auto half_y = float(size.y() / 2);
  const auto height = float(size.z());
  Mesh& mesh = shape.mesh;
  // In two parts: the lower one is what reaches into the labels' grid.
  addWalls(mesh, half_x, half_y, 0, std::min(6.0F, height));
  if (height > 6) addWalls(mesh, half_x, half_y, 6, height);
  addLedge(mesh, half_x, half_y, 0.12F, 3.75F, 3.95F);
  if (gabled && random.chance(0.7)) {
    addGable(mesh, half_x, half_y, height, half_y * float(random.uniform(0.5, 0.8)));
    return shape;
  }
  mesh.addQuad({-half_x, -half_y, height}, {half_x, -half_y, height}, {half_x, half_y, height},
               {-half_x, half_y, height}, Material::Roof);
  addLedge(mesh, half_x, half_y, 0.25F, height - 0.2F, height + 0.7F);
  mesh.addBox({-half_x * 0.3F, -half_y * 0.4F, height}, {half_x * 0.2F, half_y * 0.2F, height + 2.4F},
              Material::Concrete);
  return shape;
}

Shape treeShape(int kind, std::uint64_t seed) {
  Random random(mixAll(seed, kind));
  Shape shape;
  Mesh& mesh = shape.mesh;
  const float trunk = float(random.uniform(2.0, 3.0));
  const float crown = float(random.uniform(1.5, 2.4));
  const float tall = crown * float(random.uniform(1.0, 1.6));
  mesh.addTube({0, 0, 0}, {0.05F, 0, trunk + 0.6F * tall}, 0.17F, 0.09F, 8, Material::Bark);
  struct Ball {
    Vector3f center, radii;
  };
  std::vector<Ball> balls{{{0, 0, trunk + tall}, {crown * 0.85F, crown * 0.85F, tall * 0.95F}}};
  for (int i = 0; i < 6; ++i) {
    const float angle = float(i) + float(random.uniform(0, 0.8));
    const Vector3f center(0.55F * crown * std::cos(angle), 0.55F * crown * std::sin(angle),
                          trunk + tall * float(random.uniform(0.55, 1.5)));
    const float radius = crown * float(random.uniform(0.45, 0.65));
    balls.push_back({center, {radius, radius, radius * 0.85F}});
    if (i < 3) mesh.addTube({0.03F, 0, trunk * 0.9F}, center, 0.07F, 0.03F, 5, Material::Bark);
  }
  for (const Ball& ball : balls) {
    mesh.addBlob(ball.center, 0.86F * ball.radii, 6, 0.22F, std::uint32_t(random.bits()), Material::Leaf);
    // Loose leaves make the outline ragged and let the sun through.
    const int leaves = int(150 * ball.radii.x());
    for (int i = 0; i < leaves; ++i) {
      const float z = float(random.uniform(-1, 1));
      const float angle = float(random.uniform(0, 2 * std::numbers::pi));
      const float flat = std::sqrt(1 - z * z);
      const Vector3f outward(flat * std::cos(angle), flat * std::sin(angle), z);
      const Vector3f at = ball.center + float(random.uniform(0.84, 1.1)) * outward.cwiseProduct(ball.radii);
      const Vector3f u =
          outward.cross(Vector3f(float(random.uniform(-1, 1)), float(random.uniform(-1, 1)), 0.4F))
              .normalized();
      const Vector3f v = (outward.cross(u) + float(random.uniform(-0.7, 0.7)) * outward).normalized();
      const float size = float(random.uniform(0.09, 0.19));
      mesh.addQuad(at - size * u, at - 0.7F * size * v, at + size * u, at + 0.7F * size * v, Material::Leaf);
    }
  }
  shape.size = {2 * crown, 2 * crown, trunk + 2 * tall};
  return shape;
}

Shape lampShape() {
  Shape shape;
  Mesh& mesh = shape.mesh;
  mesh.addTube({0, 0, 0}, {0, 0, 0.9F}, 0.11F, 0.1F, 10, Material::Metal);
  mesh.addTube({0, 0, 0.9F}, {0, 0, 7.0F}, 0.075F, 0.05F, 8, Material::Metal);
  mesh.addTube({0, 0, 7.0F}, {1.9F, 0, 7.35F}, 0.05F, 0.04F, 6, Material::Metal);
  mesh.addBox({1.5F, -0.14F, 7.3F}, {2.25F, 0.14F, 7.42F}, Material::Metal);
  mesh.addBox({1.6F, -0.11F, 7.26F}, {2.2F, 0.11F, 7.3F}, Material::Lamp);
  shape.size = {2.3, 0.3, 7.4};
  return shape;
}

Shape signalShape() {
  Shape shape;
  Mesh& mesh = shape.mesh;
  mesh.addTube({0, 0, 0}, {0, 0, 3.6F}, 0.07F, 0.06F, 8, Material::Metal);
  mesh.addBox({-0.12F, -0.17F, 2.5F}, {0.14F, 0.17F, 3.5F}, Material::Trim);
  mesh.addRing({0.15F, 0, 3.3F}, Vector3f::UnitX(), 0, 0.11F, 10, Material::Trim);
  mesh.addRing({0.15F, 0, 3.0F}, Vector3f::UnitX(), 0, 0.11F, 10, Material::Trim);
  mesh.addRing({0.15F, 0, 2.7F}, Vector3f::UnitX(), 0, 0.11F, 10, Material::SignalGreen);
  shape.size = {0.3, 0.35, 3.6};
  return shape;
}

Shape signShape() {
  Shape shape;
  Mesh& mesh = shape.mesh;
  mesh.addTube({0, 0, 0}, {0, 0, 2.9F}, 0.04F, 0.04F, 6, Material::Metal);
  mesh.addBeam({0.06F, -0.32F, 2.55F}, {0.06F, 0.32F, 2.55F}, 0.02F, 0.64F, Material::Blue);
  shape.size = {0.1, 0.64, 2.9};
  return shape;
}

}  // namespace hbev::synth
