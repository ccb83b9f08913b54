// hbevocc predict: the tiny network over a drive of a few made pictures; what it writes is what others read.
#include "core/data/dataset.h"
#include "core/data/labels.h"
#include "core/data/predictions/ray_submission.h"
#include "core/data/predictions/source.h"
#include "core/eval/metric_rays.h"
#include "core/eval/submission_writer.h"
#include "tests/app/command_line.h"
#include "tests/data/made_drive.h"

namespace hbev {
namespace {

using test::contains;
using test::Outcome;

class PredictCommand : public test::CommandLineTest {
 protected:
  void SetUp() override {
    test::madeDrive().write(folder_ / "data");
    test::writePictures(folder_ / "data");
  }
  Outcome predict(const std::string& arguments) const {
    return run("predict $D/data --config tiny --weights none --device cpu " + arguments);
  }
};

TEST_F(PredictCommand, WritesWhatOpensAsHbevoccAndGoesOnWhereItWasStopped) {
  const Outcome first = predict("--out $D/out --keyframe a1");
  ASSERT_EQ(first.code, 0) << first.err;
  EXPECT_TRUE(contains(first.err, "untrained")) << first.err;
  EXPECT_TRUE(contains(first.out, "1 keyframes")) << first.out;
  EXPECT_TRUE(contains(first.out, "image encoder")) << first.out;
  const Outcome rest = predict("--out $D/out");
  ASSERT_EQ(rest.code, 0) << rest.err;
  EXPECT_TRUE(contains(rest.out, "1 keyframes were there already")) << rest.out;
  EXPECT_TRUE(contains(rest.out, "3 keyframes in")) << rest.out;

  const auto dataset = Dataset::open(folder_ / "data");
  const auto source = openPredictions(folder_ / "out", {.dataset = dataset, .classes = &ClassSet::openocc()});
  EXPECT_EQ(source->count(), 4U);
  const Occupancy read = source->read(dataset->keyframe(0, 1));
  EXPECT_EQ(read.semantics.size(), occ3dGrid().size());
  EXPECT_EQ(read.flow.size(), 2 * occ3dGrid().size());

  // Predictions of different makers are not mixed.
  const Outcome other = predict("--out $D/out --mode streaming");
  EXPECT_EQ(other.code, 1);
  EXPECT_TRUE(contains(other.err, "made in another way")) << other.err;
  EXPECT_EQ(predict("--out $D/out --mode streaming --again --scene scene-b").code, 0);
}

TEST_F(PredictCommand, ThreadsSleepWhileTheyWaitUnlessToldOtherwise) {
  const std::string command =
      std::string("OMP_DISPLAY_ENV=verbose '") + HBEV_COMMAND + "' predict --list-configs";
  const Outcome asked_nothing = run("-u OMP_WAIT_POLICY " + command, "env");
  ASSERT_EQ(asked_nothing.code, 0) << asked_nothing.err;
  EXPECT_TRUE(contains(asked_nothing.err, "GOMP_SPINCOUNT = '0'")) << asked_nothing.err;
  const Outcome asked = run("OMP_WAIT_POLICY=active " + command, "env");
  ASSERT_EQ(asked.code, 0) << asked.err;
  EXPECT_FALSE(contains(asked.err, "GOMP_SPINCOUNT = '0'")) << asked.err;
}

TEST_F(PredictCommand, FlatFilesAndRaysHoldTheSameVoxels) {
  ASSERT_EQ(predict("--out $D/voxels --scene scene-a").code, 0);
  ASSERT_EQ(predict("--out $D/flat --scene scene-a --format cvpr2023").code, 0);
  const Outcome rays = predict("--out $D/rays --scene scene-a --format cvpr2024 --team us");
  ASSERT_EQ(rays.code, 0) << rays.err;

  const auto dataset = Dataset::open(folder_ / "data");
  const OpenOptions options{.dataset = dataset, .classes = &ClassSet::openocc()};
  const auto voxels = openPredictions(folder_ / "voxels", options);
  const auto flat = openPredictions(folder_ / "flat", options);
  const auto submission = RaySubmission::open(folder_ / "rays/submission.gz");
  EXPECT_EQ(submission->method(), "tiny");
  EXPECT_EQ(submission->team(), "us");
  EXPECT_EQ(submission->tokens().size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    const Keyframe keyframe = dataset->keyframe(0, i);
    const Occupancy occupancy = voxels->read(keyframe);
    EXPECT_EQ(occupancy.semantics, flat->read(keyframe).semantics);
    const RayPrediction expected = raysOf(occupancy, metricRays(dataset)(keyframe).origins);
    const RayPrediction read = submission->read(keyframe.token);
    EXPECT_EQ(read.labels, expected.labels);
    ASSERT_EQ(read.distances_m.size(), expected.distances_m.size());
    for (std::size_t k = 0; k < read.distances_m.size(); k += 101)
      EXPECT_NEAR(read.distances_m[k], expected.distances_m[k], 0.02) << k;
    EXPECT_EQ(read.flow_mps, expected.flow_mps);
  }
}

TEST_F(PredictCommand, ModesAreComparedWithoutWritingAnything) {
  const std::vector<std::string> before = files();
  const Outcome outcome = predict("--compare-modes --scene scene-a");
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_TRUE(contains(outcome.out, "streaming\n")) << outcome.out;
  EXPECT_TRUE(contains(outcome.out, "2 keyframes with a past (1 without one")) << outcome.out;
  EXPECT_TRUE(contains(outcome.out, "of all voxels have the same class")) << outcome.out;
  EXPECT_FALSE(contains(outcome.out, "RayIoU")) << "there are no labels\n" << outcome.out;
  const Outcome alone = predict("--compare-modes --scene scene-b");
  EXPECT_TRUE(contains(alone.out, "could not be compared")) << alone.out;
  const Outcome exact = predict("--compare-modes --mode exact");
  EXPECT_EQ(exact.code, 2);
  EXPECT_TRUE(contains(exact.err, "leave --mode exact out")) << exact.err;
  EXPECT_EQ(files(), before);
}

TEST_F(PredictCommand, OneUnusableKeyframeIsSkippedAndNamed) {
  writeFile(test::pictureFile(folder_ / "data", "b0", "CAM_BACK"), "no picture");
  const Outcome outcome = predict("--out $D/out");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_TRUE(contains(outcome.err, "skipped scene-b/b0")) << outcome.err;
  EXPECT_TRUE(contains(outcome.out, "3 keyframes in")) << outcome.out;
}

TEST_F(PredictCommand, AFaultOfEveryKeyframeEndsItAndLeavesNothing) {
  for (const char* keyframe : {"a0", "a1", "a2", "b0"})
    std::filesystem::remove(test::pictureFile(folder_ / "data", keyframe, "CAM_BACK"));
  const Outcome outcome = predict("--out $D/out");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_TRUE(contains(outcome.err, "3 keyframes in a row could not be predicted")) << outcome.err;
  EXPECT_TRUE(contains(outcome.err, "missing")) << outcome.err;
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out"));
}

TEST_F(PredictCommand, PicturesAndCalibrationsThatCannotBeUsedAreNamed) {
  const auto problem = [this] { return predict("--out $D/out --keyframe b0").err; };
  test::writePictures(folder_ / "data", 640, 480);
  EXPECT_TRUE(contains(problem(), "640 x 480 pixels"));
  test::writePictures(folder_ / "data");
  const auto picture = test::pictureFile(folder_ / "data", "b0", "CAM_BACK");
  std::filesystem::resize_file(picture, std::filesystem::file_size(picture) / 2);
  EXPECT_TRUE(contains(problem(), picture.filename().string() + " cannot be read"));
  test::MadeNuscenes singular = test::madeDrive();
  singular.row("calibrated_sensor", "calibrated-CAM_BACK")["camera_intrinsic"] = {
      {0, 0, 0}, {0, 0, 0}, {0, 0, 0}};
  singular.write(folder_ / "data");
  const std::string text = problem();
  EXPECT_TRUE(contains(text, "found no CAM_BACK")) << text;
  EXPECT_TRUE(contains(text, "fx 0")) << text;
  EXPECT_FALSE(contains(text, "..")) << text;
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out"));
}

TEST_F(PredictCommand, WeightsThatDoNotFitAreRefusedOrTakenInPartLoudly) {
  const std::string weights = "'" HBEV_SOURCE_DIR "/resources/weights/demo.pth' ";
  const std::string arguments =
      "predict $D/data --config tiny --device cpu --keyframe b0 --out $D/out --weights ";
  const Outcome refused = run(arguments + weights);
  EXPECT_EQ(refused.code, 1);
  EXPECT_TRUE(contains(refused.err, "does not fit the network")) << refused.err;
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out"));
  const Outcome taken = run(arguments + weights + "--despite-mismatch");
  EXPECT_EQ(taken.code, 0) << taken.err;
  EXPECT_TRUE(contains(taken.err, "fit in part only")) << taken.err;
  std::filesystem::create_directory(folder_ / "folder.pth");
  writeFile(folder_ / "empty.pth", "");
  for (const char* file : {"$D/folder.pth", "$D/empty.pth", "$D/absent.pth"}) {
    const Outcome none = run(arguments + file + " --again");
    EXPECT_EQ(none.code, 1);
    EXPECT_TRUE(contains(none.err, std::string(file).substr(3))) << none.err;
  }
}

TEST_F(PredictCommand, TheNetworkIsLoadedByItsOwnCommandsOnly) {
  const Outcome list = run("--help");
  for (const char* command : {"predict", "train", "bench"})
    EXPECT_TRUE(contains(list.out, command)) << list.out;
  // A copy of the program without the library beside it does all the rest.
  const auto copy = folder_ / "bin/hbevocc";
  std::filesystem::create_directory(folder_ / "bin");
  std::filesystem::copy_file(HBEV_COMMAND, copy);
  writeFile(folder_ / "bin/libhbevocc-network.so", "no library");
  EXPECT_EQ(run("info $D/data", copy.string()).code, 0);
  const Outcome broken = run("predict --list-configs", copy.string());
  EXPECT_EQ(broken.code, 1);
  EXPECT_TRUE(contains(broken.err, "The network's library cannot be loaded")) << broken.err;
}

TEST_F(PredictCommand, WrongUsageIsTold) {
  EXPECT_EQ(predict("").code, 2);
  EXPECT_EQ(run("predict").code, 2);
  EXPECT_EQ(predict("--out $D/out --format kitti").code, 2);
  EXPECT_TRUE(contains(predict("--out $D/out --keyframe nobody").err, "no such keyframe"));
  const Outcome config = run("predict $D/data --config huge --weights none --out $D/out");
  EXPECT_EQ(config.code, 1);
  EXPECT_TRUE(contains(config.err, "tiny")) << config.err;
  const Outcome list = run("predict --list-configs");
  EXPECT_EQ(list.code, 0);
  EXPECT_TRUE(contains(list.out, "hbevocc-r50-256x704-8f-openocc")) << list.out;
  const Outcome classes = run(
      "predict $D/data --config hbevocc-r50-256x704-1f-occ3d --weights none --out $D/out --format cvpr2024");
  EXPECT_EQ(classes.code, 1);
  EXPECT_TRUE(contains(classes.err, "OpenOcc")) << classes.err;
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out"));
}

}  // namespace
}  // namespace hbev
