// Which classes the scenes of a data set hold: voxels of each class in their labels, counted once and
// remembered.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/base/progress.h"
#include "core/data/dataset.h"

namespace hbev {

/// What the labels of one scene hold.
struct SceneClasses {
  std::vector<std::uint64_t> voxels;  ///< summed over the keyframes, by class number of the label kind's set
  std::size_t keyframes = 0;          ///< whose labels were read
  std::size_t damaged = 0;            ///< label files that could not be read

  bool holds(int label) const { return std::size_t(label) < voxels.size() && voxels[std::size_t(label)] > 0; }
  bool operator==(const SceneClasses&) const = default;
};

/// Counts every scene in the order of the data set and calls `found` for each, from the calling thread. What
/// was counted before is taken from a file in `cache_folder` as long as path, size and time of the scene's
/// label files are the same; a damaged or foreign file there is ignored. The file is written, by rename, from
/// time to time, at the end and when the work is cancelled; not being able to write it is no error. Throws
/// Cancelled only.
void countSceneClasses(const Dataset& dataset, LabelKind kind, const std::filesystem::path& cache_folder,
                       const std::function<void(std::size_t scene, const SceneClasses&)>& found,
                       Progress& progress);

/// The file that countSceneClasses() keeps for this data set and kind.
std::filesystem::path sceneClassesFile(const Dataset& dataset, LabelKind kind,
                                       const std::filesystem::path& cache_folder);

}  // namespace hbev
