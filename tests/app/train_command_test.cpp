// hbevocc train and hbevocc runs as processes: killed, interrupted, on a full disk, several that train
// together.
#include <cmath>
#include <cstring>
#include <map>

#include "core/io/checkpoint_file.h"
#include "core/runs/run_reader.h"
#include "tests/app/command_line.h"
#include "tests/base/free_port.h"
#include "tests/data/made_training.h"

namespace hbev {
namespace {

namespace fs = std::filesystem;
using test::contains;
using test::Outcome;

class TrainCommand : public test::CommandLineTest {
 protected:
  void SetUp() override { test::writeMadeTraining(folder_ / "data"); }
  /// A shell's lines with $H for hbevocc and $D for the test's folder; what they print.
  std::string shell(const std::string& lines) const {
    const fs::path out = streams_ / "shell";
    const std::string all = "H='" HBEV_COMMAND "'; D='" + folder_.path().string() + "'; exec >'" +
                            out.string() + "' 2>&1 </dev/null; " + lines;
    EXPECT_EQ(std::system(all.c_str()), 0);
    return test::textOf(out);
  }
  RunReader read(const char* name = "run") const {
    RunReader reader(folder_ / name);
    while (reader.poll()) {
    }
    return reader;
  }
};

constexpr const char* kTrain =
    "$H train $D/data --config tiny --set training.batch_size=1 --out $D/run --device cpu --checkpoint-every "
    "1 --evaluate-every 0 ";
// The log keeps what it has said, while checkpoints make room for later ones. A training that ends before
// is a failure of the test, not a reason to wait on; ctest ends one that hangs.
constexpr const char* kUntilSecondSave =
    "until [ \"$(grep -c '\"kind\":\"save\"' $D/run/events.jsonl 2>/dev/null)\" -ge 2 ] 2>/dev/null || "
    "! grep -q '^State:.[^Z]' /proc/$!/status; do sleep 0.05; done; ";

TEST_F(TrainCommand, AKillLosesNoCheckpointAndTheRunGoesOn) {
  const std::string said =
      shell(std::string(kTrain) + "--steps 100000 & " + kUntilSecondSave + "kill -9 $!; wait $!; true");
  const RunReader killed = read();
  ASSERT_FALSE(killed.checkpoints().empty()) << said;
  EXPECT_EQ(killed.state(), RunState::Lost);
  const std::int64_t saved = killed.checkpoints().back().step;
  EXPECT_GE(saved, 2);
  EXPECT_TRUE(contains(run("runs $D").out, "lost"));

  const Outcome resumed =
      runThere("train --out run --resume --device cpu --steps " + std::to_string(saved + 2));
  EXPECT_EQ(resumed.code, 0) << resumed.err;
  EXPECT_TRUE(contains(resumed.out, "Goes on from step-")) << resumed.out;
  EXPECT_EQ(read().lastStep(), saved + 2);
  const Outcome table = run("runs $D");
  EXPECT_TRUE(contains(table.out, "done")) << table.out;
  const Outcome labelled = run("runs $D/run --tag good --note 'learns well'");
  EXPECT_EQ(labelled.code, 0) << labelled.err;
  EXPECT_TRUE(contains(run("runs $D --json").out, "learns well"));
  EXPECT_EQ(run("runs $D/run --send stop").code, 1);  // it has ended
}

TEST_F(TrainCommand, AnInterruptSavesAndEnds) {
  const std::string said = shell(std::string(kTrain) + "--steps 100000 --keep 1 & " + kUntilSecondSave +
                                 "kill -INT $!; wait $!; echo code $?");
  EXPECT_TRUE(contains(said, "code 1")) << said;
  EXPECT_TRUE(contains(said, "--resume")) << said;
  EXPECT_TRUE(contains(said, "Stopping after this step")) << said;
  const RunReader stopped = read();
  EXPECT_EQ(stopped.state(), RunState::Stopped);
  ASSERT_FALSE(stopped.checkpoints().empty()) << said;
  EXPECT_EQ(stopped.checkpoints().back().step, stopped.lastStep());
  EXPECT_TRUE(fs::exists(stopped.checkpoints().back().file));

  // A disk with room for events, but not for a checkpoint. Shells count in 512 or 1024 bytes.
  const auto room = fs::file_size(stopped.checkpoints().back().file) / 4;
  ASSERT_LT(2 * fs::file_size(RunPaths(folder_ / "run").events()), room);
  const std::string full =
      shell("trap '' XFSZ; ulimit -f " + std::to_string(room / 512) +
            "; $H train --out $D/run --resume --device cpu --checkpoint-every 1; echo code $?");
  EXPECT_TRUE(contains(full, "code 1")) << full;
  EXPECT_TRUE(contains(full, "cannot be written")) << full;
  const RunReader failed = read();
  EXPECT_EQ(failed.state(), RunState::Failed);
  EXPECT_TRUE(contains(failed.endSentence(), "is good")) << failed.endSentence();
  const Outcome resumed =
      run("train --out $D/run --resume --device cpu --steps " + std::to_string(stopped.lastStep() + 1));
  EXPECT_EQ(resumed.code, 0) << resumed.err;
}

using Gradients = std::map<std::string, std::vector<double>>;

/// By the parameters' names, out of the checkpoint after the first step: what Adam has seen of them.
Gradients firstGradients(const fs::path& checkpoint) {
  const CheckpointFile file(checkpoint);
  std::vector<std::string> names;
  for (const CheckpointTensor& tensor : file.state()) {
    const std::string_view name = tensor.name;
    if (!name.ends_with(".running_mean") && !name.ends_with(".running_var") && !name.ends_with("_tracked"))
      names.push_back(tensor.name);
  }
  Gradients gradients;
  for (const PickleEntry& entry : file.root().at("optimizer").at("state").entries()) {
    const std::vector<std::byte> bytes = file.read(file.tensorOf(entry.value.at("exp_avg")).value());
    std::vector<float> values(bytes.size() / sizeof(float));
    std::memcpy(values.data(), bytes.data(), bytes.size());
    gradients[names.at(std::size_t(entry.key.integer()))].assign(values.begin(), values.end());
  }
  return gradients;
}

/// Single precision knows the gradient of random weights badly: what came through many batch norms moves by
/// some percent with the number of threads alone (peers_test.cpp compares in double precision). So all of it
/// is compared roughly, which notices gradients that were not added up, and that of the last layers exactly,
/// which notices other samples, losses and shares.
void expectSameGradients(const fs::path& ours, const fs::path& theirs) {
  const Gradients found = firstGradients(ours), expected = firstGradients(theirs);
  ASSERT_EQ(found.size(), expected.size());
  double all_apart = 0, all = 0;
  int last_layers = 0;
  for (const auto& [name, wanted] : expected) {
    const std::vector<double>& got = found.at(name);
    ASSERT_EQ(got.size(), wanted.size()) << name;
    double apart = 0, square = 0;
    for (std::size_t i = 0; i < got.size(); ++i) {
      apart += (got[i] - wanted[i]) * (got[i] - wanted[i]);
      square += wanted[i] * wanted[i];
    }
    all_apart += apart;
    all += square;
    if (!name.starts_with("occupancy_head.predicter")) continue;
    ++last_layers;
    EXPECT_LT(std::sqrt(apart), 1e-3 * std::sqrt(square)) << name;
  }
  EXPECT_EQ(last_layers, 8);
  EXPECT_LT(std::sqrt(all_apart), 0.3 * std::sqrt(all));
}

TEST_F(TrainCommand, TwoProcessesTrainAsOneWithTheDoubleBatch) {
  // Without a bound on the gradient, whose norm would scale all of it.
  const std::string train =
      "train $D/data --config tiny --device cpu --steps 2 --checkpoint-every 1 --evaluate-every 0 "
      "--set training.clip_norm=1000 --out $D/";
  const Outcome two = run(train + "run --nproc 2 --set training.batch_size=1");
  if (contains(two.err, "trains with one process")) GTEST_SKIP() << two.err;
  ASSERT_EQ(two.code, 0) << two.err;
  ASSERT_EQ(run(train + "one --set training.batch_size=2").code, 0);
  const RunReader ours = read(), expected = read("one");
  EXPECT_EQ(ours.facts().processes, 2);
  for (const char* name : {"loss", "loss_occ", "loss_lovasz", "loss_sem_scal", "loss_geo_scal", "loss_flow",
                           "loss_hv", "loss_depth"}) {
    const RunSeries a = ours.series(name), b = expected.series(name);
    ASSERT_EQ(a.values.size(), 2U) << name << two.out;
    for (std::size_t i = 0; i < 2; ++i)
      EXPECT_NEAR(a.values[i], b.values[i], 1e-5 * std::abs(b.values[i])) << name << " " << i;
  }
  expectSameGradients(folder_ / "run/checkpoints/step-00000001.pth",
                      folder_ / "one/checkpoints/step-00000001.pth");
  // One process goes on where two were, with the double batch.
  const Outcome resumed = run("train --out $D/run --resume --device cpu --steps 3");
  EXPECT_EQ(resumed.code, 0) << resumed.err;
  EXPECT_TRUE(contains(resumed.out, "1 process of 2 keyframes per batch")) << resumed.out;
  EXPECT_EQ(read().lastStep(), 3);
}

TEST_F(TrainCommand, OneProcessEndsAll) {
  const std::string second = "$(cat /proc/$!/task/$!/children)";
  const std::string told = shell(std::string(kTrain) + "--steps 100000 --nproc 2 & " + kUntilSecondSave +
                                 "kill -TERM " + second + "; wait $!; echo code $?");
  if (contains(told, "trains with one process")) GTEST_SKIP();
  EXPECT_TRUE(contains(told, "Stopped after step")) << told;
  EXPECT_TRUE(contains(told, "--resume --nproc 2")) << told;
  EXPECT_TRUE(contains(told, "code 1")) << told;
  const RunReader stopped = read();
  EXPECT_EQ(stopped.state(), RunState::Stopped);
  ASSERT_FALSE(stopped.checkpoints().empty()) << told;
  EXPECT_EQ(stopped.checkpoints().back().step, stopped.lastStep());

  // As torchrun starts them; the second one hangs, or is killed.
  const std::string port = std::to_string(test::freePort());
  const std::string hung = shell(
      "rm -r $D/run; export WORLD_SIZE=2 MASTER_ADDR=127.0.0.1 MASTER_PORT=" + port + "; RANK=1 " + kTrain +
      "--steps 100000 --patience 3 & second=$!; RANK=0 " + kTrain + "--steps 100000 --patience 3 & " +
      kUntilSecondSave + "kill -STOP $second; wait $!; echo code $?; kill -9 $second; true");
  EXPECT_TRUE(contains(hung, "Rank 1 has been silent for 3 s")) << hung;
  EXPECT_TRUE(contains(hung, "code 1")) << hung;
  EXPECT_EQ(read().state(), RunState::Failed);
}

// A launcher starts the same line again: torchrun with --max-restarts, Slurm when it requeues a job.
TEST_F(TrainCommand, TheLineThatBeginsARunGoesOnWithIt) {
  const std::string line =
      "train $D/data --config tiny --set training.batch_size=1 --out $D/run --device cpu --evaluate-every 0 "
      "--checkpoint-every 1 --seed 4 --resume --steps ";
  const Outcome begun = run(line + "1");
  EXPECT_EQ(begun.code, 0) << begun.err;
  EXPECT_TRUE(contains(begun.out, "Begins with random weights")) << begun.out;
  const Outcome resumed = run(line + "2");
  EXPECT_EQ(resumed.code, 0) << resumed.err;
  EXPECT_TRUE(contains(resumed.out, "Goes on from step-00000001.pth")) << resumed.out;
  EXPECT_EQ(read().lastStep(), 2);
  const Outcome other = run(line + "3 --set training.learning_rate=1");
  EXPECT_EQ(other.code, 2);
  EXPECT_TRUE(contains(other.err, "--config and --set: cannot change when a run goes on")) << other.err;
  // The run needs the files no longer that it began with.
  fs::copy_file(folder_ / "run/checkpoints/step-00000001.pth", folder_ / "first.pth");
  fs::rename(folder_ / "run", folder_ / "before");
  const Outcome first = run(line + "1 --weights $D/first.pth");
  EXPECT_EQ(first.code, 0) << first.err;
  EXPECT_TRUE(contains(first.out, "of first.pth")) << first.out;
  fs::remove(folder_ / "first.pth");
  const Outcome without = run(line + "2 --weights $D/first.pth");
  EXPECT_EQ(without.code, 0) << without.err;
  EXPECT_TRUE(contains(without.out, "Goes on from step-00000001.pth")) << without.out;
  EXPECT_EQ(run(line + "2 --weights $D/other.pth").code, 2);
  const Outcome nowhere = run("train --out $D/nowhere --resume");
  EXPECT_EQ(nowhere.code, 1);
  EXPECT_FALSE(fs::exists(folder_ / "nowhere"));
}

TEST_F(TrainCommand, LaunchersAreNotMixedAndRepeatThemselves) {
  const Outcome both = run("train $D/data --config tiny --out $D/run --nproc 3",
                           "env' RANK=0 WORLD_SIZE=2 LOCAL_WORLD_SIZE=2 '" HBEV_COMMAND);
  EXPECT_EQ(both.code, 2);
  EXPECT_TRUE(contains(both.err, "have started 2 processes already")) << both.err;
  // SIGTERM twice, and Ctrl+C as a terminal and a launcher tell it: at the same time.
  for (const std::string signal : {"TERM", "INT"}) {
    const std::string said = shell("rm -rf $D/run; TORCHELASTIC_MAX_RESTARTS=1 RANK=0 WORLD_SIZE=1 " +
                                   std::string(kTrain) + "--steps 100000 & " + kUntilSecondSave + "kill -" +
                                   signal + " $!; kill -" + signal + " $!; wait $!; echo code $?");
    EXPECT_TRUE(contains(said, "Stopped after step")) << said;
    EXPECT_TRUE(contains(said, "code 0")) << said;  // torchrun would start it again otherwise
    EXPECT_EQ(read().state(), RunState::Stopped);
  }
}

TEST_F(TrainCommand, ADeadProcessEndsTheOthersWithItsNumber) {
  const std::string said =
      shell(std::string(kTrain) + "--steps 100000 --nproc 2 --patience 60 & " + kUntilSecondSave +
            "kill -9 $(cat /proc/$!/task/$!/children); wait $!; echo code $?");
  if (contains(said, "trains with one process")) GTEST_SKIP();
  EXPECT_TRUE(contains(said, "Rank 1 was ended by signal 9")) << said;
  EXPECT_TRUE(contains(said, "code 1")) << said;
  EXPECT_EQ(read().state(), RunState::Failed);
  EXPECT_TRUE(contains(read().endSentence(), "is good")) << read().endSentence();
}

TEST_F(TrainCommand, WrongUsageIsTold) {
  EXPECT_EQ(run("train").code, 2);
  EXPECT_EQ(run("train --out $D/run --config tiny").code, 2);
  EXPECT_EQ(run("train $D/data --out $D/run").code, 2);
  EXPECT_EQ(run("train --out $D/run --resume --set a=1").code, 2);
  const Outcome setting = run("train $D/data --out $D/run --config tiny --set training.batch_size=0");
  EXPECT_EQ(setting.code, 1);
  EXPECT_TRUE(contains(setting.err, "training.batch_size is 0, outside 1 to 1024")) << setting.err;
  EXPECT_TRUE(contains(setting.err, "(--set training.batch_size=0)")) << setting.err;
  EXPECT_FALSE(contains(setting.err, "tiny.toml")) << setting.err;
  const Outcome weights = run("train $D/data --out $D/run --config tiny --weights $D/none.pth");
  EXPECT_TRUE(contains(weights.err, "There are no weights at this place")) << weights.err;
  const Outcome shipped = run("train $D/data --config tiny --weights shipped --out $D/run");
  EXPECT_EQ(shipped.code, 1);
  EXPECT_TRUE(contains(shipped.err, "No weights come with the program for this configuration"))
      << shipped.err;
  EXPECT_FALSE(fs::exists(folder_ / "run"));
  EXPECT_EQ(run("runs $D/data").code, 1);
  EXPECT_TRUE(contains(run("runs $D/nowhere").err, "There is no such folder"));
}

TEST_F(TrainCommand, APlainTrainingIsEvaluatedAndGoesOnWithItsOwnNumbers) {
  const Outcome trained = run(
      "train $D/data --config tiny --set training.batch_size=1 --device cpu --steps 2 --checkpoint-every 1 "
      "--out $D/run");
  ASSERT_EQ(trained.code, 0) << trained.err;
  EXPECT_TRUE(contains(trained.out, "RayIoU")) << trained.out;
  const RunReader plain = read();
  EXPECT_EQ(plain.facts().evaluate_every, 5);
  EXPECT_EQ(plain.series("ray_iou").values.size(), 1U);
  ASSERT_FALSE(plain.checkpoints().empty());

  const Outcome seed = run("train --out $D/run --resume --seed 3");
  EXPECT_EQ(seed.code, 2);
  EXPECT_TRUE(contains(seed.err, "--seed")) << seed.err;
  EXPECT_TRUE(contains(seed.err, "cannot change when a run goes on")) << seed.err;

  // A copy has its original's name.
  fs::copy(folder_ / "run", folder_ / "copy", fs::copy_options::recursive);
  fs::remove(folder_ / "copy/process.json");
  const Outcome table = run("runs $D");
  EXPECT_TRUE(contains(table.out, "run (copy)")) << table.out;
  EXPECT_FALSE(contains(table.out, "0 / 0")) << table.out;
  writeFile(folder_ / "copy/run.json", std::string_view("{"));
  const Outcome damaged = run("runs $D/copy");
  EXPECT_EQ(damaged.code, 1);
  EXPECT_TRUE(contains(damaged.err, "The run cannot be read")) << damaged.err;
  EXPECT_FALSE(contains(damaged.err, "There is no run")) << damaged.err;
}

}  // namespace
}  // namespace hbev
