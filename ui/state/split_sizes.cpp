#include "ui/state/split_sizes.h"

#include "core/base/error.h"
#include "core/data/splits.h"

namespace hbev::ui {

std::vector<SplitSize> splitSizes(const Dataset& dataset) {
  std::vector<SplitSize> sizes{{"all", dataset.keyframeCount()}};
  try {
    for (const std::string& name : splitsWithScenes(dataset)) {
      SplitSize size{name, 0};
      for (const std::size_t scene : scenesOfSplit(dataset, name))
        size.keyframes += dataset.scenes()[scene].keyframes.size();
      sizes.push_back(std::move(size));
    }
  } catch (const Error&) {
    sizes.resize(1);  // all scenes are there all the same
  }
  return sizes;
}

}  // namespace hbev::ui
