#include "render/line_layer.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace hbev {
namespace {

const char* const kVertexShader = R"(
layout(location = 0) in vec3 from;
layout(location = 1) in vec3 to;
layout(location = 2) in vec2 width_and_lift;
layout(location = 3) in vec4 color;
layout(location = 4) in uvec2 corner_and_ends;
noperspective out vec2 along_across;
flat out float length_px;
flat out float half_width_px;
flat out vec4 line_color;
flat out float round_ends;

vec3 lifted(vec3 point) {
  vec3 towards = eye - point;
  return point + towards * min(0.5, width_and_lift.y / max(length(towards), 1e-3));
}

void main() {
  const float kNearest = 0.1;
  vec4 a = clip_from_ego * vec4(lifted(from), 1.0), b = clip_from_ego * vec4(lifted(to), 1.0);
  line_color = color;
  half_width_px = 0.5 * width_and_lift.x;
  round_ends = float(corner_and_ends.y);
  along_across = vec2(0.0);
  length_px = 0.0;
  gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
  if (a.w < kNearest && b.w < kNearest) return;
  if (a.w < kNearest) a = mix(a, b, (kNearest - a.w) / (b.w - a.w));
  if (b.w < kNearest) b = mix(b, a, (kNearest - b.w) / (a.w - b.w));

  vec2 a_px = 0.5 * viewport * a.xy / a.w, b_px = 0.5 * viewport * b.xy / b.w;
  length_px = distance(a_px, b_px);
  vec2 direction = length_px > 1e-3 ? (b_px - a_px) / length_px : vec2(1.0, 0.0);
  bool at_end = (corner_and_ends.x & 1u) != 0u;
  float side = (corner_and_ends.x & 2u) != 0u ? 1.0 : -1.0;
  float reach_px = half_width_px + 1.0;
  along_across = vec2(at_end ? length_px + round_ends * reach_px : -round_ends * reach_px, side * reach_px);
  vec2 pixel = a_px + direction * along_across.x + vec2(-direction.y, direction.x) * along_across.y;
  vec4 end = at_end ? b : a;
  gl_Position = vec4(pixel / (0.5 * viewport) * end.w, end.z, end.w);
}
)";

const char* const kFragmentShader = R"(
noperspective in vec2 along_across;
flat in float length_px;
flat in float half_width_px;
flat in vec4 line_color;
flat in float round_ends;
uniform float strength;
out vec4 out_color;

void main() {
  float beyond = round_ends * max(max(-along_across.x, along_across.x - length_px), 0.0);
  float outside_px = length(vec2(beyond, along_across.y)) - half_width_px;
  // Lines thinner than a pixel get fainter, not thinner.
  float coverage = clamp(0.5 - outside_px, 0.0, 1.0) * min(1.0, 2.0 * half_width_px);
  if (coverage <= 0.0) discard;
  out_color = vec4(line_color.rgb, line_color.a * strength * coverage);
}
)";

constexpr std::size_t kKeptVertices = 1 << 16, kIndicesOfLine = 6;

}  // namespace

LayerShader::Source LineLayer::shaderSource() {
  return {.name = "lines",
          .vertex = kVertexShader,
          .fragment = kFragmentShader,
          .mode = GL_TRIANGLES,
          .stride = sizeof(Vertex),
          .attributes = {{3, GL_FLOAT, false, false, offsetof(Vertex, from)},
                         {3, GL_FLOAT, false, false, offsetof(Vertex, to)},
                         {2, GL_FLOAT, false, false, offsetof(Vertex, width_px)},
                         {4, GL_UNSIGNED_BYTE, false, true, offsetof(Vertex, color)},
                         {2, GL_UNSIGNED_BYTE, true, false, offsetof(Vertex, corner)}}};
}

LineLayer::LineLayer() : layer_(shaderSource()) {}

void LineLayer::add(const Eigen::Vector3f& from, const Eigen::Vector3f& to, const LineStyle& style) {
  Vertex vertex{from,
                to,
                style.width_px,
                style.towards_eye_m,
                {style.color.r, style.color.g, style.color.b, std::uint8_t(std::lround(255 * style.opacity))},
                0,
                std::uint8_t(style.round_ends),
                {}};
  for (const std::uint8_t corner : {0, 1, 2, 3}) {
    vertex.corner = corner;
    vertices_.push_back(vertex);
  }
}

void LineLayer::clear() {
  vertices_.clear();
  is_uploaded_ = false;
}

void LineLayer::upload() {
  auto geometry = std::make_shared<LayerGeometry>();
  geometry->setVertices(std::span<const Vertex>(vertices_));
  geometry->indices.reserve(vertices_.size() / 4 * kIndicesOfLine);
  for (std::uint32_t base = 0; base < vertices_.size(); base += 4) {
    for (const std::uint32_t offset : {0U, 1U, 3U, 0U, 3U, 2U}) {
      geometry->indices.push_back(base + offset);
    }
  }
  layer_.AddGeometry(std::move(geometry));
  is_uploaded_ = true;
  // A few lines are collected anew for every picture, into the same memory; many are not.
  vertices_.clear();
  if (vertices_.capacity() > kKeptVertices) vertices_.shrink_to_fit();
}

void LineLayer::draw(const SceneView& view, float strength, std::size_t first, std::size_t count) {
  if (!vertices_.empty()) upload();
  if (!is_uploaded_) return;
  glEnable(GL_BLEND);
  glDepthMask(GL_FALSE);
  const std::size_t most = std::size_t(-1) / kIndicesOfLine;
  layer_.draw(view, [strength](GLuint program) { setUniform(program, "strength", strength); },
              {kIndicesOfLine * std::min(first, most), kIndicesOfLine * std::min(count, most)});
  glDepthMask(GL_TRUE);
  glDisable(GL_BLEND);
}

}  // namespace hbev
