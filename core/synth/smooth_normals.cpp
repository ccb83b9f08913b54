#include "core/synth/smooth_normals.h"

#include <cmath>
#include <cstdint>
#include <unordered_map>

#include <Eigen/Geometry>

#include "core/synth/random.h"

namespace hbev::synth {
namespace {

using Eigen::Vector3f;

constexpr float kSameEdge = 0.67F;  // cosine of 48 degrees
constexpr float kWeld_m = 1e-3F;    // corners that are this close are one

std::uint64_t placeOf(const Vector3f& corner) {
  const auto cell = [](float x) { return std::uint64_t(std::int64_t(std::lround(x / kWeld_m))); };
  return mixAll(cell(corner.x()), cell(corner.y()), cell(corner.z()));
}

}  // namespace

std::vector<std::array<Vector3f, 3>> smoothNormals(const Mesh& mesh) {
  std::vector<Vector3f> areas;  // normals as long as twice the triangle's area
  std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> meeting;
  for (std::uint32_t i = 0; i < mesh.triangles.size(); ++i) {
    const auto& corners = mesh.triangles[i].corners;
    const Vector3f& a = mesh.vertices[corners[0]];
    areas.push_back((mesh.vertices[corners[1]] - a).cross(mesh.vertices[corners[2]] - a));
    if (mesh.triangles[i].material == Material::Ground) continue;
    for (const std::uint32_t corner : corners)
      meeting[placeOf(mesh.vertices[corner])].push_back(i);
  }
  std::vector<std::array<Vector3f, 3>> normals(mesh.triangles.size());
  for (std::size_t i = 0; i < normals.size(); ++i) {
    const Vector3f own = areas[i].normalized();
    for (std::size_t k = 0; k < 3; ++k) {
      Vector3f sum = Vector3f::Zero();
      const auto found = meeting.find(placeOf(mesh.vertices[mesh.triangles[i].corners[k]]));
      if (found != meeting.end() && mesh.triangles[i].material != Material::Ground) {
        for (const std::uint32_t other : found->second) {
          const float agree = areas[other].normalized().dot(own);
          if (std::abs(agree) > kSameEdge) sum += agree > 0 ? areas[other] : Vector3f(-areas[other]);
        }
      }
      normals[i][k] = sum.norm() > 0 ? Vector3f(sum.normalized()) : own;
    }
  }
  return normals;
}

}  // namespace hbev::synth
