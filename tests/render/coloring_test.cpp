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

TEST(Coloring, FilteredOutcomesRecede) {
  const std::uint8_t free = ClassSet::openocc().free();
  const Occupancy prediction = row({0, 1, 2, free}), truth = row({0, 2, free, 3});
  OutcomeColors colors = kColors;
  colors.receded = {6, 6, 6};
  const auto paint = [&](const OutcomeFilter& filter) {
    return paintVoxels(prediction, Coloring::Outcome, Palette::Studio, colors, &truth, filter).index;
  };
  const auto right = std::uint8_t(Outcome::Right), wrong = std::uint8_t(Outcome::WrongClass),
             phantom = std::uint8_t(Outcome::Phantom), missed = std::uint8_t(Outcome::Missed);
  EXPECT_EQ(paint({}), (std::vector<std::uint8_t>{right, wrong, phantom, missed}));
  // Class 2 is what the second is in truth and what the third was taken for.
  EXPECT_EQ(paint({.classes = 1U << 2, .pair = {}}),
            (std::vector<std::uint8_t>{kReceded, wrong, phantom, kReceded}));
  EXPECT_EQ(paint({.pair = std::pair(2, 1)}),
            (std::vector<std::uint8_t>{kReceded, wrong, kReceded, kReceded}));
  EXPECT_EQ(paint({.pair = std::pair(3, int(free))}),
            (std::vector<std::uint8_t>{kReceded, kReceded, kReceded, missed}));
  // Voxels of half a metre along x from 0: centres at 0.25, 0.75, 1.25, 1.75 and 0.25 to the side.
  EXPECT_EQ(paint({.pair = {}, .range_from_m = 0.5, .range_to_m = 1.5}),
            (std::vector<std::uint8_t>{kReceded, wrong, phantom, kReceded}));
}

TEST(Coloring, TwoPredictionsAreComparedVoxelByVoxel) {
  const std::uint8_t free = ClassSet::openocc().free();
  const Occupancy a = row({0, 1, 5, free, 4}), b = row({0, 5, 2, 7, 4});
  Occupancy truth = row({0, 1, 2, 3, 9});
  truth.mask_camera = {1, 1, 1, 1, 0};
  const ComparisonColors colors{{{1, 1, 1}, {2, 2, 2}, {3, 3, 3}, {4, 4, 4}, {5, 5, 5}}};
  const VoxelPaint paint = paintComparison(a, b, truth, colors);
  for (std::size_t i = 0; i < colors.size(); ++i)
    EXPECT_EQ(colorAt(paint, i), colors[i]) << i;
  const Occupancy shown = withAny(a, b, truth);
  EXPECT_EQ(shown.semantics, (std::vector<std::uint8_t>{0, 1, 5, 7, 4}));
  EXPECT_EQ(shown.mask_camera, truth.mask_camera);
  EXPECT_THROW(paintComparison(row({0}), b, truth, colors), Error);
}

TEST(Coloring, ErrorsOfVelocitiesAreWhereTheClassIsRight) {
  const ClassSet& classes = ClassSet::openocc();
  const auto car = std::uint8_t(*classes.findLabel("car")), bus = std::uint8_t(*classes.findLabel("bus"));
  Occupancy prediction = row({car, bus, car}), truth = row({car, car, car});
  prediction.flow = {3, 1, 2, 2, 0, 0};
  truth.flow = {1, 1, 0, 0, 0, -4};
  const Occupancy errors = flowErrors(prediction, truth);
  EXPECT_EQ(errors.semantics, (std::vector<std::uint8_t>{car, classes.free(), car}));
  EXPECT_EQ(errors.flow, (std::vector<float>{2, 0, 0, 0, 0, 4}));
  truth.flow.clear();
  EXPECT_TRUE(flowErrors(prediction, truth).isFree(0)) << "nothing is known of true velocities";
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
