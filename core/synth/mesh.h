// Triangle meshes built from simple solids: what the ray tracer hits and the labels are sampled from.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include <Eigen/Core>
#include <Eigen/Geometry>

namespace hbev::synth {

/// What a triangle is made of; core/synth/materials.h turns it into colour.
enum class Material : std::uint8_t {
  Ground,
  Facade,
  Roof,
  Concrete,
  Metal,
  Paint,  ///< the object's own colour
  Trim,   ///< black plastic
  Glass,
  Rubber,
  Headlight,
  Taillight,
  Leaf,
  Bark,
  Skin,
  Hair,
  Shirt,
  Trousers,
  Orange,
  White,
  Red,
  Yellow,
  Blue,
  Lamp,
  SignalGreen,
};

struct Triangle {
  std::array<std::uint32_t, 3> corners;
  Material material;
};

/// A closed box-like solid with a rectangle below and a rectangle above; m.
struct Frustum {
  float z0, z1;
  float bottom_x0, bottom_x1, bottom_half_y;
  float top_x0, top_x1, top_half_y;
};

struct Mesh {
  std::vector<Eigen::Vector3f> vertices;
  std::vector<Triangle> triangles;

  void addTriangle(const Eigen::Vector3f& a, const Eigen::Vector3f& b, const Eigen::Vector3f& c,
                   Material material);
  void addQuad(const Eigen::Vector3f& a, const Eigen::Vector3f& b, const Eigen::Vector3f& c,
               const Eigen::Vector3f& d, Material material);
  void addBox(const Eigen::Vector3f& low, const Eigen::Vector3f& high, Material material);
  /// A box of cross-section `width` x `height` from `from` to `to`.
  void addBeam(const Eigen::Vector3f& from, const Eigen::Vector3f& to, float width, float height,
               Material material);
  void addFrustum(const Frustum& shape, Material material);
  /// Window panes 1 cm outside a frustum's four sloping sides, `border` (m) of frame left around each; the
  /// long sides are divided into `panes`.
  void addWindows(const Frustum& shape, float border, int panes, Material material);
  /// A round bar or cone from `from` (radius r0) to `to` (radius r1) with closed ends.
  void addTube(const Eigen::Vector3f& from, const Eigen::Vector3f& to, float r0, float r1, int sides,
               Material material);
  /// A flat ring around `center`, across `axis`.
  void addRing(const Eigen::Vector3f& center, const Eigen::Vector3f& axis, float inner, float outer,
               int sides, Material material);
  /// A side view (x, z; star-shaped around its centroid) drawn out over y from -half_width to half_width with
  /// chamfered edges.
  void addProfile(std::span<const Eigen::Vector2f> outline, float half_width, float chamfer,
                  Material material);
  /// A lumpy ball.
  void addBlob(const Eigen::Vector3f& center, const Eigen::Vector3f& radii, int rings, float lumps,
               std::uint32_t seed, Material material);
  void append(const Mesh& other, const Eigen::Affine3f& transform);
};

}  // namespace hbev::synth
