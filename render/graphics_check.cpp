#include "render/graphics_check.h"

#include <GL/glew.h>
// After GLEW, which must see OpenGL's headers first.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <thread>

#include <fmt/format.h>

#include "core/base/error.h"
#include "render/offscreen.h"

namespace hbev {
namespace {

constexpr const char *kArea = "OpenGL", *kOffscreenArea = "Off screen";

std::string glText(GLenum name) {
  const auto* text = reinterpret_cast<const char*>(glGetString(name));
  return text == nullptr ? "unknown" : text;
}

bool isSoftware(std::string_view renderer) {
  constexpr std::array<std::string_view, 4> kNames{"llvmpipe", "softpipe", "swrast", "SWR"};
  return std::any_of(kNames.begin(), kNames.end(),
                     [&](std::string_view name) { return renderer.find(name) != std::string_view::npos; });
}

/// Whether a colour that was asked for arrives.
bool drawsRight(const OffscreenContext& context) {
  glClearColor(1, 0.5F, 0, 1);
  glClear(GL_COLOR_BUFFER_BIT);
  const Image image = context.read();
  const bool red = image.rgb.size() >= 3 && image.rgb[0] > 250;
  return red && std::abs(int(image.rgb[1]) - 128) <= 2 && image.rgb[2] < 5 && glGetError() == GL_NO_ERROR;
}

std::vector<Finding> inspectHere() {
  const OffscreenContext context(16, 16);
  const std::string renderer = context.rendererName();
  const std::string detail = fmt::format("{}, OpenGL {}.", glText(GL_VENDOR), glText(GL_VERSION));
  std::vector<Finding> findings;
  if (isSoftware(renderer)) {
    findings.push_back({Finding::State::Note, kArea, "Drawn by software: " + renderer, detail,
                        "It works, at tens of pictures a second. A graphics card's driver makes it fluent."});
  } else {
    findings.push_back({Finding::State::Good, kArea, "Drawn by " + renderer, detail, {}});
  }
  if (drawsRight(context)) {
    findings.push_back({Finding::State::Good,
                        kOffscreenArea,
                        "Pictures can be drawn without a window",
                        "hbevocc render needs no X server.",
                        {}});
  } else {
    findings.push_back({Finding::State::Failure, kOffscreenArea, "OpenGL draws wrong colours", renderer,
                        "Update the graphics driver, or start with LIBGL_ALWAYS_SOFTWARE=1."});
  }
  return findings;
}

}  // namespace

std::vector<Finding> inspectGraphics() {
  std::vector<Finding> findings;
  std::thread([&] {
    try {
      findings = inspectHere();
    } catch (const Error& error) {
      findings = {{Finding::State::Failure, kArea, error.problem().summary, error.problem().found,
                   "Install Mesa's drivers (Debian: libegl-mesa0, libgl1-mesa-dri)."}};
    } catch (const std::exception& error) {
      findings = {{Finding::State::Failure, kArea, "OpenGL cannot be looked at", error.what(), {}}};
    }
  }).join();
  return findings;
}

}  // namespace hbev
