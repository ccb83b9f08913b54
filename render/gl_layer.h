// One draw call: vertices, indices and a shader of our own on top of Open3D's ShaderWrapper and
// GeometryRenderer. Internal to render: includes GLEW, so no Qt OpenGL header may be included beside it.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <GL/glew.h>
#include <open3d/geometry/Geometry.h>
#include <open3d/visualization/shader/GeometryRenderer.h>
#include <open3d/visualization/shader/ShaderWrapper.h>

#include "render/scene_view.h"

namespace hbev {

/// A member of a vertex. Integer attributes stay whole numbers in the shader.
struct VertexAttribute {
  GLint components;
  GLenum type;
  bool integer;
  bool normalized;
  std::size_t offset;
};

/// Vertices of any layout as Open3D geometry. Without indices the vertices are drawn in order.
class LayerGeometry : public open3d::geometry::Geometry {
 public:
  LayerGeometry() : Geometry(GeometryType::TriangleMesh, 3) {}
  LayerGeometry& Clear() override;
  bool IsEmpty() const override { return vertex_count == 0; }

  template <class Vertex>
  void setVertices(std::span<const Vertex> vertices) {
    const auto bytes = std::as_bytes(vertices);
    vertex_bytes.assign(bytes.begin(), bytes.end());
    vertex_count = vertices.size();
  }

  std::vector<std::byte> vertex_bytes;
  std::size_t vertex_count = 0;
  std::vector<std::uint32_t> indices;
};

/// Which of a layer's elements a draw means: indices, or vertices where there are none.
struct ElementRange {
  std::size_t first = 0;
  std::size_t count = std::size_t(-1);  ///< as many as there are
};

/// Compiles in the constructor, with a context current; throws Error when the shader does not compile.
class LayerShader final : public open3d::visualization::glsl::ShaderWrapper {
 public:
  struct Source {
    std::string name;
    /// GLSL without its head, which is the same for all: version, the scene's uniforms, haze and background.
    std::string vertex, fragment;
    GLenum mode = GL_TRIANGLES;
    std::size_t stride = 0;
    std::vector<VertexAttribute> attributes;
  };
  explicit LayerShader(Source source);
  ~LayerShader() override { Release(); }

  /// Called with the program in use, before each draw.
  std::function<void(GLuint program)> set_uniforms;
  ElementRange range;

 protected:
  bool Compile() override;
  void Release() override;
  bool BindGeometry(const open3d::geometry::Geometry& geometry,
                    const open3d::visualization::RenderOption& option,
                    const open3d::visualization::ViewControl& view) override;
  bool RenderGeometry(const open3d::geometry::Geometry& geometry,
                      const open3d::visualization::RenderOption& option,
                      const open3d::visualization::ViewControl& view) override;
  void UnbindGeometry() override;

 private:
  Source source_;
  GLuint vertex_array_ = 0, vertex_buffer_ = 0, index_buffer_ = 0;
};

/// Uploads its geometry at the first draw after a change.
class Layer : public open3d::visualization::glsl::GeometryRenderer {
 public:
  explicit Layer(LayerShader::Source source);

  /// Draws these from now on, in their order.
  template <class Vertex>
  void setVertices(std::span<const Vertex> vertices) {
    auto geometry = std::make_shared<LayerGeometry>();
    geometry->setVertices(vertices);
    AddGeometry(std::move(geometry));
  }

  /// `uniforms` may be empty; those of the scene are set before it is called.
  bool draw(const SceneView& view, const std::function<void(GLuint program)>& uniforms = {},
            ElementRange range = {});

  bool Render(const open3d::visualization::RenderOption& option,
              const open3d::visualization::ViewControl& view) override;
  bool AddGeometry(std::shared_ptr<const open3d::geometry::Geometry> geometry) override;
  bool UpdateGeometry() override;

 private:
  LayerShader shader_;
};

void setUniform(GLuint program, const char* name, float value);
void setUniform(GLuint program, const char* name, int value);
void setUniform(GLuint program, const char* name, const Eigen::Vector2f& value);
void setUniform(GLuint program, const char* name, const Eigen::Vector3f& value);
void setUniform(GLuint program, const char* name, const Eigen::Vector3i& value);

Eigen::Vector3f toVector(Rgb color);  ///< 0 to 1

}  // namespace hbev
