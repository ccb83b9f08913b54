#include <algorithm>
#include <fstream>
#include <limits>
#include <map>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/eval/origins.h"
#include "core/io/npz.h"
#include "tests/eval/parity_folder.h"

namespace hbev {
namespace {

using Readings = std::vector<std::optional<SensorReading>>;

Pose poseOf(const double* translation, const double* wxyz) {
  return {Eigen::Quaterniond(wxyz[0], wxyz[1], wxyz[2], wxyz[3]),
          Eigen::Vector3d(translation[0], translation[1], translation[2])};
}

// Rows of (scene number, index in scene, x, y, z, w, x, y, z): the ego poses, in time order.
std::map<int, Readings> readScenes(const NpzReader& arrays) {
  const Pose ego_from_lidar = poseOf(arrays.read("origins.lidar2ego_t").values<double>().data(),
                                     arrays.read("origins.lidar2ego_q").values<double>().data());
  const auto rows = arrays.read("origins.poses(scene,index,txyz,qwxyz)").values<double>();
  std::map<int, Readings> scenes;
  for (std::size_t i = 0; i + 8 < rows.size(); i += 9) {
    scenes[int(rows[i])].push_back(
        SensorReading{{}, 0, ego_from_lidar, poseOf(rows.data() + i + 2, rows.data() + i + 5)});
  }
  return scenes;
}

// Golden origins by scene name and keyframe.
std::map<std::string, std::vector<std::vector<double>>> readOrigins(const NpzReader& arrays) {
  std::ifstream stream(test::parityFolder() / "pipeline.json");
  std::map<std::string, std::vector<std::vector<double>>> golden;
  for (const auto& sample :
       nlohmann::json::parse(stream).at("origins_val_order").get<std::vector<std::string>>()) {
    const std::string scene = sample.substr(0, sample.rfind('.'));
    EXPECT_EQ(std::to_string(golden[scene].size()), sample.substr(sample.rfind('.') + 1));
    golden[scene].push_back(arrays.read("origins." + sample).values<double>());
  }
  return golden;
}

// The largest difference in m between our origins of a whole scene and the golden ones.
double largestError(const Readings& readings, const std::vector<std::vector<double>>& golden) {
  constexpr double kDiffers = std::numeric_limits<double>::infinity();
  if (readings.size() != golden.size()) return kDiffers;
  double largest = 0;
  for (std::size_t keyframe = 0; keyframe < golden.size(); ++keyframe) {
    const std::vector<Eigen::Vector3d> origins = lidarOrigins(readings, keyframe);
    if (3 * origins.size() != golden[keyframe].size()) return kDiffers;
    for (std::size_t i = 0; i < golden[keyframe].size(); ++i) {
      largest = std::max(largest, std::abs(origins[i / 3][Eigen::Index(i % 3)] - golden[keyframe][i]));
    }
  }
  return largest;
}

TEST(origins_golden, every_keyframe_sees_the_reference_origins) {
  const std::string lacking = test::lackingFiles({"pipeline.npz", "pipeline.json"});
  if (!lacking.empty()) GTEST_SKIP() << lacking;
  const NpzReader arrays(test::parityFolder() / "pipeline.npz");
  if (test::otherFolderGiven() && !arrays.contains("origins.lidar2ego_t"))
    GTEST_SKIP() << "this folder has no origins";
  std::map<int, Readings> scenes = readScenes(arrays);
  const auto golden = readOrigins(arrays);
  ASSERT_FALSE(golden.empty());
  // The poses number the scenes and the origins name them, and the reference's split leaves some scenes out:
  // a name belongs to the one scene that it fits as a whole.
  for (const auto& [name, origins] : golden) {
    const auto fit =
        std::min_element(scenes.begin(), scenes.end(), [&origins = origins](const auto& a, const auto& b) {
          return largestError(a.second, origins) < largestError(b.second, origins);
        });
    ASSERT_NE(fit, scenes.end());
    EXPECT_LE(largestError(fit->second, origins), 1e-6) << name;
    scenes.erase(fit);
  }
}

}  // namespace
}  // namespace hbev
