#include "core/data/classes.h"

#include <algorithm>

namespace hbev {
namespace {

constexpr std::array<ClassInfo, 17> kOpenOcc{
    {{"car", "car", true},
     {"truck", "truck", true},
     {"trailer", "trailer", true},
     {"bus", "bus", true},
     {"construction_vehicle", "construction vehicle", true, "construction veh."},
     {"bicycle", "bicycle", true},
     {"motorcycle", "motorcycle", true},
     {"pedestrian", "pedestrian", true},
     {"traffic_cone", "traffic cone"},
     {"barrier", "barrier"},
     {"driveable_surface", "driveable surface", false, "driveable surf."},
     {"other_flat", "other flat"},
     {"sidewalk", "sidewalk"},
     {"terrain", "terrain"},
     {"manmade", "manmade"},
     {"vegetation", "vegetation"},
     {"free", "free"}}};

constexpr std::array<ClassInfo, 18> kOcc3d{
    {{"others", "others"},
     {"barrier", "barrier"},
     {"bicycle", "bicycle", true},
     {"bus", "bus", true},
     {"car", "car", true},
     {"construction_vehicle", "construction vehicle", true, "construction veh."},
     {"motorcycle", "motorcycle", true},
     {"pedestrian", "pedestrian", true},
     {"traffic_cone", "traffic cone"},
     {"trailer", "trailer", true},
     {"truck", "truck", true},
     {"driveable_surface", "driveable surface", false, "driveable surf."},
     {"other_flat", "other flat"},
     {"sidewalk", "sidewalk"},
     {"terrain", "terrain"},
     {"manmade", "manmade"},
     {"vegetation", "vegetation"},
     {"free", "free"}}};

struct ClassColors {
  std::string_view id;
  std::array<Rgb, 3> colors;  // in the order of kPalettes
};

constexpr Rgb rgb(unsigned hex) {
  return {std::uint8_t(hex >> 16 & 0xFF), std::uint8_t(hex >> 8 & 0xFF), std::uint8_t(hex & 0xFF)};
}

// Studio was found by maximising the smallest distance under three kinds of sight; Papers is SparseOcc's,
// OccNet's and SurroundOcc's; nuScenes is the devkit's. The same values stand in resources/tokens.json (a
// test compares them).
constexpr std::array<ClassColors, 17> kColors{{
    {"car", {rgb(0x339EFF), rgb(0x0096F5), rgb(0xFF9E00)}},
    {"truck", {rgb(0x8433DF), rgb(0xA020F0), rgb(0xFF6347)}},
    {"trailer", {rgb(0x752600), rgb(0x873C00), rgb(0xFF8C00)}},
    {"bus", {rgb(0xF8EA21), rgb(0xFFFF00), rgb(0xFF7F50)}},
    {"construction_vehicle", {rgb(0xDB8900), rgb(0x00FFFF), rgb(0xE99646)}},
    {"bicycle", {rgb(0x49FAFE), rgb(0xFFC0CB), rgb(0xDC143C)}},
    {"motorcycle", {rgb(0x3C20A2), rgb(0xC8B400), rgb(0xFF3D63)}},
    {"pedestrian", {rgb(0xE80000), rgb(0xFF0000), rgb(0x0000E6)}},
    {"traffic_cone", {rgb(0xFFD6B6), rgb(0xFFF096), rgb(0x2F4F4F)}},
    {"barrier", {rgb(0xEE53CD), rgb(0xFF7832), rgb(0x708090)}},
    {"driveable_surface", {rgb(0x3F4956), rgb(0xFF00FF), rgb(0x00CFBF)}},
    {"other_flat", {rgb(0x835B8D), rgb(0xAF004B), rgb(0xAF004B)}},
    {"sidewalk", {rgb(0x948B81), rgb(0x4B004B), rgb(0x4B004B)}},
    {"terrain", {rgb(0xA7C473), rgb(0x96F050), rgb(0x70B43C)}},
    {"manmade", {rgb(0xB9BCD1), rgb(0xE6E6FA), rgb(0xDEB887)}},
    {"vegetation", {rgb(0x007E34), rgb(0x00AF00), rgb(0x00AF00)}},
    {"others", {rgb(0x22232E), rgb(0x000000), rgb(0x000000)}},
}};

/// The detection classes of nuScenes, by the beginning of the category's name; the rest has no class.
constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kCategories{{
    {"vehicle.car", "car"},
    {"vehicle.truck", "truck"},
    {"vehicle.trailer", "trailer"},
    {"vehicle.bus", "bus"},
    {"vehicle.construction", "construction_vehicle"},
    {"vehicle.bicycle", "bicycle"},
    {"vehicle.motorcycle", "motorcycle"},
    {"human.pedestrian", "pedestrian"},
    {"movable_object.trafficcone", "traffic_cone"},
    {"movable_object.barrier", "barrier"},
}};

}  // namespace

std::string_view paletteName(Palette palette) {
  constexpr std::array<std::string_view, 3> kNames{"Studio", "Papers", "nuScenes"};
  return kNames[std::size_t(palette)];
}

const ClassSet& ClassSet::openocc() {
  static const ClassSet set("openocc", kOpenOcc);
  return set;
}

const ClassSet& ClassSet::occ3d() {
  static const ClassSet set("occ3d", kOcc3d);
  return set;
}

const ClassSet* ClassSet::find(std::string_view name) {
  if (name == openocc().name()) return &openocc();
  if (name == occ3d().name()) return &occ3d();
  return nullptr;
}

std::optional<int> ClassSet::findLabel(std::string_view id) const {
  const auto found =
      std::find_if(classes_.begin(), classes_.end(), [&](const ClassInfo& info) { return info.id == id; });
  if (found == classes_.end()) return std::nullopt;
  return int(found - classes_.begin());
}

Rgb ClassSet::color(int label, Palette palette) const {
  const std::string_view id = classes_[std::size_t(label)].id;
  for (const ClassColors& entry : kColors) {
    if (entry.id == id) return entry.colors[std::size_t(palette)];
  }
  return {};  // free, which is not drawn
}

std::optional<int> ClassSet::labelOfCategory(std::string_view category) const {
  for (const auto& [beginning, id] : kCategories) {
    if (category.starts_with(beginning)) return findLabel(id);
  }
  return findLabel(category);  // a detection name by itself
}

}  // namespace hbev
