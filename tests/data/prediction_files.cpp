#include "tests/data/prediction_files.h"

#include <cmath>

#include <fmt/format.h>

#include "core/data/labels.h"
#include "tests/data/made_nuscenes.h"

namespace hbev::test {

std::string fileToken(int number) {
  return fmt::format("a{}{:030}", number, 0);
}

std::filesystem::path predictionFiles(const std::string& name) {
  return std::filesystem::path(HBEV_TEST_DATA) / "predictions" / name;
}

Keyframe fileKeyframe(int number) {
  Keyframe keyframe;
  keyframe.scene_name = "scene-a";
  keyframe.token = fileToken(number);
  keyframe.index_in_scene = std::size_t(number);
  return keyframe;
}

std::string_view classAt(const Occupancy& occupancy, int x, int y, int z) {
  return (*occupancy.classes)[occupancy.semantics.at(occupancy.grid.index(x, y, z))].id;
}

namespace {

bool isCar(const Eigen::Vector3i& at) {
  return at.x() >= 120 && at.x() < 124 && at.y() >= 80 && at.y() < 82 && at.z() >= 2 && at.z() < 5;
}

bool isWall(const Eigen::Vector3i& at) {
  return at.x() == 10 && at.y() >= 20 && at.y() < 30 && at.z() == 5;
}

Occupancy truthOfFiles(LabelKind kind) {
  Occupancy truth;
  truth.classes = &classSetOf(kind);
  truth.semantics.assign(truth.grid.size(), truth.classes->free());
  truth.mask_camera.assign(truth.grid.size(), 0);
  truth.mask_lidar.assign(truth.grid.size(), 1);
  truth.flow.assign(2 * truth.grid.size(), 0.0F);
  for (std::size_t i = 0; i < truth.grid.size(); ++i) {
    const Eigen::Vector3i at = truth.grid.voxel(i);
    if (isCar(at)) truth.semantics[i] = std::uint8_t(*truth.classes->findLabel("car"));
    if (isWall(at)) truth.semantics[i] = std::uint8_t(*truth.classes->findLabel("manmade"));
    truth.mask_camera[i] = at.x() < 150 && at.y() < 120;
    if (isCar(at)) {
      truth.flow[2 * i] = 2.0F;
      truth.flow[2 * i + 1] = -0.5F;
    }
  }
  return truth;
}

}  // namespace

std::string differsFromFiles(const Occupancy& occupancy, bool with_flow) {
  if (occupancy.grid != occ3dGrid()) return "the grid";
  if (occupancy.semantics.size() != occupancy.grid.size()) return "the number of voxels";
  if (occupancy.flow.size() != (with_flow ? 2 * occupancy.grid.size() : 0)) return "the size of flow";
  for (std::size_t i = 0; i < occupancy.grid.size(); ++i) {
    const Eigen::Vector3i at = occupancy.grid.voxel(i);
    const std::string_view wanted = isCar(at) ? "car" : isWall(at) ? "manmade" : "free";
    const std::string_view found = classAt(occupancy, at.x(), at.y(), at.z());
    if (found != wanted) return fmt::format("{} at {}, {}, {}", found, at.x(), at.y(), at.z());
    if (!with_flow) continue;
    const bool right = occupancy.flow[2 * i] == (isCar(at) ? 2.0F : 0.0F) &&
                       occupancy.flow[2 * i + 1] == (isCar(at) ? -0.5F : 0.0F);
    if (!right) return fmt::format("flow at {}, {}, {}", at.x(), at.y(), at.z());
  }
  return {};
}

void writeDatasetOfFiles(const std::filesystem::path& root) {
  MadeNuscenes made;
  for (const int number : {0, 1}) {
    for (const char* table : {"sample", "sample_data", "sample_annotation"}) {
      for (auto& row : made.table(table)) {
        for (const char* key : {"token", "sample_token"}) {
          if (row.contains(key) && row[key] == fmt::format("a{}", number)) row[key] = fileToken(number);
        }
      }
    }
  }
  made.write(root);
  for (const LabelKind kind : kLabelKinds) {
    const Occupancy truth = truthOfFiles(kind);
    for (const int number : {0, 1})
      writeOccupancyNpz(root / labelsFile(kind, "scene-a", fileToken(number)), truth, true);
  }
}

std::shared_ptr<const Dataset> datasetOfLidarToken(const std::filesystem::path& root) {
  MadeNuscenes made;
  made.row("sample_data", "a1-LIDAR_TOP")["token"] = "11d0000000000000000000000000000a";
  made.write(root);
  return Dataset::open(root);
}

Eigen::Vector3i carOfLidarToken(const Occupancy& occupancy) {
  // The made lidar is at (1.5, 0, 1.6) and not turned: the car fills x 4.8..6.8, y 14.8..18.8, z -1.4..0.2
  // there.
  return *occupancy.grid.voxelAt(Eigen::Vector3d(1.5 + 5.8, 16.8, 1.6 - 0.6));
}

}  // namespace hbev::test
