// hbevocc train and hbevocc runs as processes: killed, interrupted, on a full disk.
#include "core/runs/run_reader.h"
#include "tests/app/command_line.h"
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
  RunReader read() const {
    RunReader reader(folder_ / "run");
    while (reader.poll()) {
    }
    return reader;
  }
};

constexpr const char* kTrain =
    "$H train $D/data --config tiny --set training.batch_size=1 --out $D/run --device cpu --checkpoint-every "
    "1 ";
constexpr const char* kUntilSecondSave =
    "i=0; until [ -e $D/run/checkpoints/step-00000002.pth ] || [ $i = 1200 ]; do sleep 0.05; i=$((i+1)); "
    "done; ";

TEST_F(TrainCommand, AKillLosesNoCheckpointAndTheRunGoesOn) {
  shell(std::string(kTrain) + "--steps 100000 & " + kUntilSecondSave + "kill -9 $!; wait $!; true");
  const RunReader killed = read();
  EXPECT_EQ(killed.state(), RunState::Lost);
  const std::int64_t saved = killed.checkpoints().back().step;
  EXPECT_GE(saved, 2);
  EXPECT_TRUE(contains(run("runs $D").out, "lost"));

  const Outcome resumed =
      run("train --out $D/run --resume --device cpu --steps " + std::to_string(saved + 2));
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
  const RunReader stopped = read();
  EXPECT_EQ(stopped.state(), RunState::Stopped);
  EXPECT_EQ(stopped.checkpoints().back().step, stopped.lastStep());
  EXPECT_TRUE(fs::exists(stopped.checkpoints().back().file));

  // A disk with room for events, but not for a checkpoint.
  const std::string full =
      shell("trap '' XFSZ; ulimit -f 128; $H train --out $D/run --resume --device cpu; echo code $?");
  EXPECT_TRUE(contains(full, "code 1")) << full;
  EXPECT_TRUE(contains(full, "cannot be written")) << full;
  const RunReader failed = read();
  EXPECT_EQ(failed.state(), RunState::Failed);
  EXPECT_TRUE(contains(failed.endSentence(), "is good")) << failed.endSentence();
  const Outcome resumed =
      run("train --out $D/run --resume --device cpu --steps " + std::to_string(stopped.lastStep() + 1));
  EXPECT_EQ(resumed.code, 0) << resumed.err;
}

TEST_F(TrainCommand, WrongUsageIsTold) {
  EXPECT_EQ(run("train").code, 2);
  EXPECT_EQ(run("train --out $D/run --config tiny").code, 2);
  EXPECT_EQ(run("train $D/data --out $D/run").code, 2);
  EXPECT_EQ(run("train --out $D/run --resume --set a=1").code, 2);
  const Outcome setting = run("train $D/data --out $D/run --config tiny --set training.batch_size=0");
  EXPECT_EQ(setting.code, 1);
  EXPECT_TRUE(contains(setting.err, "training.batch_size is outside 1 to 1024")) << setting.err;
  EXPECT_FALSE(fs::exists(folder_ / "run"));
  EXPECT_EQ(run("runs $D/data").code, 1);
}

}  // namespace
}  // namespace hbev
