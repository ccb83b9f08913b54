#include "core/data/infos_values.h"

#include <charconv>
#include <cmath>

namespace hbev {
namespace {

PoseRow rowOf(const Eigen::Matrix3d& rotation, const Eigen::Vector3d& translation) {
  const Eigen::Quaterniond q(rotation);
  return {{q.w(), q.x(), q.y(), q.z()}, {translation.x(), translation.y(), translation.z()}};
}

/// A rotation as quaternion (w, x, y, z), as pyquaternion's object, or as a matrix.
std::array<double, 4> rotationOf(const PickleValue& value) {
  const PickleValue& numbers = value.kind() == PickleValue::Kind::Object ? value.at("q") : value;
  if (numbers.numbers().size() != 9) return numbersOf<4>(numbers);
  const std::array<double, 9> m = numbersOf<9>(numbers);
  return rowOf(Eigen::Map<const Eigen::Matrix<double, 3, 3, Eigen::RowMajor>>(m.data()), {0, 0, 0})
      .rotation_wxyz;
}

}  // namespace

std::string textAt(const PickleValue& info, std::string_view key) {
  const PickleValue* value = info.find(key);
  return value && value->isText() ? std::string(value->text()) : "";
}

PoseRow poseAt(const PickleValue& info, const std::string& name) {
  return {rotationOf(info.at(name + "_rotation")), numbersOf<3>(info.at(name + "_translation"))};
}

Eigen::Matrix4d matrixOf(const PickleValue& value) {
  const std::array<double, 16> m = numbersOf<16>(value);
  return Eigen::Map<const Eigen::Matrix<double, 4, 4, Eigen::RowMajor>>(m.data());
}

PoseRow rowOf(const Eigen::Matrix4d& matrix) {
  return rowOf(matrix.topLeftCorner<3, 3>(), matrix.topRightCorner<3, 1>());
}

std::array<double, 9> intrinsicsOf(const PickleValue& value) {
  const std::vector<double> numbers = value.numbers();
  if (numbers.size() != 16) return numbersOf<9>(value);
  return {numbers[0], numbers[1], numbers[2], numbers[4], numbers[5],
          numbers[6], numbers[8], numbers[9], numbers[10]};
}

std::int64_t timestampOf(const PickleValue& value) {
  const double number = value.number();
  if (!(std::abs(number) < 9e15))
    throw Error({"A record cannot be used", {}, "a time", value.description(), {}});
  return std::abs(number) < 1e11                  ? std::llround(number * 1e6)
         : value.kind() == PickleValue::Kind::Int ? value.integer()
                                                  : std::llround(number);
}

std::optional<std::int64_t> timestampInName(std::string_view file) {
  const std::size_t begin = file.rfind("__");
  if (begin == std::string_view::npos) return std::nullopt;
  std::int64_t stamp = 0;
  const auto [end, code] = std::from_chars(file.data() + begin + 2, file.data() + file.size(), stamp);
  if (code != std::errc() || end == file.data() + file.size() || *end != '.') return std::nullopt;
  return stamp;
}

int pointsOf(double number) {
  return number >= 0 && number < 1e9 ? int(number) : 0;
}

InfoBox boxFrom(std::span<const double> row) {
  InfoBox box;
  box.centre = {row[0], row[1], row[2]};
  box.extents = {row[3], row[4], row[5]};
  box.yaw_rad = row[6];
  return box;
}

void parseScene(const PickleValue& info, InfoRecord& record) {
  record.scene_token = textAt(info, "scene_token");
  record.scene_name = textAt(info, "scene_name");
  record.location = textAt(info, "map_location");
  if (record.location.empty()) record.location = textAt(info, "location");
  if (!record.scene_name.empty()) return;
  // "./data/nuscenes/gts/scene-0103/3e8750f331d7499e9b5123e9eb70f2e2"
  std::string path = textAt(info, "occ_path");
  std::replace(path.begin(), path.end(), '\\', '/');
  const std::size_t token = path.rfind('/');
  if (token == std::string::npos || token == 0) return;
  const std::size_t scene = path.rfind('/', token - 1);
  record.scene_name = path.substr(scene == std::string::npos ? 0 : scene + 1,
                                  token - (scene == std::string::npos ? 0 : scene + 1));
}

}  // namespace hbev
