#include "core/synth/demo_world.h"

#include <cstdlib>
#include <iostream>

#include <gtest/gtest.h>

namespace hbev {
namespace {

TEST(DemoWorld, canBeKeptForLooking) {
  const char* keep = std::getenv("HBEV_KEEP");
  if (keep == nullptr) GTEST_SKIP() << "HBEV_KEEP=FOLDER writes a data set there";
  DemoOptions options;
  const auto number = [](const char* name, int otherwise) {
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : std::atoi(text);
  };
  options.scenes = number("HBEV_SCENES", options.scenes);
  options.keyframes = number("HBEV_KEYFRAMES", options.keyframes);
  Progress progress;
  writeDemoWorld(keep, options, progress);
  std::cout << "written to " << keep << " in " << progress.state().elapsed.count() << " s\n";
}

}  // namespace
}  // namespace hbev
