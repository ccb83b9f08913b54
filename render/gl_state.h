// Keeps a draw from leaving traces in the context: whoever draws next (Qt, ImGui) finds what it left.
#pragma once

#include <array>

#include <GL/glew.h>

namespace hbev {

/// Loads OpenGL's functions for the current context. Throws Error without a context or below OpenGL 3.3.
void loadOpenGl();

/// Takes note of the state that layers change and puts it back. Depth test, program and vertex array are not
/// put back but switched off.
class GlStateGuard {
 public:
  GlStateGuard();
  ~GlStateGuard();
  GlStateGuard(const GlStateGuard&) = delete;
  GlStateGuard& operator=(const GlStateGuard&) = delete;

 private:
  static constexpr std::array<GLenum, 4> kSwitches{GL_BLEND, GL_CULL_FACE, GL_SCISSOR_TEST,
                                                   GL_PROGRAM_POINT_SIZE};
  static constexpr std::size_t kTextureUnits = 3;
  struct Textures {
    GLint flat, solid;
  };

  std::array<GLboolean, kSwitches.size()> on_{};
  std::array<GLint, 4> blend_{};
  std::array<GLint, 4> viewport_{};
  std::array<GLboolean, 4> color_mask_{};
  std::array<Textures, kTextureUnits> textures_{};
  GLint depth_function_ = GL_LESS, cull_face_ = GL_BACK, active_texture_ = GL_TEXTURE0, array_buffer_ = 0,
        unpack_alignment_ = 4;
  GLboolean depth_write_ = GL_TRUE;
};

}  // namespace hbev
