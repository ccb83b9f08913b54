#include "core/synth/camera_renderer.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <tbb/blocked_range2d.h>
#include <tbb/parallel_for.h>

#include "core/synth/glare.h"
#include "core/synth/pixel_rays.h"
#include "core/synth/random.h"

namespace hbev::synth {
namespace {

using Eigen::Vector3f;

// Where a pixel at an edge is looked at again: the corners of a turned square.
constexpr std::array<std::array<double, 2>, 4> kSamples{
    {{-0.125, -0.375}, {0.375, -0.125}, {0.125, 0.375}, {-0.375, 0.125}}};
constexpr float kEdgeContrast = 0.055F;

/// Tiles are cut alike for any number of threads, so that the same rays travel together.
template <class Work>
void forEachTile(const Image& image, const Work& work) {
  tbb::parallel_for(tbb::blocked_range2d<int>(0, image.height, 16, 0, image.width, 32), work,
                    tbb::simple_partitioner());
}

std::size_t pixelIndex(const Image& image, int u, int v) {
  return std::size_t(v) * std::size_t(image.width) + std::size_t(u);
}

/// A step away from a surface, so that a ray from there does not meet it again.
Vector3f liftOff(const Hit& hit) {
  return (0.004F + 2e-4F * hit.distance_m) * hit.normal;
}

/// `normal`, turned so far that it does not look away from the eye.
Vector3f facingNormal(const Vector3f& normal, const Vector3f& view) {
  const float away = normal.dot(view) + 0.02F;
  return away > 0 ? Vector3f((normal - away * view).normalized()) : normal;
}

/// What mirrors so much that the street in it is traced.
bool mirrorsStreet(Material material) {
  return material == Material::Ground || material == Material::Glass || material == Material::Facade ||
         material == Material::Paint;
}

float luminance(const Color& color) {
  return color.dot(Color(0.3F, 0.55F, 0.15F));
}

bool isEdge(const Picture& picture, const std::vector<Color>& colors, int u, int v) {
  const std::size_t here = pixelIndex(picture.image, u, v);
  for (const auto& [du, dv] : {std::pair{1, 0}, {-1, 0}, {0, 1}, {0, -1}}) {
    if (u + du < 0 || u + du >= picture.image.width || v + dv < 0 || v + dv >= picture.image.height) continue;
    const std::size_t there = pixelIndex(picture.image, u + du, v + dv);
    if (picture.objects[here] != picture.objects[there]) return true;
    if (std::abs(luminance(colors[here]) - luminance(colors[there])) > kEdgeContrast) return true;
  }
  return false;
}

}  // namespace

CameraRenderer::CameraRenderer(const World& world, const Lighting& lighting, const RayTracer& tracer,
                               std::span<const Placement> placements)
    : world_(world),
      lighting_(lighting),
      tracer_(tracer),
      placements_(placements),
      shapes_(world.shapes()),
      lamp_light_(world, lighting, placements, shapes_) {
  // The whole sky's light, less blue than the zenith: the horizon and bright walls add to it.
  const Color blue = 0.55F * lighting.zenith + 0.45F * lighting.horizon;
  dome_ = 0.4F * blue + 0.6F * luminance(blue) * Color(1.02F, 1, 0.99F);
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

CameraRenderer::Surfaced CameraRenderer::surface(const Ray& ray, const Hit& hit, float pixel_rad) const {
  const Placement& placement = placements_[hit.object];
  const Shape& shape = *shapes_[placement.shape];
  const Eigen::Matrix3f& to_shape = shape_from_global_[hit.object];
  SurfacePoint point;
  point.material = shape.mesh.triangles[hit.triangle].material;
  point.global = ray.origin + hit.distance_m * ray.direction;
  point.local = to_shape * (point.global - placement.global_from_shape.translation().cast<float>());
  point.normal = hit.normal;
  point.local_normal = to_shape * hit.normal;
  point.local_view = to_shape * ray.direction;
  point.tint = placement.tint;
  point.seed = placement.seed;
  point.lights = placement.lights;
  // A grazing view stretches the pixel; the mean of both directions keeps lines from vanishing.
  const float slant = std::max(0.06F, -hit.normal.dot(ray.direction));
  point.footprint_m = hit.distance_m * pixel_rad / std::sqrt(slant);
  Vector3f normal = hit.smooth;
  if (point.material == Material::Leaf) {
    // Light falls on a crown as on one round thing.
    const Vector3f size = shape.size.cast<float>();
    const Vector3f outward =
        (point.local - Vector3f(0, 0, 0.62F * size.z())).cwiseQuotient(size).normalized();
    normal = (hit.normal + 1.5F * (to_shape.transpose() * outward)).normalized();
  }
  return {surfaceColor(point, world_.city->ground, lighting_), point.material,
          facingNormal(normal, ray.direction)};
}

/// What wet ground, panes and paint mirror: a second look without shadows. Entries of dull surfaces stay
/// empty.
std::vector<std::optional<Color>> CameraRenderer::reflections(std::span<const Ray> rays,
                                                              std::span<const Hit> hits,
                                                              std::span<const Surfaced> surfaces,
                                                              float pixel_rad) const {
  std::vector<std::optional<Color>> result(rays.size());
  std::vector<std::size_t> sources;
  std::vector<Ray> mirrored;
  for (std::size_t i = 0; i < rays.size(); ++i) {
    if (hits[i].isSky() || surfaces[i].color.mirror < 0.01F || !mirrorsStreet(surfaces[i].material)) continue;
    const Vector3f at = rays[i].origin + hits[i].distance_m * rays[i].direction;
    Vector3f normal = surfaces[i].normal;
    if (surfaces[i].material == Material::Ground) {  // ripples
      normal.x() += 0.03F * (noise(at.x() * 6, at.y() * 6, 20) - 0.5F);
      normal.y() += 0.03F * (noise(at.x() * 6, at.y() * 6, 21) - 0.5F);
      normal.normalize();
    }
    Vector3f out = rays[i].direction - 2 * normal.dot(rays[i].direction) * normal;
    // A bent normal must not send the look into the surface itself.
    const float into = out.dot(hits[i].normal) - 0.02F;
    if (into < 0) out = (out - into * hits[i].normal).normalized();
    sources.push_back(i);
    mirrored.push_back({at + liftOff(hits[i]), out, 0, 300});
  }
  std::vector<Hit> seen(mirrored.size());
  std::vector<Color> colors(mirrored.size());
  tracer_.intersect(mirrored, seen);
  shade(mirrored, seen, 4 * pixel_rad, false, colors);
  for (std::size_t k = 0; k < sources.size(); ++k)
    result[sources[k]] = colors[k];
  return result;
}

Color CameraRenderer::lit(const Ray& ray, const Hit& hit, const Surfaced& surface, bool sunny, bool first,
                          const std::optional<Color>& mirrored) const {
  const Vector3f& view = ray.direction;
  const Vector3f& normal = surface.normal;
  const float towards_sun = normal.dot(lighting_.to_sun);
  // Leaves let light through.
  const float facing = surface.material == Material::Leaf ? 0.16F + 0.66F * std::max(towards_sun, 0.0F)
                                                          : std::max(towards_sun, 0.0F);
  float open = lighting_.ambient;
  const Vector3f at = ray.origin + hit.distance_m * view;
  if (surface.material == Material::Ground && first) open *= contactShade(at);
  Color light = open * (lighting_.ground + (dome_ - lighting_.ground) * (0.5F + 0.5F * normal.z()));
  if (sunny) light += lighting_.sun * facing;
  light += lamp_light_.at(at, normal);
  Color color = surface.color.albedo.cwiseProduct(light) + surface.color.glow;
  if (surface.color.mirror <= 0) return color;
  const float grazing = std::pow(1 - std::min(1.0F, -normal.dot(view)), 5.0F);
  const float share = surface.color.mirror + (1 - surface.color.mirror) * grazing;
  if (mirrored) {
    // A wet road's mirror is rough; glass shows what the sun does in it.
    const bool ground = surface.material == Material::Ground;
    Color seen = *mirrored;
    const Vector3f out = view - 2 * normal.dot(view) * normal;
    if (sunny && first && !ground)
      seen += lighting_.sun * (4 * std::pow(std::max(out.dot(lighting_.to_sun), 0.0F), 180.0F));
    return color + (seen - color) * ((ground ? 0.75F : 0.95F) * share);
  }
  Vector3f out = view - 2 * normal.dot(view) * normal;
  // Below the horizon it mirrors the street.
  const float brightness = 0.3F + 0.5F * std::clamp(2.5F * out.z() + 0.5F, 0.0F, 1.0F);
  out.z() = std::abs(out.z());
  Color seen = skyGradient(lighting_, out) * brightness;
  if (sunny && first)
    seen += lighting_.sun * (4 * std::pow(std::max(out.dot(lighting_.to_sun), 0.0F), 180.0F));
  return color + (seen - color) * std::min(share, 0.55F);
}

void CameraRenderer::shade(std::span<const Ray> rays, std::span<const Hit> hits, float pixel_rad, bool first,
                           Colors colors) const {
  std::vector<Surfaced> surfaces(rays.size());
  std::vector<Ray> sun_rays(rays.size());
  for (std::size_t i = 0; i < rays.size(); ++i) {
    // A ray that needs no sun is sent into the sky.
    sun_rays[i] = {rays[i].origin + Vector3f(0, 0, 500), Vector3f::UnitZ(), 0, 1};
    if (hits[i].isSky()) continue;
    surfaces[i] = surface(rays[i], hits[i], pixel_rad);
    const Vector3f at = rays[i].origin + hits[i].distance_m * rays[i].direction;
    sun_rays[i] = {at + liftOff(hits[i]), lighting_.to_sun, 0, 400};
  }
  std::vector<std::uint8_t> dark(rays.size(), 0);
  std::vector<std::optional<Color>> mirrored(rays.size());
  if (first) {
    tracer_.occluded(sun_rays, dark);
    mirrored = reflections(rays, hits, surfaces, pixel_rad);
  }
  for (std::size_t i = 0; i < rays.size(); ++i) {
    const Vector3f& view = rays[i].direction;
    if (hits[i].isSky()) {
      colors[i] = first ? skyColor(lighting_, view) : skyGradient(lighting_, view);
      continue;
    }
    const Color color = lit(rays[i], hits[i], surfaces[i], dark[i] == 0, first, mirrored[i]);
    const float clear = std::exp(-lighting_.haze_per_m * hits[i].distance_m);
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

std::vector<Color> CameraRenderer::look(std::span<const Ray> rays, float pixel_rad,
                                        std::span<Hit> hits) const {
  std::vector<Color> colors(rays.size());
  tracer_.intersect(rays, hits);
  shade(rays, hits, pixel_rad, true, colors);
  for (Color& color : colors)
    color = display(color);
  return colors;
}

/// Every pixel once, at its centre.
std::vector<Color> CameraRenderer::firstLook(const PixelRays& pixels, Picture& picture) const {
  std::vector<Color> colors(picture.objects.size());
  forEachTile(picture.image, [&](const tbb::blocked_range2d<int>& tile) {
    std::vector<Ray> rays;
    std::vector<std::size_t> indices;
    for (int v = tile.rows().begin(); v < tile.rows().end(); ++v) {
      for (int u = tile.cols().begin(); u < tile.cols().end(); ++u) {
        rays.push_back(pixels.at(u, v));
        indices.push_back(pixelIndex(picture.image, u, v));
      }
    }
    std::vector<Hit> hits(rays.size());
    const std::vector<Color> seen = look(rays, pixels.pixel_rad(), hits);
    for (std::size_t i = 0; i < rays.size(); ++i) {
      picture.objects[indices[i]] = hits[i].object;
      picture.distances_m[indices[i]] = hits[i].distance_m;
      colors[indices[i]] = seen[i];
    }
  });
  return colors;
}

/// Pixels that differ from a neighbour again, at four places inside each.
std::vector<Color> CameraRenderer::smoothEdges(const PixelRays& pixels, const Picture& picture,
                                               const std::vector<Color>& colors) const {
  std::vector<Color> smooth = colors;
  forEachTile(picture.image, [&](const tbb::blocked_range2d<int>& tile) {
    std::vector<Ray> rays;
    std::vector<std::size_t> edges;
    for (int v = tile.rows().begin(); v < tile.rows().end(); ++v) {
      for (int u = tile.cols().begin(); u < tile.cols().end(); ++u) {
        if (!isEdge(picture, colors, u, v)) continue;
        edges.push_back(pixelIndex(picture.image, u, v));
        for (const auto& [du, dv] : kSamples)
          rays.push_back(pixels.at(u + du, v + dv));
      }
    }
    std::vector<Hit> hits(rays.size());
    const std::vector<Color> seen = look(rays, pixels.pixel_rad(), hits);
    for (std::size_t i = 0; i < edges.size(); ++i) {
      Color sum{0, 0, 0};
      for (std::size_t k = 0; k < kSamples.size(); ++k)
        sum += seen[kSamples.size() * i + k];
      smooth[edges[i]] = sum / float(kSamples.size());
    }
  });
  return smooth;
}

Picture CameraRenderer::render(const CameraModel& model, const Pose& global_from_camera) const {
  const PixelRays pixels(model, global_from_camera);
  Picture picture;
  picture.image.width = model.width;
  picture.image.height = model.height;
  const std::size_t count = std::size_t(model.width) * std::size_t(model.height);
  picture.objects.resize(count);
  picture.distances_m.resize(count);
  std::vector<Color> colors = smoothEdges(pixels, picture, firstLook(pixels, picture));
  addGlare(colors, model.width, model.height, lighting_.glare);
  for (const Color& color : colors) {
    for (const float channel : color) {
      picture.image.rgb.push_back(std::uint8_t(std::clamp(channel, 0.0F, 1.0F) * 255 + 0.5F));
    }
  }
  return picture;
}

}  // namespace hbev::synth
