#include "tests/eval/made_split.h"

#include <algorithm>
#include <fstream>
#include <unistd.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "tests/eval/street.h"

namespace hbev::test {
namespace fs = std::filesystem;

std::string MadeSplit::tokenOf(int number) {
  return fmt::format("{:032x}", number + 1);
}

MadeSplit::MadeSplit(const MadeSplitOptions& options) : options_(options) {
  static int number = 0;
  folder_ = fs::temp_directory_path() / fmt::format("hbev_split_{}_{}", ::getpid(), ++number);
  root_ = folder_ / "nuscenes";
  fs::create_directories(root_ / "v1.0-mini");
  writeTables();
  for (int i = 0; i < std::min(6, keyframes()); ++i)
    truths_.push_back(makeStreet(std::uint32_t(i)));
  for (int i = 0; i < keyframes(); ++i) {
    if (i == 4) continue;
    const fs::path folder = root_ / "openocc_v2" / sceneOf(i) / tokenOf(i);
    fs::create_directories(folder);
    writeOccupancyNpz(folder / "labels.npz", truths_[std::size_t(i) % truths_.size()], options.deflate);
  }
  dataset_ = Dataset::open(root_);
}

std::string MadeSplit::sceneOf(int keyframe) const {
  return keyframe < options_.keyframes_in_scene ? "scene-0001" : "scene-0002";
}

MadeSplit::~MadeSplit() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

void MadeSplit::writeTables() const {
  using Rows = nlohmann::json;
  const std::string lidar = tokenOf(90000), calibration = tokenOf(90001);
  Rows samples = Rows::array(), data = Rows::array(), poses = Rows::array(), scenes = Rows::array();
  for (int scene = 0; scene < 2; ++scene) {
    scenes.push_back({{"token", tokenOf(100000 + scene)},
                      {"name", sceneOf(options_.keyframes_in_scene * scene)},
                      {"description", scene == 0 ? "Night, rain" : "Turn left"},
                      {"log_token", tokenOf(90002)}});
  }
  for (int i = 0; i < keyframes(); ++i) {
    const int scene = i / options_.keyframes_in_scene;
    const int later = options_.second_scene_first && scene == 0 ? 100 : 0;
    const std::int64_t time_us = 1'000'000'000 + 500'000 * (i + later);
    samples.push_back(
        {{"token", tokenOf(i)}, {"scene_token", tokenOf(100000 + scene)}, {"timestamp", time_us}});
    poses.push_back({{"token", tokenOf(20000 + i)},
                     {"timestamp", time_us},
                     {"rotation", {1, 0, 0, 0}},
                     {"translation", {600 + 2.0 * i, 1600, 0}}});
    data.push_back({{"token", tokenOf(30000 + i)},
                    {"sample_token", tokenOf(i)},
                    {"ego_pose_token", tokenOf(20000 + i)},
                    {"calibrated_sensor_token", calibration},
                    {"timestamp", time_us},
                    {"is_key_frame", true},
                    {"filename", fmt::format("samples/LIDAR_TOP/{}.pcd.bin", i)},
                    {"width", 0},
                    {"height", 0}});
  }
  const auto write = [&](const std::string& table, const Rows& rows) {
    std::ofstream(root_ / "v1.0-mini" / (table + ".json")) << rows;
  };
  write("scene", scenes);
  write("sample", samples);
  write("sample_data", data);
  write("ego_pose", poses);
  write("calibrated_sensor", Rows::array({{{"token", calibration},
                                           {"sensor_token", lidar},
                                           {"rotation", {1, 0, 0, 0}},
                                           {"translation", {0.9858, 0, 1.8402}},
                                           {"camera_intrinsic", Rows::array()}}}));
  write("sensor", Rows::array({{{"token", lidar}, {"channel", "LIDAR_TOP"}, {"modality", "lidar"}}}));
}

std::shared_ptr<FakePredictions> FakePredictions::of(const MadeSplit& split, std::uint32_t seed) {
  auto predictions = std::make_shared<FakePredictions>();
  for (int i = 0; i < int(split.truths().size()); ++i)
    predictions->occupancies[MadeSplit::tokenOf(i)] =
        makeFlawedPrediction(split.truths()[std::size_t(i)], seed);
  return predictions;
}

std::optional<fs::path> FakePredictions::find(const Keyframe& keyframe) const {
  if (!occupancies.contains(keyframe.token)) return std::nullopt;
  return folder / keyframe.token;
}

Occupancy FakePredictions::read(const Keyframe& keyframe) const {
  if (on_reading) on_reading();
  if (keyframe.token == damaged)
    throw Error({"The prediction is damaged", folder / keyframe.token, {}, {}, {}});
  return occupancies.at(keyframe.token);
}

EvaluationPlan planOf(const MadeSplit& split, std::vector<std::shared_ptr<const PredictionSource>> sources) {
  EvaluationPlan plan;
  plan.dataset = split.dataset();
  for (auto& source : sources)
    plan.sources.push_back(evaluationSource(std::move(source)));
  tellApart(plan.sources);
  return plan;
}

}  // namespace hbev::test
