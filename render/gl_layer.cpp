#include "render/gl_layer.h"

#include <algorithm>
#include <utility>

#include <open3d/visualization/visualizer/RenderOption.h>

#include "core/base/error.h"

namespace hbev {
namespace {

const char* const kShaderHead = R"(#version 330 core
uniform mat4 clip_from_ego;
uniform vec3 eye;
uniform vec2 viewport;
uniform vec3 background_top;
uniform vec3 background_bottom;

vec3 background(float y_px) { return mix(background_bottom, background_top, y_px / viewport.y); }

// Things far away fade a little towards the background: at most 35 %, from 45 m on, over the ground.
vec3 hazed(vec3 color, vec2 ground_position, float y_px) {
  float distance_m = distance(ground_position, eye.xy);
  return mix(color, background(y_px), 0.35 * smoothstep(45.0, 105.0, distance_m));
}

// The light that a face with this outward normal gets: tops full, the four sides different from each other.
float faceLight(vec3 normal) {
  vec3 sides = mix(vec3(0.80, 0.68, 0.55), vec3(0.86, 0.74, 1.0), step(vec3(0.0), normal));
  return dot(sides, normal * normal);
}
)";

}  // namespace

LayerGeometry& LayerGeometry::Clear() {
  vertex_bytes.clear();
  vertex_count = 0;
  indices.clear();
  return *this;
}

LayerShader::LayerShader(Source source) : ShaderWrapper(source.name), source_(std::move(source)) {
  if (!Compile()) {
    Release();
    throw Error({"The shader of " + source_.name + " does not compile",
                 {},
                 "OpenGL 3.3 with GLSL 3.30",
                 {},
                 "Update the graphics driver, or run with LIBGL_ALWAYS_SOFTWARE=1."});
  }
}

bool LayerShader::Compile() {
  const std::string vertex = kShaderHead + source_.vertex, fragment = kShaderHead + source_.fragment;
  return CompileShaders(vertex.c_str(), nullptr, fragment.c_str());
}

void LayerShader::Release() {
  UnbindGeometry();
  ReleaseProgram();
}

bool LayerShader::BindGeometry(const open3d::geometry::Geometry& geometry,
                               const open3d::visualization::RenderOption&,
                               const open3d::visualization::ViewControl&) {
  UnbindGeometry();
  const auto& layer = static_cast<const LayerGeometry&>(geometry);
  glGenVertexArrays(1, &vertex_array_);
  glBindVertexArray(vertex_array_);
  glGenBuffers(1, &vertex_buffer_);
  glBindBuffer(GL_ARRAY_BUFFER, vertex_buffer_);
  glBufferData(GL_ARRAY_BUFFER, GLsizeiptr(layer.vertex_bytes.size()), layer.vertex_bytes.data(),
               GL_STATIC_DRAW);
  if (!layer.indices.empty()) {
    glGenBuffers(1, &index_buffer_);
    glBindBuffer(GL_ELEMENT_ARRAY_BUFFER, index_buffer_);
    glBufferData(GL_ELEMENT_ARRAY_BUFFER, GLsizeiptr(layer.indices.size() * sizeof(std::uint32_t)),
                 layer.indices.data(), GL_STATIC_DRAW);
  }
  for (GLuint i = 0; i < source_.attributes.size(); ++i) {
    const VertexAttribute& attribute = source_.attributes[i];
    const auto stride = GLsizei(source_.stride);
    const auto* offset = reinterpret_cast<const void*>(attribute.offset);
    glEnableVertexAttribArray(i);
    if (attribute.integer) {
      glVertexAttribIPointer(i, attribute.components, attribute.type, stride, offset);
    } else {
      glVertexAttribPointer(i, attribute.components, attribute.type,
                            attribute.normalized ? GL_TRUE : GL_FALSE, stride, offset);
    }
  }
  glBindVertexArray(0);
  glBindBuffer(GL_ARRAY_BUFFER, 0);
  draw_arrays_mode_ = source_.mode;
  draw_arrays_size_ = GLsizei(layer.indices.empty() ? layer.vertex_count : layer.indices.size());
  bound_ = true;
  return true;
}

bool LayerShader::RenderGeometry(const open3d::geometry::Geometry&,
                                 const open3d::visualization::RenderOption&,
                                 const open3d::visualization::ViewControl& view) {
  glUseProgram(program_);
  const open3d::visualization::gl_util::GLMatrix4f clip_from_ego = view.GetMVPMatrix();
  glUniformMatrix4fv(glGetUniformLocation(program_, "clip_from_ego"), 1, GL_FALSE, clip_from_ego.data());
  if (set_uniforms) set_uniforms(program_);
  glBindVertexArray(vertex_array_);
  const std::size_t all = std::size_t(draw_arrays_size_), first = std::min(range.first, all);
  const auto count = GLsizei(std::min(range.count, all - first));
  if (index_buffer_ != 0) {
    const auto* offset = reinterpret_cast<const void*>(first * sizeof(std::uint32_t));
    glDrawElements(draw_arrays_mode_, count, GL_UNSIGNED_INT, offset);
  } else {
    glDrawArrays(draw_arrays_mode_, GLint(first), count);
  }
  glBindVertexArray(0);
  glUseProgram(0);
  return true;
}

void LayerShader::UnbindGeometry() {
  if (!bound_) return;
  glDeleteVertexArrays(1, &vertex_array_);
  glDeleteBuffers(1, &vertex_buffer_);
  glDeleteBuffers(1, &index_buffer_);  // 0 is silently ignored.
  vertex_array_ = vertex_buffer_ = index_buffer_ = 0;
  bound_ = false;
}

Layer::Layer(LayerShader::Source source) : shader_(std::move(source)) {}

bool Layer::draw(const SceneView& view, const std::function<void(GLuint program)>& uniforms,
                 ElementRange range) {
  shader_.range = range;
  shader_.set_uniforms = [&](GLuint program) {
    setUniform(program, "eye", view.eye());
    setUniform(program, "viewport", view.viewport());
    setUniform(program, "background_top", toVector(view.style().background_top));
    setUniform(program, "background_bottom", toVector(view.style().background_bottom));
    if (uniforms) uniforms(program);
  };
  const bool drawn = Render(open3d::visualization::RenderOption(), view);
  shader_.set_uniforms = {};
  return drawn;
}

bool Layer::Render(const open3d::visualization::RenderOption& option,
                   const open3d::visualization::ViewControl& view) {
  if (!IsVisible() || !HasGeometry() || geometry_ptr_->IsEmpty()) return false;
  return shader_.Render(*geometry_ptr_, option, view);
}

bool Layer::AddGeometry(std::shared_ptr<const open3d::geometry::Geometry> geometry) {
  if (geometry != nullptr && dynamic_cast<const LayerGeometry*>(geometry.get()) == nullptr) return false;
  geometry_ptr_ = std::move(geometry);
  return UpdateGeometry();
}

bool Layer::UpdateGeometry() {
  shader_.InvalidateGeometry();
  return true;
}

void setUniform(GLuint program, const char* name, float value) {
  glUniform1f(glGetUniformLocation(program, name), value);
}
void setUniform(GLuint program, const char* name, int value) {
  glUniform1i(glGetUniformLocation(program, name), value);
}
void setUniform(GLuint program, const char* name, const Eigen::Vector2f& value) {
  glUniform2fv(glGetUniformLocation(program, name), 1, value.data());
}
void setUniform(GLuint program, const char* name, const Eigen::Vector3f& value) {
  glUniform3fv(glGetUniformLocation(program, name), 1, value.data());
}
void setUniform(GLuint program, const char* name, const Eigen::Vector3i& value) {
  glUniform3iv(glGetUniformLocation(program, name), 1, value.data());
}

Eigen::Vector3f toVector(Rgb color) {
  return Eigen::Vector3f(color.r, color.g, color.b) / 255.0F;
}

}  // namespace hbev
