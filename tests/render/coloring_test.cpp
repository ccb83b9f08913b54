#include "render/coloring.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "core/base/error.h"
#include "render/viridis.h"
#include "tests/render/street.h"

namespace hbev {
namespace {

const OutcomeColors kColors{{1, 1, 1}, {2, 2, 2}, {3, 3, 3}, {4, 4, 4}, {5, 5, 5}};

/// A row of voxels along x with these classes.
Occupancy row(std::vector<std::uint8_t> semantics) {
  Occupancy occupancy;
  occupancy.grid = {{0, 0, 0}, 0.5, {int(semantics.size()), 1, 1}};
  occupancy.semantics = std::move(semantics);
  return occupancy;
}

Rgb colorAt(const VoxelPaint& paint, std::size_t i) {
  return paint.colors[paint.index[i]];
}

TEST(Coloring, ClassColoursComeFromThePalette) {
  const Occupancy street = test::makeStreet();
  for (const Palette palette : kPalettes) {
    const VoxelPaint paint = paintVoxels(street, Coloring::Class, palette, kColors);
    ASSERT_EQ(paint.index.size(), street.semantics.size());
    for (std::size_t i = 0; i < street.semantics.size(); i += 97) {
      if (!street.isFree(i)) {
        EXPECT_EQ(colorAt(paint, i), street.classes->color(street.semantics[i], palette));
      }
    }
  }
}

TEST(Coloring, OutcomesTellTheFourCasesApart) {
  const std::uint8_t free = ClassSet::openocc().free();
  const Occupancy prediction = row({0, 1, 2, free, free}), truth = row({0, 2, free, 3, free});
  const VoxelPaint paint = paintVoxels(prediction, Coloring::Outcome, Palette::Studio, kColors, &truth);
  EXPECT_EQ(colorAt(paint, 0), kColors.right);
  EXPECT_EQ(colorAt(paint, 1), kColors.wrong_class);
  EXPECT_EQ(colorAt(paint, 2), kColors.phantom);
  EXPECT_EQ(colorAt(paint, 3), kColors.missed);
}

TEST(Coloring, OutsideTheTruthsMaskThereIsNoVerdict) {
  const std::uint8_t free = ClassSet::openocc().free();
  const Occupancy prediction = row({0, 0, free});
  Occupancy truth = row({1, 0, 2});
  truth.mask_camera = {0, 1, 0};
  const VoxelPaint paint = paintVoxels(prediction, Coloring::Outcome, Palette::Studio, kColors, &truth);
  EXPECT_EQ(colorAt(paint, 0), kColors.outside);
  EXPECT_EQ(colorAt(paint, 1), kColors.right);
  EXPECT_EQ(colorAt(paint, 2), kColors.outside);
}

TEST(Coloring, OutcomeNeedsATruthOfTheSameKind) {
  const Occupancy prediction = row({0, 1});
  EXPECT_THROW(paintVoxels(prediction, Coloring::Outcome, Palette::Studio, kColors), Error);
  const Occupancy shorter = row({0});
  EXPECT_THROW(paintVoxels(prediction, Coloring::Outcome, Palette::Studio, kColors, &shorter), Error);
  Occupancy other = row({0, 1});
  other.classes = &ClassSet::occ3d();
  EXPECT_THROW(paintVoxels(prediction, Coloring::Outcome, Palette::Studio, kColors, &other), Error);
  EXPECT_THROW(withMissed(prediction, other), Error);
}

TEST(Coloring, MissedVoxelsAreMergedIn) {
  const std::uint8_t free = ClassSet::openocc().free();
  const Occupancy merged = withMissed(row({0, free, free}), row({1, 2, free}));
  EXPECT_EQ(merged.semantics, (std::vector<std::uint8_t>{0, 2, free}));
}

TEST(Coloring, HeightRunsThroughViridis) {
  Occupancy column;
  column.grid.dims = {1, 1, 16};
  column.semantics.assign(16, 0);
  const VoxelPaint paint = paintVoxels(column, Coloring::Height, Palette::Studio, kColors);
  EXPECT_EQ(colorAt(paint, 0), (Rgb{0x44, 0x01, 0x54}));
  EXPECT_EQ(colorAt(paint, 15), (Rgb{0xFD, 0xE7, 0x25}));
  const auto lightness = [](Rgb c) { return 0.2126 * c.r + 0.7152 * c.g + 0.0722 * c.b; };
  for (std::size_t z = 1; z < 16; ++z) {
    EXPECT_GT(lightness(colorAt(paint, z)), lightness(colorAt(paint, z - 1)));
  }
}

TEST(Coloring, FlowHueIsDirectionAndSaturationIsSpeed) {
  Occupancy occupancy = row({0, 0, 0, 0, 0});
  const float nan = std::numeric_limits<float>::quiet_NaN();
  occupancy.flow = {9, 0, -9, 0, 1, 0, 0, 0, nan, 3};
  const VoxelPaint paint = paintVoxels(occupancy, Coloring::Flow, Palette::Studio, kColors);
  EXPECT_EQ(colorAt(paint, 0), (Rgb{255, 0, 0}));
  EXPECT_EQ(colorAt(paint, 1), (Rgb{0, 255, 255}));
  const Rgb slow = colorAt(paint, 2), still = colorAt(paint, 3);
  EXPECT_EQ(slow.r, 255);
  EXPECT_GT(slow.g, 150);
  EXPECT_LT(std::abs(still.r - still.b), 24);
  EXPECT_EQ(colorAt(paint, 4), still);
}

TEST(Coloring, FlowOfALeftTurnGoesThroughTheWheel) {
  Occupancy occupancy = row({0, 0, 0});
  occupancy.flow = {0, 9, -4.5F, 7.8F, 0, -9};
  const VoxelPaint paint = paintVoxels(occupancy, Coloring::Flow, Palette::Studio, kColors);
  const Rgb left = colorAt(paint, 0), right = colorAt(paint, 2);
  EXPECT_GT(left.g, 200);
  EXPECT_LT(left.b, 60);
  EXPECT_GT(right.b, 200);
  EXPECT_LT(right.g, 60);
}

TEST(FlowArrows, OneForEachMovingObject) {
  const Occupancy street = test::makeStreet();
  const std::vector<FlowArrow> arrows = flowArrows(street, {});
  // Four cars, truck, bus, motorcycle, bicycle, five pedestrians.
  EXPECT_EQ(arrows.size(), 13U);
  const auto fastest = std::max_element(
      arrows.begin(), arrows.end(),
      [](const FlowArrow& a, const FlowArrow& b) { return (a.to - a.from).norm() < (b.to - b.from).norm(); });
  EXPECT_NEAR(fastest->from.x(), 16.2, 0.3);
  EXPECT_NEAR(fastest->from.y(), 3.0, 0.3);
  EXPECT_NEAR(fastest->to.x() - fastest->from.x(), 0.62 * -8.1, 1e-3);
  EXPECT_NEAR(fastest->from.z(), 1.8 + 0.35, 0.05);
}

TEST(FlowArrows, TouchingDiagonallyIsOneObjectAndClassesArePartedObjects) {
  Occupancy occupancy;
  occupancy.grid = {{0, 0, 0}, 0.5, {4, 4, 4}};
  occupancy.semantics.assign(64, occupancy.classes->free());
  occupancy.flow.assign(128, 0.0F);
  const auto car = std::uint8_t(*occupancy.classes->findLabel("car"));
  const auto bus = std::uint8_t(*occupancy.classes->findLabel("bus"));
  const auto put = [&](int x, int y, int z, std::uint8_t label, float vx) {
    occupancy.semantics[occupancy.grid.index(x, y, z)] = label;
    occupancy.flow[2 * occupancy.grid.index(x, y, z)] = vx;
  };
  put(0, 0, 0, car, 2);
  put(1, 1, 1, car, 4);
  put(2, 2, 2, bus, 5);
  put(3, 0, 3, car, 0.1F);                                                   // slower than asked for
  put(0, 3, 0, std::uint8_t(*occupancy.classes->findLabel("sidewalk")), 5);  // things that cannot move
  const std::vector<FlowArrow> arrows = flowArrows(occupancy, {});
  ASSERT_EQ(arrows.size(), 2U);
  EXPECT_NEAR((arrows[0].to - arrows[0].from).x(), 0.62 * 3, 1e-5);
  EXPECT_LT((arrows[0].from - Eigen::Vector3f(0.5F, 0.5F, 1.35F)).norm(), 1e-5F);
  EXPECT_EQ(flowArrows(occupancy, {.visible_classes = 1U << bus}).size(), 1U);
  occupancy.flow.clear();
  EXPECT_TRUE(flowArrows(occupancy, {}).empty());
}

}  // namespace
}  // namespace hbev
