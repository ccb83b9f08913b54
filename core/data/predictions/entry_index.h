// Finds the prediction of a keyframe among the entries of a dump, by whatever names the layout gives them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/data/predictions/format.h"

namespace hbev {

class Dataset;

class EntryIndex {
 public:
  EntryIndex(const std::vector<DumpEntry>& entries, const Dataset* dataset);
  /// Index into the entries, or nothing.
  std::optional<std::size_t> find(const Keyframe& keyframe) const;

 private:
  void addLidarTokens();
  void orderByTime();

  std::unordered_map<std::string, std::size_t> by_key_;
  const Dataset* dataset_;
  /// [scene][index in scene]: the keyframe's place in the data set by time; empty unless entries ask for it.
  std::vector<std::vector<std::int64_t>> time_order_;
};

}  // namespace hbev
