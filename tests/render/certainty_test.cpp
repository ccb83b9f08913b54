#include "render/certainty.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "core/base/error.h"
#include "render/viridis.h"

namespace hbev {
namespace {

constexpr int kClasses = 17;

/// Voxels in a row: any class, certainly class 0, half class 0 and half class 1, and a free one.
struct Row {
  Occupancy occupancy;
  ClassProbabilities probabilities;

  Row() {
    const std::uint8_t free = ClassSet::openocc().free();
    occupancy.grid = probabilities.grid = {{0, 0, 0}, 0.5, {4, 1, 1}};
    occupancy.semantics = {3, 0, 1, free};
    probabilities.values.assign(4 * kClasses, Eigen::half(0.0F));
    for (int label = 0; label < kClasses; ++label)
      set(0, label, 1.0F / kClasses);
    set(1, 0, 1.0F);
    set(2, 0, 0.5F);
    set(2, 1, 0.5F);
    set(3, free, 1.0F);
  }
  void set(int voxel, int label, float value) {
    probabilities.values[std::size_t(voxel * kClasses + label)] = Eigen::half(value);
  }
  std::vector<int> indices(Coloring coloring, std::optional<int> label = {}) const {
    const CertaintyPaint painted = paintCertainty(occupancy, probabilities, coloring, label);
    return {painted.paint.index.begin(), painted.paint.index.begin() + 3};
  }
};

TEST(Certainty, ProbabilityIsThatOfTheVoxelsClassOrOfTheChosenOne) {
  const Row row;
  EXPECT_EQ(row.indices(Coloring::Probability), (std::vector<int>{15, 255, 128}));
  EXPECT_EQ(row.indices(Coloring::Probability, 0), (std::vector<int>{15, 255, 128}));
  EXPECT_EQ(row.indices(Coloring::Probability, 1), (std::vector<int>{15, 0, 128}));
}

TEST(Certainty, EntropyIsOneWhereEveryClassIsAsLikely) {
  const int half = int(std::lround(255 * std::log(2.0) / std::log(double(kClasses))));
  EXPECT_EQ(Row().indices(Coloring::Entropy), (std::vector<int>{255, 0, half}));
}

TEST(Certainty, MarginIsNoneWhereTwoClassesTie) {
  EXPECT_EQ(Row().indices(Coloring::Margin), (std::vector<int>{0, 255, 0}));
}

TEST(Certainty, ColoursRunThroughViridisAndFreeVoxelsDoNotCount) {
  const Row row;
  const CertaintyPaint painted = paintCertainty(row.occupancy, row.probabilities, Coloring::Probability);
  EXPECT_EQ(painted.paint.colors[0], viridis(0));
  EXPECT_EQ(painted.paint.colors[255], viridis(1));
  EXPECT_EQ(painted.voxels, 3U);
  EXPECT_NEAR(painted.mean, (1.0 / kClasses + 1 + 0.5) / 3, 1e-3);
  EXPECT_EQ(painted.counts[1], 1U);  // 1/17 of 32 bins
  EXPECT_EQ(painted.counts[16], 1U);
  EXPECT_EQ(painted.counts[31], 1U);
}

TEST(Certainty, WhatIsNotANumberIsTheLowestColour) {
  Row row;
  row.set(1, 0, std::numeric_limits<float>::quiet_NaN());
  EXPECT_EQ(row.indices(Coloring::Probability)[1], 0);
}

TEST(Certainty, ProbabilitiesOfOtherVoxelsAreRefused) {
  Row row;
  EXPECT_THROW(paintCertainty(row.occupancy, row.probabilities, Coloring::Class), Error);
  EXPECT_THROW(paintCertainty(row.occupancy, row.probabilities, Coloring::Probability, 17), Error);
  row.probabilities.values.pop_back();
  EXPECT_THROW(paintCertainty(row.occupancy, row.probabilities, Coloring::Entropy), Error);
  row = Row();
  row.probabilities.classes = &ClassSet::occ3d();
  EXPECT_THROW(paintCertainty(row.occupancy, row.probabilities, Coloring::Entropy), Error);
  EXPECT_THROW(paintVoxels(row.occupancy, Coloring::Entropy, Palette::Studio, {}), Error);
}

}  // namespace
}  // namespace hbev
