// What the dialects of infos share: poses, matrices, times and scenes out of a pickle's values.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/data/infos_record.h"

namespace hbev {

/// The text behind a key; "" when there is none.
std::string textAt(const PickleValue& info, std::string_view key);

/// Exactly `Count` numbers. Throws Error.
template <std::size_t Count>
std::array<double, Count> numbersOf(const PickleValue& value) {
  const std::vector<double> numbers = value.numbers();
  if (numbers.size() != Count) {
    throw Error({"A record cannot be used",
                 {},
                 std::to_string(Count) + " numbers",
                 std::to_string(numbers.size()),
                 {}});
  }
  std::array<double, Count> result{};
  std::copy(numbers.begin(), numbers.end(), result.begin());
  return result;
}

/// NAME_rotation and NAME_translation. Throws Error.
PoseRow poseAt(const PickleValue& info, const std::string& name);
/// 4 x 4. Throws Error.
Eigen::Matrix4d matrixOf(const PickleValue& value);
PoseRow rowOf(const Eigen::Matrix4d& matrix);
/// 3 x 3, or the corner of 4 x 4, row after row. Throws Error.
std::array<double, 9> intrinsicsOf(const PickleValue& value);
/// Microseconds as a whole number, or seconds with a fraction. Throws Error.
std::int64_t timestampOf(const PickleValue& value);
/// nuScenes' file names end in the time stamp: "...__CAM_FRONT__1533151605012404.jpg".
std::optional<std::int64_t> timestampInName(std::string_view file);
/// How many points; 0 for what is no such number.
int pointsOf(double number);
/// Of the first seven numbers of a row: centre, extents, yaw.
InfoBox boxFrom(std::span<const double> row);
/// scene_token, scene_name (or what occ_path says) and location.
void parseScene(const PickleValue& info, InfoRecord& record);

/// Runs `parse` and counts when it cannot.
template <class Parse>
void tolerating(InfoRecord& record, const Parse& parse) {
  try {
    parse();
  } catch (const Error&) {
    ++record.damaged;
  }
}

}  // namespace hbev
