// The configurations that come with the program.
#include <algorithm>
#include <cstdlib>
#include <fstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/error.h"
#include "core/base/module_library.h"
#include "core/model/config.h"

namespace fs = std::filesystem;

namespace hbev {
namespace {

std::string firstComment(const fs::path& file) {
  std::ifstream stream(file);
  std::string line;
  if (!std::getline(stream, line) || !line.starts_with("# ")) return {};
  line.erase(0, 2);
  if (line.ends_with('.')) line.pop_back();
  return line;
}

}  // namespace

fs::path configFolder() {
  std::vector<fs::path> places;
  if (const char* told = std::getenv("HBEV_CONFIGS"); told && *told) places.emplace_back(told);
  places.push_back(installedFile("share/hbevocc-studio/configs"));
  std::error_code none;
  for (const fs::path& place : places) {
    if (fs::is_directory(place, none)) return place;
  }
  throw Error({"The configurations that come with the program are not there", places.front(),
               "a folder of .toml files", "nothing",
               "Install the program again, or name their folder in the environment variable HBEV_CONFIGS."});
}

std::vector<NamedConfig> namedConfigs() {
  std::vector<NamedConfig> configs;
  for (const fs::directory_entry& entry : fs::directory_iterator(configFolder())) {
    const fs::path& file = entry.path();
    if (file.extension() != ".toml") continue;
    const std::string name = file.stem().string();
    fs::path weights = file.parent_path().parent_path() / "weights" / (name + ".pth");
    std::error_code none;
    if (!fs::is_regular_file(weights, none)) weights.clear();
    configs.push_back({name, firstComment(file), file, weights});
  }
  std::ranges::sort(configs, {}, &NamedConfig::name);
  return configs;
}

fs::path findConfigFile(const std::string& name_or_file) {
  std::error_code none;
  if (fs::is_regular_file(name_or_file, none)) return name_or_file;
  std::vector<std::string> names;
  for (const NamedConfig& config : namedConfigs()) {
    if (config.name == name_or_file) return config.file;
    names.push_back(config.name);
  }
  throw Error({.summary = "There is no such configuration",
               .file = {},
               .expected = fmt::format("a .toml file or one of {}", fmt::join(names, ", ")),
               .found = name_or_file,
               .advice = {}});
}

fs::path findWeightsFile(const std::string& shipped_or_file, const std::string& config) {
  if (shipped_or_file != "shipped") return shipped_or_file;
  for (const NamedConfig& named : namedConfigs()) {
    if (named.name == config && !named.weights.empty()) return named.weights;
  }
  throw Error({"No weights come with the program for this configuration",
               {},
               "a configuration that hbevocc predict --list-configs shows with weights",
               config,
               "Name a checkpoint's file."});
}

ModelConfig findModelConfig(const std::string& name_or_file) {
  return readModelConfig(findConfigFile(name_or_file));
}

}  // namespace hbev
