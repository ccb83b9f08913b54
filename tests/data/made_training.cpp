#include "tests/data/made_training.h"

#include <cmath>
#include <span>
#include <vector>

#include "core/base/files.h"
#include "core/data/lidar.h"
#include "tests/data/made_drive.h"

namespace hbev::test {
namespace {

struct Place {
  const char *scene, *sample;
};
constexpr Place kPlaces[] = {{"scene-a", "a0"}, {"scene-a", "a1"}, {"scene-a", "a2"}, {"scene-b", "b0"}};

}  // namespace

void writeMadeLabels(const std::filesystem::path& root, const Occupancy& truth) {
  for (const auto& [scene, sample] : kPlaces) {
    const std::filesystem::path file = root / labelsFile(LabelKind::OpenOcc, scene, sample);
    std::filesystem::create_directories(file.parent_path());
    writeOccupancyNpz(file, truth, true);
  }
}

void writeMadeTraining(const std::filesystem::path& root) {
  madeDrive().write(root);
  writePictures(root);
  writeMadeLabels(root, madeOccupancy(LabelKind::OpenOcc));
  std::vector<LidarPoint> points;
  for (int i = 0; i < 2000; ++i) {
    const double angle = 0.01 * i, distance_m = 6 + 0.01 * i;
    points.push_back(
        {float(distance_m * std::cos(angle)), float(distance_m * std::sin(angle)), -1.2F, 10, 0});
  }
  for (const auto& [scene, sample] : kPlaces) {
    writeFile(root / "samples/LIDAR_TOP" / (std::string(sample) + ".pcd.bin"),
              std::as_bytes(std::span(points)));
  }
  writeFile(root / "splits.json",
            std::string_view(R"({"train": ["scene-a", "scene-b"], "val": ["scene-a"]})"));
}

}  // namespace hbev::test
