#include "tests/eval/parity_folder.h"

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <set>
#include <stdexcept>

namespace hbev::test {
namespace {

nlohmann::json readJson(const std::filesystem::path& file) {
  std::ifstream stream(file);
  if (!stream) throw std::runtime_error(file.string() + " cannot be opened");
  return nlohmann::json::parse(stream);
}

}  // namespace

bool otherFolderGiven() {
  const char* folder = std::getenv("HBEV_PARITY_DIR");
  return folder != nullptr && *folder != '\0';
}

std::filesystem::path parityFolder() {
  return otherFolderGiven() ? std::getenv("HBEV_PARITY_DIR")
                            : std::filesystem::path(HBEV_TEST_DATA) / "parity";
}

std::string lackingFiles(std::initializer_list<const char*> files) {
  if (!otherFolderGiven()) return {};
  for (const char* file : files) {
    if (!std::filesystem::exists(parityFolder() / file)) return std::string("this folder has no ") + file;
  }
  return {};
}

RayGoldens::RayGoldens()
    : arrays_(parityFolder() / "rayiou.npz"), numbers_(readJson(parityFolder() / "rayiou.json")) {}

std::vector<std::string> RayGoldens::groups() const {
  std::vector<std::string> groups;
  for (const auto& [key, value] : numbers_.items()) {
    const std::string suffix = ".scenes";
    if (key.ends_with(suffix)) groups.push_back(key.substr(0, key.size() - suffix.size()));
  }
  return groups;
}

std::vector<std::string> RayGoldens::scenes(const std::string& group) const {
  std::vector<std::string> scenes;
  for (const auto& number : numbers_.at(group + ".scenes")) {
    scenes.push_back(group + ".s" + std::to_string(number.get<int>()));
  }
  return scenes;
}

RayClasses RayGoldens::classes(const std::string& group) const {
  const auto moving = numbers_.at(group + ".flow_class_names").get<std::set<std::string>>();
  RayClasses classes;
  for (const auto& name : numbers_.at(group + ".class_names")) {
    classes.moves.push_back(moving.contains(name.get<std::string>()));
  }
  return classes;
}

const ClassSet* RayGoldens::classSet(const std::string& group) const {
  const ClassSet* classes = ClassSet::find(group);
  const auto names = numbers_.at(group + ".class_names").get<std::vector<std::string>>();
  if (classes == nullptr || classes->size() != int(names.size()) ||
      !(RayClasses::of(*classes) == this->classes(group))) {
    return nullptr;
  }
  for (int i = 0; i < classes->size(); ++i) {
    if ((*classes)[i].id != names[std::size_t(i)]) return nullptr;
  }
  return classes;
}

std::string RayGoldens::memberOf(const std::string& scene, const std::string& name) const {
  const std::string own = scene + "." + name;
  if (arrays_.contains(own) || !(name.ends_with("flow") || name == "mask_camera")) return own;
  const std::string number = scene.substr(scene.rfind('.'));
  for (const std::string& group : groups()) {
    if (arrays_.contains(group + number + "." + name)) return group + number + "." + name;
  }
  return own;
}

bool RayGoldens::hasArray(const std::string& scene, const std::string& name) const {
  return arrays_.contains(memberOf(scene, name));
}

NpyArray RayGoldens::array(const std::string& scene, const std::string& name) const {
  return arrays_.read(memberOf(scene, name));
}

std::vector<Eigen::Vector3d> RayGoldens::origins(const std::string& scene) const {
  const std::vector<double> numbers = array(scene, "origins").values<double>();
  std::vector<Eigen::Vector3d> origins;
  for (std::size_t i = 0; i + 2 < numbers.size(); i += 3)
    origins.emplace_back(numbers[i], numbers[i + 1], numbers[i + 2]);
  return origins;
}

Occupancy RayGoldens::occupancy(const std::string& scene, const std::string& side) const {
  Occupancy occupancy;
  if (const ClassSet* classes = classSet(scene.substr(0, scene.find('.')))) occupancy.classes = classes;
  occupancy.semantics = array(scene, side + "_sem").values<std::uint8_t>();
  occupancy.flow = array(scene, side + "_flow").values<float>();
  const std::vector<std::uint8_t> packed = array(scene, "mask_camera").values<std::uint8_t>();
  occupancy.mask_camera.resize(occupancy.semantics.size());
  for (std::size_t i = 0; i < occupancy.mask_camera.size(); ++i) {
    occupancy.mask_camera[i] =
        (packed.at(i / 8) >> (7 - i % 8)) & 1;  // numpy.packbits: the highest bit first
  }
  return occupancy;
}

double numberOf(const nlohmann::json& value) {
  return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
}

testing::AssertionResult sameScore(double ours, double golden) {
  if (std::isnan(ours) && std::isnan(golden)) return testing::AssertionSuccess();
  if (std::abs(ours - golden) <= 1e-9) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "ours " << ours << ", the reference's " << golden;
}

}  // namespace hbev::test
