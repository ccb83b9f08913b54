#include "render/point_layer.h"

#include <algorithm>
#include <cstddef>

#include "render/viridis.h"

namespace hbev {
namespace {

struct Vertex {
  Eigen::Vector3f position;
  std::uint8_t color[4];
};

const char* const kVertexShader = R"(
layout(location = 0) in vec3 position;
layout(location = 1) in vec3 color;
uniform float size_px;
out vec3 point_color;
void main() {
  gl_Position = clip_from_ego * vec4(position, 1.0);
  gl_PointSize = size_px;
  point_color = hazed(color, position.xy, 0.5 * viewport.y);
}
)";

const char* const kFragmentShader = R"(
in vec3 point_color;
uniform float opacity;
uniform float size_px;
out vec4 out_color;
void main() {
  float beyond_px = (length(gl_PointCoord - 0.5) - 0.5) * size_px;
  if (size_px >= 3.0 && beyond_px > 0.0) discard;
  out_color = vec4(point_color, opacity);
}
)";

LayerShader::Source shaderSource() {
  return {.name = "points",
          .vertex = kVertexShader,
          .fragment = kFragmentShader,
          .mode = GL_POINTS,
          .stride = sizeof(Vertex),
          .attributes = {{3, GL_FLOAT, false, false, offsetof(Vertex, position)},
                         {3, GL_UNSIGNED_BYTE, false, true, offsetof(Vertex, color)}}};
}

/// From the ground to a house's first floor; viridis without its darkest third, which would drown in the
/// dark.
Rgb heightColor(float z_m) {
  constexpr float kLowest_m = -1.0F, kHighest_m = 5.4F;
  const float height = std::clamp((z_m - kLowest_m) / (kHighest_m - kLowest_m), 0.0F, 1.0F);
  return viridis(0.35 + 0.65 * height);
}

}  // namespace

PointLayer::PointLayer() : layer_(shaderSource()) {}

void PointLayer::setPoints(const std::vector<LidarPoint>& points, const Pose& ego_from_lidar) {
  std::vector<Vertex> vertices;
  vertices.reserve(points.size());
  const Eigen::Matrix3f rotation = ego_from_lidar.rotationMatrix().cast<float>();
  const Eigen::Vector3f translation = ego_from_lidar.translation().cast<float>();
  for (const LidarPoint& point : points) {
    const Eigen::Vector3f position = rotation * Eigen::Vector3f(point.x, point.y, point.z) + translation;
    const Rgb color = heightColor(position.z());
    vertices.push_back({position, {color.r, color.g, color.b, 255}});
  }
  layer_.setVertices(std::span<const Vertex>(vertices));
}

void PointLayer::setPoints(const std::vector<ColoredPoint>& points) {
  std::vector<Vertex> vertices;
  vertices.reserve(points.size());
  for (const ColoredPoint& point : points)
    vertices.push_back({point.position, {point.color.r, point.color.g, point.color.b, 255}});
  layer_.setVertices(std::span<const Vertex>(vertices));
}

void PointLayer::draw(const SceneView& view, float size_px, float opacity, ElementRange range) {
  glEnable(GL_PROGRAM_POINT_SIZE);
  glEnable(GL_BLEND);
  const auto uniforms = [&](GLuint program) {
    setUniform(program, "size_px", size_px * view.style().pixel_ratio);
    setUniform(program, "opacity", opacity);
  };
  layer_.draw(view, uniforms, range);
  glDisable(GL_BLEND);
  glDisable(GL_PROGRAM_POINT_SIZE);
}

}  // namespace hbev
