#include "core/data/predictions/orientation.h"

#include <set>

#include <gtest/gtest.h>

#include "core/data/predictions/orientation_check.h"
#include "tests/base/expect_error.h"
#include "tests/data/made_nuscenes.h"

namespace hbev {
namespace {

/// Every voxel its own story: a car with flow ahead on the left, a wall behind.
Occupancy lopsided() {
  Occupancy made = test::madeOccupancy(LabelKind::OpenOcc);
  for (int z = 2; z < 10; ++z)
    made.semantics[made.grid.index(10, 150, z)] = 14;
  for (std::size_t i = 0; i < made.flow.size(); i += 2)
    made.flow[i + 1] = made.flow[i] / 4;
  return made;
}

TEST(Orientation, SixteenDifferentOnesWithNames) {
  std::set<std::string> names;
  for (const Orientation& orientation : allOrientations()) {
    names.insert(orientationName(orientation));
    EXPECT_EQ(findOrientation(orientationName(orientation)), orientation);
  }
  EXPECT_EQ(names.size(), 16U);
  EXPECT_TRUE(allOrientations().front().isIdentity());
  EXPECT_EQ(orientationName({}), "as-stored");
  EXPECT_EQ(orientationName({.swap_xy = true, .flip_y = true}), "swap-xy+flip-y");
  EXPECT_EQ(orientationTitle({.swap_xy = true, .flip_y = true}), "x and y exchanged, y mirrored");
  EXPECT_FALSE(findOrientation("sideways"));
}

TEST(Orientation, ExchangesFirstAndMirrorsThen) {
  Occupancy made = lopsided();
  const auto at = [&](const Occupancy& occupancy, int x, int y, int z) {
    return occupancy.semantics[occupancy.grid.index(x, y, z)];
  };
  const std::uint8_t wall = at(made, 10, 150, 9);
  EXPECT_EQ(at(oriented(made, {.flip_x = true}), 189, 150, 9), wall);
  EXPECT_EQ(at(oriented(made, {.flip_y = true}), 10, 49, 9), wall);
  EXPECT_EQ(at(oriented(made, {.flip_z = true}), 10, 150, 6), wall);
  EXPECT_EQ(at(oriented(made, {.swap_xy = true}), 150, 10, 9), wall);
  EXPECT_EQ(at(oriented(made, {.swap_xy = true, .flip_x = true}), 49, 10, 9), wall);
}

TEST(Orientation, FlowTurnsWithARotationOnly) {
  const Occupancy made = lopsided();
  const std::size_t car = made.grid.index(120, 100, 3);
  ASSERT_EQ(made.flow[2 * car], 2.0F);
  ASSERT_EQ(made.flow[2 * car + 1], 0.5F);
  // To the left by a quarter: (x, y) becomes (-y, x).
  const Orientation quarter{.swap_xy = true, .flip_x = true};
  ASSERT_TRUE(quarter.isRotation());
  const Occupancy turned = oriented(made, quarter);
  const std::size_t there = made.grid.index(199 - 100, 120, 3);
  EXPECT_EQ(turned.semantics[there], made.semantics[car]);
  EXPECT_EQ(turned.flow[2 * there], -0.5F);
  EXPECT_EQ(turned.flow[2 * there + 1], 2.0F);
  const Occupancy mirrored = oriented(made, {.flip_y = true});
  EXPECT_EQ(mirrored.flow[2 * made.grid.index(120, 99, 3) + 1], 0.5F);
}

TEST(Orientation, OblongGridsCannotBeExchanged) {
  Occupancy oblong;
  oblong.grid.dims = {4, 3, 2};
  oblong.semantics.assign(24, 16);
  EXPECT_EQ(test::problemOf([&] { oriented(oblong, {.swap_xy = true}); }).found, "4 x 3 voxels");
  EXPECT_EQ(oriented(oblong, {.flip_x = true}).semantics.size(), 24U);
}

class OrientationIsFound : public testing::TestWithParam<std::size_t> {};

TEST_P(OrientationIsFound, WhateverItIs) {
  const Occupancy truth = lopsided();
  const Orientation wanted = allOrientations()[GetParam()];
  // The stored array is the one that `wanted` brings to the truth.
  Occupancy stored = truth;
  stored.flow.clear();
  const std::vector<std::size_t> sources = orientedIndices(truth.grid, wanted);
  for (std::size_t i = 0; i < sources.size(); ++i)
    stored.semantics[sources[i]] = truth.semantics[i];
  EXPECT_EQ(oriented(stored, wanted).semantics, truth.semantics);
  OrientationCheck check(true);
  check.add(stored, truth);
  EXPECT_DOUBLE_EQ(check.agreement()[GetParam()], 1.0);
}

INSTANTIATE_TEST_SUITE_P(All, OrientationIsFound, testing::Range(std::size_t{0}, std::size_t{16}));

TEST(OrientationCheck, OffersTheBetterOneAndSaysSo) {
  Occupancy truth = lopsided();
  for (std::uint8_t& label : truth.semantics)
    label = label == 10 ? 16 : label;  // without the road, which is the same from all sides
  OrientationCheck right(true);
  right.add(truth, truth);
  EXPECT_FALSE(right.better());
  EXPECT_EQ(right.sentence().find("As stored, predictions and labels agree in 100 %"), 0U)
      << right.sentence();
  OrientationCheck wrong(true);
  wrong.add(oriented(truth, {.flip_y = true}), truth);
  ASSERT_TRUE(wrong.better());
  EXPECT_EQ(*wrong.better(), (Orientation{.flip_y = true}));
  EXPECT_NE(wrong.sentence().find("(flip-y) they agree in 100 %"), std::string::npos) << wrong.sentence();
  EXPECT_NE(OrientationCheck(true).sentence().find("not compared"), std::string::npos);
}

TEST(OrientationCheck, ComparesClassesByTheirNames) {
  OrientationCheck check(false);
  check.add(test::madeOccupancy(LabelKind::OpenOcc), test::madeOccupancy(LabelKind::Occ3d));
  EXPECT_DOUBLE_EQ(check.agreement().front(), 1.0);
}

}  // namespace
}  // namespace hbev
