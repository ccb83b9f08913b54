#include "core/data/labels.h"

#include <limits>

#include <gtest/gtest.h>

#include "core/base/files.h"
#include "core/data/dataset.h"
#include "core/io/npz.h"
#include "tests/base/expect_error.h"
#include "tests/base/temporary_folder.h"
#include "tests/data/made_nuscenes.h"

namespace hbev {
namespace {

using test::madeOccupancy;
using test::problemOf;
using test::TemporaryFolder;

class LabelsOf : public testing::TestWithParam<LabelKind> {};

TEST_P(LabelsOf, ComeBackAsTheyWereWritten) {
  const TemporaryFolder folder;
  const Occupancy written = madeOccupancy(GetParam());
  for (const bool deflate : {false, true}) {
    writeOccupancyNpz(folder / "labels.npz", written, deflate);
    const Occupancy read = readOccupancyNpz(folder / "labels.npz", classSetOf(GetParam()));
    EXPECT_EQ(read.semantics, written.semantics);
    EXPECT_EQ(read.flow, written.flow) << "2 m/s is exact in half precision";
    EXPECT_EQ(read.mask_camera, written.mask_camera);
    EXPECT_EQ(read.mask_lidar, written.mask_lidar);
    EXPECT_EQ(read.classes, &classSetOf(GetParam()));
    EXPECT_EQ(read.occupiedCount(), 200U * 200 + 200);
    EXPECT_EQ(read.classCounts().size(), std::size_t(read.classes->size()));
    EXPECT_EQ(read.classCounts()[std::size_t(*read.classes->findLabel("car"))], 200U);
  }
  EXPECT_EQ(detectLabelKind(folder / "labels.npz"), GetParam());
}

TEST_P(LabelsOf, AloneAreADataSetOfOneKeyframe) {
  const TemporaryFolder folder;
  writeOccupancyNpz(folder / "grid.npz", madeOccupancy(GetParam()), true);
  const auto dataset = Dataset::open(folder / "grid.npz");
  EXPECT_EQ(dataset->name(), "grid.npz");
  EXPECT_EQ(dataset->version(), "");
  EXPECT_EQ(dataset->keyframeCount(), 1U);
  EXPECT_EQ(dataset->labelKinds(), std::vector{GetParam()});
  const Keyframe keyframe = dataset->keyframe(0, 0);
  EXPECT_EQ(dataset->truthFile(GetParam(), keyframe), folder / "grid.npz");
  for (const LabelKind kind : kLabelKinds) {
    EXPECT_EQ(dataset->truthFile(kind, keyframe).has_value(), kind == GetParam());
  }
  EXPECT_EQ(dataset->timestamp_us(0, 0), 0);
  EXPECT_EQ(dataset->lidarReadings(0).size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Both, LabelsOf, testing::ValuesIn(kLabelKinds),
                         [](const auto& tested) { return std::string(labelKindTitle(tested.param)); });

TEST(Labels, KindsAreFoundByTheirWords) {
  EXPECT_EQ(findLabelKind("openocc"), LabelKind::OpenOcc);
  EXPECT_EQ(findLabelKind("occ3d"), LabelKind::Occ3d);
  EXPECT_EQ(findLabelKind("Occ3D"), std::nullopt);
}

/// Writes `semantics` as T, and flow under `flow_name` when it is not empty.
template <class T>
void writeDump(const std::filesystem::path& file, const std::vector<T>& semantics,
               const std::string& flow_name = {}, const std::vector<float>& flow = {}) {
  NpzWriter npz(file, true);
  npz.add<T>("semantics", semantics, {200, 200, 16});
  if (!flow_name.empty()) npz.add<float>(flow_name, flow, {200, 200, 16, 2});
  npz.close();
}

TEST(Labels, SemanticsMayBeOfAnyWholeType) {
  const TemporaryFolder folder;
  const Occupancy made = madeOccupancy(LabelKind::OpenOcc);
  writeDump<std::int32_t>(folder / "32.npz", {made.semantics.begin(), made.semantics.end()});
  writeDump<std::int64_t>(folder / "64.npz", {made.semantics.begin(), made.semantics.end()});
  for (const char* name : {"32.npz", "64.npz"}) {
    const Occupancy read = readOccupancyNpz(folder / name, ClassSet::openocc());
    EXPECT_EQ(read.semantics, made.semantics);
    EXPECT_TRUE(read.flow.empty());
    EXPECT_TRUE(read.mask_camera.empty());
    EXPECT_EQ(detectLabelKind(folder / name), LabelKind::OpenOcc);
  }
}

TEST(Labels, FlowMayBeCalledFlows) {
  const TemporaryFolder folder;
  const Occupancy made = madeOccupancy(LabelKind::OpenOcc);
  for (const char* name : {"flow", "flows"}) {
    writeDump(folder / "a.npz", made.semantics, name, made.flow);
    EXPECT_EQ(readOccupancyNpz(folder / "a.npz", ClassSet::openocc()).flow, made.flow);
  }
}

/// What is wrong with the file that `write` makes.
template <class Write>
Problem problemWith(const Write& write) {
  const TemporaryFolder folder;
  const auto file = folder / "labels.npz";
  write(file);
  const Problem problem = problemOf([&] { readOccupancyNpz(file, ClassSet::openocc()); });
  EXPECT_EQ(problem.file, file) << problem.summary;
  EXPECT_FALSE(problem.expected.empty());
  return problem;
}

TEST(BadLabels, WithoutSemantics) {
  const Problem problem = problemWith([](const auto& file) {
    NpzWriter npz(file, true);
    npz.add<float>("flow", std::vector<float>(4), {4});
    npz.add<float>("rays", std::vector<float>(4), {4});
    npz.close();
  });
  EXPECT_EQ(problem.expected, "an array called semantics");
  EXPECT_EQ(problem.found, "flow, rays");
}

TEST(BadLabels, OfAWrongShape) {
  const Problem problem = problemWith([](const auto& file) {
    NpzWriter npz(file, true);
    npz.add<std::uint8_t>("semantics", std::vector<std::uint8_t>(200 * 200 * 8), {200, 200, 8});
    npz.close();
  });
  EXPECT_EQ(problem.expected, "semantics [200, 200, 16]");
  EXPECT_EQ(problem.found, "uint8 [200, 200, 8]");
}

TEST(BadLabels, OfAnUnknownClass) {
  Occupancy made = madeOccupancy(LabelKind::OpenOcc);
  made.semantics[77] = 200;
  const Problem problem = problemWith([&](const auto& file) { writeOccupancyNpz(file, made, true); });
  EXPECT_EQ(problem.expected, "class numbers 0 to 16 (openocc)");
  EXPECT_EQ(problem.found, "200");
}

TEST(BadLabels, OfTheOtherClassSet) {
  const Problem problem =
      problemWith([](const auto& file) { writeOccupancyNpz(file, madeOccupancy(LabelKind::Occ3d), true); });
  EXPECT_EQ(problem.found, "17");
  EXPECT_FALSE(problem.advice.empty());
}

TEST(BadLabels, WithNumbersThatAreNoClasses) {
  for (const int wrong : {-1, 256, 1'000'000}) {
    const Problem problem = problemWith([&](const auto& file) {
      std::vector<std::int32_t> semantics(640'000, 16);
      semantics[5] = wrong;
      writeDump(file, semantics);
    });
    EXPECT_EQ(problem.found, std::to_string(wrong) + " at element 5");
  }
  const Problem floats =
      problemWith([](const auto& file) { writeDump(file, std::vector<float>(640'000, 16)); });
  EXPECT_EQ(floats.found, "float32 [200, 200, 16]");
}

TEST(BadLabels, WithFlowThatIsNotFinite) {
  for (const float wrong :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    Occupancy made = madeOccupancy(LabelKind::OpenOcc);
    made.flow[9] = wrong;
    const Problem problem =
        problemWith([&](const auto& file) { writeDump(file, made.semantics, "flow", made.flow); });
    EXPECT_EQ(problem.expected, "flow as finite numbers");
  }
}

TEST(BadLabels, CutOff) {
  const TemporaryFolder folder;
  writeOccupancyNpz(folder / "whole.npz", madeOccupancy(LabelKind::OpenOcc), true);
  const std::vector<std::byte> whole = readFile(folder / "whole.npz", 1 << 24);
  for (const double part : {0.0, 0.1, 0.5, 0.99}) {
    problemWith([&](const auto& file) {
      writeFile(file, std::span(whole).first(std::size_t(part * double(whole.size()))));
    });
  }
}

TEST(BadLabels, OpenAsAPredictionWhenFreeIsNotTheMostFrequent) {
  const TemporaryFolder folder;
  writeDump(folder / "a.npz", std::vector<std::uint8_t>(640'000, 3));
  EXPECT_EQ(detectLabelKind(folder / "a.npz"), std::nullopt);
  EXPECT_TRUE(Dataset::open(folder / "a.npz")->isPredictionsAlone());
}

}  // namespace
}  // namespace hbev
