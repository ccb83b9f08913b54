// The class sets of the field, OpenOcc and Occ3D, and the colours that people give to classes.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace hbev {

struct Rgb {
  std::uint8_t r = 0, g = 0, b = 0;
  bool operator==(const Rgb&) const = default;
};

enum class Palette { Studio, Papers, NuScenes };
inline constexpr std::array<Palette, 3> kPalettes{Palette::Studio, Palette::Papers, Palette::NuScenes};
std::string_view paletteName(Palette palette);

/// One class, whatever number a class set gives it.
struct ClassInfo {
  std::string_view id;               ///< "construction_vehicle", as labels and reports write it
  std::string_view name;             ///< "construction vehicle", for people
  bool moves = false;                ///< one of the eight classes that have flow
  std::string_view short_name = {};  ///< where room is short: "construction veh."; empty: the name is short

  std::string_view shortName() const { return short_name.empty() ? name : short_name; }
};

/// Numbers of classes: `openocc` (17, free 16) or `occ3d` (18, free 17). Sources: OpenDriveLab/OccNet, Occ3D.
class ClassSet {
 public:
  static const ClassSet& openocc();
  static const ClassSet& occ3d();
  /// By name, or nullptr.
  static const ClassSet* find(std::string_view name);

  std::string_view name() const { return name_; }
  int size() const { return int(classes_.size()); }
  std::uint8_t free() const { return std::uint8_t(size() - 1); }
  const ClassInfo& operator[](int label) const { return classes_[std::size_t(label)]; }
  std::span<const ClassInfo> classes() const { return classes_; }
  bool moves(int label) const { return classes_[std::size_t(label)].moves; }
  /// The number of class `id`, or nothing.
  std::optional<int> findLabel(std::string_view id) const;
  Rgb color(int label, Palette palette) const;
  /// The class that an annotation's category ("vehicle.car", ...) belongs to, or nothing.
  std::optional<int> labelOfCategory(std::string_view category) const;

 private:
  ClassSet(std::string_view name, std::span<const ClassInfo> classes) : name_(name), classes_(classes) {}
  std::string_view name_;
  std::span<const ClassInfo> classes_;
};

}  // namespace hbev
