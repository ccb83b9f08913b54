#include "render/voxel_renderer.h"

#include <cstddef>
#include <utility>

namespace hbev {
namespace {

// Axes are chosen by comparison: software OpenGL indexes by a variable slowly, and every flat output of a
// vertex costs it time per triangle.
const char* const kFaceAxes = R"(
ivec3 firstAxis(int face) { return face < 2 ? ivec3(0, 1, 0) : ivec3(1, 0, 0); }
ivec3 secondAxis(int face) { return face < 4 ? ivec3(0, 0, 1) : ivec3(0, 1, 0); }
)";

const char* const kVertexShader = R"(
layout(location = 0) in uvec3 corner;
layout(location = 1) in uvec2 face_and_end;
uniform vec3 grid_origin;
uniform float voxel_m;
out vec2 in_plane;
out vec2 ground_position;
flat out int face;
flat out int plane;
flat out float face_light;

void main() {
  face = int(face_and_end.x);
  vec3 first_axis = vec3(firstAxis(face)), second_axis = vec3(secondAxis(face));
  vec3 axis = 1.0 - first_axis - second_axis, place = vec3(corner);
  plane = int(dot(place, axis));
  face_light = faceLight((face & 1) != 0 ? axis : -axis);

  vec2 outward = vec2((face_and_end.y & 1u) != 0u ? 1.0 : -1.0, (face_and_end.y & 2u) != 0u ? 1.0 : -1.0);
  // A quad grown by 0.002 voxel hides the cracks where a long edge meets the ends of short ones; the looked-up
  // position shrinks instead, so that rounding never reads the voxel next door.
  in_plane = vec2(dot(place, first_axis), dot(place, second_axis)) - 0.001 * outward;
  vec3 position = grid_origin + voxel_m * (place + 0.002 * (first_axis * outward.x + second_axis * outward.y));
  ground_position = position.xy;
  gl_Position = clip_from_ego * vec4(position, 1.0);
}
)";

const char* const kFragmentShader = R"(
in vec2 in_plane;
in vec2 ground_position;
flat in int face;
flat in int plane;
flat in float face_light;
uniform usampler3D neighbours;
uniform usampler3D indices;
uniform sampler2D colors;
uniform float opacity;
uniform float edge_opacity;
uniform ivec3 selected;
out vec4 out_color;

uint neighboursAt(ivec3 corner) { return texelFetch(neighbours, corner.zyx, 0).r; }

// Each of the four corners gets darker with the shown voxels that touch it in front of the face.
float cornerLight(ivec3 corner, ivec3 first_axis, ivec3 second_axis, vec2 within) {
  // Of the eight voxels round a corner, those in front of a face of this direction.
  uint in_front = face < 2 ? 0x55u : face < 4 ? 0x33u : 0x0Fu;
  if ((face & 1) != 0) in_front ^= 0xFFu;
  uvec4 shown = uvec4(neighboursAt(corner), neighboursAt(corner + first_axis), neighboursAt(corner + second_axis),
                      neighboursAt(corner + first_axis + second_axis)) & in_front;
  shown -= (shown >> 1u) & 0x55u;
  shown = (shown & 0x33u) + ((shown >> 2u) & 0x33u);
  shown = (shown + (shown >> 4u)) & 0xFu;
  vec4 light = 1.0 - 0.14 * min(vec4(shown), 3.0);
  vec2 sides = mix(light.xz, light.yw, within.x);
  return mix(sides.x, sides.y, within.y);
}

void main() {
  ivec3 first_axis = firstAxis(face), second_axis = secondAxis(face), axis = 1 - first_axis - second_axis;
  vec2 cell = floor(in_plane), within = in_plane - cell;
  ivec3 corner = axis * plane + first_axis * int(cell.x) + second_axis * int(cell.y);
  ivec3 voxel = corner - axis * (face & 1);
  vec3 color = texelFetch(colors, ivec2(int(texelFetch(indices, voxel.zyx, 0).r), 0), 0).rgb;
  float light = face_light * cornerLight(corner, first_axis, second_axis, within);

  // Edge lines one pixel wide, fading out where a voxel is under three pixels in either direction.
  vec2 per_pixel = max(fwidth(in_plane), 1e-5);
  vec2 to_edge_px = (0.5 - abs(within - 0.5)) / per_pixel;
  float line = clamp(1.0 - min(to_edge_px.x, to_edge_px.y), 0.0, 1.0);
  light *= 1.0 - edge_opacity * line * smoothstep(2.0, 5.5, 1.0 / max(per_pixel.x, per_pixel.y));

  color = hazed(color * light, ground_position, gl_FragCoord.y);
  if (voxel == selected) color = mix(color, vec3(1.0), 0.55);
  out_color = vec4(color, opacity);
}
)";

LayerShader::Source shaderSource() {
  return {.name = "voxels",
          .vertex = std::string(kFaceAxes) + kVertexShader,
          .fragment = std::string(kFaceAxes) + kFragmentShader,
          .mode = GL_TRIANGLES,
          .stride = sizeof(VoxelVertex),
          .attributes = {{3, GL_UNSIGNED_SHORT, true, false, offsetof(VoxelVertex, x)},
                         {2, GL_UNSIGNED_BYTE, true, false, offsetof(VoxelVertex, face)}}};
}

GLuint makeTexture(GLenum target) {
  GLuint texture = 0;
  glGenTextures(1, &texture);
  glBindTexture(target, texture);
  for (const GLenum filter : {GL_TEXTURE_MIN_FILTER, GL_TEXTURE_MAG_FILTER}) {
    glTexParameteri(target, filter, GL_NEAREST);
  }
  for (const GLenum wrap : {GL_TEXTURE_WRAP_S, GL_TEXTURE_WRAP_T, GL_TEXTURE_WRAP_R}) {
    glTexParameteri(target, wrap, GL_CLAMP_TO_EDGE);
  }
  return texture;
}

/// `bytes` are [X, Y, Z] with z fastest: the texture's width is Z, its depth X.
void uploadVolume(GLuint texture, const Eigen::Vector3i& dims, const std::vector<std::uint8_t>& bytes) {
  glBindTexture(GL_TEXTURE_3D, texture);
  glPixelStorei(GL_UNPACK_ALIGNMENT, 1);
  glTexImage3D(GL_TEXTURE_3D, 0, GL_R8UI, dims.z(), dims.y(), dims.x(), 0, GL_RED_INTEGER, GL_UNSIGNED_BYTE,
               bytes.data());
}

}  // namespace

VoxelRenderer::VoxelRenderer()
    : layer_(shaderSource()),
      neighbours_(makeTexture(GL_TEXTURE_3D)),
      indices_(makeTexture(GL_TEXTURE_3D)),
      colors_(makeTexture(GL_TEXTURE_2D)) {}

VoxelRenderer::~VoxelRenderer() {
  for (const GLuint texture : {neighbours_, indices_, colors_}) {
    glDeleteTextures(1, &texture);
  }
}

void VoxelRenderer::setColumns(const GridSpec& grid, const VoxelColumns& columns) {
  grid_ = grid;
  VoxelMesh mesh = buildVoxelMesh(columns);
  quads_ = mesh.quads();
  auto geometry = std::make_shared<LayerGeometry>();
  geometry->setVertices(std::span<const VoxelVertex>(mesh.vertices));
  geometry->indices = std::move(mesh.indices);
  layer_.AddGeometry(std::move(geometry));
  uploadVolume(neighbours_, columns.dims().array() + 1, cornerNeighbours(columns));
}

void VoxelRenderer::setPaint(const GridSpec& grid, const VoxelPaint& paint) {
  uploadVolume(indices_, grid.dims, paint.index);
  glBindTexture(GL_TEXTURE_2D, colors_);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_RGB8, 256, 1, 0, GL_RGB, GL_UNSIGNED_BYTE, paint.colors.data());
}

void VoxelRenderer::clear() {
  quads_ = 0;
  layer_.AddGeometry(nullptr);
}

void VoxelRenderer::draw(const SceneView& view, const std::optional<Eigen::Vector3i>& selected) {
  const auto uniforms = [&](GLuint program) {
    setUniform(program, "grid_origin", Eigen::Vector3f(grid_.origin.cast<float>()));
    setUniform(program, "voxel_m", float(grid_.voxel_m));
    setUniform(program, "neighbours", 0);
    setUniform(program, "indices", 1);
    setUniform(program, "colors", 2);
    setUniform(program, "opacity", view.style().voxel_opacity);
    setUniform(program, "edge_opacity", view.style().edge_opacity);
    setUniform(program, "selected", selected.value_or(Eigen::Vector3i(-1, -1, -1)));
    glActiveTexture(GL_TEXTURE0);
    glBindTexture(GL_TEXTURE_3D, neighbours_);
    glActiveTexture(GL_TEXTURE1);
    glBindTexture(GL_TEXTURE_3D, indices_);
    glActiveTexture(GL_TEXTURE2);
    glBindTexture(GL_TEXTURE_2D, colors_);
  };
  glEnable(GL_CULL_FACE);
  if (view.style().voxel_opacity < 1.0F) {
    // Depth first, so that of many transparent faces behind each other only the nearest is blended.
    glColorMask(GL_FALSE, GL_FALSE, GL_FALSE, GL_FALSE);
    layer_.draw(view, uniforms);
    glColorMask(GL_TRUE, GL_TRUE, GL_TRUE, GL_TRUE);
    glDepthFunc(GL_LEQUAL);
    glEnable(GL_BLEND);
    layer_.draw(view, uniforms);
    glDisable(GL_BLEND);
    glDepthFunc(GL_LESS);
  } else {
    layer_.draw(view, uniforms);
  }
  glDisable(GL_CULL_FACE);
}

}  // namespace hbev
