// What a dropped path is: a data set of its own, or predictions for the one that is open.
#pragma once

#include <filesystem>
#include <optional>

#include "core/base/error.h"
#include "core/data/dataset.h"

namespace hbev::ui {

/// Of a file that is neither a data set nor predictions, by its name and, where that says nothing, its
/// beginning: what would be some. Nothing for folders and what may be one of them. Never throws.
std::optional<Problem> whyNothing(const std::filesystem::path& path);

enum class PathKind { Dataset, Predictions };

/// Tables, infos and lone labels are data sets; what a layout of predictions knows is predictions, a lone
/// .npz only when `open` (may be null) holds its keyframe. May read a pickle: not for the window's thread.
/// Never throws; what nobody knows is said to be a data set, whose opening tells what is wrong.
PathKind pathKind(const std::filesystem::path& path, const Dataset* open);

}  // namespace hbev::ui
