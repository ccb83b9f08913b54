// hbevocc evaluate and merge over several workers, stopped and killed: the figures are the same in the end.
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

#include <nlohmann/json.hpp>
#include <sys/wait.h>

#include "core/data/labels.h"
#include "tests/app/command_line.h"
#include "tests/data/made_nuscenes.h"

namespace hbev {
namespace {

namespace fs = std::filesystem;
using test::contains;
using test::Outcome;
using test::textOf;

class EvaluateCommand : public test::CommandLineTest {
 protected:
  /// scene-a with three keyframes and predictions in which every keyframe is wrong in its own way.
  void SetUp() override {
    test::MadeNuscenes().write(folder_ / "data");
    for (int i = 0; i < 3; ++i) {
      const std::string token = "a" + std::to_string(i);
      Occupancy grid = test::madeOccupancy(LabelKind::OpenOcc);
      writeOccupancyNpz(folder_ / "data" / test::labelsFile(LabelKind::OpenOcc, "scene-a", token), grid,
                        true);
      for (std::size_t voxel = 0; voxel < grid.semantics.size(); ++voxel) {
        if (grid.semantics[voxel] != grid.classes->free() && grid.grid.voxel(voxel).x() % 8 == i)
          grid.semantics[voxel] = 4;
      }
      writeOccupancyNpz(folder_ / "predictions" / "scene-a" / (token + ".npz"), grid, true);
    }
  }

  static std::string work(const std::string& more) {
    return "evaluate $D/data --predictions $D/predictions --scene scene-a --no-cache " + more;
  }
  /// All tables, by frame too, of what `arguments` evaluate.
  std::string figures(const std::string& arguments) const {
    const Outcome outcome = run(arguments + " --json $D/figures.json");
    EXPECT_EQ(outcome.code, 0) << arguments << "\n" << outcome.err;
    if (outcome.code != 0) return {};
    nlohmann::json json = nlohmann::json::parse(textOf(folder_ / "figures.json"));
    json.at("evaluation").erase("created");
    json.at("evaluation").erase("shard");
    return json.dump(1);
  }

  /// Starts an evaluation, waits until it has kept a keyframe, and sends `signal`. Returns waitpid's status.
  int interrupted(const fs::path& out, int signal) const {
    const std::string line = "D='" + folder_.path().string() + "'; exec '" HBEV_COMMAND "' " +
                             work("--threads 1 --out '" + out.string() + "'");
    const pid_t child = ::fork();
    if (child == 0) {
      const int quiet = ::open("/dev/null", O_RDWR);
      const int words = ::open((streams_ / "child").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
      ::dup2(quiet, STDIN_FILENO);
      ::dup2(quiet, STDOUT_FILENO);
      ::dup2(words, STDERR_FILENO);
      ::execl("/bin/sh", "sh", "-c", line.c_str(), static_cast<char*>(nullptr));
      ::_exit(127);
    }
    for (int tries = 0; tries < 30'000 && !fs::exists(out); ++tries)  // a minute: the machine may be busy
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    ::kill(child, signal);
    int status = 0;
    ::waitpid(child, &status, 0);
    return status;
  }
};

TEST_F(EvaluateCommand, ShardsAndWorkersMergeToTheSameFigures) {
  const std::string whole = figures(work("--out $D/whole.sqlite"));
  for (int i = 0; i < 2; ++i) {
    const std::string number = std::to_string(i);
    EXPECT_EQ(run(work("--shard " + number + "/2 --out $D/shard" + number)).code, 0);
    // As torchrun starts its workers: each writes a file of its own.
    ::setenv("RANK", number.c_str(), 1);
    ::setenv("WORLD_SIZE", "2", 1);
    EXPECT_EQ(run(work("--out $D/worker.sqlite")).code, 0);
    ::unsetenv("RANK");
    ::unsetenv("WORLD_SIZE");
    EXPECT_TRUE(fs::exists(folder_ / ("worker-" + number + "of2.sqlite")));
  }
  EXPECT_EQ(figures("merge $D/merged $D/shard1 $D/shard0"), whole);
  EXPECT_EQ(figures("merge $D/merged-workers $D/worker-0of2.sqlite $D/worker-1of2.sqlite"), whole);

  const Outcome half = run("merge $D/half $D/shard0");
  EXPECT_EQ(half.code, 0) << half.err;
  EXPECT_TRUE(contains(half.out, "1 keyframe of the selection is in none of the parts.")) << half.out;
  const Outcome again = run("merge $D/half $D/shard0 $D/shard1");
  EXPECT_EQ(again.code, 1) << "what exists is not overwritten";
  EXPECT_EQ(run(work("--shard 2/2 --out $D/none")).code, 1);
  EXPECT_FALSE(fs::exists(folder_ / "none"));
}

/// Before anything is read: there is no data set here, and nobody gets to say so.
TEST_F(EvaluateCommand, PlacesThatCannotBeWrittenAreToldBeforeTheWork) {
  writeFile(folder_ / "plain", std::string_view("no folder"));
  fs::create_directory(folder_ / "taken");
  const auto before = files();
  const auto expectRefused = [&](const std::string& option, const std::string& word) {
    for (const char* command : {"evaluate $D/absent $D/predictions", "merge $D/merged $D/absent"}) {
      const Outcome outcome = run(std::string(command) + " " + option);
      EXPECT_EQ(outcome.code, 1);
      EXPECT_TRUE(contains(outcome.err, word)) << command << " " << option << ": " << outcome.err;
    }
  };
  for (const char* option : {"--json", "--csv", "--markdown", "--latex", "--html"}) {
    expectRefused(std::string(option) + " $D/plain/new/a", "a cannot be written");
    expectRefused(std::string(option) + " $D/taken", "taken cannot be written");
  }
  expectRefused("--json $D/a --html $D/taken/../a", "over another file");
  expectRefused("--csv $D/a.csv --json $D/a-frames.csv", "over another file");
  expectRefused("--csv /dev/null", "a device");
  expectRefused("--json $D/new/folder/a", "absent");
  EXPECT_TRUE(contains(run("evaluate $D/absent $D/predictions --out $D/plain/a").err, "a cannot be written"));
  EXPECT_TRUE(
      contains(run("evaluate $D/absent $D/predictions --out $D/plain").err, "There is a file already"));
  EXPECT_TRUE(contains(run("merge $D/plain/a $D/absent").err, "a cannot be written"));
  EXPECT_TRUE(contains(run("merge $D/merged $D/part --json $D/part").err, "over another file"));
  EXPECT_EQ(files(), before);
}

TEST_F(EvaluateCommand, AWorkerTellsItsShareAndNoFigures) {
  const std::string worker = "env' RANK=4 WORLD_SIZE=5 LOCAL_WORLD_SIZE=5 '" HBEV_COMMAND;  // three keyframes
  const Outcome share = run(work("--out $D/ev.sqlite"), worker);
  EXPECT_EQ(share.code, 0) << share.err;
  EXPECT_TRUE(contains(share.out, "0 keyframes in ")) << share.out;
  EXPECT_TRUE(contains(share.out, "/ev-*of5.sqlite` puts all together")) << share.out;
  EXPECT_FALSE(contains(share.out, "RayIoU")) << share.out;
  const Outcome some = run(work("--out \"$D/my ev\""), "env' RANK=0 WORLD_SIZE=2 '" HBEV_COMMAND);
  EXPECT_EQ(some.code, 0) << some.err;
  EXPECT_TRUE(contains(some.out, "2 keyframes in ")) << some.out;
  EXPECT_TRUE(contains(some.out, "/my ev'-*of2` puts all together")) << some.out;
  const Outcome page = run(work("--out $D/page.sqlite --html $D/page.html"), worker);
  EXPECT_EQ(page.code, 1);
  EXPECT_TRUE(contains(page.err, "A worker knows only its share")) << page.err;
  EXPECT_FALSE(fs::exists(folder_ / "page-4of5.sqlite"));
}

TEST_F(EvaluateCommand, AWorkerWhoseKeyframesCannotBeScoredFails) {
  fs::remove_all(folder_ / "predictions/scene-a");
  writeOccupancyNpz(folder_ / "predictions/scene-b/b0.npz", test::madeOccupancy(LabelKind::OpenOcc), true);
  const Outcome worker = run(work("--out $D/ev.sqlite"), "env' RANK=0 WORLD_SIZE=2 '" HBEV_COMMAND);
  EXPECT_EQ(worker.code, 1);
  EXPECT_TRUE(contains(worker.err, "No keyframe could be scored")) << worker.err;
  EXPECT_FALSE(contains(worker.out, "puts all together")) << worker.out;
}

TEST_F(EvaluateCommand, PredictionsNamedTwiceAreRefused) {
  const Outcome twice = run(work("--predictions $D/data/../predictions/"));
  EXPECT_EQ(twice.code, 1);
  EXPECT_TRUE(contains(twice.err, "named twice")) << twice.err;
}

TEST_F(EvaluateCommand, WorkersWithoutAFileAreToldToNameOne) {
  ::setenv("RANK", "0", 1);
  ::setenv("WORLD_SIZE", "2", 1);
  const Outcome outcome = run(work(""));
  ::unsetenv("RANK");
  ::unsetenv("WORLD_SIZE");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_TRUE(contains(outcome.err, "Several workers need a file each")) << outcome.err;
}

/// srun sets other variables than torchrun; what makes no sense is an error, not an evaluation of everything.
TEST_F(EvaluateCommand, SlurmsTasksShareTheWorkAndOddRanksAreRefused) {
  const std::string slurm =
      "env' SLURM_STEP_ID=0 SLURM_PROCID=1 SLURM_NTASKS=2 SLURM_LOCALID=1 '" HBEV_COMMAND;
  const Outcome task = run(work("--out $D/task.sqlite"), slurm);
  EXPECT_EQ(task.code, 0) << task.err;
  EXPECT_TRUE(fs::exists(folder_ / "task-1of2.sqlite"));
  EXPECT_TRUE(contains(task.err, "Worker 1 of 2 writes")) << task.err;
  const std::string script = "env' SLURM_PROCID=0 SLURM_NTASKS=2 '" HBEV_COMMAND;  // without srun
  EXPECT_EQ(run(work("--out $D/script.sqlite"), script).code, 0);
  EXPECT_TRUE(fs::exists(folder_ / "script.sqlite"));
  const Outcome odd = run(work("--out $D/odd.sqlite"), "env' RANK=x WORLD_SIZE=2 '" HBEV_COMMAND);
  EXPECT_EQ(odd.code, 1);
  EXPECT_TRUE(contains(odd.err, "The variable RANK makes no sense")) << odd.err;
  EXPECT_FALSE(fs::exists(folder_ / "odd.sqlite"));
}

TEST_F(EvaluateCommand, NamesThatAreNoUtf8AreWrittenAllTheSame) {
  fs::rename(folder_ / "predictions", folder_ / "caf\xE9");
  fs::rename(folder_ / "data", folder_ / "data\xE9");
  const Outcome outcome =
      run("evaluate $D/data* --predictions $D/caf* --scene scene-a --no-cache --json $D/s.json");
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_TRUE(contains(textOf(folder_ / "s.json"), "caf\xEF\xBF\xBD"));
  const Outcome info = run("info $D/data* --json");
  EXPECT_EQ(info.code, 0) << info.err;
  EXPECT_NO_THROW(nlohmann::json::parse(info.out));
}

#ifdef HBEV_STUDIO_COMMAND
TEST_F(EvaluateCommand, ThePageShowsTheWorstKeyframes) {
  EXPECT_EQ(run(work("--html $D/page.html")).code, 0);
  const std::string page = textOf(folder_ / "page.html");
  for (const char* part :
       {"<figure class=\"keyframe\">", "src=\"data:image/jpeg;base64,/9j/", "wrong class</span>"})
    EXPECT_TRUE(contains(page, part)) << part;
  EXPECT_EQ(run(work("--no-pictures --html $D/page.html")).code, 0);
  EXPECT_FALSE(contains(textOf(folder_ / "page.html"), "<figure"));
}
#endif

TEST_F(EvaluateCommand, GoesOnAfterCtrlCAndAfterBeingKilled) {
  const std::string whole = figures(work("--out $D/whole.sqlite"));
  for (const int signal : {SIGINT, SIGKILL}) {
    const fs::path out = folder_ / ("stopped" + std::to_string(signal));
    const int status = interrupted(out, signal);
    if (signal == SIGKILL) {
      ASSERT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
    } else if (WIFEXITED(status) && WEXITSTATUS(status) == 1) {
      EXPECT_TRUE(contains(textOf(streams_ / "child"), "go on with --resume")) << textOf(streams_ / "child");
    }
    ASSERT_TRUE(fs::exists(out));
    EXPECT_EQ(run(work("--out '" + out.string() + "'")).code, 1) << "nothing is overwritten unasked";
    EXPECT_EQ(figures(work("--resume --out '" + out.string() + "'")), whole) << signal;
  }
}

}  // namespace
}  // namespace hbev
