// A data set as flat arrays with integer links: what every reader produces, what the cache file maps, and
// what Dataset answers from.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/data/file_names.h"
#include "core/data/keyframe.h"

namespace hbev {

/// A link that leads nowhere.
inline constexpr std::uint32_t kNoRow = 0xFFFFFFFF;
/// Sensors are numbered: the six cameras in the order of Camera, then LIDAR_TOP.
inline constexpr std::size_t kLidarSlot = kCameraCount;
inline constexpr std::size_t kSlotCount = kCameraCount + 1;

/// Something about the data set that is absent or damaged, and what still works.
struct DatasetIssue {
  std::string what;         ///< "map.json is missing"
  std::string consequence;  ///< "Locations are unknown."
  std::int64_t count = 1;

  bool operator==(const DatasetIssue&) const = default;
};

/// Seven numbers short of a pose: kept raw, because a damaged row must not cost the whole table. NaN is what
/// was no number.
struct PoseRow {
  std::array<double, 4> rotation_wxyz{1, 0, 0, 0};
  std::array<double, 3> translation{0, 0, 0};
};

/// Rows that nobody changes any more: a vector, or a stretch of a mapped file.
template <class T>
class Column {
 public:
  static_assert(std::is_trivially_copyable_v<T>);

  Column() = default;
  Column(std::vector<T> rows) {  // NOLINT(google-explicit-constructor): a column is what it was filled with
    auto owned = std::make_shared<const std::vector<T>>(std::move(rows));
    rows_ = *owned;
    owner_ = std::move(owned);
  }
  /// `owner` keeps the memory behind `rows`.
  Column(std::span<const T> rows, std::shared_ptr<const void> owner)
      : rows_(rows), owner_(std::move(owner)) {}

  std::size_t size() const { return rows_.size(); }
  bool empty() const { return rows_.empty(); }
  const T& operator[](std::size_t row) const { return rows_[row]; }
  auto begin() const { return rows_.begin(); }
  auto end() const { return rows_.end(); }
  std::span<const T> rows() const { return rows_; }

 private:
  std::span<const T> rows_;
  std::shared_ptr<const void> owner_;
};

/// Made by joinIndex() or mapped by the table cache; every link is in range (isSound()).
struct DatasetIndex {
  struct Scene {
    TextSpan token, name, description, location;
    std::uint32_t first_sample = 0, sample_count = 0;
    /// Readings of slot s are [first_reading[s], first_reading[s + 1]), by time.
    std::array<std::uint32_t, kSlotCount + 1> first_reading{};
    std::uint32_t first_category = 0, category_count = 0;  ///< in scene_categories
  };
  struct Sample {
    std::int64_t timestamp_us = 0;
    TextSpan token;
    std::uint32_t first_box = 0, box_count = 0;
    std::array<std::uint32_t, kSlotCount> readings{};  ///< of the keyframe; kNoRow: none
    std::uint32_t scene = 0;
  };
  struct Reading {
    std::int64_t timestamp_us = 0;
    std::uint32_t calibration = 0, pose = 0, file = 0;
    std::uint32_t sample = kNoRow;  ///< of a keyframe; kNoRow: a sweep
    std::int32_t width = 0, height = 0;
  };
  struct Calibration {
    PoseRow ego_from_sensor;
    std::array<double, 9> intrinsics{};  ///< row-major; all zero for a lidar
  };
  struct Box {
    PoseRow global_from_box;
    std::array<double, 3> size_wlh{0, 0, 0};
    std::array<double, 2> velocity_mps{0, 0};  ///< in global; NaN: unknown
    std::uint32_t category = kNoRow;           ///< kNoRow: unknown
    std::int32_t lidar_points = 0, radar_points = 0;
    std::int32_t padding = 0;  ///< the cache takes rows byte by byte: none may be undefined
  };
  struct Issue {
    TextSpan what, consequence;
    std::int64_t count = 0;
  };

  Column<Scene> scenes;      ///< in the order of their table
  Column<Sample> samples;    ///< by scene, then time
  Column<Reading> readings;  ///< by scene, slot, time: keyframes and sweeps
  Column<PoseRow> poses;     ///< global_from_ego
  Column<Calibration> calibrations;
  Column<Box> boxes;                       ///< by sample
  Column<TextSpan> categories;             ///< "vehicle.car"
  Column<std::uint32_t> scene_categories;  ///< which categories a scene has, by name
  Column<FileName> files;                  ///< relative to the data set's root
  Column<Issue> issues;
  Column<char> text;  ///< all words and file names

  std::string_view view(TextSpan span) const { return {text.rows().data() + span.begin, span.size}; }
  /// "samples/CAM_FRONT/n015-2018-07-24-11-22-45+0800__CAM_FRONT__1532402927612460.jpg"
  std::string fileName(const Reading& reading) const;
  std::vector<DatasetIssue> issueList() const;
  /// True when every link and every stretch of text is in range, so that no accessor can leave an array.
  bool isSound() const;
};

/// What a reader found, in any order, linked by row numbers of these vectors.
struct IndexParts {
  struct Scene {
    std::string token, name, description, location;
  };
  struct Sample {
    std::string token;
    std::int64_t timestamp_us = 0;
    std::uint32_t scene = 0;
  };
  struct Reading {
    std::int64_t timestamp_us = 0;
    std::uint32_t sample = 0;  ///< the keyframe it belongs to; a sweep: any keyframe of its scene
    std::uint32_t calibration = 0, pose = 0;
    std::uint32_t file = 0;              ///< from files.add()
    std::int32_t width = 0, height = 0;  ///< 0 where unknown
    std::uint8_t slot = 0;               ///< Camera, or kLidarSlot
    bool is_keyframe = true;
  };
  struct Box {
    DatasetIndex::Box box;
    std::uint32_t sample = 0;
  };

  std::vector<Scene> scenes;
  std::vector<Sample> samples;
  std::vector<Reading> readings;
  std::vector<PoseRow> poses;
  std::vector<DatasetIndex::Calibration> calibrations;
  std::vector<std::vector<Box>> boxes;  ///< in pieces: a million of them are not copied together
  std::vector<std::string> categories;
  FileNames files;
  std::vector<DatasetIssue> issues;
};

/// Sorts the parts and links them both ways. Of several readings of one slot and keyframe the last is the
/// keyframe's. Throws std::out_of_range when a link is out of range (the reader's mistake, not the file's).
DatasetIndex joinIndex(IndexParts parts);

}  // namespace hbev
