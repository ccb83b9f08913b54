// The demo world as nuScenes' own devkit sees it, where Python and the devkit are installed.
#include <cstdlib>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include "core/synth/demo_world.h"
#include "tests/base/python.h"
#include "tests/base/temporary_folder.h"

namespace hbev {
namespace {

constexpr int kNotInstalled = 77, kNoPython = 127;

/// Exit code of the check.
int check(const std::string& folder) {
  const int status = std::system(
      fmt::format("'{}' '{}/tests/synth/devkit_check.py' '{}'", test::python(), HBEV_SOURCE_DIR, folder)
          .c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(Devkit, opensTheDemoWorldWithoutAComplaint) {
  const test::TemporaryFolder folder;
  // Before a world is made for nothing: in a folder that is none the check fails, but only after it has
  // looked for the devkit.
  const int probe = check("/nowhere");
  if (probe == kNotInstalled || probe == kNoPython)
    GTEST_SKIP() << "no Python with nuScenes' devkit (HBEV_PYTHON)";
  DemoOptions options;
  options.scenes = 2;
  options.keyframes = 4;
  options.image_width = 96;
  options.image_height = 54;
  options.predictions = false;
  Progress progress;
  writeDemoWorld(folder / "demo", options, progress);
  EXPECT_EQ(check(folder / "demo"), 0);
}

}  // namespace
}  // namespace hbev
