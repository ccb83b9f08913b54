#include "core/data/predictions/entry_index.h"

#include <algorithm>
#include <unordered_set>

#include <fmt/format.h>

#include "core/data/dataset.h"
#include "core/data/predictions/lidar_tokens.h"
#include "core/data/predictions/listing.h"

namespace hbev {
namespace {

constexpr std::string_view kTimeOrder = "time:";

}  // namespace

std::string tokenKey(std::string_view sample_token) {
  return "token:" + lowerCase(sample_token);  // tokens are hex digits, and some tools write them as capitals
}
std::string timeOrderKey(std::int64_t index) {
  return fmt::format("{}{}", kTimeOrder, index);
}
std::string frameKey(std::string_view scene, std::int64_t index_in_scene) {
  return fmt::format("frame:{}/{}", scene, index_in_scene);
}
std::string lidarFileKey(std::string_view file_name) {
  return fmt::format("lidar:{}", file_name.substr(0, file_name.find('.')));
}

EntryIndex::EntryIndex(const std::vector<DumpEntry>& entries, const Dataset* dataset) : dataset_(dataset) {
  by_key_.reserve(entries.size() * 2);
  bool lidar_tokens = false;
  std::size_t counted = 0;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    by_key_.emplace(entries[i].name.scene + "/" + entries[i].name.token, i);
    for (const std::string& key : entries[i].keys) {
      by_key_.emplace(key, i);
      lidar_tokens = lidar_tokens || !lidarTokenOf(key).empty();
      counted += key.starts_with(kTimeOrder);
    }
  }
  if (!dataset_) return;
  if (lidar_tokens) addLidarTokens();
  if (counted > 0 && counted == dataset_->keyframeCount()) orderByTime();
}

/// Lidar files stand for their tokens, which keyframes do not carry.
void EntryIndex::addLidarTokens() {
  if (dataset_->version().empty()) return;
  std::unordered_set<std::string> tokens;
  for (const auto& [key, entry] : by_key_) {
    if (const std::string_view token = lidarTokenOf(key); !token.empty()) tokens.emplace(token);
  }
  for (const auto& [token, file] :
       sensorFiles(dataset_->root() / dataset_->version() / "sample_data.json", tokens))
    by_key_.emplace(lidarFileKey(file), by_key_.at(lidarTokenKey(token)));
}

void EntryIndex::orderByTime() {
  struct Place {
    std::int64_t timestamp_us;
    std::size_t scene, index;
  };
  std::vector<Place> places;
  for (std::size_t scene = 0; scene < dataset_->scenes().size(); ++scene) {
    time_order_.emplace_back(dataset_->scenes()[scene].keyframes.size(), 0);
    for (std::size_t i = 0; i < time_order_.back().size(); ++i)
      places.push_back({dataset_->timestamp_us(scene, i), scene, i});
  }
  std::stable_sort(places.begin(), places.end(),
                   [](const Place& a, const Place& b) { return a.timestamp_us < b.timestamp_us; });
  for (std::size_t i = 0; i < places.size(); ++i)
    time_order_[places[i].scene][places[i].index] = std::int64_t(i);
}

std::optional<std::size_t> EntryIndex::find(const Keyframe& keyframe) const {
  const auto look = [&](const std::string& key) -> std::optional<std::size_t> {
    const auto found = by_key_.find(key);
    return found == by_key_.end() ? std::nullopt : std::optional(found->second);
  };
  if (const auto entry = look(keyframe.scene_name + "/" + keyframe.token)) return entry;
  if (const auto entry = look(tokenKey(keyframe.token))) return entry;
  const auto index = std::int64_t(keyframe.index_in_scene);
  if (const auto entry = look(frameKey(keyframe.scene_name, index))) return entry;
  if (dataset_ && keyframe.scene < dataset_->scenes().size()) {
    if (const auto entry = look(frameKey(dataset_->scenes()[keyframe.scene].token, index))) return entry;
  }
  if (keyframe.scene < time_order_.size() && keyframe.index_in_scene < time_order_[keyframe.scene].size()) {
    if (const auto entry = look(timeOrderKey(time_order_[keyframe.scene][keyframe.index_in_scene])))
      return entry;
  }
  if (keyframe.lidar) return look(lidarFileKey(keyframe.lidar->file.filename().string()));
  return std::nullopt;
}

}  // namespace hbev
