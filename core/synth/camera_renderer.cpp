#include "core/synth/camera_renderer.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <tbb/blocked_range2d.h>
#include <tbb/parallel_for.h>

#include "core/synth/random.h"

namespace hbev::synth {
namespace {

using Eigen::Vector3f;

// Where a pixel at an edge is looked at again: the corners of a turned square.
constexpr std::array<std::array<double, 2>, 4> kSamples{
    {{-0.125, -0.375}, {0.375, -0.125}, {0.125, 0.375}, {-0.375, 0.125}}};
constexpr float kEdgeContrast = 0.055F;

class PixelRays {
 public:
  PixelRays(const CameraModel& model, const Pose& global_from_camera)
      : origin_(global_from_camera.translation().cast<float>()),
        rotation_(global_from_camera.rotationMatrix()),
        to_camera_(model.intrinsics.inverse()) {}
  Ray at(double u, double v) const {
    const Eigen::Vector3d direction = (rotation_ * (to_camera_ * Eigen::Vector3d(u, v, 1))).normalized();
    return {origin_, direction.cast<float>(), 0.05F, 2000};
  }

 private:
  Vector3f origin_;
  Eigen::Matrix3d rotation_;
  Eigen::Matrix3d to_camera_;
};

float luminance(const Color& color) {
  return color.dot(Color(0.3F, 0.55F, 0.15F));
}

}  // namespace

CameraRenderer::CameraRenderer(const World& world, const Lighting& lighting, const RayTracer& tracer,
                               std::span<const Placement> placements)
    : world_(world), lighting_(lighting), tracer_(tracer), placements_(placements), shapes_(world.shapes()) {
  for (std::size_t i = 0; i < placements.size(); ++i) {
    const Placement& placement = placements[i];
    shape_from_global_.push_back(placement.global_from_shape.rotationMatrix().transpose().cast<float>());
    if (i < world.firstActor()) continue;
    const Shape& shape = *shapes_[placement.shape];
    if (shape.size.x() < 1.5) continue;
    const double yaw = placement.global_from_shape.yaw_rad();
    const Eigen::Vector2f half = shape.size.head<2>().cast<float>() / 2;
    footprints_.push_back({placement.global_from_shape.translation().head<2>().cast<float>(),
                           {float(std::cos(yaw)), float(std::sin(yaw))},
                           half,
                           half.norm() + 0.8F});
  }
}

/// What the sky's light loses on the ground close to and below vehicles.
float CameraRenderer::contactShade(const Vector3f& point) const {
  float light = 1;
  for (const Footprint& print : footprints_) {
    const Eigen::Vector2f offset = point.head<2>() - print.center;
    if (offset.squaredNorm() > print.reach * print.reach) continue;
    const float x = std::abs(offset.dot(print.along)) - print.half_size.x();
    const float y =
        std::abs(offset.y() * print.along.x() - offset.x() * print.along.y()) - print.half_size.y();
    const float outside = std::max(std::max(x, y) + 0.25F, 0.0F);
    light *= 1 - 0.78F * std::exp(-3.2F * outside);
  }
  return light;
}

SurfaceColor CameraRenderer::surface(const Ray& ray, const Hit& hit, float pixel_rad,
                                     Material& material) const {
  const Placement& placement = placements_[hit.object];
  const Eigen::Matrix3f& to_shape = shape_from_global_[hit.object];
  SurfacePoint point;
  point.material = material = shapes_[placement.shape]->mesh.triangles[hit.triangle].material;
  point.global = ray.origin + hit.distance_m * ray.direction;
  point.local = to_shape * (point.global - placement.global_from_shape.translation().cast<float>());
  point.normal = hit.normal;
  point.local_normal = to_shape * hit.normal;
  point.tint = placement.tint;
  point.seed = placement.seed;
  // A grazing view stretches the pixel; the mean of both directions keeps lines from vanishing.
  const float slant = std::max(0.06F, -hit.normal.dot(ray.direction));
  point.footprint_m = hit.distance_m * pixel_rad / std::sqrt(slant);
  return surfaceColor(point, world_.city->ground, lighting_);
}

void CameraRenderer::shade(std::span<const Ray> rays, std::span<const Hit> hits, float pixel_rad, bool first,
                           Colors colors) const {
  std::vector<SurfaceColor> surfaces(rays.size());
  std::vector<Material> materials(rays.size(), Material::Concrete);
  std::vector<Ray> sun_rays(rays.size());
  std::vector<std::size_t> mirrored;
  std::vector<Ray> mirror_rays;
  for (std::size_t i = 0; i < rays.size(); ++i) {
    const Hit& hit = hits[i];
    // A ray that needs no sun is sent into the sky.
    sun_rays[i] = {rays[i].origin + Vector3f(0, 0, 500), Vector3f::UnitZ(), 0, 1};
    if (hit.isSky()) continue;
    surfaces[i] = surface(rays[i], hit, pixel_rad, materials[i]);
    const Vector3f at = rays[i].origin + hit.distance_m * rays[i].direction;
    const Vector3f off = at + (0.004F + 2e-4F * hit.distance_m) * hit.normal;
    if (first) sun_rays[i] = {off, lighting_.to_sun, 0, 400};
    if (first && surfaces[i].mirror > 0 && materials[i] == Material::Ground && lighting_.wet > 0) {
      // Ripples.
      Vector3f normal = hit.normal;
      normal.x() += 0.03F * (noise(at.x() * 6, at.y() * 6, 20) - 0.5F);
      normal.y() += 0.03F * (noise(at.x() * 6, at.y() * 6, 21) - 0.5F);
      normal.normalize();
      const Vector3f out = rays[i].direction - 2 * normal.dot(rays[i].direction) * normal;
      mirrored.push_back(i);
      mirror_rays.push_back({off, out, 0, 300});
    }
  }
  std::vector<std::uint8_t> dark(rays.size(), 0);
  if (first) tracer_.occluded(sun_rays, dark);
  std::vector<Color> mirror_colors(mirror_rays.size());
  if (!mirror_rays.empty()) {
    std::vector<Hit> mirror_hits(mirror_rays.size());
    tracer_.intersect(mirror_rays, mirror_hits);
    shade(mirror_rays, mirror_hits, 4 * pixel_rad, false, mirror_colors);
  }
  std::size_t next_mirrored = 0;
  for (std::size_t i = 0; i < rays.size(); ++i) {
    const Hit& hit = hits[i];
    const Vector3f& view = rays[i].direction;
    if (hit.isSky()) {
      colors[i] = first ? skyColor(lighting_, view) : skyGradient(lighting_, view);
      continue;
    }
    const Vector3f& normal = hit.normal;
    const SurfaceColor& surface = surfaces[i];
    float facing = std::max(normal.dot(lighting_.to_sun), 0.0F);
    if (materials[i] == Material::Leaf) facing = 0.3F + 0.5F * std::abs(normal.dot(lighting_.to_sun));
    const Vector3f at = rays[i].origin + hit.distance_m * view;
    const float up = 0.5F + 0.5F * normal.z();
    Color sky =
        lighting_.ground + (0.62F * lighting_.zenith + 0.38F * lighting_.horizon - lighting_.ground) * up;
    float open = lighting_.ambient;
    if (materials[i] == Material::Ground && first) open *= contactShade(at);
    Color light = sky * open;
    if (dark[i] == 0) light += lighting_.sun * facing;
    const float grazing = std::pow(1 - std::min(1.0F, -normal.dot(view)), 5.0F);
    Color color = surface.albedo.cwiseProduct(light) + surface.glow;
    if (surface.mirror > 0) {
      Color seen;
      float share = surface.mirror + (1 - surface.mirror) * grazing;
      if (next_mirrored < mirrored.size() && mirrored[next_mirrored] == i) {
        seen = mirror_colors[next_mirrored++];
        share *= 0.75F;
      } else {
        Vector3f out = view - 2 * normal.dot(view) * normal;
        const bool low = out.z() < 0;
        out.z() = std::abs(out.z());
        seen = skyGradient(lighting_, out) * (low ? 0.3F : 0.8F);
        share = std::min(share, 0.55F);
        if (first && dark[i] == 0) {
          const float glint = std::max(out.dot(lighting_.to_sun), 0.0F);
          seen += lighting_.sun * (4 * std::pow(glint, 180.0F));
        }
      }
      color += (seen - color) * share;
    }
    const float clear = std::exp(-lighting_.haze_per_m * hit.distance_m);
    Vector3f level = view;
    level.z() = std::max(view.z(), 0.0F) * 0.5F;
    colors[i] = color * clear + skyGradient(lighting_, level) * (1 - clear);
  }
}

/// Film: highlights roll off instead of clipping; then sRGB.
Color CameraRenderer::display(const Color& light) const {
  Color out;
  for (int i = 0; i < 3; ++i) {
    const float x = std::max(0.0F, light[i] * lighting_.exposure);
    const float film = std::clamp(x * (2.51F * x + 0.03F) / (x * (2.43F * x + 0.59F) + 0.14F), 0.0F, 1.0F);
    out[i] = film < 0.0031308F ? 12.92F * film : 1.055F * std::pow(film, 1 / 2.4F) - 0.055F;
  }
  return out;
}

Picture CameraRenderer::render(const CameraModel& model, const Pose& global_from_camera) const {
  const int width = model.width;
  const int height = model.height;
  const PixelRays pixel_rays(model, global_from_camera);
  const auto pixel_rad = float(1 / model.intrinsics(0, 0));
  const std::size_t pixels = std::size_t(width) * std::size_t(height);
  Picture picture;
  picture.objects.resize(pixels);
  std::vector<Color> colors(pixels);
  const tbb::blocked_range2d<int> tiles(0, height, 16, 0, width, 32);
  const auto index = [&](int u, int v) { return std::size_t(v) * std::size_t(width) + std::size_t(u); };
  tbb::parallel_for(tiles, [&](const tbb::blocked_range2d<int>& tile) {
    std::vector<Ray> rays;
    for (int v = tile.rows().begin(); v < tile.rows().end(); ++v) {
      for (int u = tile.cols().begin(); u < tile.cols().end(); ++u)
        rays.push_back(pixel_rays.at(u, v));
    }
    std::vector<Hit> hits(rays.size());
    std::vector<Color> light(rays.size());
    tracer_.intersect(rays, hits);
    shade(rays, hits, pixel_rad, true, light);
    std::size_t next = 0;
    for (int v = tile.rows().begin(); v < tile.rows().end(); ++v) {
      for (int u = tile.cols().begin(); u < tile.cols().end(); ++u, ++next) {
        picture.objects[index(u, v)] = hits[next].object;
        colors[index(u, v)] = display(light[next]);
      }
    }
  });
  const auto isEdge = [&](int u, int v) {
    const std::size_t here = index(u, v);
    for (const auto& [du, dv] : {std::pair{1, 0}, {-1, 0}, {0, 1}, {0, -1}}) {
      if (u + du < 0 || u + du >= width || v + dv < 0 || v + dv >= height) continue;
      const std::size_t there = index(u + du, v + dv);
      if (picture.objects[here] != picture.objects[there]) return true;
      if (std::abs(luminance(colors[here]) - luminance(colors[there])) > kEdgeContrast) return true;
    }
    return false;
  };
  std::vector<Color> smooth = colors;
  tbb::parallel_for(tiles, [&](const tbb::blocked_range2d<int>& tile) {
    std::vector<Ray> rays;
    std::vector<std::size_t> edges;
    for (int v = tile.rows().begin(); v < tile.rows().end(); ++v) {
      for (int u = tile.cols().begin(); u < tile.cols().end(); ++u) {
        if (!isEdge(u, v)) continue;
        edges.push_back(index(u, v));
        for (const auto& [du, dv] : kSamples)
          rays.push_back(pixel_rays.at(u + du, v + dv));
      }
    }
    std::vector<Hit> hits(rays.size());
    std::vector<Color> light(rays.size());
    tracer_.intersect(rays, hits);
    shade(rays, hits, pixel_rad, true, light);
    for (std::size_t i = 0; i < edges.size(); ++i) {
      Color sum{0, 0, 0};
      for (std::size_t k = 0; k < kSamples.size(); ++k)
        sum += display(light[kSamples.size() * i + k]);
      smooth[edges[i]] = sum / float(kSamples.size());
    }
  });
  picture.image = {width, height, std::vector<std::uint8_t>(3 * pixels)};
  for (std::size_t i = 0; i < pixels; ++i) {
    for (int channel = 0; channel < 3; ++channel) {
      picture.image.rgb[3 * i + std::size_t(channel)] =
          std::uint8_t(std::clamp(smooth[i][channel], 0.0F, 1.0F) * 255 + 0.5F);
    }
  }
  return picture;
}

}  // namespace hbev::synth
