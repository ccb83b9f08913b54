#include "core/synth/vehicles.h"

#include <array>
#include <cmath>

namespace hbev::synth {
namespace {

using Eigen::Vector2f;
using Eigen::Vector3f;

void addWheel(Mesh& mesh, float x, float side_y, float radius, float width) {
  const float inward = side_y > 0 ? -width : width;
  mesh.addTube({x, side_y, radius}, {x, side_y + inward, radius}, radius, radius, 28, Material::Rubber);
  const float out = side_y > 0 ? 0.006F : -0.006F;
  mesh.addRing({x, side_y + out, radius}, Vector3f::UnitY(), 0, radius * 0.62F, 24, Material::Metal);
  mesh.addRing({x, side_y + 2 * out, radius}, Vector3f::UnitY(), radius * 0.18F, radius * 0.3F, 10,
               Material::Trim);
}

void addArch(Mesh& mesh, float x, float side_y, float radius) {
  const float out = side_y > 0 ? 0.004F : -0.004F;
  mesh.addRing({x, side_y + out, radius * 1.17F}, Vector3f::UnitY(), 0, radius * 1.15F, 20, Material::Trim);
}

/// A lamp around `y` that follows a body's outline from below to above, just outside it; x and z.
void addLamp(Mesh& mesh, const std::array<Vector2f, 3>& outline, float y, Material material) {
  const auto at = [&](std::size_t i, float side) {
    return Vector3f(outline[i].x(), y + side * 0.17F, outline[i].y());
  };
  for (const std::size_t i : {0U, 1U})
    mesh.addQuad(at(i, -1), at(i, 1), at(i + 1, 1), at(i + 1, -1), material);
}

OrientedBox solid(double x0, double x1, double half_y, double z0, double z1) {
  return {Pose::fromTranslation({(x0 + x1) / 2, 0, (z0 + z1) / 2}), {x1 - x0, 2 * half_y, z1 - z0}};
}

struct CarPlan {
  float length, width, height;
  float wheel;                              ///< radius
  float hood, belt, trunk;                  ///< heights
  float cowl, roof_front, roof_rear, deck;  ///< x from the front bumper where the cabin's parts begin
  int panes;
};

Shape carShape(const CarPlan& p) {
  Shape shape;
  Mesh& mesh = shape.mesh;
  const float front = p.length / 2;
  const float half = p.width / 2;
  const auto x = [&](float from_front) { return front - from_front; };
  const float low = p.wheel * 0.62F;
  const std::vector<Vector2f> outline{{x(0.06F), low},
                                      {x(0.0F), low + 0.16F},
                                      {x(0.02F), p.hood - 0.16F},
                                      {x(0.22F), p.hood - 0.04F},
                                      {x(p.cowl), p.belt},
                                      {x(p.deck), p.belt},
                                      {x(p.length - 0.12F), p.trunk},
                                      {x(p.length), p.trunk - 0.2F},
                                      {x(p.length - 0.02F), low + 0.12F},
                                      {x(p.length - 0.12F), low}};
  mesh.addProfile(outline, half, 0.07F, Material::Paint);
  mesh.addBox({x(p.length - 0.02F), -half + 0.03F, low}, {x(0.0F) + 0.015F, half - 0.03F, low + 0.14F},
              Material::Trim);
  const Frustum cabin{p.belt - 0.02F, p.height,       x(p.deck),       x(p.cowl),
                      half - 0.06F,   x(p.roof_rear), x(p.roof_front), half - 0.25F};
  mesh.addFrustum(cabin, Material::Paint);
  mesh.addWindows(cabin, 0.055F, p.panes, Material::Glass);
  for (const float side : {-1.0F, 1.0F}) {
    for (const float axle : {0.18F * p.length, 0.81F * p.length}) {
      addArch(mesh, x(axle), side * half, p.wheel);
      addWheel(mesh, x(axle), side * (half + 0.008F), p.wheel, 0.2F);
    }
    const float y = side * (half - 0.24F);
    addLamp(mesh,
            {Vector2f{x(0.005F), p.hood - 0.25F}, {x(0.005F), p.hood - 0.16F}, {x(0.1F), p.hood - 0.1F}}, y,
            Material::Headlight);
    const float rear = x(p.length) - 0.01F;
    addLamp(mesh, {Vector2f{rear, p.trunk - 0.3F}, {rear, p.trunk - 0.2F}, {rear + 0.072F, p.trunk - 0.08F}},
            y, Material::Taillight);
    mesh.addBox({x(p.cowl + 0.42F), side * (half + 0.02F) - 0.07F, p.belt + 0.02F},
                {x(p.cowl + 0.28F), side * (half + 0.02F) + 0.07F, p.belt + 0.16F}, Material::Paint);
  }
  mesh.addBox({x(0.05F), -half * 0.45F, low + 0.2F}, {x(0.0F) + 0.012F, half * 0.45F, p.hood - 0.24F},
              Material::Trim);
  for (const float end : {x(0.0F) + 0.02F, x(p.length) - 0.03F}) {
    mesh.addBox({end, -0.26F, low + 0.2F}, {end + 0.012F, 0.26F, low + 0.31F}, Material::White);
  }
  shape.solids = {solid(x(p.length - 0.08F), x(0.08F), half - 0.05, low, p.belt - 0.06),
                  solid(x((p.roof_rear + p.deck) / 2), x((p.roof_front + p.cowl) / 2), half - 0.16,
                        p.belt - 0.1, p.height - 0.04)};
  shape.size = {p.length + 0.05, p.width + 0.18, p.height};
  return shape;
}

void addHeadlights(Mesh& mesh, float front, float half, float z) {
  for (const float side : {-1.0F, 1.0F}) {
    const float y = side * (half - 0.25F);
    mesh.addBox({front - 0.05F, y - 0.16F, z}, {front + 0.015F, y + 0.16F, z + 0.16F}, Material::Headlight);
  }
}

void addTaillights(Mesh& mesh, float rear, float half, float z) {
  for (const float side : {-1.0F, 1.0F}) {
    const float y = side * (half - 0.25F);
    mesh.addBox({rear - 0.015F, y - 0.13F, z}, {rear + 0.05F, y + 0.13F, z + 0.2F}, Material::Taillight);
  }
}

/// The beam below a truck's end that its lamps are on.
void addRearBeam(Mesh& mesh, float rear, float half, float z0, float z1) {
  mesh.addBox({rear, -half, z0}, {rear + 0.12F, half, z1}, Material::Trim);
}

void addTruckCab(Mesh& mesh, float rear, float front, float half, float top) {
  mesh.addProfile(std::vector<Vector2f>{{front, 0.45F},
                                        {front, 1.35F},
                                        {front - 0.1F, 1.5F},
                                        {front - 0.38F, top - 0.15F},
                                        {front - 0.6F, top},
                                        {rear, top},
                                        {rear, 0.45F}},
                  half, 0.06F, Material::Paint);
  // Windscreen and side windows lie just outside the cab.
  const float w = half - 0.14F;
  mesh.addQuad({front - 0.1F, -w, 1.56F}, {front - 0.1F, w, 1.56F}, {front - 0.345F, w - 0.05F, top - 0.25F},
               {front - 0.345F, -w + 0.05F, top - 0.25F}, Material::Glass);
  for (const float side : {-1.0F, 1.0F}) {
    const float y = side * (half + 0.008F);
    mesh.addQuad({front - 0.25F, y, 1.5F}, {rear + 0.45F, y, 1.5F}, {rear + 0.45F, y, top - 0.35F},
                 {front - 0.45F, y, top - 0.35F}, Material::Glass);
    mesh.addBox({front - 0.25F, y + side * 0.02F - 0.04F, 1.55F},
                {front - 0.15F, y + side * 0.16F + 0.04F, 2.15F}, Material::Trim);
  }
  mesh.addBox({front - 0.05F, -half * 0.7F, 0.62F}, {front + 0.012F, half * 0.7F, 1.2F}, Material::Trim);
}

}  // namespace

Shape sedanShape() {
  return carShape({4.65F, 1.82F, 1.46F, 0.33F, 0.86F, 0.92F, 0.95F, 1.35F, 2.05F, 3.25F, 4.0F, 2});
}
Shape hatchbackShape() {
  return carShape({4.05F, 1.76F, 1.53F, 0.32F, 0.88F, 0.95F, 1.0F, 1.05F, 1.75F, 3.45F, 3.95F, 2});
}
Shape vanShape() {
  return carShape({4.85F, 1.92F, 1.88F, 0.36F, 1.02F, 1.1F, 1.12F, 1.0F, 1.75F, 4.5F, 4.75F, 3});
}

Shape boxTruckShape() {
  Shape shape;
  Mesh& mesh = shape.mesh;
  const float half = 1.15F;
  addTruckCab(mesh, 2.05F, 3.9F, half, 2.45F);
  mesh.addBox({-3.9F, -1.22F, 0.95F}, {1.9F, 1.22F, 3.3F}, Material::White);
  mesh.addBox({-3.87F, -1.235F, 1.7F}, {1.87F, 1.235F, 2.1F}, Material::Paint);
  mesh.addBox({-3.85F, -0.5F, 0.55F}, {2.1F, 0.5F, 0.95F}, Material::Trim);
  for (const float side : {-1.0F, 1.0F}) {
    addWheel(mesh, 2.95F, side * (half + 0.01F), 0.45F, 0.3F);
    addWheel(mesh, -2.3F, side * (half + 0.01F), 0.45F, 0.5F);
  }
  addRearBeam(mesh, -3.89F, half, 0.7F, 0.96F);
  addHeadlights(mesh, 3.9F, half, 0.75F);
  addTaillights(mesh, -3.9F, half, 0.73F);
  shape.solids = {solid(2.1, 3.75, 1.1, 0.5, 2.35), solid(-3.85, 1.85, 1.2, 1.0, 3.25),
                  solid(-3.8, 2.1, 0.5, 0.6, 1.0)};
  shape.size = {7.85, 2.72, 3.3};
  return shape;
}

Shape tractorShape() {
  Shape shape;
  Mesh& mesh = shape.mesh;
  const float half = 1.22F;
  addTruckCab(mesh, 0.7F, 3.0F, half, 3.15F);
  mesh.addBox({-3.0F, -0.45F, 0.6F}, {0.9F, 0.45F, 0.95F}, Material::Trim);
  mesh.addBox({-2.3F, -0.5F, 0.95F}, {-1.3F, 0.5F, 1.12F}, Material::Metal);
  for (const float side : {-1.0F, 1.0F}) {
    mesh.addTube({0.45F, side * 0.95F, 0.6F}, {0.45F, side * 0.95F, 2.9F}, 0.08F, 0.08F, 8, Material::Metal);
    addWheel(mesh, 2.1F, side * (half + 0.01F), 0.5F, 0.32F);
    for (const float x : {-1.2F, -2.3F})
      addWheel(mesh, x, side * (half + 0.01F), 0.5F, 0.55F);
  }
  addRearBeam(mesh, -2.99F, half, 0.7F, 0.95F);
  addHeadlights(mesh, 3.0F, half, 0.75F);
  addTaillights(mesh, -3.0F, half, 0.73F);
  shape.solids = {solid(0.75, 2.85, 1.15, 0.5, 3.05), solid(-2.95, 0.8, 0.45, 0.65, 0.95)};
  shape.size = {6.05, 2.8, 3.15};
  return shape;
}

Shape trailerShape() {
  Shape shape;
  Mesh& mesh = shape.mesh;
  mesh.addBox({-5.0F, -1.27F, 1.15F}, {5.0F, 1.27F, 3.85F}, Material::Paint);
  for (int i = 0; i < 10; ++i) {
    const float x = -4.6F + float(i);
    mesh.addBox({x, -1.285F, 1.2F}, {x + 0.06F, 1.285F, 3.8F}, Material::Metal);
  }
  mesh.addBox({-4.9F, -0.5F, 0.7F}, {4.2F, 0.5F, 1.15F}, Material::Trim);
  mesh.addBox({-5.02F, -1.2F, 0.55F}, {-4.9F, 1.2F, 0.75F}, Material::Red);
  mesh.addBox({-5.012F, -1.2F, 1.3F}, {-5.0F, 1.2F, 3.7F}, Material::Metal);
  for (const float side : {-1.0F, 1.0F}) {
    mesh.addBox({1.7F, side * 0.9F - 0.06F, 0}, {1.85F, side * 0.9F + 0.06F, 1.15F}, Material::Metal);
    for (const float x : {-2.0F, -3.15F, -4.3F})
      addWheel(mesh, x, side * 1.27F, 0.48F, 0.4F);
  }
  addRearBeam(mesh, -5.0F, 1.2F, 0.74F, 1.15F);
  addTaillights(mesh, -5.02F, 1.2F, 0.85F);
  shape.solids = {solid(-4.95, 4.95, 1.22, 1.2, 3.8), solid(-4.9, 4.2, 0.5, 0.7, 1.2)};
  shape.size = {10.1, 2.6, 3.85};
  return shape;
}

Shape busShape() {
  Shape shape;
  Mesh& mesh = shape.mesh;
  mesh.addProfile(std::vector<Vector2f>{{5.6F, 0.35F},
                                        {5.65F, 1.0F},
                                        {5.5F, 2.95F},
                                        {5.3F, 3.1F},
                                        {-5.5F, 3.1F},
                                        {-5.65F, 2.9F},
                                        {-5.65F, 0.35F}},
                  1.25F, 0.08F, Material::Paint);
  for (const float side : {-1.0F, 1.0F}) {
    const float y = side * 1.26F;
    for (int i = 0; i < 7; ++i) {
      const float x = -5.2F + 1.45F * float(i);
      mesh.addQuad({x, y, 1.3F}, {x + 1.33F, y, 1.3F}, {x + 1.33F, y, 2.5F}, {x, y, 2.5F}, Material::Glass);
    }
    mesh.addBox({-5.55F, side * 1.262F - 0.003F, 0.5F}, {5.5F, side * 1.262F + 0.003F, 0.72F},
                Material::White);
    for (const float x : {3.6F, -3.2F}) {
      addArch(mesh, x, side * 1.262F, 0.48F);
      addWheel(mesh, x, side * 1.27F, 0.48F, 0.35F);
    }
    mesh.addBox({5.45F, side * 1.4F - 0.07F, 1.9F}, {5.6F, side * 1.4F + 0.07F, 2.4F}, Material::Trim);
  }
  mesh.addQuad({5.645F, -1.12F, 1.15F}, {5.645F, 1.12F, 1.15F}, {5.545F, 1.1F, 2.5F}, {5.545F, -1.1F, 2.5F},
               Material::Glass);
  mesh.addQuad({5.54F, -0.9F, 2.58F}, {5.54F, 0.9F, 2.58F}, {5.515F, 0.9F, 2.85F}, {5.515F, -0.9F, 2.85F},
               Material::Yellow);
  mesh.addQuad({-5.66F, -1.0F, 1.6F}, {-5.66F, 1.0F, 1.6F}, {-5.66F, 1.0F, 2.6F}, {-5.66F, -1.0F, 2.6F},
               Material::Glass);
  addHeadlights(mesh, 5.64F, 1.2F, 0.6F);
  addTaillights(mesh, -5.66F, 1.2F, 0.6F);
  mesh.addBox({-4.5F, -0.8F, 3.1F}, {-2.0F, 0.8F, 3.3F}, Material::White);
  shape.solids = {solid(-5.6, 5.5, 1.2, 0.4, 3.05)};
  shape.size = {11.35, 2.94, 3.3};
  return shape;
}

Shape excavatorShape() {
  Shape shape;
  Mesh& mesh = shape.mesh;
  for (const float side : {-1.0F, 1.0F}) {
    mesh.addBox({-1.55F, side * 1.05F - 0.25F, 0.02F}, {1.55F, side * 1.05F + 0.25F, 0.75F},
                Material::Rubber);
    for (int i = 0; i < 4; ++i) {
      mesh.addRing({-1.1F + 0.73F * float(i), side * 1.31F, 0.36F}, Vector3f::UnitY(), 0, 0.25F, 12,
                   Material::Metal);
    }
  }
  mesh.addTube({-0.1F, 0, 0.7F}, {-0.1F, 0, 1.0F}, 0.8F, 0.8F, 16, Material::Trim);
  mesh.addBox({-2.1F, -1.25F, 1.0F}, {1.1F, 1.25F, 1.55F}, Material::Yellow);
  mesh.addBox({-2.1F, -1.25F, 1.55F}, {-0.4F, 1.25F, 2.15F}, Material::Yellow);
  mesh.addBox({-2.2F, -1.0F, 1.1F}, {-2.1F, 1.0F, 2.0F}, Material::Trim);
  const Frustum cab{1.55F, 2.95F, -0.3F, 1.1F, 0.45F, -0.25F, 0.9F, 0.42F};
  Mesh cabin;
  cabin.addFrustum(cab, Material::Yellow);
  cabin.addWindows(cab, 0.07F, 1, Material::Glass);
  mesh.append(cabin, Eigen::Affine3f(Eigen::Translation3f(0, 0.75F, 0)));
  mesh.addBeam({0.6F, -0.2F, 1.5F}, {2.0F, -0.2F, 3.35F}, 0.34F, 0.5F, Material::Yellow);
  mesh.addBeam({1.9F, -0.2F, 3.3F}, {3.2F, -0.2F, 2.9F}, 0.3F, 0.4F, Material::Yellow);
  mesh.addBeam({3.1F, -0.2F, 3.05F}, {3.3F, -0.2F, 1.1F}, 0.26F, 0.34F, Material::Yellow);
  mesh.addBeam({1.0F, -0.2F, 1.7F}, {2.2F, -0.2F, 2.9F}, 0.12F, 0.12F, Material::Metal);
  mesh.addBox({2.75F, -0.75F, 0.35F}, {3.45F, 0.35F, 1.1F}, Material::Metal);
  shape.solids = {solid(-1.5, 1.5, 1.25, 0.1, 0.75), solid(-2.05, 1.05, 1.2, 1.0, 1.55),
                  solid(-2.05, -0.45, 1.2, 1.5, 2.1)};
  shape.solids.push_back({Pose::fromTranslation({0.35, 0.75, 2.2}), {1.2, 0.8, 1.4}});
  shape.size = {7.1, 2.62, 3.6};
  // Its box is centred on what it covers: the arm reaches further than the rear.
  Mesh centered;
  centered.append(mesh, Eigen::Affine3f(Eigen::Translation3f(-0.7F, 0, 0)));
  shape.mesh = std::move(centered);
  for (OrientedBox& box : shape.solids)
    box.frame_from_box = Pose::fromTranslation({-0.7, 0, 0}) * box.frame_from_box;
  return shape;
}

namespace {

void addRider(Mesh& mesh, float seat_x, float seat_z, float bar_x, float bar_z) {
  const Vector3f hip(seat_x, 0, seat_z + 0.08F);
  const Vector3f neck(seat_x + 0.32F, 0, seat_z + 0.62F);
  mesh.addTube(hip, neck, 0.15F, 0.17F, 8, Material::Shirt);
  mesh.addBlob(neck + Vector3f(0.1F, 0, 0.17F), {0.12F, 0.1F, 0.13F}, 7, 0, 0, Material::Skin);
  mesh.addBlob(neck + Vector3f(0.08F, 0, 0.23F), {0.14F, 0.12F, 0.1F}, 7, 0, 0, Material::Hair);
  for (const float side : {-1.0F, 1.0F}) {
    const Vector3f knee(seat_x + 0.38F, side * 0.14F, seat_z - 0.16F + side * 0.08F);
    mesh.addTube(hip + Vector3f(0, side * 0.08F, 0), knee, 0.085F, 0.07F, 6, Material::Trousers);
    mesh.addTube(knee, {seat_x + 0.2F, side * 0.14F, knee.z() - 0.42F}, 0.06F, 0.045F, 6, Material::Trousers);
    mesh.addTube(neck + Vector3f(0, side * 0.18F, -0.06F), {bar_x, side * 0.24F, bar_z}, 0.055F, 0.04F, 6,
                 Material::Shirt);
  }
}

void addTyre(Mesh& mesh, float x, float radius, float width) {
  mesh.addTube({x, -width / 2, radius}, {x, width / 2, radius}, radius, radius, 28, Material::Rubber);
  for (const float y : {-width / 2 - 0.006F, width / 2 + 0.006F}) {
    mesh.addRing({x, y, radius}, Vector3f::UnitY(), radius * 0.2F, radius * 0.62F, 16, Material::Metal);
  }
}

}  // namespace

Shape bicycleShape(bool rider) {
  Shape shape;
  Mesh& mesh = shape.mesh;
  const float r = 0.34F;
  for (const float x : {-0.52F, 0.52F}) {
    mesh.addRing({x, 0, r}, Vector3f::UnitY(), r * 0.86F, r, 22, Material::Rubber);
    mesh.addRing({x, 0.015F, r}, Vector3f::UnitY(), r * 0.9F, r * 0.97F, 22, Material::Rubber);
    for (int i = 0; i < 6; ++i) {
      const float angle = 0.5236F * float(i);
      const Vector3f spoke(r * 0.88F * std::cos(angle), 0, r * 0.88F * std::sin(angle));
      mesh.addTube(Vector3f(x, 0, r) - spoke, Vector3f(x, 0, r) + spoke, 0.006F, 0.006F, 3, Material::Metal);
    }
  }
  const Vector3f pedal(-0.05F, 0, 0.3F);
  const Vector3f seat(-0.22F, 0, 0.86F);
  const Vector3f head(0.38F, 0, 0.82F);
  const auto tube = [&](const Vector3f& a, const Vector3f& b) {
    mesh.addTube(a, b, 0.022F, 0.022F, 6, Material::Paint);
  };
  tube({-0.52F, 0, r}, pedal);
  tube({-0.52F, 0, r}, seat - Vector3f(0, 0, 0.12F));
  tube(pedal, seat);
  tube(pedal, head);
  tube(seat - Vector3f(0, 0, 0.12F), head);
  tube(head, {0.52F, 0, r});
  tube(head, {0.36F, 0, 1.02F});
  mesh.addTube({0.36F, -0.28F, 1.02F}, {0.36F, 0.28F, 1.02F}, 0.018F, 0.018F, 5, Material::Trim);
  mesh.addBox(seat + Vector3f(-0.13F, -0.07F, 0), seat + Vector3f(0.13F, 0.07F, 0.06F), Material::Trim);
  if (rider) addRider(mesh, -0.2F, 0.92F, 0.36F, 1.02F);
  shape.size = {1.75, 0.65, rider ? 1.88 : 1.05};
  return shape;
}

Shape motorcycleShape(bool rider) {
  Shape shape;
  Mesh& mesh = shape.mesh;
  const float r = 0.31F;
  for (const float x : {-0.7F, 0.7F})
    addTyre(mesh, x, r, 0.14F);
  mesh.addBox({-0.35F, -0.16F, 0.3F}, {0.3F, 0.16F, 0.62F}, Material::Metal);
  mesh.addBlob({0.15F, 0, 0.78F}, {0.36F, 0.19F, 0.16F}, 7, 0, 0, Material::Paint);
  mesh.addBlob({0.55F, 0, 0.85F}, {0.22F, 0.2F, 0.24F}, 7, 0, 0, Material::Paint);
  mesh.addBox({-0.75F, -0.15F, 0.72F}, {-0.1F, 0.15F, 0.82F}, Material::Trim);
  mesh.addBlob({-0.72F, 0, 0.75F}, {0.24F, 0.14F, 0.1F}, 6, 0, 0, Material::Paint);
  mesh.addTube({0.7F, 0, r}, {0.45F, 0, 1.02F}, 0.05F, 0.05F, 6, Material::Metal);
  mesh.addTube({0.42F, -0.36F, 1.04F}, {0.42F, 0.36F, 1.04F}, 0.02F, 0.02F, 5, Material::Trim);
  mesh.addBox({0.74F, -0.09F, 0.82F}, {0.78F, 0.09F, 0.96F}, Material::Headlight);
  mesh.addBox({-0.97F, -0.08F, 0.7F}, {-0.93F, 0.08F, 0.78F}, Material::Taillight);
  mesh.addTube({-0.2F, -0.2F, 0.35F}, {-0.95F, -0.22F, 0.42F}, 0.05F, 0.06F, 7, Material::Metal);
  if (rider) addRider(mesh, -0.35F, 0.84F, 0.42F, 1.04F);
  shape.solids = {solid(-0.7, 0.7, 0.14, 0.3, 0.8)};
  shape.size = {2.1, 0.8, rider ? 1.8 : 1.15};
  return shape;
}

}  // namespace hbev::synth
