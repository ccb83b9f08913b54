// Whole runs of the tiny network on four made keyframes: a run that was stopped gives the numbers of one that
// was not, and one on packed data those of one on the data; what is not finite ends it.
#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <ATen/Parallel.h>

#include "core/data/images.h"
#include "core/data/pack.h"
#include "core/data/ppm.h"
#include "core/model/compute_device.h"
#include "core/train/trainer.h"
#include "tests/data/made_drive.h"
#include "tests/data/made_nuscenes.h"
#include "tests/train/training_runs.h"

namespace hbev::test {
namespace {

namespace fs = std::filesystem;

/// Prediction and truth of the one keyframe that was evaluated: something stands in the truth.
void expectSamplePicture(const fs::path& run) {
  const Image picture = readImage(RunPaths(run).samples() / "step-00000004.png");
  ASSERT_EQ(picture.width, 404);
  ASSERT_EQ(picture.height, 200);
  std::set<std::array<std::uint8_t, 3>> colors;
  for (std::size_t row = 0; row < 200; ++row) {
    for (std::size_t column = 204; column < 404; ++column) {
      const std::uint8_t* pixel = &picture.rgb[3 * (row * 404 + column)];
      colors.insert({pixel[0], pixel[1], pixel[2]});
    }
  }
  EXPECT_GT(colors.size(), 1U);
}

TEST_F(TrainingRuns, GoOnAsIfTheyHadNotStopped) {
  TrainingPlan whole = planFor("whole");
  whole.evaluate_every = 4;
  whole.evaluate_keyframes = 1;
  EXPECT_EQ(runTraining(whole, {}).activity, RunActivity::Done);

  TrainingPlan stopped = planFor("stopped");
  stopped.checkpoint_every = 1;
  stopped.keep = 1;
  int asked = 0;
  TrainingHooks hooks;
  hooks.stop_wanted = [&] { return ++asked > 2; };
  const TrainingOutcome outcome = runTraining(stopped, hooks);
  EXPECT_EQ(outcome.activity, RunActivity::Stopped);
  EXPECT_EQ(outcome.step, 2);
  EXPECT_EQ(read(stopped.out).state(), RunState::Stopped);
  EXPECT_THROW(runTraining(stopped, {}), Error);  // there is a run in the folder

  // A newer checkpoint that is damaged is passed over.
  std::ofstream(RunPaths(stopped.out).checkpoint(3)) << "half";
  TrainingPlan resumed;
  resumed.out = stopped.out;
  resumed.resume = true;
  EXPECT_EQ(runTraining(resumed, {}).activity, RunActivity::Done);

  const RunReader a = read(whole.out), b = read(stopped.out);
  for (const char* name : {"loss", "loss_occ", "loss_flow", "loss_depth", "gradient_norm", "learning_rate"}) {
    const std::vector<double> expected = valuesOf(a, name);
    EXPECT_EQ(expected.size(), 4U) << name;
    EXPECT_EQ(expected, valuesOf(b, name)) << name;
  }
  EXPECT_GT(valuesOf(a, "loss_depth")[0], 0);  // lidar was seen
  ASSERT_EQ(valuesOf(a, "ray_iou").size(), 1U);
  EXPECT_EQ(valuesOf(a, "keyframes")[0], 1);
  EXPECT_TRUE(fs::exists(whole.out / "checkpoints/weights.pth"));
  EXPECT_TRUE(fs::exists(RunPaths(whole.out).checkpoint(4)));
  EXPECT_FALSE(fs::exists(RunPaths(stopped.out).checkpoint(2)));  // one is kept
  EXPECT_EQ(a.state(), RunState::Done);
  const std::string warnings = warningsOf(b);
  EXPECT_NE(warnings.find("step-00000003.pth is passed over"), std::string::npos) << warnings;
  expectSamplePicture(whole.out);

  // What is done already keeps its figures when it is told to go on.
  const std::optional<RunProcess> before = readRunProcess(stopped.out);
  ASSERT_TRUE(before && before->loss);
  EXPECT_EQ(runTraining(resumed, {}).activity, RunActivity::Done);
  const std::optional<RunProcess> after = readRunProcess(stopped.out);
  ASSERT_TRUE(after && after->loss);
  EXPECT_EQ(*after->loss, *before->loss);
  EXPECT_GE(workedSeconds(*after), workedSeconds(*before));
  TrainingPlan fewer = resumed;
  fewer.steps = 2;
  EXPECT_EQ(runTraining(fewer, {}).step, 4);
  const RunReader same = read(stopped.out);
  EXPECT_EQ(same.facts().total_steps, 4);
  EXPECT_NE(warningsOf(same).find("has done 4 steps already, not 2"), std::string::npos) << warningsOf(same);
}

TEST_F(TrainingRuns, GoOnFromNothingButTheirOwnCheckpoints) {
  TrainingPlan plan = planFor("run", {"training.batch_size=1"});
  plan.steps = 1;
  runTraining(plan, {});
  TrainingPlan resumed;
  resumed.out = plan.out;
  resumed.resume = true;
  resumed.steps = 2;
  // Another network: beginning again would take the place of what was trained.
  const fs::path file = RunPaths(plan.out).config();
  const std::vector<std::byte> bytes = readFile(file, 1 << 16);
  const std::string toml(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  writeFile(file, withSettings(toml, {"lift.channels=16"}, file));
  const std::string message = messageOf(resumed);
  EXPECT_NE(message.find("None of the run's checkpoints"), std::string::npos) << message;
  EXPECT_NE(message.find("config.toml"), std::string::npos) << message;
  writeFile(file, toml);
  EXPECT_EQ(runTraining(resumed, {}).step, 2);
}

TEST_F(TrainingRuns, StopWhileTheyAreEvaluated) {
  TrainingPlan plan = planFor("run", {"training.batch_size=1"});
  plan.steps = 2;
  plan.evaluate_every = 1;
  plan.evaluate_keyframes = 0;
  int asked = 0;
  TrainingHooks hooks;
  hooks.stop_wanted = [&] {  // before the first step, then before each keyframe
    if (++asked == 2) sendWish(plan.out, RunWish::Stop);
    return false;
  };
  EXPECT_EQ(runTraining(plan, hooks).activity, RunActivity::Stopped);
  const RunReader run = read(plan.out);
  EXPECT_TRUE(valuesOf(run, "ray_iou").empty());
  EXPECT_EQ(run.lastStep(), 1);
}

TEST_F(TrainingRuns, GoOnInAnotherRhythm) {
  TrainingPlan plan = planFor("run", {"training.batch_size=1", "training.schedule=step", "training.falls=[1]",
                                      "training.warmup_iterations=0"});
  plan.steps = 1;
  plan.keep = 1;
  runTraining(plan, {});
  TrainingPlan resumed;
  resumed.out = plan.out;
  resumed.resume = true;
  resumed.steps = 5;
  resumed.change = {.checkpoint_every = 2, .keep = 3};
  runTraining(resumed, {});
  for (const std::int64_t step : {1, 2, 4, 5})
    EXPECT_EQ(fs::exists(RunPaths(plan.out).checkpoint(step)), step > 1) << step;
  const RunReader run = read(plan.out);
  EXPECT_EQ(run.facts().checkpoint_every, 2);
  EXPECT_EQ(run.facts().keep, 3);
  EXPECT_EQ(run.facts().evaluate_every, 0);
  // An epoch is four keyframes: then the learning rate falls.
  const std::vector<double> rates = valuesOf(run, "learning_rate");
  ASSERT_EQ(rates.size(), 5U);
  EXPECT_DOUBLE_EQ(rates[3], rates[0]);
  EXPECT_DOUBLE_EQ(rates[4], 0.1 * rates[0]);
}

TEST_F(TrainingRuns, ALossThatIsNotANumberEndsTheRun) {
  TrainingPlan plan = planFor("run", {"training.batch_size=1"});
  int asked = 0;
  TrainingHooks hooks;
  hooks.stop_wanted = [&] { return ++asked > 1; };
  EXPECT_EQ(runTraining(plan, hooks).step, 1);
  const fs::path checkpoint = RunPaths(plan.out).checkpoint(1);
  {
    Trainer trainer(HbevOcc(parseModelConfig(plan.config_toml, {})), {});
    trainer.resume(checkpoint);
    trainer.network()->parameters()[5].detach().fill_(std::numeric_limits<float>::quiet_NaN());
    trainer.save(checkpoint);
  }
  const auto size = fs::file_size(checkpoint);
  std::ofstream(RunPaths(plan.out).checkpoint(7)) << "half";  // is not what it went on from
  plan.resume = true;
  EXPECT_THROW(runTraining(plan, {}), Error);
  const RunReader run = read(plan.out);
  EXPECT_EQ(run.state(), RunState::Failed);
  EXPECT_NE(run.endSentence().find("of step 2 is not finite"), std::string::npos) << run.endSentence();
  EXPECT_NE(run.endSentence().find("step-00000001.pth, is good"), std::string::npos) << run.endSentence();
  EXPECT_EQ(run.lastStep(), 1);
  EXPECT_EQ(fs::file_size(checkpoint), size);
  EXPECT_FALSE(fs::exists(RunPaths(plan.out).checkpoint(2)));
}

TEST(Threads, AreAsManyAsAskedForEachTime) {
  const int before = at::get_num_threads();
  at::parallel_for(0, 1, 1, [](std::int64_t, std::int64_t) {});
  for (const int wanted : {2, 3, 2, 1}) {
    EXPECT_EQ(useThreads(wanted), wanted);
    EXPECT_EQ(at::get_num_threads(), wanted);
  }
  useThreads(before);
}

TEST_F(TrainingRuns, PackedDataGivesTheSameNumbers) {
  const auto dataset = Dataset::open(folder_ / "data");
  Progress progress;
  const fs::path pack = folder_ / "pack";
  PackOptions options{.scenes = {0, 1}};
  const PackWritten written = writePack(pack, *dataset, options, progress);
  EXPECT_EQ(written.keyframes, 4);
  EXPECT_EQ(written.left_out, 0);
  EXPECT_THROW(writePack(pack, *dataset, options, progress), Error);  // there is one
  TrainingPlan plan = planFor("data-run"), packed = planFor("pack-run");
  packed.data = pack;
  plan.steps = packed.steps = 2;
  runTraining(plan, {});
  runTraining(packed, {});
  for (const char* name : {"loss", "loss_depth", "gradient_norm"})
    EXPECT_EQ(valuesOf(read(plan.out), name), valuesOf(read(packed.out), name)) << name;

  // A torn picture is a damaged one; a pack that was not finished is none.
  const fs::path picture =
      pack / "samples/CAM_BACK" / pictureFile("", "a2", "CAM_BACK").filename().replace_extension(".ppm");
  fs::resize_file(picture, fs::file_size(picture) - 5);
  EXPECT_THROW(readPpm(picture), Error);
  fs::rename(pack / "pack.json", pack / "pack-unfinished.json");
  packed.out = folder_ / "other";
  EXPECT_NE(messageOf(packed).find("not packed to its end"), std::string::npos);
  // The same call goes on: what is there stays, also the torn file's place.
  fs::remove(picture);
  EXPECT_EQ(writePack(pack, *dataset, options, progress).pictures, 24);
  EXPECT_EQ(readPpm(picture).rgb, readImage(pictureFile(folder_ / "data", "a2", "CAM_BACK")).rgb);
}

/// Whether the run's process says so, now or in a while: the machine may be busy.
bool becomes(const fs::path& run, RunActivity activity) {
  for (int i = 0; i < 3000; ++i) {
    const std::optional<RunProcess> process = readRunProcess(run);
    if (process && process->activity == activity) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return false;
}

TEST_F(TrainingRuns, WishesAreTaken) {
  TrainingPlan plan = planFor("run", {"training.batch_size=1"});
  plan.steps = 1000;
  int looks = 0;
  TrainingHooks hooks;
  hooks.stop_wanted = [&] {
    ++looks;
    if (looks == 2) sendWish(plan.out, RunWish::Checkpoint);
    if (looks == 3) sendWish(plan.out, RunWish::Pause);
    if (looks == 4) sendWish(plan.out, RunWish::Checkpoint);
    if (looks == 5) {
      EXPECT_TRUE(becomes(plan.out, RunActivity::Paused)) << "saving ended the pause";
      sendWish(plan.out, RunWish::GoOn);
    }
    if (looks == 7) sendWish(plan.out, RunWish::Stop);
    return false;
  };
  EXPECT_EQ(runTraining(plan, hooks).activity, RunActivity::Stopped);
  const RunReader run = read(plan.out);
  std::vector<std::string> said;
  for (const RunLogLine& line : run.log())
    said.push_back(line.text);
  EXPECT_NE(std::ranges::find(said, "Paused."), said.end());
  EXPECT_NE(std::ranges::find(said, "Goes on."), said.end());
  ASSERT_GE(run.checkpoints().size(), 2U);
  EXPECT_EQ(run.checkpoints().front().step, 2);
  EXPECT_TRUE(pendingWishes(plan.out).empty());
}

TEST_F(TrainingRuns, ADamagedKeyframeIsReplacedByItsNeighbourAndNamed) {
  const fs::path picture = pictureFile(folder_ / "data", "a2", "CAM_BACK");
  writeFile(picture, std::string_view("no picture"));
  TrainingPlan plan = planFor("run", {"training.batch_size=3"});  // all pieces in one batch
  plan.steps = 1;
  EXPECT_EQ(runTraining(plan, {}).activity, RunActivity::Done);
  const std::string warnings = warningsOf(read(plan.out));
  EXPECT_NE(warnings.find(picture.string()), std::string::npos) << warnings;

  // A scene of one keyframe has none.
  writeFile(pictureFile(folder_ / "data", "b0", "CAM_BACK"), std::string_view("no picture"));
  plan.out = folder_ / "other";
  EXPECT_THROW(runTraining(plan, {}), Error);
  EXPECT_EQ(read(plan.out).state(), RunState::Failed);
}

}  // namespace
}  // namespace hbev::test
