#include "core/synth/spoiler.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

namespace hbev::synth {
namespace {

std::uint8_t labelOf(std::string_view id) {
  return std::uint8_t(ClassSet::openocc().findLabel(id).value());
}

/// A street with nothing but a car of 4 x 2 x 3 voxels around [150, 100, 4], driving at (5, 1) m/s.
struct Street {
  Street() {
    truth.semantics.assign(truth.grid.size(), truth.classes->free());
    truth.flow.assign(2 * truth.grid.size(), 0);
    for (int x = 148; x < 152; ++x) {
      for (int y = 99; y < 101; ++y) {
        for (int z = 3; z < 6; ++z) {
          const std::size_t index = truth.grid.index(x, y, z);
          truth.semantics[index] = car.label;
          truth.flow[2 * index] = 5;
          truth.flow[2 * index + 1] = 1;
        }
      }
    }
    car.ego_box = {Pose::fromTranslation({20, 0, 0.8}), {1.6, 0.8, 1.2}};
  }
  std::size_t count(std::string_view id) const { return truth.classCounts()[labelOf(id)]; }

  Occupancy truth;
  KnownObject car{{}, labelOf("car")};
};

TEST(Spoiler, shiftMovesVoxelsWithTheirFlow) {
  Street street;
  shiftObject(street.truth, street.car, {1, -2, 0});
  EXPECT_EQ(street.count("car"), 24U);
  for (int x = 149; x < 153; ++x) {
    for (int y = 97; y < 99; ++y) {
      const std::size_t index = street.truth.grid.index(x, y, 4);
      EXPECT_EQ(street.truth.semantics[index], street.car.label);
      EXPECT_EQ(street.truth.flow[2 * index], 5);
      EXPECT_EQ(street.truth.flow[2 * index + 1], 1);
    }
  }
  const std::size_t left = street.truth.grid.index(148, 100, 4);
  EXPECT_TRUE(street.truth.isFree(left));
  EXPECT_EQ(street.truth.flow[2 * left], 0);
}

TEST(Spoiler, shiftOutOfTheGridLosesVoxels) {
  Street street;
  shiftObject(street.truth, street.car, {50, 0, 0});
  EXPECT_EQ(street.count("car"), 12U);  // columns 198 and 199 of four
}

TEST(Spoiler, removeEmptiesTheObjectAlone) {
  Street street;
  street.truth.semantics[street.truth.grid.index(10, 10, 4)] = street.car.label;
  removeObject(street.truth, street.car);
  EXPECT_EQ(street.count("car"), 1U);
  EXPECT_EQ(std::count_if(street.truth.flow.begin(), street.truth.flow.end(), [](float f) { return f != 0; }),
            0);
}

TEST(Spoiler, relabelKeepsFlowOnlyWhereTheClassMoves) {
  Street street;
  relabelObject(street.truth, street.car, labelOf("truck"));
  EXPECT_EQ(street.count("car"), 0U);
  EXPECT_EQ(street.count("truck"), 24U);
  EXPECT_EQ(street.truth.flow[2 * street.truth.grid.index(150, 100, 4)], 5);
  street.car.label = labelOf("truck");
  relabelObject(street.truth, street.car, labelOf("manmade"));
  EXPECT_EQ(street.count("manmade"), 24U);
  EXPECT_EQ(street.truth.flow[2 * street.truth.grid.index(150, 100, 4)], 0);
}

TEST(Spoiler, flowIsScaledAndTurned) {
  Street street;
  changeFlow(street.truth, street.car, 2, std::acos(-1.0) / 2);
  const std::size_t index = street.truth.grid.index(150, 100, 4);
  EXPECT_NEAR(street.truth.flow[2 * index], -2, 1e-6);
  EXPECT_NEAR(street.truth.flow[2 * index + 1], 10, 1e-6);
  changeFlow(street.truth, street.car, 0, 0);
  EXPECT_EQ(street.truth.flow[2 * index + 1], 0);
}

TEST(Spoiler, removeBeyondLeavesWhatIsNear) {
  Street street;
  const std::uint8_t wall = labelOf("manmade");
  street.truth.semantics[street.truth.grid.index(100, 120, 5)] = wall;
  street.truth.semantics[street.truth.grid.index(100, 190, 5)] = wall;
  removeBeyond(street.truth, wall, 20);
  EXPECT_EQ(street.count("manmade"), 1U);
  EXPECT_EQ(street.truth.semantics[street.truth.grid.index(100, 120, 5)], wall);
  EXPECT_EQ(street.count("car"), 24U);
}

TEST(Spoiler, ballChangesOneClassWithinItsRadius) {
  Street street;
  for (int x = 90; x < 110; ++x)
    street.truth.semantics[street.truth.grid.index(x, 50, 2)] = labelOf("sidewalk");
  const Eigen::Vector3d center = street.truth.grid.center({100, 50, 2});
  relabelBall(street.truth, labelOf("sidewalk"), labelOf("terrain"), center, 1.3);
  EXPECT_EQ(street.count("terrain"), 7U);  // three voxels of 0.4 m to each side
  EXPECT_EQ(street.count("sidewalk"), 13U);
}

TEST(Spoiler, erosionGrowsWithDistance) {
  Street street;
  const std::uint8_t leaf = labelOf("vegetation");
  for (int x = 100; x < 200; ++x) {
    for (int z = 0; z < 16; ++z)
      street.truth.semantics[street.truth.grid.index(x, 20, z)] = leaf;
  }
  Occupancy again = street.truth;
  erode(street.truth, leaf, 0.6, 3);
  erode(again, leaf, 0.6, 3);
  EXPECT_EQ(street.truth.semantics, again.semantics);
  EXPECT_LT(street.count("vegetation"), 1000U);
  EXPECT_GT(street.count("vegetation"), 500U);
  erode(street.truth, leaf, 0, 3);
  EXPECT_EQ(street.truth.semantics, again.semantics);
}

TEST(Spoiler, phantomsAppearInFreeSpaceOnly) {
  Street street;
  EXPECT_EQ(addPhantoms(street.truth, labelOf("manmade"), 50, 9), 50);
  EXPECT_EQ(street.count("manmade"), 50U);
  EXPECT_EQ(street.count("car"), 24U);
}

TEST(Spoiler, trailersAreAlwaysCalledTrucks) {
  Street street;
  street.car.label = labelOf("trailer");
  std::replace(street.truth.semantics.begin(), street.truth.semantics.end(), labelOf("car"),
               labelOf("trailer"));
  const Occupancy spoiled = spoil(street.truth, std::vector{street.car}, 1, 4);
  EXPECT_EQ(spoiled.classCounts()[labelOf("trailer")], 0U);
  EXPECT_EQ(spoiled.classCounts()[labelOf("truck")], 24U);
}

TEST(Spoiler, withoutSeverityItIsTheTruth) {
  const Street street;
  const Occupancy spoiled = spoil(street.truth, std::vector{street.car}, 0, 4);
  EXPECT_EQ(spoiled.semantics, street.truth.semantics);
  EXPECT_EQ(spoiled.flow, street.truth.flow);
}

TEST(Spoiler, oneKeyframeInSevenIsReallyBad) {
  for (const std::uint64_t seed : {1ULL, 2ULL, 99ULL}) {
    int bad = 0;
    for (int k = 0; k < 14; ++k) {
      const double severity = severityOf(k, seed);
      EXPECT_GT(severity, 0.3);
      bad += severity >= 2 ? 1 : 0;
    }
    EXPECT_EQ(bad, 2);
  }
}

}  // namespace
}  // namespace hbev::synth
