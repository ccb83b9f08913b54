// How much of the predictions that the window's network made is kept on disk, and what goes when it is too
// much.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace hbev::ui {

/// The most that is kept, from the user's settings; at least kLeastKept_bytes.
std::uint64_t keptPredictionsLimit();
void setKeptPredictionsLimit(std::uint64_t bytes);
inline constexpr std::uint64_t kLeastKept_bytes = std::uint64_t(64) << 20;

/// What the predictions below `folder` take, bytes.
std::uint64_t keptPredictions(const std::filesystem::path& folder);

/// Notes that a prediction was used now: it goes later than those that were not.
void markUsed(const std::filesystem::path& prediction);

/// Removes predictions below `folder` (predictionFolder()) until they take at most `limit` bytes, those first
/// that were used or made longest ago. Returns what was removed. Files that cannot be removed stay.
std::vector<std::filesystem::path> trimPredictions(const std::filesystem::path& folder, std::uint64_t limit);

}  // namespace hbev::ui
