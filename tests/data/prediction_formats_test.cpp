// Every layout of predictions, out of files that the models' own save calls wrote.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/base/files.h"
#include "core/data/dataset.h"
#include "core/data/predictions/ray_submission.h"
#include "core/data/predictions/source.h"
#include "core/io/gzip.h"
#include "core/io/npz.h"
#include "tests/base/expect_error.h"
#include "tests/base/temporary_folder.h"
#include "tests/data/made_nuscenes.h"
#include "tests/data/prediction_files.h"

namespace hbev {
namespace {

namespace fs = std::filesystem;
using test::classAt;
using test::differsFromFiles;
using test::fileKeyframe;
using test::fileToken;
using test::predictionFiles;
using test::problemOf;
using test::TemporaryFolder;

struct DenseCase {
  std::string folder, format;
  const ClassSet& (*classes)();
  bool flow = false;
  std::size_t count = 1;
};

void PrintTo(const DenseCase& dense, std::ostream* stream) {
  *stream << dense.folder;
}

class DenseDump : public testing::TestWithParam<DenseCase> {};

TEST_P(DenseDump, GivesTheSceneThatWasSaved) {
  const auto source = openPredictions(predictionFiles(GetParam().folder));
  EXPECT_EQ(source->formatName(), GetParam().format);
  EXPECT_EQ(source->classes().name(), GetParam().classes().name());
  EXPECT_EQ(source->count(), GetParam().count);
  ASSERT_TRUE(source->find(fileKeyframe(0)));
  EXPECT_EQ(differsFromFiles(source->read(fileKeyframe(0)), GetParam().flow), "");
  EXPECT_FALSE(source->find(fileKeyframe(7)));
  EXPECT_THROW(source->read(fileKeyframe(7)), Error);
}

INSTANTIATE_TEST_SUITE_P(
    Each, DenseDump,
    testing::Values(DenseCase{"hbevocc", "HBEVOcc / STCOcc", &ClassSet::openocc, true, 2},
                    DenseCase{"sparseocc", "SparseOcc / OccNet", &ClassSet::occ3d, false, 2},
                    DenseCase{"occnet", "SparseOcc / OccNet", &ClassSet::openocc, true},
                    DenseCase{"cvpr2023", "CVPR 2023 submission", &ClassSet::occ3d, false, 2},
                    DenseCase{"fortran", "CVPR 2023 submission", &ClassSet::occ3d},
                    DenseCase{"reversed", "CVPR 2023 submission", &ClassSet::occ3d},
                    DenseCase{"flat", "SparseOcc / OccNet", &ClassSet::occ3d},
                    DenseCase{"flashocc", "FlashOCC", &ClassSet::occ3d, false, 2},
                    DenseCase{"cvpr_baseline", "CVPR 2023 baseline", &ClassSet::occ3d, false, 2},
                    DenseCase{"alocc", "ALOcc", &ClassSet::openocc, true, 2}),
    [](const auto& tested) { return tested.param.folder; });

TEST(DenseDump, MayBeASingleFile) {
  const auto source = openPredictions(predictionFiles("cvpr2023") / (fileToken(1) + ".npz"));
  EXPECT_EQ(source->count(), 1U);
  EXPECT_EQ(source->title(), fileToken(1) + ".npz");
  EXPECT_EQ(differsFromFiles(source->read(fileKeyframe(1)), false), "");
  EXPECT_FALSE(source->find(fileKeyframe(0)));
  const auto gzipped = openPredictions(predictionFiles("alocc") / "save/tta/occ/occ.gz");
  EXPECT_EQ(differsFromFiles(gzipped->read(fileKeyframe(1)), true), "") << "with the flow beside it";
}

TEST(DenseDump, OfOneSceneOrOneKeyframe) {
  const auto scene = openPredictions(predictionFiles("flashocc") / "scene-a");
  EXPECT_EQ(differsFromFiles(scene->read(fileKeyframe(1)), false), "");
  const auto keyframe = openPredictions(predictionFiles("flashocc") / "scene-a" / fileToken(1));
  EXPECT_EQ(differsFromFiles(keyframe->read(fileKeyframe(1)), false), "");
  const auto flat = openPredictions(predictionFiles("hbevocc") / "scene-a");
  EXPECT_EQ(differsFromFiles(flat->read(fileKeyframe(1)), true), "");
}

TEST(DenseDump, IsFoundBelowTheFolderThatWasChosen) {
  const TemporaryFolder folder;
  fs::create_directories(folder / "work_dirs/run");
  fs::copy(predictionFiles("hbevocc"), folder / "work_dirs/run/results", fs::copy_options::recursive);
  const auto source = openPredictions(folder.path());
  EXPECT_EQ(source->path(), folder / "work_dirs/run/results");
  EXPECT_EQ(differsFromFiles(source->read(fileKeyframe(1)), true), "");
}

TEST(DenseDump, SeveralBelowAreNamed) {
  const TemporaryFolder folder;
  for (const char* run : {"first", "second"})
    fs::copy(predictionFiles("hbevocc"), folder.path() / run, fs::copy_options::recursive);
  const Problem problem = problemOf([&] { openPredictions(folder.path()); });
  EXPECT_EQ(problem.found, "first, second");
  EXPECT_EQ(problem.advice, "Choose one of these folders.");
}

TEST(DenseDump, TwoOfTheSameKeyframeAreRefused) {
  const TemporaryFolder folder;
  for (const char* run : {"first", "second"})
    fs::copy(predictionFiles("cvpr2023"), folder.path() / run, fs::copy_options::recursive);
  const Problem problem = problemOf([&] { openPredictions(folder.path()); });
  EXPECT_NE(problem.summary.find("two predictions of the same keyframe"), std::string::npos);
  EXPECT_NE(problem.found.find("second"), std::string::npos);
}

TEST(DenseDump, ClassSetAndOrientationMayBeTold) {
  OpenOptions options;
  options.orientation = {.flip_y = true};
  const auto turned = openPredictions(predictionFiles("mirrored"), options);
  EXPECT_EQ(differsFromFiles(turned->read(fileKeyframe(0)), false), "");
  options = {.classes = &ClassSet::openocc()};
  const auto wrong = openPredictions(predictionFiles("cvpr2023"), options);
  EXPECT_EQ(wrong->classes().name(), "openocc");
  EXPECT_EQ(problemOf([&] { wrong->read(fileKeyframe(0)); }).found, "17");
}

TEST(SparseFiles, AreFilledUp) {
  const OpenOptions options{.classes = &ClassSet::occ3d()};
  const auto source = openPredictions(predictionFiles("sparse"), options);
  EXPECT_EQ(differsFromFiles(source->read(fileKeyframe(0)), false), "");
  // Occupied voxels alone, none of class 16, do not tell the class set, and neither does this path.
  const TemporaryFolder folder;
  fs::copy(predictionFiles("sparse"), folder / "dump", fs::copy_options::recursive);
  const Problem problem = problemOf([&] { openPredictions(folder / "dump"); });
  EXPECT_NE(problem.advice.find("--classes"), std::string::npos);
  fs::rename(folder / "dump", folder / "occ3d-dump");
  EXPECT_EQ(openPredictions(folder / "occ3d-dump")->classes().name(), "occ3d");
}

TEST(FbOcc, IsScatteredByTheMaskOfTheLabels) {
  const TemporaryFolder folder;
  test::writeDatasetOfFiles(folder.path());
  const auto dataset = Dataset::open(folder.path());
  const auto source = openPredictions(predictionFiles("fb_occ"), {.dataset = dataset});
  EXPECT_EQ(source->formatName(), "FB-OCC");
  EXPECT_EQ(source->count(), 1U) << "the truth beside it is no prediction";
  const Occupancy read = source->read(dataset->keyframe(0, 0));
  EXPECT_EQ(differsFromFiles(read, false), "");
  ASSERT_EQ(read.mask_camera.size(), read.grid.size());
  EXPECT_EQ(read.mask_camera[read.grid.index(149, 119, 0)], 1);
  EXPECT_EQ(read.mask_camera[read.grid.index(150, 119, 0)], 0);
}

TEST(FbOcc, NeedsTheLabelsItWasCutBy) {
  const auto alone = openPredictions(predictionFiles("fb_occ"));
  EXPECT_EQ(alone->classes().name(), "occ3d");
  EXPECT_EQ(problemOf([&] { alone->read(fileKeyframe(0)); }).found, "no data set");
  const TemporaryFolder folder;
  test::writeDatasetOfFiles(folder.path());
  Occupancy other = test::madeOccupancy(LabelKind::Occ3d);
  writeOccupancyNpz(folder.path() / test::labelsFile(LabelKind::Occ3d, "scene-a", fileToken(0)), other, true);
  const auto dataset = Dataset::open(folder.path());
  const auto source = openPredictions(predictionFiles("fb_occ"), {.dataset = dataset});
  const Problem problem = problemOf([&] { source->read(dataset->keyframe(0, 0)); });
  EXPECT_EQ(problem.found, std::to_string(150 * 120 * 16));
  EXPECT_NE(problem.expected.find("640000"), std::string::npos);
}

/// A lidar 1.84 m above the ground and 0.94 m ahead, turned right by 90 degrees, as on nuScenes' cars.
Keyframe keyframeWithLidar(const std::string& file) {
  Keyframe keyframe = fileKeyframe(0);
  keyframe.lidar.emplace();
  keyframe.lidar->file = "samples/LIDAR_TOP/" + file;
  keyframe.lidar->ego_from_sensor = Pose::fromYaw(-1.5707963267948966, {0.94, 0, 1.84});
  return keyframe;
}

TEST(SurroundOcc, IsTurnedIntoEgo) {
  const auto source = openPredictions(predictionFiles("surroundocc"));
  EXPECT_EQ(source->formatName(), "SurroundOcc");
  EXPECT_EQ(source->classes().name(), "occ3d");
  const Keyframe keyframe = keyframeWithLidar("n000-2020-01-01-00-00-00+0800__LIDAR_TOP__1000000.pcd.bin");
  ASSERT_TRUE(source->find(keyframe));
  EXPECT_FALSE(source->find(keyframeWithLidar("n000__LIDAR_TOP__2.pcd.bin")));
  const Occupancy read = source->read(keyframe);
  EXPECT_EQ(read.grid, occ3dGrid());
  // In the lidar's frame the car fills x 5..7, y 15..19.5, z -1.5..0: ego x is its y, ego y is minus its x.
  const Eigen::Vector3d lower(15 + 0.94, -7, -1.5 + 1.84), upper(19.5 + 0.94, -5, 0 + 1.84);
  std::size_t inside = 0;
  for (std::size_t i = 0; i < read.grid.size(); ++i) {
    const Eigen::Vector3d at = read.grid.center(read.grid.voxel(i));
    const bool well_inside = ((at - lower).array() > 0.2).all() && ((upper - at).array() > 0.2).all();
    const bool outside = ((at - lower).array() < -0.2).any() || ((upper - at).array() < -0.2).any();
    inside += well_inside;
    if (well_inside) {
      EXPECT_EQ((*read.classes)[read.semantics[i]].id, "car") << at.transpose();
    }
    if (outside) {
      EXPECT_TRUE(read.isFree(i)) << at.transpose();
    }
  }
  EXPECT_GT(inside, 50U);
  // Nearly as much as 2 x 4.5 x 1.5 m in voxels of 0.064 m3: halves at the border count as occupied.
  EXPECT_NEAR(double(read.occupiedCount()), 2 * 4.5 * 1.5 / 0.064, 45);
  // OpenOcc's numbers on demand.
  const auto renumbered =
      openPredictions(predictionFiles("surroundocc"), {.classes = &ClassSet::openocc()})->read(keyframe);
  EXPECT_EQ(renumbered.classes->name(), "openocc");
  EXPECT_EQ(renumbered.occupiedCount(), read.occupiedCount());
  EXPECT_EQ(renumbered.classCounts()[std::size_t(*ClassSet::openocc().findLabel("car"))],
            read.occupiedCount());
}

TEST(OpenOccupancy, IsFoundByTheLidarsToken) {
  const TemporaryFolder folder;
  const auto dataset = test::datasetOfLidarToken(folder.path());
  const auto source = openPredictions(predictionFiles("openoccupancy"), {.dataset = dataset});
  EXPECT_EQ(source->formatName(), "OpenOccupancy");
  EXPECT_EQ(source->count(), 1U) << "not the truth beside it";
  EXPECT_FALSE(source->find(dataset->keyframe(0, 0)));
  ASSERT_TRUE(source->find(dataset->keyframe(0, 1)));
  const Occupancy read = source->read(dataset->keyframe(0, 1));
  const Eigen::Vector3i car = test::carOfLidarToken(read);
  EXPECT_EQ(classAt(read, car.x(), car.y(), car.z()), "car");
  EXPECT_EQ(classAt(read, car.x() - 4, car.y(), car.z()), "free");
  EXPECT_EQ(classAt(read, car.x(), car.y() + 4, car.z()), "car");
  EXPECT_NEAR(double(read.occupiedCount()), 2 * 4 * 1.6 / 0.064, 45);
}

TEST(RenderOcc, CountsTheFramesOfAScene) {
  const TemporaryFolder folder;
  const NpzReader npz(predictionFiles("renderocc") / "volume.npz");
  const std::vector<std::uint8_t> volume = npz.read("arr_0").values<std::uint8_t>();
  const std::vector<std::size_t> shape{200, 200, 16};
  writeFile(folder / "scene-a/000.npy", formatNpy<std::uint8_t>(volume, shape));
  fs::copy(predictionFiles("renderocc") / "scene-a/001.npy", folder / "scene-a/001.npy");
  const auto source = openPredictions(folder.path());
  EXPECT_EQ(source->classes().name(), "occ3d");
  EXPECT_EQ(differsFromFiles(source->read(fileKeyframe(0)), false), "");
  EXPECT_EQ(differsFromFiles(source->read(fileKeyframe(1)), false), "") << "a sparse one beside it";
  Keyframe elsewhere = fileKeyframe(1);
  elsewhere.scene_name = "scene-b";
  EXPECT_FALSE(source->find(elsewhere));
}

TEST(UniOcc, FlowLosesTheCarsOwnMotion) {
  const auto source = openPredictions(predictionFiles("uniocc"));
  EXPECT_EQ(source->formatName(), "UniOcc");
  const Occupancy read = source->read(fileKeyframe(0));
  EXPECT_EQ(classAt(read, 121, 81, 4), "car");
  EXPECT_EQ(classAt(read, 121, 82, 4), "free");
  EXPECT_EQ(classAt(read, 110, 100, 0), "driveable_surface");
  ASSERT_EQ(read.flow.size(), 2 * read.grid.size());
  // -2.5 voxels seen from a car that drives 4 m are 3 m in half a second.
  EXPECT_NEAR(read.flow[2 * read.grid.index(121, 81, 4)], 6.0F, 1e-4);
  EXPECT_NEAR(read.flow[2 * read.grid.index(121, 81, 4) + 1], 0.0F, 1e-4);
  EXPECT_NEAR(read.flow[2 * read.grid.index(110, 100, 0)], 0.0F, 1e-4) << "the road stands still";
  EXPECT_TRUE(source->read(fileKeyframe(1)).flow.empty()) << "the last step has no next";
}

TEST(ResultsPickle, IsCountedInTheOrderOfTime) {
  const TemporaryFolder folder;
  writeFile(folder / "run/out.pkl",
            gunzip(readFile(predictionFiles("results_pkl") / "out.pkl.gz", 1 << 28), 1 << 28));
  test::MadeNuscenes made;
  auto& samples = made.table("sample");
  // Two keyframes only: a1 first, then b0.
  samples.erase(samples.begin() + 2);
  samples.erase(samples.begin());
  made.row("sample", "b0")["timestamp"] = 1'600'000'000'000'000;
  made.write(folder / "data");
  const auto dataset = Dataset::open(folder / "data");
  ASSERT_EQ(dataset->keyframeCount(), 2U);
  const auto source = openPredictions(folder / "run/out.pkl", {.dataset = dataset});
  EXPECT_EQ(source->formatName(), "HBEVOcc / STCOcc results");
  EXPECT_EQ(differsFromFiles(source->read(dataset->keyframe(0, 0)), true), "");
  EXPECT_EQ(differsFromFiles(source->read(dataset->keyframe(1, 0)), true), "");
  // The names it has without a data set.
  const std::vector<PredictionName> names = listPredictions(folder / "run");
  ASSERT_EQ(names.size(), 2U);
  Keyframe keyframe;
  keyframe.scene_name = names[1].scene;
  keyframe.token = names[1].token;
  EXPECT_EQ(differsFromFiles(openPredictions(folder / "run")->read(keyframe), true), "");
}

RayFan twoOrigins(const Keyframe&) {
  RayFan fan{{{0, 0, 1.85}, {5, 0, 1.85}}, std::vector<Eigen::Vector3f>(kSubmissionRays, {0, 0, -1})};
  for (std::size_t i = 0; i < kSubmissionRays; i += 360)
    fan.rays[i] = {1, 0, 0};
  return fan;
}

TEST(Challenge2024, IsReadRayByRay) {
  const auto submission = RaySubmission::open(predictionFiles("challenge2024") / "submission.gz");
  EXPECT_EQ(submission->method(), "made");
  EXPECT_EQ(submission->team(), "nobody");
  EXPECT_EQ(submission->tokens(), (std::vector<std::string>{fileToken(0), fileToken(1)}));
  const RayPrediction rays = submission->read(fileToken(1));
  EXPECT_EQ(rays.origins(), 2U);
  EXPECT_EQ(rays.labels[360], 0);
  EXPECT_EQ(rays.labels[361], 16);
  EXPECT_EQ(rays.distances_m[360], 10.0F);
  EXPECT_EQ(rays.flow_mps[2 * 360 + 1], 2.0F);
  EXPECT_EQ(problemOf([&] { submission->read("b0"); }).expected, "b0");
}

TEST(Challenge2024, IsShownAsTheVoxelsWhereRaysEnd) {
  const auto alone = openPredictions(predictionFiles("challenge2024"));
  EXPECT_EQ(alone->formatName(), "CVPR 2024 ray submission");
  EXPECT_EQ(alone->classes().name(), "openocc");
  EXPECT_NE(problemOf([&] { alone->read(fileKeyframe(0)); }).summary.find("rays, not voxels"),
            std::string::npos);
  const auto source = openPredictions(predictionFiles("challenge2024"), {.rays = &twoOrigins});
  const Occupancy read = source->read(fileKeyframe(0));
  // The rays leave their voxels at x = 10 and x = 15: these are the voxels before.
  EXPECT_EQ(read.occupiedCount(), 2U);
  EXPECT_EQ(classAt(read, 124, 100, 7), "car");
  EXPECT_EQ(classAt(read, 137, 100, 7), "car");
  EXPECT_NEAR(read.flow[2 * read.grid.index(124, 100, 7)], 1.0F, 1e-3);
  EXPECT_NEAR(read.flow[2 * read.grid.index(124, 100, 7) + 1], 2.0F, 1e-3);
  const auto wrong = openPredictions(predictionFiles("challenge2024"), {.rays = [](const Keyframe& keyframe) {
                                       RayFan fan = twoOrigins(keyframe);
                                       fan.origins.pop_back();
                                       return fan;
                                     }});
  EXPECT_EQ(problemOf([&] { wrong->read(fileKeyframe(0)); }).found, "28080");
}

struct RefusedCase {
  std::string folder, reason;
};

void PrintTo(const RefusedCase& refused, std::ostream* stream) {
  *stream << refused.folder;
}

class RefusedDump : public testing::TestWithParam<RefusedCase> {};

TEST_P(RefusedDump, SaysWhy) {
  const fs::path folder = predictionFiles(GetParam().folder);
  const Problem problem = problemOf([&] { openPredictions(folder); });
  EXPECT_NE(problem.found.find(GetParam().reason), std::string::npos) << problem.found;
  const ImportReport report = inspectPredictions(folder);
  EXPECT_EQ(report.accepted, 0U);
  EXPECT_EQ(report.format, "");
  ASSERT_FALSE(report.refused.empty());
  EXPECT_NE(report.refused.back().reason.find(GetParam().reason), std::string::npos);
  EXPECT_TRUE(listPredictions(folder).empty());
}

INSTANTIATE_TEST_SUITE_P(Each, RefusedDump,
                         testing::Values(RefusedCase{"cam4docc_forecast", "forecasts of the four keyframes"},
                                         RefusedCase{"occformer", "Picture"}),
                         [](const auto& tested) { return tested.param.folder; });

TEST(DamagedDump, CutAnywhereIsRefusedWithASentence) {
  for (const auto& [name, file] : std::vector<std::pair<std::string, fs::path>>{
           {"hbevocc", fs::path("scene-a") / (fileToken(0) + ".npz")},
           {"flashocc", fs::path("scene-a") / fileToken(0) / "pred.npz"},
           {"cvpr_baseline", "0007.npz"},
           {"fb_occ", fs::path("occupancy_pred") / ("scene-a_" + fileToken(0) + ".npz")},
           {"uniocc", fs::path("scene-a") / "0.npz"},
           {"cam4docc", "5cc0000000000000000000000000000a_11d0000000000000000000000000000a.npz"},
           {"surroundocc", "n000-2020-01-01-00-00-00+0800__LIDAR_TOP__1000000.pcd.bin./pred.npy"},
           {"alocc", "save/tta/occ/occ.gz"},
           {"challenge2024", "submission.gz"}}) {
    const std::vector<std::byte> whole = readFile(predictionFiles(name) / file, 1 << 24);
    for (const std::size_t kept : {std::size_t(0), std::size_t(9), whole.size() / 2, whole.size() - 1}) {
      const TemporaryFolder folder;
      writeFile(folder.path() / file, std::span(whole).first(kept));
      EXPECT_THROW(openPredictions(folder.path())->read(fileKeyframe(0)), Error) << name << " " << kept;
      const ImportReport report = inspectPredictions(folder.path());
      EXPECT_EQ(report.accepted, 0U) << name << " " << kept;
      ASSERT_FALSE(report.refused.empty()) << name << " " << kept;
      EXPECT_FALSE(report.refused.front().reason.empty());
    }
  }
}

}  // namespace
}  // namespace hbev
