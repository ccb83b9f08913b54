// The three tables with millions of rows: sample_data, ego_pose and sample_annotation.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/data/dataset_index.h"
#include "core/data/token_table.h"

namespace hbev {

namespace table_reader {
struct Source;
}

/// How the rows of large tables find those of small ones.
struct TableKeys {
  /// A sensor that is neither one of the six cameras nor LIDAR_TOP.
  static constexpr std::uint8_t kOtherSensor = kSlotCount;

  TokenTable samples;                     ///< rows of IndexParts::samples
  TokenTable calibrations;                ///< rows of IndexParts::calibrations
  std::vector<std::uint8_t> slots;        ///< of calibrations
  TokenTable instances;                   ///< rows of the next
  std::vector<std::uint32_t> categories;  ///< of instances, in IndexParts::categories or kNoRow
};

/// Notes that `count` rows were left out, unless none was.
void addIssue(std::vector<DatasetIssue>& issues, std::string what, std::int64_t count);

/// Adds the readings of cameras and lidar with their poses and file names, and what is wrong with them.
void readReadings(const table_reader::Source& sample_data, const table_reader::Source& ego_pose,
                  const TableKeys& keys, IndexParts& parts);

/// Adds the boxes with their velocities.
void readBoxes(const table_reader::Source& sample_annotation, const TableKeys& keys, IndexParts& parts);

}  // namespace hbev
