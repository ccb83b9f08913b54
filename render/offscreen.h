// Pictures without a window or an X server: an OpenGL context of its own through EGL, and a framebuffer to
// read.
#pragma once

#include <functional>
#include <memory>

#include "core/data/images.h"

namespace hbev {

/// A surfaceless OpenGL 3.3 core context with a colour and depth framebuffer, current on the thread that made
/// it while it lives. Tries Mesa's surfaceless platform, EGL devices, then the default display. Throws Error
/// when no OpenGL can be had.
class OffscreenContext {
 public:
  OffscreenContext(int width, int height);
  ~OffscreenContext();
  OffscreenContext(const OffscreenContext&) = delete;
  OffscreenContext& operator=(const OffscreenContext&) = delete;

  int width() const;
  int height() const;
  /// "llvmpipe (LLVM 15.0.6, 256 bits)", ...
  const char* rendererName() const;
  /// The framebuffer's colours.
  Image read() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hbev
