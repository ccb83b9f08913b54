#include "core/eval/caster.h"

#include <limits>
#include <random>
#include <thread>

#include <gtest/gtest.h>

#include "core/base/error.h"
#include "core/eval/cast_body.h"
#include "core/eval/device_caster.h"
#include "core/eval/device_launch.h"
#include "core/eval/lane_walk.h"
#include "core/eval/rays.h"
#include "tests/eval/street.h"
#include "tests/host_card/host_card.h"

namespace hbev {

namespace host_card {
RayCard cudaRayCard();
}

namespace {

constexpr std::uint8_t kFree = 16;

std::vector<std::uint8_t> emptyGrid() {
  return std::vector<std::uint8_t>(occ3dGrid().size(), kFree);
}

std::vector<std::uint8_t> randomGrid(std::mt19937& random, double share) {
  std::vector<std::uint8_t> semantics = emptyGrid();
  std::bernoulli_distribution occupied(share);
  for (std::uint8_t& label : semantics) {
    if (occupied(random)) label = std::uint8_t(random() % kFree);
  }
  return semantics;
}

std::vector<RayHit> cast(const RayVolume& volume, const Eigen::Vector3d& origin,
                         const std::vector<Eigen::Vector3f>& rays = lidarRays()) {
  std::vector<RayHit> hits(rays.size());
  castRays(volume, origin, rays, hits);
  return hits;
}

/// What a thread of a card computes, computed here.
RayHit deviceAnswer(const RayVolume& volume, const Eigen::Vector3d& origin, const Eigen::Vector3f& ray) {
  const cast_body::Answer answer =
      cast_body::castRay({volume.semantics().data(), volume.freeClass()}, origin.data(), ray.data());
  return {answer.distance_vox, {answer.x, answer.y, answer.z}, answer.label};
}

// To the last bit: RayHit compares its float exactly.
void expectSameAsPlain(const RayVolume& volume, const Eigen::Vector3d& origin,
                       const std::vector<Eigen::Vector3f>& rays = lidarRays()) {
  std::vector<RayHit> plain(rays.size());
  castRaysPlain(volume, origin, rays, plain);
  const std::vector<RayHit> fast = cast(volume, origin, rays);
  for (std::size_t i = 0; i < rays.size(); ++i) {
    ASSERT_EQ(fast[i], plain[i]) << "ray " << i << " from " << origin.transpose() << ": "
                                 << fast[i].distance_vox << " and " << plain[i].distance_vox;
    ASSERT_EQ(deviceAnswer(volume, origin, rays[i]), plain[i]) << "a card's thread, ray " << i;
  }
}

TEST(caster, equals_the_plain_walk_in_random_grids) {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> x(-39, 39), z(-1, 5.4);
  for (const double share : {0.0, 1e-4, 1e-3, 0.01, 0.1, 0.6}) {
    const std::vector<std::uint8_t> semantics = randomGrid(random, share);
    const RayVolume volume(semantics, kFree);
    for (int i = 0; i < 6; ++i)
      expectSameAsPlain(volume, {x(random), x(random), z(random)});
  }
}

TEST(caster, equals_the_plain_walk_on_a_street) {
  const Occupancy street = test::makeStreet(3);
  const RayVolume volume(street);
  for (const Eigen::Vector3d& origin : test::streetOrigins())
    expectSameAsPlain(volume, origin);
}

TEST(caster, equals_the_plain_walk_from_odd_origins) {
  std::mt19937 random(11);
  const std::vector<std::uint8_t> semantics = randomGrid(random, 0.002);
  const RayVolume volume(semantics, kFree);
  const Eigen::Vector3d odd[] = {{0, 0, 0},             // on voxel borders
                                 {0.2, 0.2, 0.2},       // in a voxel's centre: many ties
                                 {-40, -40, -1},        // the lower corner
                                 {-40.3, 0.1, -1.2},    // less than a voxel below: counts as inside
                                 {39.99, 39.99, 5.39},  // the upper corner
                                 {40, 0, 1},            // on the upper border: outside
                                 {0, 0, 5.4},
                                 {0, 0, 7.7},
                                 {3, -2, -2.5},
                                 {60, 0, 1},
                                 {-45, -45, 3},
                                 {0, 300, 2},
                                 {38.4, -38.4, -0.999},
                                 {12, 12, 1e5},
                                 {-1e6, 0, 1}};
  for (const Eigen::Vector3d& origin : odd)
    expectSameAsPlain(volume, origin);
}

TEST(caster, equals_the_plain_walk_along_axes_and_diagonals) {
  std::vector<Eigen::Vector3f> rays;
  for (int x = -2; x <= 2; ++x) {
    for (int y = -2; y <= 2; ++y) {
      for (int z = -2; z <= 2; ++z) {
        if (x != 0 || y != 0 || z != 0) rays.emplace_back(float(x), float(y), float(z));
      }
    }
  }
  std::mt19937 random(13);
  for (const double share : {0.0, 0.005}) {
    const std::vector<std::uint8_t> semantics = randomGrid(random, share);
    const RayVolume volume(semantics, kFree);
    for (const Eigen::Vector3d& origin :
         {Eigen::Vector3d(0, 0, 0.2), Eigen::Vector3d(0.2, 0.2, 0.2), Eigen::Vector3d(-12.4, 8.8, 1.0)}) {
      expectSameAsPlain(volume, origin, rays);
    }
  }
}

TEST(caster, equals_the_plain_walk_for_any_number_of_rays) {
  const Occupancy street = test::makeStreet(5);
  const RayVolume volume(street);
  for (const std::size_t count : {0, 1, 2, 3, 7, 17, 359, 719, 720, 721, 1025}) {
    const std::vector<Eigen::Vector3f> rays(lidarRays().begin() + 2000,
                                            lidarRays().begin() + 2000 + std::ptrdiff_t(count));
    expectSameAsPlain(volume, {0.9, 0.1, 1.8}, rays);
  }
}

// castRays takes the widest registers that the processor has; the narrow ones must give the same.
TEST(caster, all_registers_give_the_same) {
  constexpr std::int64_t kSide = 402;
  std::vector<std::uint8_t> line(kSide * 3, lane_walk::kOutside);
  for (std::int64_t i = 1; i + 1 < kSide; ++i)
    line[std::size_t(kSide + i)] = 0;
  line[std::size_t(kSide + 300)] = lane_walk::kSolid;
  for (const lane_walk::Kernels* kernels : lane_walk::usableKernels()) {
    auto block = std::make_unique<lane_walk::Block>();
    constexpr std::size_t kRays = 37;
    for (std::size_t i = 0; i < kRays; ++i) {
      for (int axis = 0; axis < 3; ++axis) {
        block->next[axis][i] = axis == 0 ? 0.5 : 1e300;
        block->delta[axis][i] = axis == 0 ? 1.25 : 1e300;
        block->stride[axis][i] = i % 2 == 0 ? 1 : -1;
      }
    }
    kernels->walk({line.data(), kSide + 200}, kRays, *block);
    for (std::size_t i = 0; i < kRays; ++i) {
      // Forward it leaves the solid cell 300 after 101 borders; backward the last free cell is 1, left at the
      // 200th.
      EXPECT_EQ(block->cell[i], i % 2 == 0 ? kSide + 300 : kSide + 1);
      EXPECT_EQ(block->distance[i], i % 2 == 0 ? 0.5F + 100 * 1.25F : 0.5F + 199 * 1.25F);
    }
  }
}

// A cube with a border, walked by each kind of registers after its own setting up.
TEST(caster, all_registers_give_the_same_in_a_cube) {
  constexpr int kSide = 42, kInside = 40;
  constexpr std::int64_t kStrides[3] = {kSide * kSide, kSide, 1};
  constexpr std::int64_t kFirst = lane_walk::kOverrun * kStrides[0];
  std::vector<std::uint8_t> cells(2 * kFirst + kSide * kStrides[0], lane_walk::kOutside);
  std::mt19937 random(17);
  for (int x = 1; x <= kInside; ++x) {
    for (int y = 1; y <= kInside; ++y) {
      for (int z = 1; z <= kInside; ++z)
        cells[std::size_t(kFirst + x * kStrides[0] + y * kStrides[1] + z)] =
            random() % 50 == 0 ? lane_walk::kSolid : 0;
    }
  }
  const std::int64_t start = kFirst + 20 * (kStrides[0] + kStrides[1] + 1);
  cells[std::size_t(start)] = 0;
  const lane_walk::Rays rays{
      lidarRays()[3000].data(), lane_walk::kBlock, {0.1, 0.1, 0.1}, {100.25, 100.25, 2.75}, {100, 100, 2}};
  auto expected = std::make_unique<lane_walk::Block>();
  lane_walk::kPortable.setUp(rays, kStrides, *expected);
  lane_walk::kPortable.walk({cells.data(), start}, rays.count, *expected);
  for (const lane_walk::Kernels* kernels : lane_walk::usableKernels()) {
    auto block = std::make_unique<lane_walk::Block>();
    kernels->setUp(rays, kStrides, *block);
    kernels->walk({cells.data(), start}, rays.count, *block);
    for (std::size_t i = 0; i < rays.count; ++i) {
      ASSERT_EQ(block->cell[i], expected->cell[i]) << i;
      ASSERT_EQ(block->distance[i], expected->distance[i]) << i;
    }
  }
}

TEST(caster, a_wall_is_met_where_the_ray_leaves_its_first_voxel) {
  std::vector<std::uint8_t> semantics = emptyGrid();
  const GridSpec grid = occ3dGrid();
  for (int y = 0; y < 200; ++y) {
    for (int z = 0; z < 16; ++z) {
      for (int x = 150; x < 153; ++x)
        semantics[grid.index(x, y, z)] = 14;
    }
  }
  const RayVolume volume(semantics, kFree);
  // From the centre of voxel (100, 100, 5) straight ahead: voxel 150 is left 50.5 voxels away.
  const std::vector<RayHit> hits = cast(volume, {0.2, 0.2, 1.2}, {Eigen::Vector3f::UnitX()});
  EXPECT_NEAR(hits[0].distance_vox, 50.5F, 1e-4F);
  EXPECT_NEAR(hits[0].distance_m(), 20.2F, 1e-4F);
  EXPECT_EQ(hits[0].voxel, (std::array<std::uint8_t, 3>{150, 100, 5}));
  EXPECT_EQ(hits[0].label, 14);
}

TEST(caster, a_ray_that_meets_nothing_ends_in_the_last_voxel) {
  const std::vector<std::uint8_t> semantics = emptyGrid();
  const RayVolume volume(semantics, kFree);
  const std::vector<RayHit> hits =
      cast(volume, {0.2, 0.2, 1.2}, {Eigen::Vector3f::UnitX(), -Eigen::Vector3f::UnitZ()});
  EXPECT_NEAR(hits[0].distance_vox, 99.5F, 1e-4F);
  EXPECT_EQ(hits[0].voxel, (std::array<std::uint8_t, 3>{199, 100, 5}));
  EXPECT_EQ(hits[0].label, kFree);
  EXPECT_NEAR(hits[1].distance_vox, 5.5F, 1e-4F);
  EXPECT_EQ(hits[1].voxel, (std::array<std::uint8_t, 3>{100, 100, 0}));
}

TEST(caster, the_voxel_of_the_origin_can_be_hit) {
  std::vector<std::uint8_t> semantics = emptyGrid();
  semantics[occ3dGrid().index(100, 100, 5)] = 4;
  const RayVolume volume(semantics, kFree);
  const std::vector<RayHit> hits = cast(volume, {0.2, 0.2, 1.2}, {Eigen::Vector3f::UnitX()});
  EXPECT_EQ(hits[0].label, 4);
  EXPECT_NEAR(hits[0].distance_vox, 0.5F, 1e-4F);
}

TEST(caster, a_ray_that_never_enters_has_distance_minus_one_and_the_first_voxel) {
  std::vector<std::uint8_t> semantics = emptyGrid();
  semantics[0] = 11;
  const RayVolume volume(semantics, kFree);
  const std::vector<RayHit> hits = cast(volume, {0, 0, 9.0}, {Eigen::Vector3f::UnitZ()});
  EXPECT_EQ(hits[0], (RayHit{-1.0F, {0, 0, 0}, 11}));
}

TEST(caster, wrong_input_is_refused) {
  Occupancy coarse;
  coarse.grid.dims = {100, 100, 8};
  coarse.grid.voxel_m = 0.8;
  coarse.semantics.assign(coarse.grid.size(), kFree);
  EXPECT_THROW(RayVolume{coarse}, Error);
  const std::vector<std::uint8_t> too_short(10, kFree);
  EXPECT_THROW(RayVolume(too_short, kFree), Error);

  const std::vector<std::uint8_t> semantics = emptyGrid();
  const RayVolume volume(semantics, kFree);
  std::vector<RayHit> hits(lidarRays().size());
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(castRays(volume, {nan, 0, 0}, lidarRays(), hits), Error);
  EXPECT_THROW(castRaysPlain(volume, {0, 1e9, 0}, lidarRays(), hits), Error);
  hits.pop_back();
  EXPECT_THROW(castRays(volume, {0, 0, 0}, lidarRays(), hits), Error);
}

void expectSameOn(const DeviceCaster& device, std::uint32_t seed) {
  const std::vector<Eigen::Vector3d> origins = test::streetOrigins();
  const Occupancy street = test::makeStreet(seed);
  for (const std::size_t count : {origins.size(), std::size_t{1}, std::size_t{0}}) {
    const auto some = std::span(origins).first(count);
    const FrameRays here = castFrame(RayVolume(street), some), there = device.cast(street, some);
    EXPECT_EQ(there.origins, here.origins);
    EXPECT_TRUE(there.hits == here.hits) << "seed " << seed << ", " << count << " origins";
  }
}

// On the card itself; whatever the machine, a card that was asked for and is not there is said.
TEST(caster, a_card_gives_the_same_answers) {
  std::string why;
  const auto device = DeviceCaster::open(why);
  EXPECT_EQ(deviceCasterFor(CastDevice::Cpu), nullptr);
  if (!device) {
    EXPECT_EQ(deviceCasterFor(CastDevice::Auto), nullptr);
    try {
      deviceCasterFor(CastDevice::Cuda);
      ADD_FAILURE() << "there is no card";
    } catch (const Error& error) {
      EXPECT_EQ(error.problem().found, why);
    }
    GTEST_SKIP() << "no CUDA card: " << why;
  }
  for (const std::uint32_t seed : {3U, 4U})
    expectSameOn(*device, seed);
}

/// What the host card was made to be ends with the test.
class HostCardCaster : public testing::Test {
 protected:
  ~HostCardCaster() override { host_card::card() = {.allocated_bytes = host_card::card().allocated_bytes}; }

  std::shared_ptr<const DeviceCaster> open() { return DeviceCaster::open(host_card::cudaRayCard(), why_); }
  std::string why_;
};

TEST_F(HostCardCaster, gives_the_same_answers_to_several_threads) {
  auto device = open();
  ASSERT_TRUE(device) << why_;
  {
    std::vector<std::jthread> threads;
    for (const std::uint32_t seed : {3U, 4U})
      threads.emplace_back([&, seed] { expectSameOn(*device, seed); });
  }
  EXPECT_GT(host_card::card().allocated_bytes, 0U);
  device.reset();
  EXPECT_EQ(host_card::card().allocated_bytes, 0U);
}

TEST_F(HostCardCaster, takes_any_number_of_origins_and_rays) {
  std::mt19937 random(5);
  const std::vector<std::uint8_t> semantics = randomGrid(random, 0.01);
  const RayVolume volume(semantics, kFree);
  const std::unique_ptr<DeviceWork> work = host_card::cudaRayCard().makeWork();
  const Eigen::Vector3f* rays = lidarRays().data() + 2000;
  struct Case {
    std::size_t origins, rays;
  };
  // Less than a block, a whole one, one more; less than there was room for; and more than a grid has rows.
  for (const Case& c : {Case{1, 1}, {1, 128}, {3, 43}, {2, 0}, {0, 7}, {70'000, 1}}) {
    const std::vector<Eigen::Vector3d> origins(c.origins, {0.3, -0.2, 1.6});
    std::vector<cast_body::Answer> answers(c.origins * c.rays);
    ASSERT_EQ(work->cast({semantics.data(), kFree}, origins.empty() ? nullptr : origins[0].data(), c.origins,
                         rays->data(), c.rays, answers.data()),
              nullptr)
        << c.origins << " origins, " << c.rays << " rays";
    for (std::size_t i = 0; i < answers.size(); ++i) {
      const RayHit hit{answers[i].distance_vox, {answers[i].x, answers[i].y, answers[i].z}, answers[i].label};
      ASSERT_EQ(hit, deviceAnswer(volume, origins[0], rays[i % c.rays])) << i;
    }
  }
}

TEST_F(HostCardCaster, a_full_card_is_told_and_not_remembered) {
  const auto device = open();
  const Occupancy street = test::makeStreet(3);
  host_card::card().memory = 100'000;
  try {
    device->cast(street, test::streetOrigins());
    ADD_FAILURE() << "there is no room for the voxels";
  } catch (const Error& error) {
    EXPECT_EQ(error.problem().found, "out of memory");
  }
  EXPECT_EQ(host_card::card().allocated_bytes, 0U);
  host_card::card().memory = 1'000'000'000;
  expectSameOn(*device, 3);
}

TEST_F(HostCardCaster, a_card_that_cannot_run_the_kernel_is_none) {
  host_card::card().runs_kernels = false;
  EXPECT_EQ(open(), nullptr);
  EXPECT_EQ(why_, "no kernel image is available for execution on the device");
  host_card::card().devices = 0;
  EXPECT_EQ(open(), nullptr);
  EXPECT_EQ(why_, "no CUDA-capable device is detected");
  host_card::card().has_driver = false;
  EXPECT_EQ(open(), nullptr);
  EXPECT_EQ(why_, "no NVIDIA driver");
  host_card::card().devices = 1, host_card::card().has_driver = host_card::card().runs_kernels = true;
  const auto device = open();
  ASSERT_TRUE(device) << why_;
  expectSameOn(*device, 3);  // the card's earlier words are not about this
}

}  // namespace
}  // namespace hbev
