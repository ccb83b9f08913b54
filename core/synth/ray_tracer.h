// What a ray meets: Embree over the world's shapes, each built once and placed anew for every moment.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "core/synth/shape.h"

namespace hbev::synth {

struct Ray {
  Eigen::Vector3f origin;
  Eigen::Vector3f direction;  ///< unit length
  float near_m = 0;
  float far_m = 1e4F;
};

inline constexpr std::uint32_t kNoObject = 0xFFFFFFFF;

struct Hit {
  float distance_m = 0;
  std::uint32_t object = kNoObject;  ///< index of the placement
  std::uint32_t triangle = 0;        ///< index into its shape's mesh
  Eigen::Vector3f normal{0, 0, 1};   ///< unit, global, towards the ray's origin
  Eigen::Vector3f smooth{0, 0, 1};   ///< unit, global: the normal of the round thing that triangles stand for
  bool isSky() const { return object == kNoObject; }
};

/// Built for a set of shapes; place() then says where they are. Tracing is safe from many threads.
class RayTracer {
 public:
  explicit RayTracer(std::span<const Shape* const> shapes);
  ~RayTracer();
  RayTracer(const RayTracer&) = delete;
  RayTracer& operator=(const RayTracer&) = delete;

  /// `hidden` is seen by no ray of intersect() but still casts a shadow: the ego car. kNoObject hides
  /// nothing.
  void place(std::span<const Placement> placements, std::uint32_t hidden = kNoObject);
  /// hits[i] for rays[i]; rays that lie side by side should point to similar places.
  void intersect(std::span<const Ray> rays, std::span<Hit> hits) const;
  /// blocked[i] = 1 where anything is between near_m and far_m.
  void occluded(std::span<const Ray> rays, std::span<std::uint8_t> blocked) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hbev::synth
