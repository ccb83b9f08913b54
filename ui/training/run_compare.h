// The settings of runs, key by key, and where two of them differ.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ui/training/run_data.h"

namespace hbev::ui {

/// "training.learning_rate": "0.0002", "run.seed": "7"
using RunSettings = std::map<std::string, std::string>;

/// A configuration in TOML, one entry a value. Empty when it cannot be read.
RunSettings settingsOfToml(const std::string& toml);
/// Of the run's config.toml and run.json.
RunSettings settingsOf(const RunData& run);

struct SettingDifference {
  std::string key;
  std::string a, b;  ///< empty: there is no such setting
};
std::vector<SettingDifference> differencesOf(const RunSettings& a, const RunSettings& b);

}  // namespace hbev::ui
