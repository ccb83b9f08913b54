#include "core/eval/truth_cache.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "core/base/files.h"
#include "core/eval/evaluation_report.h"
#include "core/eval/frame_report.h"
#include "tests/eval/made_split.h"
#include "tests/eval/street.h"

namespace hbev {
namespace {

namespace fs = std::filesystem;

class TruthCacheTest : public testing::Test {
 protected:
  TruthFrame get(TruthCache& cache) const { return cache.get(labels_, LabelKind::OpenOcc, origins_); }
  std::vector<fs::path> entries() const {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder_))
      files.push_back(entry.path());
    return files;
  }

  test::MadeSplit split_;
  fs::path folder_ = split_.root() / "cache";
  fs::path labels_ = split_.root() / "openocc_v2" / "scene-0001" / test::MadeSplit::tokenOf(0) / "labels.npz";
  std::vector<Eigen::Vector3d> origins_{{0.9, 0, 1.8}, {60, 0, 9}};  // the second outside the grid
};

void expectSame(const TruthFrame& a, const TruthFrame& b) {
  const std::uint8_t free = a.occupancy.classes->free();
  EXPECT_EQ(a.occupancy.semantics, b.occupancy.semantics);
  EXPECT_EQ(a.occupancy.mask_camera, b.occupancy.mask_camera);
  EXPECT_EQ(a.has_flow, b.has_flow);
  EXPECT_EQ(a.rays.origins, b.rays.origins);
  ASSERT_EQ(a.rays.label, b.rays.label);
  ASSERT_EQ(a.rays.zone, b.rays.zone);
  for (std::size_t i = 0; i < a.rays.size(); ++i) {
    if (a.rays.label[i] == free) continue;  // is never compared
    ASSERT_EQ(a.rays.distance_m[i], b.rays.distance_m[i]);
  }
  for (std::size_t i = 0; i < a.rays.flow_mps.size(); ++i) {
    if (a.rays.label[i] == free) continue;
    ASSERT_EQ(a.rays.flow_mps[i], b.rays.flow_mps.at(i));
  }
}

TEST_F(TruthCacheTest, GivesWhatWasCast) {
  Occupancy truth = split_.truths()[0];
  for (std::size_t i = 0; i < truth.semantics.size(); ++i)
    truth.mask_camera.push_back(std::uint8_t(i % 3 == 0));
  writeOccupancyNpz(labels_, truth, true);
  TruthCache cache({folder_});
  const TruthFrame cast = get(cache), kept = get(cache);
  EXPECT_EQ(cache.misses(), 1U);
  EXPECT_EQ(cache.hits(), 1U);
  expectSame(cast, kept);
}

TEST_F(TruthCacheTest, IsOfTheseLabelsAndOriginsOnly) {
  TruthCache cache({folder_});
  get(cache);
  origins_.pop_back();
  get(cache);
  writeOccupancyNpz(labels_, split_.truths()[1], true);
  const TruthFrame changed = get(cache);
  EXPECT_EQ(cache.misses(), 3U);
  EXPECT_EQ(changed.occupancy.semantics, split_.truths()[1].semantics);
}

TEST_F(TruthCacheTest, DamagedEntriesAreMadeAgain) {
  TruthCache cache({folder_});
  const TruthFrame cast = get(cache);
  const fs::path entry = entries().at(0);
  const auto whole = readFile(entry, 100 << 20);
  for (std::size_t at : {std::size_t(0), std::size_t(9), std::size_t(24), std::size_t(40), std::size_t(5000),
                         whole.size() - 1}) {
    auto damaged = whole;
    damaged[at] ^= std::byte(0x10);
    writeFile(entry, damaged);
    const std::size_t before = cache.misses();
    expectSame(cast, get(cache));
    EXPECT_EQ(cache.misses(), before + 1) << at;
  }
  writeFile(entry, std::span(whole).first(whole.size() / 2));
  expectSame(cast, get(cache));
  writeFile(entry, std::string_view(""));
  expectSame(cast, get(cache));
  EXPECT_EQ(readFile(entry, 100 << 20), whole);
}

TEST_F(TruthCacheTest, KeepsToItsBudget) {
  std::uint64_t one = 0;
  const auto bytes = [&] {
    std::uint64_t sum = 0;
    for (const fs::path& entry : entries())
      sum += fs::file_size(entry);
    return sum;
  };
  {
    TruthCache cache({folder_});
    get(cache);
    one = fs::file_size(entries().at(0));
  }
  const auto fill = [&](TruthCache& cache, double first) {
    for (int i = 0; i < 4; ++i) {
      origins_[0].x() = first + i;
      get(cache);
    }
  };
  {
    TruthCache cache({folder_, 3 * one});
    fill(cache, 5);
    EXPECT_LE(bytes(), 3 * one);
  }
  const std::vector<fs::path> old = entries();
  TruthCache cache({folder_, 3 * one});
  fill(cache, 20);
  EXPECT_LE(bytes(), 3 * one);
  bool any_new = false;
  for (const fs::path& entry : entries())
    any_new = any_new || std::find(old.begin(), old.end(), entry) == old.end();
  EXPECT_TRUE(any_new) << "the oldest went";
  TruthCache nothing({split_.root() / "a file" / "below", 3 * one});
  writeFile(split_.root() / "a file", std::string_view("x"));
  get(nothing);
  EXPECT_EQ(nothing.misses(), 1U) << "a folder that cannot be is no error";
}

TEST_F(TruthCacheTest, ChangesNoNumber) {
  EvaluationPlan plan = test::planOf(split_, {test::FakePredictions::of(split_, 1)});
  const auto evaluated = [&] {
    EvaluationStore store = createStore(plan, {});
    Progress progress;
    runEvaluation(plan, store, progress);
    return evaluationCsv(summarise(store));
  };
  const auto without = evaluated();
  TruthCache cache({folder_});
  plan.cache = &cache;
  EXPECT_EQ(evaluated(), without);
  EXPECT_EQ(evaluated(), without);
  EXPECT_EQ(cache.misses(), 5U);
  EXPECT_EQ(cache.hits(), 5U);
}

}  // namespace
}  // namespace hbev
