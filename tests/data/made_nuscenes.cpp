#include "tests/data/made_nuscenes.h"

#include <array>
#include <stdexcept>

#include <fmt/format.h>

#include "core/base/files.h"

namespace hbev::test {
namespace {

using nlohmann::json;

constexpr std::array<const char*, 8> kChannels{"CAM_FRONT_LEFT", "CAM_FRONT",  "CAM_FRONT_RIGHT",
                                               "CAM_BACK_LEFT",  "CAM_BACK",   "CAM_BACK_RIGHT",
                                               "LIDAR_TOP",      "RADAR_FRONT"};

bool isCamera(const std::string& channel) {
  return channel.starts_with("CAM_");
}

json pose(const std::string& token, const json& translation) {
  return {{"token", token}, {"translation", translation}, {"rotation", {1, 0, 0, 0}}};
}

}  // namespace

MadeNuscenes::MadeNuscenes() {
  for (const char* name : {"scene", "sample", "sample_data", "ego_pose", "calibrated_sensor", "sensor", "log",
                           "sample_annotation", "instance", "category"}) {
    tables_[name] = json::array();
  }
  tables_["log"] = {{{"token", "log"}, {"location", "made-town"}}};
  tables_["category"] = {{{"token", "category-car"}, {"name", "vehicle.car"}}};
  tables_["instance"] = {{{"token", "the-car"}, {"category_token", "category-car"}}};
  for (const std::string channel : kChannels) {
    tables_["sensor"].push_back({{"token", "sensor-" + channel}, {"channel", channel}});
    json row = pose("calibrated-" + channel, {1.5, 0, 1.6});
    row["sensor_token"] = "sensor-" + channel;
    row["camera_intrinsic"] =
        isCamera(channel) ? json{{1000, 0, 800}, {0, 1000, 450}, {0, 0, 1}} : json::array();
    tables_["calibrated_sensor"].push_back(row);
  }
  for (const std::string name : {"a", "b"}) {
    tables_["scene"].push_back(
        {{"token", name}, {"name", "scene-" + name}, {"description", "Made"}, {"log_token", "log"}});
    for (int number = 0; number < (name == "a" ? 3 : 1); ++number)
      addKeyframe(name, number);
  }
  for (int number = 0; number < 3; ++number) {
    json row = pose("box" + std::to_string(number), {10.0 + number, 0, 1});
    row.update({{"sample_token", "a" + std::to_string(number)},
                {"instance_token", "the-car"},
                {"size", {2, 4, 1.5}},
                {"num_lidar_pts", 7},
                {"prev", number > 0 ? "box" + std::to_string(number - 1) : ""},
                {"next", number < 2 ? "box" + std::to_string(number + 1) : ""}});
    tables_["sample_annotation"].push_back(row);
  }
}

void MadeNuscenes::addKeyframe(const std::string& scene, int number) {
  const std::string sample = scene + std::to_string(number);
  const std::int64_t time_us = 1'500'000'000'000'000 + 500'000 * number;
  tables_["sample"].push_back({{"token", sample}, {"scene_token", scene}, {"timestamp", time_us}});
  int delay_us = 0;
  for (const std::string channel : kChannels) {
    for (const bool is_key_frame : {true, false}) {
      delay_us += 1000;
      const std::string token = sample + "-" + channel + (is_key_frame ? "" : "-sweep");
      json row{{"token", token},
               {"sample_token", sample},
               {"ego_pose_token", token},
               {"calibrated_sensor_token", "calibrated-" + channel},
               {"timestamp", time_us + delay_us},
               {"is_key_frame", is_key_frame},
               {"filename", fmt::format("{}/{}/{}.{}", is_key_frame ? "samples" : "sweeps", channel, sample,
                                        isCamera(channel) ? "jpg" : "pcd.bin")}};
      if (isCamera(channel)) row.update({{"width", 1600}, {"height", 900}});
      tables_["sample_data"].push_back(row);
      tables_["ego_pose"].push_back(pose(token, {double(number), 1e-6 * delay_us, 0}));
    }
  }
}

nlohmann::json& MadeNuscenes::row(const std::string& table, const std::string& token) {
  for (json& row : tables_.at(table)) {
    if (row.at("token") == token) return row;
  }
  throw std::runtime_error("no such row: " + token);
}

void MadeNuscenes::write(const std::filesystem::path& root, const std::string& version) const {
  for (const auto& [name, rows] : tables_) {
    const auto text = texts_.find(name);
    writeFile(root / version / (name + ".json"), text == texts_.end() ? rows.dump(1) : text->second);
  }
}

Occupancy madeOccupancy(LabelKind kind) {
  Occupancy made;
  made.classes = &classSetOf(kind);
  made.semantics.assign(made.grid.size(), made.classes->free());
  made.flow.assign(2 * made.grid.size(), 0.0F);
  const auto floor = std::uint8_t(*made.classes->findLabel("driveable_surface"));
  const auto car = std::uint8_t(*made.classes->findLabel("car"));
  for (int x = 0; x < 200; ++x) {
    for (int y = 0; y < 200; ++y)
      made.semantics[made.grid.index(x, y, 2)] = floor;
  }
  for (int x = 120; x < 130; ++x) {
    for (int y = 100; y < 105; ++y) {
      for (int z = 3; z < 7; ++z) {
        made.semantics[made.grid.index(x, y, z)] = car;
        made.flow[2 * made.grid.index(x, y, z)] = 2.0F;
      }
    }
  }
  made.mask_camera.assign(made.grid.size(), 1);
  made.mask_lidar.assign(made.grid.size(), 1);
  return made;
}

std::filesystem::path labelsFile(LabelKind kind, const std::string& scene, const std::string& token) {
  return std::filesystem::path(kind == LabelKind::OpenOcc ? "openocc_v2" : "gts") / scene / token /
         "labels.npz";
}

}  // namespace hbev::test
