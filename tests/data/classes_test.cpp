#include "core/data/classes.h"

#include <fstream>
#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace hbev {
namespace {

TEST(Classes, NumbersAreThoseOfTheDataSets) {
  const ClassSet& openocc = ClassSet::openocc();
  EXPECT_EQ(openocc.size(), 17);
  EXPECT_EQ(openocc.free(), 16);
  EXPECT_EQ(openocc.findLabel("car"), 0);
  EXPECT_EQ(openocc.findLabel("pedestrian"), 7);
  EXPECT_EQ(openocc.findLabel("driveable_surface"), 10);
  EXPECT_EQ(openocc.findLabel("vegetation"), 15);
  const ClassSet& occ3d = ClassSet::occ3d();
  EXPECT_EQ(occ3d.size(), 18);
  EXPECT_EQ(occ3d.free(), 17);
  EXPECT_EQ(occ3d.findLabel("others"), 0);
  EXPECT_EQ(occ3d.findLabel("car"), 4);
  EXPECT_EQ(occ3d.findLabel("driveable_surface"), 11);
  EXPECT_EQ(occ3d.findLabel("vegetation"), 16);
  EXPECT_EQ(openocc.findLabel("others"), std::nullopt);
}

TEST(Classes, AreFoundByName) {
  EXPECT_EQ(ClassSet::find("openocc"), &ClassSet::openocc());
  EXPECT_EQ(ClassSet::find("occ3d"), &ClassSet::occ3d());
  EXPECT_EQ(ClassSet::find("OpenOcc"), nullptr);
}

TEST(Classes, BothSetsKnowTheSameEightThatMove) {
  std::array<std::set<std::string_view>, 2> moving;
  for (std::size_t i = 0; i < 2; ++i) {
    const ClassSet& set = i == 0 ? ClassSet::openocc() : ClassSet::occ3d();
    for (int label = 0; label < set.size(); ++label) {
      EXPECT_EQ(set.findLabel(set[label].id), label);
      if (set.moves(label)) moving[i].insert(set[label].id);
    }
  }
  EXPECT_EQ(moving[0].size(), 8U);
  EXPECT_EQ(moving[0], moving[1]);
}

TEST(Classes, ColoursAreThoseOfTheDesign) {
  const auto tokens =
      nlohmann::json::parse(std::ifstream(HBEV_SOURCE_DIR "/resources/tokens.json")).at("classes");
  const std::array<std::pair<Palette, const char*>, 3> palettes{
      {{Palette::Studio, "studio"}, {Palette::Papers, "papers"}, {Palette::NuScenes, "nuscenes"}}};
  int compared = 0;
  for (const ClassSet* set : {&ClassSet::openocc(), &ClassSet::occ3d()}) {
    for (int label = 0; label < set->free(); ++label) {
      for (const auto& [palette, name] : palettes) {
        const auto hex = tokens.at(name).at(std::string((*set)[label].id)).get<std::string>();
        const auto value = unsigned(std::stoul(hex.substr(1), nullptr, 16));
        const Rgb expected{std::uint8_t(value >> 16), std::uint8_t(value >> 8), std::uint8_t(value)};
        EXPECT_EQ(set->color(label, palette), expected) << name << " " << (*set)[label].id;
        ++compared;
      }
    }
  }
  EXPECT_EQ(compared, 3 * (16 + 17));
}

TEST(Classes, CategoriesOfAnnotationsHaveClasses) {
  const ClassSet& set = ClassSet::openocc();
  const auto classOf = [&](const char* category) {
    const auto label = set.labelOfCategory(category);
    return label ? std::string(set[*label].id) : "";
  };
  EXPECT_EQ(classOf("vehicle.car"), "car");
  EXPECT_EQ(classOf("vehicle.bus.bendy"), "bus");
  EXPECT_EQ(classOf("vehicle.construction"), "construction_vehicle");
  EXPECT_EQ(classOf("human.pedestrian.adult"), "pedestrian");
  EXPECT_EQ(classOf("movable_object.trafficcone"), "traffic_cone");
  EXPECT_EQ(classOf("traffic_cone"), "traffic_cone");
  EXPECT_EQ(classOf("vehicle.emergency.police"), "");
  EXPECT_EQ(classOf("animal"), "");
  EXPECT_EQ(classOf(""), "");
}

}  // namespace
}  // namespace hbev
