#include "core/synth/demo_world.h"

#include <map>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/synth/map_mask.h"
#include "core/synth/scene_recorder.h"
#include "core/synth/spoiler.h"

namespace hbev {
namespace {

namespace fs = std::filesystem;
using namespace synth;

constexpr std::string_view kTitle = "HBEVOcc demo world";

void checkOptions(const DemoOptions& options) {
  const auto require = [](bool good, std::string expected, std::string found) {
    if (!good) throw Error({"The demo world cannot be made", {}, std::move(expected), std::move(found), {}});
  };
  require(options.scenes >= 1 && options.scenes <= 1000, "1 to 1000 scenes", std::to_string(options.scenes));
  require(options.keyframes >= 1 && options.keyframes <= 40, "1 to 40 keyframes a scene",
          std::to_string(options.keyframes));
  require(options.image_width >= 16 && options.image_height >= 9 && options.image_width <= 4096 &&
              options.image_height <= 4096,
          "pictures of 16x9 to 4096x4096 pixels",
          fmt::format("{}x{}", options.image_width, options.image_height));
}

bool isDemoWorld(const fs::path& folder) {
  const fs::path readme = folder / "README.txt";
  if (!fs::is_regular_file(readme)) return false;
  const std::vector<std::byte> bytes = readFile(readme, 1 << 20);
  return std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()).starts_with(kTitle);
}

void checkTarget(const fs::path& folder) {
  if (!fs::exists(folder)) return;
  if (fs::is_directory(folder) && (fs::is_empty(folder) || isDemoWorld(folder))) return;
  throw Error({"The folder for the demo world is in use", folder,
               "no folder, an empty one or an earlier demo world", "something else",
               "Choose another folder."});
}

/// A folder that goes away unless it was renamed.
class Scaffold {
 public:
  explicit Scaffold(const fs::path& target) : target_(target), path_(temporarySibling(target)) {
    std::error_code failure;
    fs::create_directories(path_, failure);
    if (failure)
      throw Error({"The folder for the demo world cannot be made", path_, {}, failure.message(), {}});
  }
  ~Scaffold() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Scaffold(const Scaffold&) = delete;
  Scaffold& operator=(const Scaffold&) = delete;

  const fs::path& path() const { return path_; }

  /// An earlier world stays until the new one has its place.
  void publish() {
    std::error_code failure;
    const fs::path old = temporarySibling(target_);
    const bool replaces = fs::exists(target_);
    if (replaces) fs::rename(target_, old, failure);
    if (!failure) {
      fs::rename(path_, target_, failure);
      std::error_code ignored;
      if (failure && replaces) fs::rename(old, target_, ignored);
      if (!failure && replaces) fs::remove_all(old, ignored);
    }
    if (failure)
      throw Error({"The demo world cannot be put in its place", target_, {}, failure.message(), {}});
  }

 private:
  fs::path target_;
  fs::path path_;
};

std::string readmeText(const DemoOptions& options) {
  std::string text = fmt::format(
      "{}\n\n"
      "Procedural streets, ray traced and recorded in the format of nuScenes: {} scenes of {} keyframes, "
      "seed {}.\n"
      "Nothing here was photographed; nobody and nothing in it exists.\n\n"
      "v1.0-mini/            the thirteen tables\n"
      "samples/, maps/       pictures ({} x {}), lidar, drivable areas\n"
      "gts/                  Occ3D labels with visibility masks\n"
      "openocc_v2/           OpenOcc labels with flow (m/s)\n"
      "splits.json           which scenes are for training, which for validation\n",
      kTitle, options.scenes, options.keyframes, options.seed, options.image_width, options.image_height);
  if (options.sweeps) text += "sweeps/               what the sensors recorded between the keyframes\n";
  if (options.predictions) text += "predictions/spoiled/  a prediction to look at and to score\n";
  text +=
      "\nThere is no can_bus: infos made of these tables hold zeros where the car's own readings would be.\n";
  if (options.predictions) text.append("\n").append(spoilerDescription());
  return text;
}

void writeSplits(const fs::path& folder, int scenes) {
  nlohmann::ordered_json splits{{"train", nlohmann::ordered_json::array()},
                                {"val", nlohmann::ordered_json::array()}};
  for (int i = 0; i < scenes; ++i)
    splits[i % 3 == 1 ? "val" : "train"].push_back(scenarioOf(i).name);
  writeFile(folder / "splits.json", splits.dump(2) + "\n");
}

}  // namespace

void writeDemoWorld(const fs::path& folder, const DemoOptions& options, Progress& progress) {
  checkOptions(options);
  // "OUT/" and "OUT" are the same place; a trailing slash has no file name to put a sibling beside.
  const fs::path target = folder.has_filename() ? fs::absolute(folder) : fs::absolute(folder).parent_path();
  checkTarget(target);
  progress.start("Building the demo world", std::int64_t(options.scenes) * options.keyframes);
  Scaffold scaffold(target);
  NuscenesTables tables(options.seed);
  std::map<std::string, std::shared_ptr<const City>> cities;
  for (int i = 0; i < options.scenes; ++i) {
    progress.throwIfCancelled();
    const Scenario scenario = scenarioOf(i);
    auto& city = cities[scenario.location];
    if (!city) {
      city = std::make_shared<City>(buildCity(scenario.location, options.seed));
      writeMapMask(scaffold.path() / tables.mapFile(scenario.location), city->ground, kWorldExtent);
    }
    const World world = buildWorld(scenario, city, options.seed, durationOf(options));
    recordScene(world, i, scaffold.path(), options, tables, progress);
  }
  tables.write(scaffold.path() / "v1.0-mini");
  writeSplits(scaffold.path(), options.scenes);
  writeFile(scaffold.path() / "README.txt", readmeText(options));
  progress.throwIfCancelled();
  scaffold.publish();
}

}  // namespace hbev
