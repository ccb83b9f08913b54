// A camera's picture of the world: ray traced with sun shadows, sky, mirrors, haze and smooth edges.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/data/images.h"
#include "core/geometry/camera.h"
#include "core/synth/lamp_light.h"
#include "core/synth/lighting.h"
#include "core/synth/materials.h"
#include "core/synth/ray_tracer.h"
#include "core/synth/world.h"

namespace hbev::synth {

class PixelRays;

struct Picture {
  Image image;
  std::vector<std::uint32_t> objects;  ///< per pixel: the placement its centre sees, or kNoObject
  std::vector<float> distances_m;      ///< per pixel, along its ray; 0 for the sky
};

/// A moment of the world, ready to be looked at. The references must outlive it.
class CameraRenderer {
 public:
  /// `tracer` must have been placed with `placements`.
  CameraRenderer(const World& world, const Lighting& lighting, const RayTracer& tracer,
                 std::span<const Placement> placements);
  /// The same to the last bit for any number of threads.
  Picture render(const CameraModel& model, const Pose& global_from_camera) const;

 private:
  struct Footprint {
    Eigen::Vector2f center, along;
    Eigen::Vector2f half_size;
    float reach;
  };
  using Colors = std::span<Color>;

  struct Surfaced {
    SurfaceColor color;
    Material material = Material::Concrete;
    Eigen::Vector3f normal{0, 0, 1};  ///< unit, global: what light and mirrors see of the surface
  };

  /// `first`: seen by the camera itself and not in a mirror.
  void shade(std::span<const Ray> rays, std::span<const Hit> hits, float pixel_rad, bool first,
             Colors colors) const;
  Surfaced surface(const Ray& ray, const Hit& hit, float pixel_rad) const;
  std::vector<std::optional<Color>> reflections(std::span<const Ray> rays, std::span<const Hit> hits,
                                                std::span<const Surfaced> surfaces, float pixel_rad) const;
  Color lit(const Ray& ray, const Hit& hit, const Surfaced& surface, bool sunny, bool first,
            const std::optional<Color>& mirrored) const;
  /// Display colours of what `rays` see; fills `hits`.
  std::vector<Color> look(std::span<const Ray> rays, float pixel_rad, std::span<Hit> hits) const;
  std::vector<Color> firstLook(const PixelRays& pixels, Picture& picture) const;
  std::vector<Color> smoothEdges(const PixelRays& pixels, const Picture& picture,
                                 const std::vector<Color>& colors) const;
  float contactShade(const Eigen::Vector3f& point) const;
  Color display(const Color& light) const;

  const World& world_;
  const Lighting& lighting_;
  const RayTracer& tracer_;
  std::span<const Placement> placements_;
  std::vector<const Shape*> shapes_;
  LampLight lamp_light_;
  std::vector<Eigen::Matrix3f> shape_from_global_;
  std::vector<Footprint> footprints_;
  Color dome_;  ///< the sky's light on a surface that faces up
};

}  // namespace hbev::synth
