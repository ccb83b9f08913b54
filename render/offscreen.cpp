#include "render/offscreen.h"

#include <GL/glew.h>
// After GLEW, which must see OpenGL's headers first.
#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <vector>

#include <EGL/egl.h>
#include <EGL/eglext.h>

#include "core/base/error.h"
#include "render/gl_state.h"

namespace hbev {
namespace {

template <class Function>
Function eglFunction(const char* name) {
  return reinterpret_cast<Function>(eglGetProcAddress(name));
}

bool hasClientExtension(const char* name) {
  const char* extensions = eglQueryString(EGL_NO_DISPLAY, EGL_EXTENSIONS);
  return extensions != nullptr && std::strstr(extensions, name) != nullptr;
}

/// Places where OpenGL may be had, the ones that need no display server first.
std::vector<EGLDisplay> candidateDisplays() {
  std::vector<EGLDisplay> displays;
  const auto get_platform_display = eglFunction<PFNEGLGETPLATFORMDISPLAYEXTPROC>("eglGetPlatformDisplayEXT");
  if (get_platform_display != nullptr && hasClientExtension("EGL_MESA_platform_surfaceless")) {
    displays.push_back(get_platform_display(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, nullptr));
  }
  const auto query_devices = eglFunction<PFNEGLQUERYDEVICESEXTPROC>("eglQueryDevicesEXT");
  if (get_platform_display != nullptr && query_devices != nullptr &&
      hasClientExtension("EGL_EXT_platform_device")) {
    std::array<EGLDeviceEXT, 16> devices{};
    EGLint count = 0;
    query_devices(EGLint(devices.size()), devices.data(), &count);
    for (EGLint i = 0; i < count; ++i) {
      displays.push_back(get_platform_display(EGL_PLATFORM_DEVICE_EXT, devices[std::size_t(i)], nullptr));
    }
  }
  displays.push_back(eglGetDisplay(EGL_DEFAULT_DISPLAY));
  std::erase(displays, EGL_NO_DISPLAY);
  return displays;
}

/// A core context on `display`, or EGL_NO_CONTEXT.
EGLContext makeContext(EGLDisplay display) {
  if (eglInitialize(display, nullptr, nullptr) != EGL_TRUE || eglBindAPI(EGL_OPENGL_API) != EGL_TRUE) {
    return EGL_NO_CONTEXT;
  }
  const std::array<EGLint, 5> wanted{EGL_RENDERABLE_TYPE, EGL_OPENGL_BIT, EGL_SURFACE_TYPE, 0, EGL_NONE};
  EGLConfig config = nullptr;
  EGLint count = 0;
  if (eglChooseConfig(display, wanted.data(), &config, 1, &count) != EGL_TRUE || count < 1)
    return EGL_NO_CONTEXT;
  const std::array<EGLint, 7> version{EGL_CONTEXT_MAJOR_VERSION,
                                      3,
                                      EGL_CONTEXT_MINOR_VERSION,
                                      3,
                                      EGL_CONTEXT_OPENGL_PROFILE_MASK,
                                      EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT,
                                      EGL_NONE};
  EGLContext context = eglCreateContext(display, config, EGL_NO_CONTEXT, version.data());
  if (context == EGL_NO_CONTEXT) return EGL_NO_CONTEXT;
  if (eglMakeCurrent(display, EGL_NO_SURFACE, EGL_NO_SURFACE, context) != EGL_TRUE) {
    eglDestroyContext(display, context);
    return EGL_NO_CONTEXT;
  }
  return context;
}

}  // namespace

struct OffscreenContext::Impl {
  int width = 0, height = 0;
  EGLDisplay display = EGL_NO_DISPLAY;
  EGLContext context = EGL_NO_CONTEXT;
  GLuint framebuffer = 0;
  std::array<GLuint, 2> buffers{};
  std::string renderer;

  ~Impl();
  void makeFramebuffer();
};

OffscreenContext::Impl::~Impl() {
  if (context == EGL_NO_CONTEXT) return;
  if (framebuffer != 0) {
    glDeleteFramebuffers(1, &framebuffer);
    glDeleteRenderbuffers(GLsizei(buffers.size()), buffers.data());
  }
  // The display stays initialised: EGL hands the same one to everybody in the process.
  eglMakeCurrent(display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
  eglDestroyContext(display, context);
}

void OffscreenContext::Impl::makeFramebuffer() {
  glGenFramebuffers(1, &framebuffer);
  glGenRenderbuffers(GLsizei(buffers.size()), buffers.data());
  glBindFramebuffer(GL_FRAMEBUFFER, framebuffer);
  glBindRenderbuffer(GL_RENDERBUFFER, buffers[0]);
  glRenderbufferStorage(GL_RENDERBUFFER, GL_RGBA8, width, height);
  glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_RENDERBUFFER, buffers[0]);
  glBindRenderbuffer(GL_RENDERBUFFER, buffers[1]);
  glRenderbufferStorage(GL_RENDERBUFFER, GL_DEPTH_COMPONENT24, width, height);
  glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_DEPTH_ATTACHMENT, GL_RENDERBUFFER, buffers[1]);
  if (glCheckFramebufferStatus(GL_FRAMEBUFFER) != GL_FRAMEBUFFER_COMPLETE) {
    GLint largest = 0;
    glGetIntegerv(GL_MAX_RENDERBUFFER_SIZE, &largest);
    throw Error({"A picture of this size cannot be drawn",
                 {},
                 "1 to " + std::to_string(largest) + " pixels on each side",
                 std::to_string(width) + " x " + std::to_string(height),
                 {}});
  }
}

OffscreenContext::OffscreenContext(int width, int height) : impl_(std::make_unique<Impl>()) {
  impl_->width = width;
  impl_->height = height;
  for (EGLDisplay display : candidateDisplays()) {
    impl_->context = makeContext(display);
    impl_->display = display;
    if (impl_->context != EGL_NO_CONTEXT) break;
  }
  if (impl_->context == EGL_NO_CONTEXT) {
    throw Error({"No OpenGL can be had for drawing without a window",
                 {},
                 "OpenGL 3.3 through EGL",
                 {},
                 "Install libegl1 and libgl1-mesa-dri, or a graphics driver with EGL."});
  }
  loadOpenGl();
  impl_->renderer = reinterpret_cast<const char*>(glGetString(GL_RENDERER));
  impl_->makeFramebuffer();
}

OffscreenContext::~OffscreenContext() = default;

int OffscreenContext::width() const {
  return impl_->width;
}

int OffscreenContext::height() const {
  return impl_->height;
}

const char* OffscreenContext::rendererName() const {
  return impl_->renderer.c_str();
}

Image OffscreenContext::read() const {
  Image image{impl_->width, impl_->height, {}};
  const auto row_bytes = std::size_t(image.width) * 3;
  std::vector<std::uint8_t> from_bottom(row_bytes * std::size_t(image.height));
  glBindFramebuffer(GL_FRAMEBUFFER, impl_->framebuffer);
  glPixelStorei(GL_PACK_ALIGNMENT, 1);
  glReadPixels(0, 0, image.width, image.height, GL_RGB, GL_UNSIGNED_BYTE, from_bottom.data());
  image.rgb.resize(from_bottom.size());
  for (std::size_t row = 0; row < std::size_t(image.height); ++row) {
    std::copy_n(from_bottom.begin() + std::ptrdiff_t(row * row_bytes), row_bytes,
                image.rgb.end() - std::ptrdiff_t((row + 1) * row_bytes));
  }
  return image;
}

}  // namespace hbev
