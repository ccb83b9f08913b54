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
using test::textOf;

/// The CRC-32 of zip archives, as a member's header has it.
std::string crcOf(std::string_view bytes) {
  std::uint32_t crc = ~0U;
  for (const char byte : bytes) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit)
      crc = (crc >> 1U) ^ ((crc & 1U) * 0xEDB88320U);
  }
  crc = ~crc;
  return {reinterpret_cast<const char*>(&crc), sizeof(crc)};
}

/// A checkpoint with a NaN as the first number of its first storage.
std::string withNan(std::string zip) {
  const std::string name = "archive/data/0";
  const std::size_t header = zip.find(name) - 30;
  const auto number = [&](std::size_t at, std::size_t bytes) {
    std::uint32_t value = 0;
    std::copy_n(zip.data() + header + at, bytes, reinterpret_cast<char*>(&value));
    return value;
  };
  const std::size_t begin = header + 30 + name.size() + number(28, 2), size = 2352;
  const std::string before = crcOf(std::string_view(zip).substr(begin, size));
  zip.replace(begin, 4, std::string("\0\0\xC0\x7F", 4));
  const std::string after = crcOf(std::string_view(zip).substr(begin, size));
  for (std::size_t at = zip.find(before); at != std::string::npos; at = zip.find(before, at))
    zip.replace(at, 4, after);
  return zip;
}

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
  EXPECT_TRUE(contains(first.err, "Loading the network")) << first.err;
  EXPECT_TRUE(contains(first.out, "1 keyframe in")) << first.out;
  EXPECT_TRUE(contains(first.out, "image encoder")) << first.out;
  const Outcome rest = runThere("predict data --config tiny --weights none --device cpu --out out");
  ASSERT_EQ(rest.code, 0) << rest.err;
  EXPECT_TRUE(contains(rest.out, "1 keyframe was there already")) << rest.out;
  EXPECT_TRUE(contains(rest.out, "3 keyframes in")) << rest.out;

  const auto dataset = Dataset::open(folder_ / "data");
  const auto source = openPredictions(folder_ / "out", {.dataset = dataset, .classes = &ClassSet::openocc()});
  EXPECT_EQ(source->count(), 4U);
  const Occupancy read = source->read(dataset->keyframe(0, 1));
  EXPECT_EQ(read.semantics.size(), occ3dGrid().size());
  EXPECT_EQ(read.flow.size(), 2 * occ3dGrid().size());
}

TEST_F(PredictCommand, PredictionsOfDifferentMakersAreNotMixed) {
  ASSERT_EQ(predict("--out $D/out --keyframe a1 --keyframe b0").code, 0);
  const auto refused = [this](const std::string& arguments, const std::string& because) {
    const Outcome outcome = predict("--out $D/out " + arguments);
    EXPECT_EQ(outcome.code, 1) << arguments;
    EXPECT_TRUE(contains(outcome.err, because)) << arguments << "\n" << outcome.err;
  };
  refused("--mode streaming", "Expected mode streaming, found mode exact");
  refused("--fast-images", "images fast");
  refused("--half --keyframe a1", "precision half");
  // The same name, another content.
  const std::string config = textOf(HBEV_SOURCE_DIR "/resources/configs/tiny.toml");
  writeFile(folder_ / "tiny.toml", config + "\n# another\n");
  const Outcome renamed =
      run("predict $D/data --config $D/tiny.toml --weights none --device cpu --out $D/out");
  EXPECT_EQ(renamed.code, 1);
  EXPECT_TRUE(contains(renamed.err, "config_xxh3")) << renamed.err;
  // A part cannot be replaced, all of it can; what is replaced is gone.
  refused("--mode streaming --again --keyframe b0", "--again would leave 1 of the 2 .npz files there");
  const std::string before = textOf(folder_ / "out/.hbevocc-predict.json");
  EXPECT_TRUE(contains(before, "\"exact\"")) << before;
  EXPECT_EQ(predict("--out $D/out --mode streaming --again --scene scene-a --keyframe a1").code, 1);
  EXPECT_EQ(predict("--out $D/out --mode streaming --again").code, 0);
  EXPECT_TRUE(contains(textOf(folder_ / "out/.hbevocc-predict.json"), "streaming"));
  // Nobody knows who made these.
  std::filesystem::remove(folder_ / "out/.hbevocc-predict.json");
  refused("--mode streaming", "nothing says what made them");
  EXPECT_EQ(predict("--out $D/out --mode streaming --again").code, 0);
}

TEST_F(PredictCommand, AFolderThatCannotBeWrittenIsToldBeforeTheWeightsAreLoaded) {
  writeFile(folder_ / "file", "no folder");
  for (const char* out : {"--out $D/file", "--out $D/file/deep/er", "--out /proc/predictions"}) {
    const Outcome outcome = predict(out);
    EXPECT_EQ(outcome.code, 1) << out;
    EXPECT_TRUE(contains(outcome.err, "cannot be written")) << outcome.err;
    EXPECT_FALSE(contains(outcome.err, "Loading")) << outcome.err;
  }
  EXPECT_TRUE(contains(predict("--out $D/file").err, "file is no folder"));
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

TEST_F(PredictCommand, ASubmissionInRaysCanBeRepeatedAndRedone) {
  const std::string arguments = "--out $D/rays --format cvpr2024 --scene scene-a ";
  ASSERT_EQ(predict(arguments).code, 0);
  const auto file = folder_ / "rays/submission.gz";
  const std::string first = textOf(file);
  for (const char* again : {"", "--again"}) {
    std::filesystem::remove(file);
    const Outcome outcome = predict(arguments + again);
    ASSERT_EQ(outcome.code, 0) << again << outcome.err;
    EXPECT_EQ(RaySubmission::open(file)->tokens().size(), 3U) << again;
    EXPECT_EQ(textOf(file).size(), first.size()) << again;
    const Outcome beside = predict(arguments + again);  // beside its own output
    EXPECT_EQ(beside.code, 0) << again << beside.err;
  }
}

TEST_F(PredictCommand, StreamingThatBeganAnewIsNoted) {
  const Outcome outcome = predict("--out $D/out --mode streaming --keyframe a0 --keyframe a2");
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_TRUE(contains(outcome.err, "note on scene-a/a2: ")) << outcome.err;
  EXPECT_TRUE(contains(outcome.err, "streaming began anew")) << outcome.err;
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

TEST_F(PredictCommand, AFileThatManyKeyframesLookAtIsOneFault) {
  // The past of all keyframes of scene-a.
  writeFile(test::pictureFile(folder_ / "data", "a0", "CAM_BACK"), "no picture");
  const Outcome outcome = predict("--out $D/out");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_TRUE(contains(outcome.err, "skipped scene-a/a0 and 2 keyframes after it: a0.jpg")) << outcome.err;
  EXPECT_TRUE(contains(outcome.out, "1 keyframe in")) << outcome.out;
  EXPECT_TRUE(std::filesystem::exists(folder_ / "out/scene-b/b0.npz"));
}

TEST_F(PredictCommand, AFaultOfEveryKeyframeEndsItAndLeavesNothing) {
  for (const char* keyframe : {"a0", "a1", "a2", "b0"})
    std::filesystem::remove(test::pictureFile(folder_ / "data", keyframe, "CAM_BACK"));
  const Outcome outcome = predict("--out $D/out");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_TRUE(contains(outcome.err, "3 keyframes in a row could not be predicted")) << outcome.err;
  EXPECT_TRUE(contains(outcome.err, "missing")) << outcome.err;
  EXPECT_TRUE(contains(outcome.err, "skipped scene-a/a1: a1.jpg")) << outcome.err;
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out"));
}

TEST_F(PredictCommand, WhoStopsItIsAnsweredAtOnceAndMayGoOn) {
  const std::string own =
      " predict $D/data --config demo --weights none --device cpu --threads 1 --out $D/out";
  const Outcome stopped =
      run("-c '\"$@\" & until grep -q Predicting \"$0\" || ! grep -q \"^State:.[^Z]\" /proc/$!/status; "
          "do sleep 0.01; done; kill $!; wait $!' '" +
              (streams_ / "err").string() + "' '" + HBEV_COMMAND + "'" + own,
          "sh");
  EXPECT_EQ(stopped.code, 1) << stopped.err;
  EXPECT_TRUE(contains(stopped.err, "Stopping. Ctrl+C again ends it at once.")) << stopped.err;
  EXPECT_TRUE(contains(stopped.err, "of 4 keyframes are done; the same command goes on")) << stopped.err;
}

TEST_F(PredictCommand, TooLittleMemoryIsAnErrorAndNoEndlessWait) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer takes more address space than any limit";
#endif
  // Room for the program, but not for the network. OpenBLAS takes memory for each of its threads at its
  // start.
  const std::string command = std::string("-c 'ulimit -v 2500000; exec timeout -s KILL 60 \"$@\"' sh '") +
                              HBEV_COMMAND +
                              "' predict $D/data --config hbevocc-r50-256x704-1f-openocc --weights none "
                              "--device cpu --threads 1 --out $D/out";
  const Outcome outcome = run(command, "env' OPENBLAS_NUM_THREADS=1 'sh");
  EXPECT_EQ(outcome.code, 1) << outcome.err;
  EXPECT_TRUE(contains(outcome.err, "too little memory")) << outcome.err;
  EXPECT_FALSE(contains(outcome.err, "hbevocc-r50-256x704-1f-openocc (")) << outcome.err;
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
  test::MadeNuscenes skewed = test::madeDrive();
  skewed.row("calibrated_sensor", "calibrated-CAM_BACK")["camera_intrinsic"] = {
      {500, 1000, 10}, {500, 1000, 10}, {0, 0, 1}};
  skewed.write(folder_ / "data");
  EXPECT_TRUE(contains(problem(), "a matrix that has no inverse"));
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
  EXPECT_TRUE(contains(refused.err, "--despite-mismatch to use what fits")) << refused.err;
  std::filesystem::create_directory(folder_ / "folder.pth");
  writeFile(folder_ / "empty.pth", "");
  for (const char* file : {"$D/folder.pth", "$D/empty.pth", "$D/absent.pth"}) {
    const Outcome none = run(arguments + file + " --again");
    EXPECT_EQ(none.code, 1);
    EXPECT_TRUE(contains(none.err, std::string(file).substr(3))) << none.err;
  }
}

TEST_F(PredictCommand, CheckpointRefusesWhatPredictRefuses) {
  const std::string weights = "'" HBEV_TEST_DATA "/parity/mmcv_tiny.pth'";
  const auto fits = [this](const std::string& file) { return run("checkpoint " + file + " --config tiny"); };
  EXPECT_EQ(fits(weights).code, 0);
  std::string bytes = textOf(HBEV_TEST_DATA "/parity/mmcv_tiny.pth");
  ASSERT_TRUE(bytes.starts_with("PK"));
  writeFile(folder_ / "nan.pth", withNan(bytes));
  const Outcome nan = fits("$D/nan.pth");
  EXPECT_EQ(nan.code, 1) << nan.out;
  EXPECT_TRUE(contains(nan.out, "1 tensor holds NaN or infinite values")) << nan.out;
  EXPECT_TRUE(contains(nan.out, ": 1 value\n")) << nan.out;
  EXPECT_TRUE(contains(nan.out, "weights fit; refused")) << nan.out;
  EXPECT_EQ(run("checkpoint $D/nan.pth").code, 0) << "nobody asked whether it can be used";
  writeFile(folder_ / "cut.pth", bytes.substr(0, bytes.size() / 2));
  const Outcome cut = fits("$D/cut.pth");
  EXPECT_EQ(cut.code, 1);
  EXPECT_TRUE(contains(cut.err, "found its beginning only")) << cut.err;
  EXPECT_TRUE(contains(cut.err, "damaged or cut off")) << cut.err;
}

TEST_F(PredictCommand, TheNetworkIsLoadedByItsOwnCommandsOnly) {
  const Outcome list = run("--help");
  for (const char* command : {"predict", "train", "bench"})
    EXPECT_TRUE(contains(list.out, command)) << list.out;
  // A copy of the program without its library does all the rest.
  const auto copy = folder_ / "bin/hbevocc";
  std::filesystem::create_directories(folder_ / "lib/hbevocc-studio");
  std::filesystem::create_directory(folder_ / "bin");
  std::filesystem::copy_file(HBEV_COMMAND, copy);
  EXPECT_EQ(run("info $D/data", copy.string()).code, 0);
  const Outcome absent = run("predict --list-configs", copy.string());
  EXPECT_EQ(absent.code, 1);
  EXPECT_TRUE(contains(absent.err, "The network's library is absent")) << absent.err;
  writeFile(folder_ / "lib/hbevocc-studio/libhbevocc-network.so", "no library");
  const Outcome broken = run("predict --list-configs", copy.string());
  EXPECT_EQ(broken.code, 1);
  EXPECT_TRUE(contains(broken.err, "The network's library cannot be loaded")) << broken.err;
}

TEST_F(PredictCommand, WrongUsageIsTold) {
  EXPECT_EQ(predict("").code, 2);
  EXPECT_EQ(run("predict").code, 2);
  EXPECT_EQ(predict("--out $D/out --format kitti").code, 2);
  EXPECT_TRUE(contains(predict("--out $D/out --keyframe nobody").err, "no keyframe nobody in the data set"));
  const Outcome elsewhere = predict("--out $D/out --keyframe a1 --scene scene-b");
  EXPECT_TRUE(contains(elsewhere.err, "no keyframe a1 in scene-b. File: ")) << elsewhere.err;
  EXPECT_TRUE(contains(elsewhere.err, "found it in scene-a")) << elsewhere.err;
  EXPECT_TRUE(contains(run("predict --help").out, "hbevocc predict demo --config demo"));
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
