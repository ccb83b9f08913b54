// Predictions named by the lidar's sample_data token: which lidar file that is.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace hbev {

/// The name under which such predictions are looked up.
std::string lidarTokenKey(std::string_view sample_data_token);
/// The token in such a name, or "".
std::string_view lidarTokenOf(std::string_view key);

/// File names ("n015-...__LIDAR_TOP__1531883530449377.pcd.bin") by sample_data token, for those of `tokens`
/// that `sample_data_json` knows. The index of a data set leaves these tokens out, so that the table is read
/// once for them. Rows that are damaged, and a table that cannot be read, give no names.
std::unordered_map<std::string, std::string> sensorFiles(const std::filesystem::path& sample_data_json,
                                                         const std::unordered_set<std::string>& tokens);

}  // namespace hbev
