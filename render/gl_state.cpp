#include "render/gl_state.h"

#include <string>

#include <fmt/core.h>

#include "core/base/error.h"

namespace hbev {

void loadOpenGl() {
  glewExperimental = GL_TRUE;
  const GLenum result = glewInit();
  // Without GLX (EGL, Wayland) GLEW has loaded all of OpenGL by the time it misses its X display.
  if (result != GLEW_OK && result != GLEW_ERROR_NO_GLX_DISPLAY) {
    throw Error({"OpenGL cannot be used",
                 {},
                 "a current OpenGL 3.3 context",
                 reinterpret_cast<const char*>(glewGetErrorString(result)),
                 "Install a graphics driver; libgl1-mesa-dri draws in software."});
  }
  while (glGetError() != GL_NO_ERROR) {
    // GLEW asks core contexts for the old extension string; nobody else shall see that error.
  }
  GLint major = 0, minor = 0;
  glGetIntegerv(GL_MAJOR_VERSION, &major);
  glGetIntegerv(GL_MINOR_VERSION, &minor);
  if (major * 10 + minor < 33) {
    throw Error({"This OpenGL is too old",
                 {},
                 "3.3",
                 fmt::format("{}.{}", major, minor),
                 "Update the graphics driver, or run with LIBGL_ALWAYS_SOFTWARE=1."});
  }
}

GlStateGuard::GlStateGuard() {
  for (std::size_t i = 0; i < kSwitches.size(); ++i) {
    on_[i] = glIsEnabled(kSwitches[i]);
  }
  glGetIntegerv(GL_BLEND_SRC_RGB, &blend_[0]);
  glGetIntegerv(GL_BLEND_DST_RGB, &blend_[1]);
  glGetIntegerv(GL_BLEND_SRC_ALPHA, &blend_[2]);
  glGetIntegerv(GL_BLEND_DST_ALPHA, &blend_[3]);
  glGetIntegerv(GL_VIEWPORT, viewport_.data());
  glGetBooleanv(GL_COLOR_WRITEMASK, color_mask_.data());
  glGetBooleanv(GL_DEPTH_WRITEMASK, &depth_write_);
  glGetIntegerv(GL_DEPTH_FUNC, &depth_function_);
  glGetIntegerv(GL_CULL_FACE_MODE, &cull_face_);
  glGetIntegerv(GL_ACTIVE_TEXTURE, &active_texture_);
  glGetIntegerv(GL_ARRAY_BUFFER_BINDING, &array_buffer_);
  glGetIntegerv(GL_UNPACK_ALIGNMENT, &unpack_alignment_);
  for (std::size_t i = 0; i < kTextureUnits; ++i) {
    glActiveTexture(GL_TEXTURE0 + GLenum(i));
    glGetIntegerv(GL_TEXTURE_BINDING_2D, &textures_[i].flat);
    glGetIntegerv(GL_TEXTURE_BINDING_3D, &textures_[i].solid);
  }
}

GlStateGuard::~GlStateGuard() {
  for (std::size_t i = 0; i < kSwitches.size(); ++i) {
    on_[i] != GL_FALSE ? glEnable(kSwitches[i]) : glDisable(kSwitches[i]);
  }
  glBlendFuncSeparate(GLenum(blend_[0]), GLenum(blend_[1]), GLenum(blend_[2]), GLenum(blend_[3]));
  glViewport(viewport_[0], viewport_[1], viewport_[2], viewport_[3]);
  glColorMask(color_mask_[0], color_mask_[1], color_mask_[2], color_mask_[3]);
  glDepthMask(depth_write_);
  glDepthFunc(GLenum(depth_function_));
  glCullFace(GLenum(cull_face_));
  glBindBuffer(GL_ARRAY_BUFFER, GLuint(array_buffer_));
  glPixelStorei(GL_UNPACK_ALIGNMENT, unpack_alignment_);
  for (std::size_t i = 0; i < kTextureUnits; ++i) {
    glActiveTexture(GL_TEXTURE0 + GLenum(i));
    glBindTexture(GL_TEXTURE_2D, GLuint(textures_[i].flat));
    glBindTexture(GL_TEXTURE_3D, GLuint(textures_[i].solid));
  }
  glActiveTexture(GLenum(active_texture_));
  glDisable(GL_DEPTH_TEST);
  glUseProgram(0);
  glBindVertexArray(0);
}

}  // namespace hbev
