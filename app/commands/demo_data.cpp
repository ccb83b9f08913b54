// hbevocc demo-data: a small procedural city as a nuScenes data set, with a spoiled prediction to judge.
#include <cstdint>
#include <limits>

#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/terminal.h"
#include "core/base/files.h"
#include "core/synth/demo_world.h"

namespace hbev {
namespace {

struct DemoDataOptions {
  std::string folder;
  std::string image = "704x396";
  DemoOptions demo{.scenes = 6, .keyframes = 20};  // all of the catalogue, ten seconds each
};

void makeDemo(DemoDataOptions options) {
  int end = 0;
  const int read = std::sscanf(options.image.c_str(), "%dx%d%n", &options.demo.image_width,
                               &options.demo.image_height, &end);
  if (read != 2 || std::size_t(end) != options.image.size()) {
    throw CLI::ValidationError("--image", "expected WIDTHxHEIGHT, such as 704x396");
  }
  demandWritableFolder(options.folder);
  {
    TerminalProgress terminal;
    writeDemoWorld(options.folder, options.demo, terminal.progress());
  }
  fmt::print("{} holds {} {} of {} {}.\n", options.folder, options.demo.scenes,
             options.demo.scenes == 1 ? "scene" : "scenes", options.demo.keyframes,
             options.demo.keyframes == 1 ? "keyframe" : "keyframes");
  fmt::print("Look at it:  hbevocc-studio {}\n", options.folder);
}

}  // namespace

void addDemoDataCommand(CLI::App& app) {
  auto options = std::make_shared<DemoDataOptions>();
  CLI::App* command = app.add_subcommand(
      "demo-data", "Makes a small city as a nuScenes data set, with truth and a spoiled prediction");
  command
      ->add_option("OUT", options->folder,
                   "Folder to make; an older demo in it is replaced, anything else is refused")
      ->required();
  command
      ->add_option("--scenes", options->demo.scenes,
                   "Number of scenes; the first six differ in place, light and traffic")
      ->check(CLI::Range(1, 200))
      ->capture_default_str();
  command->add_option("--keyframes", options->demo.keyframes, "Keyframes a scene, two a second")
      ->check(CLI::Range(1, 40))
      ->capture_default_str();
  command->add_option("--seed", options->demo.seed, "The same seed makes the same city")
      ->check(CLI::Range(std::int64_t(0), std::numeric_limits<std::int64_t>::max()))
      ->capture_default_str();
  command->add_option("--image", options->image, "Size of the pictures")->capture_default_str();
  command->add_flag("--sweeps", options->demo.sweeps,
                    "Also what the sensors record between keyframes: pictures at 12 Hz, lidar at 20 Hz");
  command->callback([options] { makeDemo(*options); });
}

}  // namespace hbev
