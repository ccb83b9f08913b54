// What a data set lacks besides rows of tables: files of sensors, labels, splits, maps. Private to the
// doctor.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/progress.h"
#include "core/data/dataset.h"
#include "core/data/table_cache.h"
#include "core/doctor/doctor.h"

namespace hbev::doctor {

/// Readings, their times and their files, over all keyframes; decodes a sample, or all with `full`.
std::vector<Finding> inspectSensors(const Dataset& dataset, bool full, Progress* progress);

/// Labels of each kind: how many keyframes have them, by split where splits are known; a sample of files (or
/// all with `full`) is read.
std::vector<Finding> inspectLabels(const Dataset& dataset, bool full, Progress* progress);

/// Pictures of maps that map.json names.
std::vector<Finding> inspectMaps(const Dataset& dataset);

/// Whether the next start finds the tables joined, or where it will leave them so.
Finding inspectIndexCache(const std::filesystem::path& tables, const IndexCacheOptions& options = {});

/// A keyframe by its scene and its place there.
struct KeyframePlace {
  std::size_t scene = 0, index = 0;
};
std::vector<KeyframePlace> allKeyframes(const Dataset& dataset);
/// At most `count` of `places`, evenly spread.
std::vector<KeyframePlace> spread(const std::vector<KeyframePlace>& places, std::size_t count);

/// Counts of one kind of trouble and the first of it.
class Tally {
 public:
  void add(const std::string& where) {
    if (count_++ == 0) first_ = where;
  }
  std::size_t count() const { return count_; }
  /// "The first: ..." or "".
  std::string detail() const { return count_ == 0 ? "" : "The first: " + first_; }

 private:
  std::size_t count_ = 0;
  std::string first_;
};

}  // namespace hbev::doctor
