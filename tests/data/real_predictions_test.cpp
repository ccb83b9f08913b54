// Real Occ3D and OpenOcc grids beside the checkout as somebody's predictions: skipped where they are absent.
#include <cstdlib>

#include <gtest/gtest.h>

#include "core/data/labels.h"
#include "core/data/predictions/orientation_check.h"
#include "core/data/predictions/source.h"

namespace hbev {
namespace {

namespace fs = std::filesystem;

class RealGrid : public testing::TestWithParam<LabelKind> {
 protected:
  void SetUp() override {
    const char* given = std::getenv("HBEV_SHARED_DIR");
    file_ = fs::path(given ? given : HBEV_SHARED_DIR) / "data/real/occupancy-vis" /
            (GetParam() == LabelKind::OpenOcc ? "openocc_semantics_flow_instances.npz" : "occ3d_labels.npz");
    if (!fs::exists(file_)) GTEST_SKIP() << file_ << " is absent";
  }

  fs::path file_;
};

TEST_P(RealGrid, OpensAsAPredictionInItsClassSet) {
  const ImportReport report = inspectPredictions(file_);
  EXPECT_EQ(report.accepted, 1U);
  ASSERT_TRUE(report.classes);
  EXPECT_EQ(report.classes, &classSetOf(GetParam()));
  EXPECT_EQ(report.has_flow, GetParam() == LabelKind::OpenOcc);
  const std::vector<PredictionName> names = listPredictions(file_);
  ASSERT_EQ(names.size(), 1U);
  Keyframe keyframe;
  keyframe.scene_name = names[0].scene;
  keyframe.token = names[0].token;
  const Occupancy read = openPredictions(file_)->read(keyframe);
  const Occupancy labels = readOccupancyNpz(file_, classSetOf(GetParam()));
  EXPECT_EQ(read.semantics, labels.semantics);
  EXPECT_EQ(read.flow, labels.flow);
}

TEST_P(RealGrid, EveryWrongOrientationIsRecognised) {
  const Occupancy truth = readOccupancyNpz(file_, classSetOf(GetParam()));
  for (const Orientation& wrong : allOrientations()) {
    OrientationCheck check(true);
    check.add(oriented(truth, wrong), truth);
    ASSERT_EQ(check.better().has_value(), !wrong.isIdentity()) << orientationName(wrong);
    if (check.better()) {
      EXPECT_EQ(oriented(oriented(truth, wrong), *check.better()).semantics, truth.semantics)
          << orientationName(wrong);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Both, RealGrid, testing::ValuesIn(kLabelKinds),
                         [](const auto& tested) { return std::string(labelKindTitle(tested.param)); });

}  // namespace
}  // namespace hbev
