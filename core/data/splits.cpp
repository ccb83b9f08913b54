#include "core/data/splits.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <system_error>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/files.h"

namespace hbev {
namespace fs = std::filesystem;

namespace {

struct Range {
  int first, last;
  bool contains(int number) const { return number >= first && number <= last; }
};

// Scenes between these numbers that exist are all of the same split; all others are for training.
constexpr std::array<Range, 16> kVal{{{3, 3},
                                      {12, 18},
                                      {35, 39},
                                      {92, 110},
                                      {221, 221},
                                      {268, 278},
                                      {329, 332},
                                      {344, 346},
                                      {519, 524},
                                      {552, 565},
                                      {625, 638},
                                      {770, 784},
                                      {794, 802},
                                      {904, 931},
                                      {962, 972},
                                      {1059, 1073}}};
constexpr std::array<Range, 13> kTest{{{77, 91},
                                       {111, 119},
                                       {140, 148},
                                       {265, 266},
                                       {279, 282},
                                       {307, 314},
                                       {333, 343},
                                       {481, 498},
                                       {547, 551},
                                       {601, 624},
                                       {827, 846},
                                       {932, 943},
                                       {1026, 1043}}};
constexpr std::array<std::string_view, 2> kMiniVal{"scene-0103", "scene-0916"};
constexpr std::uint64_t kMaxSplitsBytes = 16 << 20;

bool isMiniVal(const std::string& name) {
  return std::find(kMiniVal.begin(), kMiniVal.end(), name) != kMiniVal.end();
}

/// The official split's word for this scene in this data set.
bool isOfficially(const Dataset& dataset, const std::string& scene, const std::string& split) {
  const bool is_mini = split.starts_with("mini_") || dataset.version() == "v1.0-mini";
  const std::string official = officialSplit(scene);
  if (!is_mini || official.empty()) return official == split;
  return split.ends_with("val") ? isMiniVal(scene) : split.ends_with("train") && !isMiniVal(scene);
}

/// The scenes of `split` as splits.json (`named`) has it, else as nuScenes has it.
std::vector<std::size_t> scenesIn(const Dataset& dataset, const std::string& split,
                                  const std::map<std::string, std::vector<std::string>>& named) {
  const auto names = named.find(split);
  std::vector<std::size_t> scenes;
  for (std::size_t i = 0; i < dataset.scenes().size(); ++i) {
    const std::string& name = dataset.scenes()[i].name;
    const bool is_wanted =
        names == named.end() || names->second.empty()
            ? isOfficially(dataset, name, split)
            : std::find(names->second.begin(), names->second.end(), name) != names->second.end();
    if (is_wanted || split == "all" || name == split) scenes.push_back(i);
  }
  return scenes;
}

}  // namespace

std::map<std::string, std::vector<std::string>> namedSplits(const Dataset& dataset) {
  const fs::path file = dataset.root() / "splits.json";
  std::error_code code;
  if (!fs::is_regular_file(file, code)) return {};
  const std::vector<std::byte> bytes = readFile(file, kMaxSplitsBytes);
  const auto* text = reinterpret_cast<const char*>(bytes.data());
  const nlohmann::json json = nlohmann::json::parse(text, text + bytes.size(), nullptr, false);
  const auto isSplit = [](const nlohmann::json& names) {
    return names.is_array() &&
           std::all_of(names.begin(), names.end(), [](const auto& name) { return name.is_string(); });
  };
  if (!json.is_object() || !std::all_of(json.begin(), json.end(), isSplit)) {
    throw Error({"splits.json cannot be used", file, "an object of lists of scene names", "something else",
                 "Write it as {\"train\": [\"scene-0001\"], \"val\": []}."});
  }
  return json.get<std::map<std::string, std::vector<std::string>>>();
}

std::vector<std::string> splitsWithScenes(const Dataset& dataset) {
  const auto named = namedSplits(dataset);
  std::vector<std::string> candidates;
  for (const auto& [split, names] : named)
    candidates.push_back(split);
  if (candidates.empty() && dataset.version() == "v1.0-mini")
    candidates = {"mini_train", "mini_val"};
  else if (candidates.empty())
    candidates = {"train", "val", "test"};
  std::erase_if(candidates,
                [&](const std::string& split) { return scenesIn(dataset, split, named).empty(); });
  return candidates;
}

std::string officialSplit(const std::string& scene_name) {
  constexpr std::string_view kPrefix = "scene-";
  int number = 0;
  if (!scene_name.starts_with(kPrefix)) return {};
  const char* end = scene_name.data() + scene_name.size();
  const auto [behind, code] = std::from_chars(scene_name.data() + kPrefix.size(), end, number);
  if (code != std::errc() || behind != end || number < 1) return {};
  const auto isIn = [&](const Range& range) { return range.contains(number); };
  if (std::any_of(kVal.begin(), kVal.end(), isIn)) return "val";
  return std::any_of(kTest.begin(), kTest.end(), isIn) ? "test" : "train";
}

std::vector<std::size_t> scenesOfSplit(const Dataset& dataset, const std::string& split) {
  std::vector<std::size_t> scenes = scenesIn(dataset, split, namedSplits(dataset));
  if (!scenes.empty()) return scenes;
  throw Error({"There is no scene of the split " + split, dataset.root(),
               "all, train, val, a split of splits.json or the name of a scene", split,
               "hbevocc info lists the scenes."});
}

}  // namespace hbev
