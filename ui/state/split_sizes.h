// Which splits a data set has scenes of, and how many keyframes those are.
#pragma once

#include <string>
#include <vector>

#include "core/data/dataset.h"

namespace hbev::ui {

struct SplitSize {
  std::string name;  ///< "all", "val"
  std::size_t keyframes = 0;
};

/// "all", then those of splitsWithScenes(); "all" alone where splits.json is damaged. Reads the disk.
std::vector<SplitSize> splitSizes(const Dataset& dataset);

}  // namespace hbev::ui
