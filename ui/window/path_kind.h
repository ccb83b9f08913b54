// What a dropped path is: a data set of its own, or predictions for the one that is open.
#pragma once

#include <filesystem>

#include "core/data/dataset.h"

namespace hbev::ui {

enum class PathKind { Dataset, Predictions };

/// Tables, infos and lone labels are data sets; what a layout of predictions knows is predictions, a lone
/// .npz only when `open` (may be null) holds its keyframe. May read a pickle: not for the window's thread.
/// Never throws; what nobody knows is said to be a data set, whose opening tells what is wrong.
PathKind pathKind(const std::filesystem::path& path, const Dataset* open);

}  // namespace hbev::ui
