// Which scenes are for training and which for validation.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "core/data/dataset.h"

namespace hbev {

/// The scenes of a split, in the data set's order: "all", a split of the data set's splits.json, nuScenes'
/// official train, val or test (in v1.0-mini: mini_train and mini_val, which train and val mean there), or
/// the name of one scene. Throws Error when there is no such split, it is empty or splits.json is damaged.
std::vector<std::size_t> scenesOfSplit(const Dataset& dataset, const std::string& split);

/// What scenesOfSplit() finds scenes for, besides "all" and scenes' names: the splits of splits.json, by
/// name, or without such a file nuScenes' official ones, train first. Throws Error when splits.json is
/// damaged.
std::vector<std::string> splitsWithScenes(const Dataset& dataset);

/// Scene names of each split as splits.json in the data set's folder has them, whether the scenes are there
/// or not; empty without such a file. Throws Error when the file is damaged.
std::map<std::string, std::vector<std::string>> namedSplits(const Dataset& dataset);

/// nuScenes' official split of a scene by its number ("scene-0103"): "train", "val", "test", or "" for names
/// of other makers. Source: nuscenes.utils.splits of the devkit.
std::string officialSplit(const std::string& scene_name);

}  // namespace hbev
