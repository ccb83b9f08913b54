#include <cmath>

#include <gtest/gtest.h>

#include "core/eval/caster.h"
#include "core/eval/mean_iou.h"
#include "core/eval/ray_iou.h"
#include "core/eval/split_report.h"
#include "tests/eval/parity_folder.h"

namespace hbev {
namespace {

using test::numberOf;
using test::RayGoldens;
using test::sameScore;

RayCounts countScene(const RayGoldens& goldens, const std::string& group, const std::string& scene) {
  const RayClasses classes = goldens.classes(group);
  const Occupancy prediction = goldens.occupancy(scene, "pred");
  const Occupancy truth = goldens.occupancy(scene, "gt");
  const std::vector<Eigen::Vector3d> origins = goldens.origins(scene);
  const FrameRays predicted = castFrame(RayVolume(prediction.semantics, classes.free()), origins);
  const FrameRays actual = castFrame(RayVolume(truth.semantics, classes.free()), origins);
  return countRays(classes, prediction, predicted.hits, truth, actual.hits);
}

// Arrays `name`.metric.* of the archive and the entry `name`.metric. of the JSON file.
void compareScores(const RayGoldens& goldens, const std::string& name, const RayCounts& counts,
                   const RayScores& scores) {
  SCOPED_TRACE(name);
  const auto iou = goldens.array(name, "metric.iou").values<double>();
  const auto ave = goldens.array(name, "metric.ave").values<double>();
  const std::size_t classes = ave.size();
  ASSERT_EQ(scores.ave_mps.size(), classes);
  ASSERT_EQ(iou.size(), classes * kRayThresholds_m.size());
  for (std::size_t c = 0; c < classes; ++c) {
    for (std::size_t t = 0; t < kRayThresholds_m.size(); ++t) {
      EXPECT_TRUE(sameScore(scores.iou[t][c], iou[t * classes + c]))
          << "IoU of class " << c << ", threshold " << t;
    }
    EXPECT_TRUE(sameScore(scores.ave_mps[c], ave[c])) << "AVE of class " << c;
  }
  const auto means = goldens.array(name, "metric.mean_iou_124").values<double>();
  const auto overall = goldens.array(name, "metric.miou_mave_score").values<double>();
  const nlohmann::json& numbers = goldens.numbers().at(name + ".metric.");
  for (std::size_t t = 0; t < kRayThresholds_m.size(); ++t) {
    EXPECT_TRUE(sameScore(scores.mean_iou[t], means[t]));
    EXPECT_TRUE(sameScore(scores.mean_iou[t], numberOf(numbers.at("rayiou@1,2,4").at(t))));
  }
  EXPECT_TRUE(sameScore(scores.ray_iou, overall[0]));
  EXPECT_TRUE(sameScore(scores.mave_mps, overall[1]));
  EXPECT_TRUE(sameScore(scores.occ_score, overall[2]));
  EXPECT_TRUE(sameScore(scores.ray_iou, numberOf(numbers.at("rayiou"))));
  EXPECT_TRUE(sameScore(scores.mave_mps, numberOf(numbers.at("mave"))));
  EXPECT_TRUE(sameScore(scores.occ_score, numberOf(numbers.at("score"))));
  EXPECT_EQ(counts.valid_rays, numbers.at("n_valid_rays").get<std::int64_t>());
}

TEST(iou_golden, ray_scores_of_every_scene_and_of_all) {
  if (const std::string lacking = RayGoldens::lacking(); !lacking.empty()) GTEST_SKIP() << lacking;
  const RayGoldens goldens;
  ASSERT_FALSE(goldens.groups().empty());
  for (const std::string& group : goldens.groups()) {
    const RayClasses classes = goldens.classes(group);
    RayCounts all(classes.size());
    for (const std::string& scene : goldens.scenes(group)) {
      const RayCounts counts = countScene(goldens, group, scene);
      compareScores(goldens, scene, counts, scoreRays(classes, counts));
      all += counts;
    }
    compareScores(goldens, group + ".all", all, scoreRays(classes, all));
  }
}

// The goldens were made with a corner of every truth marked as not labelled (255).
void unlabelCorner(Occupancy& truth) {
  for (int x = 0; x < 3; ++x) {
    for (int y = 0; y < 3; ++y) {
      for (int z = 0; z < truth.grid.dims.z(); ++z)
        truth.semantics[truth.grid.index(x, y, z)] = 255;
    }
  }
}

void compareVoxels(const RayGoldens& goldens, const std::string& name, const Confusion& confusion) {
  SCOPED_TRACE(name);
  const auto histogram = goldens.array(name, "hist").values<double>();
  ASSERT_EQ(histogram.size(), confusion.counts().size());
  for (std::size_t i = 0; i < histogram.size(); ++i)
    EXPECT_EQ(double(confusion.counts()[i]), histogram[i]);
  const VoxelScores scores = scoreVoxels(confusion);
  const auto iou = goldens.array(name, "per_class").values<double>();
  ASSERT_EQ(scores.iou.size(), iou.size());
  for (std::size_t c = 0; c < iou.size(); ++c)
    EXPECT_TRUE(sameScore(scores.iou[c], iou[c])) << "class " << c;
  EXPECT_TRUE(sameScore(std::round(scores.mean_iou * 1e4) / 100.0,
                        numberOf(goldens.numbers().at(name).at("miou_percent_rounded2"))));
}

TEST(iou_golden, voxel_scores_with_and_without_camera_mask) {
  if (const std::string lacking = RayGoldens::lacking(); !lacking.empty()) GTEST_SKIP() << lacking;
  const RayGoldens goldens;
  for (const std::string& group : goldens.groups()) {
    const int classes = goldens.classes(group).size();
    Confusion everywhere(classes), in_camera(classes);
    for (const std::string& scene : goldens.scenes(group)) {
      const Occupancy prediction = goldens.occupancy(scene, "pred");
      Occupancy truth = goldens.occupancy(scene, "gt");
      unlabelCorner(truth);
      everywhere += countVoxels(classes, prediction.semantics, truth.semantics);
      in_camera += countVoxels(classes, prediction.semantics, truth.semantics, truth.mask_camera);
    }
    compareVoxels(goldens, group + ".miou.nomask", everywhere);
    compareVoxels(goldens, group + ".miou.cam", in_camera);
  }
}

// The same by the way that the program goes, where the file's class list is one that the program knows.
TEST(iou_golden, split_report_of_all_scenes) {
  if (const std::string lacking = RayGoldens::lacking(); !lacking.empty()) GTEST_SKIP() << lacking;
  const RayGoldens goldens;
  bool compared = false;
  for (const std::string& group : goldens.groups()) {
    const ClassSet* classes = goldens.classSet(group);
    if (classes == nullptr) continue;
    SplitReport report(*classes);
    for (const std::string& scene : goldens.scenes(group)) {
      report.add(evaluateFrame(goldens.occupancy(scene, "pred"), goldens.occupancy(scene, "gt"),
                               goldens.origins(scene)));
    }
    ASSERT_TRUE(report.rays());
    compareScores(goldens, group + ".all", *report.rays(), *report.rayScores());
    compared = true;
  }
  if (!compared) GTEST_SKIP() << "the class lists of this folder are not those of the program";
}

}  // namespace
}  // namespace hbev
