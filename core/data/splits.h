// Which scenes are for training and which for validation.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/data/dataset.h"

namespace hbev {

/// The scenes of a split, in the data set's order: "all", a split of the data set's splits.json, nuScenes'
/// official train, val or test (in v1.0-mini: mini_train and mini_val, which train and val mean there), or
/// the name of one scene. Throws Error when there is no such split or it is empty.
std::vector<std::size_t> scenesOfSplit(const Dataset& dataset, const std::string& split);

/// nuScenes' official split of a scene by its number ("scene-0103"): "train", "val", "test", or "" for names
/// of other makers. Source: nuscenes.utils.splits of the devkit.
std::string officialSplit(const std::string& scene_name);

}  // namespace hbev
