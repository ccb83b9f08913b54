#include "core/synth/mesh.h"

#include <cmath>
#include <numbers>

#include "core/synth/random.h"

namespace hbev::synth {
namespace {

using Eigen::Vector3f;

constexpr float kTurn = 2 * std::numbers::pi_v<float>;

/// Two unit vectors across `axis`.
std::pair<Vector3f, Vector3f> across(const Vector3f& axis) {
  const Vector3f helper = std::abs(axis.z()) < 0.9F ? Vector3f::UnitZ() : Vector3f::UnitX();
  const Vector3f u = axis.cross(helper).normalized();
  return {u, axis.cross(u).normalized()};
}

void addHexahedron(Mesh& mesh, const std::array<Vector3f, 8>& p, Material material) {
  // Corner index: bit 0 +x, bit 1 +y, bit 2 +z.
  constexpr int kFaces[6][4] = {{0, 2, 3, 1}, {4, 5, 7, 6}, {0, 1, 5, 4},
                                {2, 6, 7, 3}, {0, 4, 6, 2}, {1, 3, 7, 5}};
  for (const auto& f : kFaces)
    mesh.addQuad(p[f[0]], p[f[1]], p[f[2]], p[f[3]], material);
}

std::array<Vector3f, 8> cornersOf(const Frustum& s) {
  std::array<Vector3f, 8> p;
  for (unsigned i = 0; i < 8; ++i) {
    const bool right = (i & 1U) != 0;
    const bool top = (i & 4U) != 0;
    const float half_y = top ? s.top_half_y : s.bottom_half_y;
    const float x = top ? (right ? s.top_x1 : s.top_x0) : (right ? s.bottom_x1 : s.bottom_x0);
    p[i] = {x, (i & 2U) != 0 ? half_y : -half_y, top ? s.z1 : s.z0};
  }
  return p;
}

}  // namespace

void Mesh::addTriangle(const Vector3f& a, const Vector3f& b, const Vector3f& c, Material material) {
  const auto first = std::uint32_t(vertices.size());
  vertices.insert(vertices.end(), {a, b, c});
  triangles.push_back({{first, first + 1, first + 2}, material});
}

void Mesh::addQuad(const Vector3f& a, const Vector3f& b, const Vector3f& c, const Vector3f& d,
                   Material material) {
  const auto first = std::uint32_t(vertices.size());
  vertices.insert(vertices.end(), {a, b, c, d});
  triangles.push_back({{first, first + 1, first + 2}, material});
  triangles.push_back({{first, first + 2, first + 3}, material});
}

void Mesh::addBox(const Vector3f& low, const Vector3f& high, Material material) {
  std::array<Vector3f, 8> p;
  for (unsigned i = 0; i < 8; ++i) {
    p[i] = {(i & 1U) != 0 ? high.x() : low.x(), (i & 2U) != 0 ? high.y() : low.y(),
            (i & 4U) != 0 ? high.z() : low.z()};
  }
  addHexahedron(*this, p, material);
}

void Mesh::addBeam(const Vector3f& from, const Vector3f& to, float width, float height, Material material) {
  const auto [u, v] = across((to - from).normalized());
  std::array<Vector3f, 8> p;
  for (unsigned i = 0; i < 8; ++i) {
    p[i] = ((i & 1U) != 0 ? to : from) + u * ((i & 2U) != 0 ? width : -width) / 2 +
           v * ((i & 4U) != 0 ? height : -height) / 2;
  }
  addHexahedron(*this, p, material);
}

void Mesh::addFrustum(const Frustum& shape, Material material) {
  addHexahedron(*this, cornersOf(shape), material);
}

void Mesh::addWindows(const Frustum& shape, float border, int panes, Material material) {
  const auto p = cornersOf(shape);
  const Vector3f middle = 0.125F * (p[0] + p[1] + p[2] + p[3] + p[4] + p[5] + p[6] + p[7]);
  const auto pane = [&](const Vector3f& a, const Vector3f& b, const Vector3f& top_a, const Vector3f& top_b,
                        int count) {
    Vector3f outward = (b - a).cross(top_a - a).normalized();
    if (outward.dot(a - middle) < 0) outward = -outward;
    const float width = (b - a).norm();
    const float height = (top_a - a).norm();
    const auto at = [&](float u, float v) -> Vector3f {
      return (a + u * (b - a)) * (1 - v) + (top_a + u * (top_b - top_a)) * v + 0.01F * outward;
    };
    const float v0 = border / height;
    for (int i = 0; i < count; ++i) {
      const float u0 = float(i) / float(count) + border / width;
      const float u1 = float(i + 1) / float(count) - border / width;
      if (u1 <= u0 || v0 >= 0.5F) continue;
      addQuad(at(u0, v0), at(u1, v0), at(u1, 1 - v0), at(u0, 1 - v0), material);
    }
  };
  pane(p[0], p[1], p[4], p[5], panes);
  pane(p[2], p[3], p[6], p[7], panes);
  pane(p[0], p[2], p[4], p[6], 1);
  pane(p[1], p[3], p[5], p[7], 1);
}

void Mesh::addTube(const Vector3f& from, const Vector3f& to, float r0, float r1, int sides,
                   Material material) {
  const auto [u, v] = across((to - from).normalized());
  const auto rim = [&](const Vector3f& center, float radius, int i) -> Vector3f {
    const float angle = kTurn * float(i) / float(sides);
    return center + radius * (std::cos(angle) * u + std::sin(angle) * v);
  };
  for (int i = 0; i < sides; ++i) {
    addQuad(rim(from, r0, i), rim(from, r0, i + 1), rim(to, r1, i + 1), rim(to, r1, i), material);
    if (r0 > 0) addTriangle(from, rim(from, r0, i), rim(from, r0, i + 1), material);
    if (r1 > 0) addTriangle(to, rim(to, r1, i), rim(to, r1, i + 1), material);
  }
}

void Mesh::addRing(const Vector3f& center, const Vector3f& axis, float inner, float outer, int sides,
                   Material material) {
  const auto [u, v] = across(axis.normalized());
  const auto rim = [&, u = u, v = v](float radius, int i) -> Vector3f {
    const float angle = kTurn * float(i) / float(sides);
    return center + radius * (std::cos(angle) * u + std::sin(angle) * v);
  };
  for (int i = 0; i < sides; ++i) {
    addQuad(rim(inner, i), rim(outer, i), rim(outer, i + 1), rim(inner, i + 1), material);
  }
}

void Mesh::addProfile(std::span<const Eigen::Vector2f> outline, float half_width, float chamfer,
                      Material material) {
  Eigen::Vector2f centroid{0, 0};
  for (const auto& point : outline)
    centroid += point / float(outline.size());
  const auto section = [&](std::size_t i, float y, float inset) -> Vector3f {
    const Eigen::Vector2f& point = outline[i % outline.size()];
    const Eigen::Vector2f to_middle = centroid - point;
    const Eigen::Vector2f moved =
        point + to_middle * std::min(1.0F, inset / std::max(to_middle.norm(), 1e-3F));
    return {moved.x(), y, moved.y()};
  };
  const std::array<std::pair<float, float>, 4> cuts{{{-half_width, chamfer},
                                                     {-half_width + chamfer, 0.0F},
                                                     {half_width - chamfer, 0.0F},
                                                     {half_width, chamfer}}};
  for (std::size_t i = 0; i < outline.size(); ++i) {
    for (std::size_t cut = 0; cut + 1 < cuts.size(); ++cut) {
      const auto [y0, inset0] = cuts[cut];
      const auto [y1, inset1] = cuts[cut + 1];
      addQuad(section(i, y0, inset0), section(i + 1, y0, inset0), section(i + 1, y1, inset1),
              section(i, y1, inset1), material);
    }
    for (const float y : {-half_width, half_width}) {
      addTriangle({centroid.x(), y, centroid.y()}, section(i, y, chamfer), section(i + 1, y, chamfer),
                  material);
    }
  }
}

void Mesh::addBlob(const Vector3f& center, const Vector3f& radii, int rings, float lumps, std::uint32_t seed,
                   Material material) {
  const int sides = 2 * rings;
  const auto at = [&](int ring, int side) -> Vector3f {
    const float polar = kTurn / 2 * float(ring) / float(rings);
    const float angle = kTurn * float(side % sides) / float(sides);
    const float bump = 1 + lumps * (2 * noise(3 * polar, 1.3F * float(side % sides), seed) - 1);
    const bool pole = ring == 0 || ring == rings;
    const Vector3f direction{std::sin(polar) * std::cos(angle), std::sin(polar) * std::sin(angle),
                             std::cos(polar)};
    return center + (pole ? 1.0F : bump) * direction.cwiseProduct(radii);
  };
  for (int ring = 0; ring < rings; ++ring) {
    for (int side = 0; side < sides; ++side) {
      const Vector3f a = at(ring, side);
      const Vector3f b = at(ring, side + 1);
      const Vector3f c = at(ring + 1, side + 1);
      const Vector3f d = at(ring + 1, side);
      if (ring > 0) addTriangle(a, b, c, material);
      if (ring + 1 < rings) addTriangle(a, c, d, material);
    }
  }
}

void Mesh::append(const Mesh& other, const Eigen::Affine3f& transform) {
  const auto first = std::uint32_t(vertices.size());
  for (const auto& vertex : other.vertices)
    vertices.push_back(transform * vertex);
  for (const auto& t : other.triangles) {
    triangles.push_back({{first + t.corners[0], first + t.corners[1], first + t.corners[2]}, t.material});
  }
}

}  // namespace hbev::synth
