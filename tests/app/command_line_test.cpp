// The command line as people and scripts meet it: exit codes, what it prints, what it leaves.
#include "tests/app/command_line.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/wait.h>

#include "core/base/files.h"
#include "core/data/labels.h"
#include "tests/data/made_nuscenes.h"
#include "tests/data/prediction_files.h"
#ifdef HBEV_HAS_OPENCV
#include "core/data/images.h"
#endif

namespace hbev {
namespace {

namespace fs = std::filesystem;
using test::contains;
using test::madeOccupancy;
using test::Outcome;
using test::textOf;

class CommandLine : public test::CommandLineTest {
 protected:
  /// A data set of `keyframes` of scene-a with labels and, as predictions, the same.
  void makeData(int keyframes) {
    test::MadeNuscenes().write(folder_ / "data");
    for (int i = 0; i < keyframes; ++i) {
      const std::string token = "a" + std::to_string(i);
      for (const LabelKind kind : kLabelKinds) {
        const fs::path folder = folder_ / (kind == LabelKind::OpenOcc ? "perfect" : "perfect-occ3d");
        writeOccupancyNpz(folder_ / "data" / test::labelsFile(kind, "scene-a", token), madeOccupancy(kind),
                          false);
        writeOccupancyNpz(folder / "scene-a" / (token + ".npz"), madeOccupancy(kind), false);
      }
    }
  }
};

TEST_F(CommandLine, HelpTeaches) {
  const Outcome help = run("--help");
  EXPECT_EQ(help.code, 0);
  for (const char* command : {"info", "evaluate"}) {
    EXPECT_TRUE(contains(help.out, command)) << help.out;
    const Outcome own = run(std::string(command) + " --help");
    EXPECT_EQ(own.code, 0);
    EXPECT_TRUE(contains(own.out, "DATA")) << own.out;
  }
  EXPECT_TRUE(contains(run("evaluate --help").out, "--predictions"));
  EXPECT_EQ(run("--version").out, "hbevocc " HBEV_VERSION "\n");
}

TEST_F(CommandLine, HelpIsFoundHoweverItIsAskedFor) {
  EXPECT_EQ(run("help").out, run("--help").out);
  EXPECT_EQ(run("help evaluate").out, run("evaluate --help").out);
  EXPECT_EQ(run("help nonsense").code, 2);
  EXPECT_TRUE(contains(run("--help").out, "Exit codes: 0 done, 1 failed, 2 wrong usage."));
  const Outcome alone = run("");
  EXPECT_EQ(alone.code, 2);
  EXPECT_EQ(alone.err, run("--help").out);
}

TEST_F(CommandLine, WhatWasProbablyMeantIsSaid) {
  for (const auto& [arguments, sentence] : std::vector<std::array<std::string, 2>>{
           {"evalaute a b", "error: There is no command evalaute. Did you mean evaluate?"},
           {"info a --jsn", "error: There is no option --jsn. Did you mean --json?"},
           {"info --jsn=3", "error: There is no option --jsn. Did you mean --json?"},
           {"eval", "Did you mean evaluate?"},
           {"pre", "Did you mean "},
           {"'x y\nz'", "error: There is no command 'x y\nz'.\n"},
           {"$D", "A command comes first: hbevocc info "},
           {"evaluate", "error: DATA is required.\nUsage: hbevocc evaluate [OPTIONS] DATA PREDICTIONS..."},
           {"info ''", "error: An argument is empty: is a variable of the shell not set?"},
           {"info a b", "error: The following argument was not expected: b."}}) {
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.code, 2) << arguments;
    EXPECT_TRUE(contains(outcome.err, sentence)) << arguments << "\n" << outcome.err;
  }
  EXPECT_FALSE(contains(run("xyz").err, "Did you mean"));
}

TEST_F(CommandLine, AReaderThatHasEnoughIsNoFailureToTellButAFullDiskIs) {
  // Where the signal is ignored, as under many launchers, writing fails instead.
  for (const char* before : {"", "trap '' PIPE; "}) {
    const Outcome piped =
        run(std::string("-c \"") + before + "'" HBEV_COMMAND "' predictions --layouts | true\"", "sh");
    EXPECT_EQ(piped.code, 0);
    EXPECT_EQ(piped.err, "") << before;
  }
  const Outcome full = run("-c \"'" HBEV_COMMAND "' predictions --layouts >/dev/full\"", "sh");
  EXPECT_EQ(full.code, 1);
  EXPECT_TRUE(contains(full.err, "error: Standard output cannot be written")) << full.err;
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_F(CommandLine, UnderALimitOfTheMemoryItEndsWithASentence) {
  // What is too little depends on the libraries, and on how many threads OpenBLAS starts; timeout ends a
  // program that waits for ever, as 124.
  const auto limited = [&](int kilobytes, const std::string& arguments) {
    return run("-c 'ulimit -v " + std::to_string(kilobytes) + "; exec timeout 100 \"" HBEV_COMMAND "\" " +
                   arguments + "'",
               "env' OPENBLAS_NUM_THREADS=1 'sh");
  };
  for (const int kilobytes : {400'000, 500'000, 600'000, 700'000, 800'000}) {
    const Outcome outcome = limited(kilobytes, "--version");
    if (outcome.code == 0) continue;
    EXPECT_TRUE(outcome.code == 1 || outcome.code == 127) << kilobytes << ": " << outcome.code << outcome.err;
    EXPECT_TRUE(contains(outcome.err, "The limit of this process's memory") ||
                contains(outcome.err, "error while loading shared libraries"))
        << kilobytes << outcome.err;
  }
  EXPECT_EQ(limited(4'000'000, "--version").code, 0);
#ifdef HBEV_HAS_TORCH
  const Outcome network = limited(1'000'000, "bench --config demo");
  EXPECT_EQ(network.code, 1);
  EXPECT_TRUE(contains(network.err, "memory")) << network.err;
#endif
}
#endif

TEST_F(CommandLine, PlacesThatCannotBeWrittenAreToldFirst) {
  makeData(1);
  writeFile(folder_ / "plain", std::string_view("a file where a folder is needed"));
  const auto before = files();
  for (const char* arguments : {"infos $D/data --out $D/plain/infos.pkl", "infos $D/data --out -",
#ifdef HBEV_STUDIO_COMMAND
                                "render $D/data --out $D/plain/a.png", "demo-data $D/plain/demo",
#endif
#ifdef HBEV_HAS_TORCH
                                "prepare $D/data --out $D/plain/pack",
#endif
                                "infos $D/data --out $D"}) {
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.code, 1) << arguments;
    EXPECT_TRUE(contains(outcome.err, "cannot be written")) << arguments << outcome.err;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1)
        << "work was begun: " << outcome.err;
  }
  EXPECT_EQ(files(), before);
}

TEST_F(CommandLine, ARunWithATornFileIsListedWithItsSentence) {
  writeFile(folder_ / "runs/torn/run.json", std::string_view("{\"name\": \"to"));
  writeFile(folder_ / "runs/whole/run.json", std::string_view("{\"name\": \"whole\", \"created\": 5}"));
  const Outcome listed = run("runs $D/runs");
  EXPECT_EQ(listed.code, 0) << listed.err;
  EXPECT_TRUE(contains(listed.out, "torn   unreadable\n")) << listed.out;
  EXPECT_TRUE(
      contains(listed.out, "The run cannot be read. File: " + (folder_ / "runs/torn/run.json").string()))
      << listed.out;
  const nlohmann::json json = nlohmann::json::parse(run("runs $D/runs --json").out);
  ASSERT_EQ(json.size(), 2U);
  EXPECT_EQ(json.at(0).at("name"), "whole");
  EXPECT_EQ(json.at(1).at("state"), "unreadable");
  EXPECT_EQ(json.at(1).at("name"), "torn");
}

TEST_F(CommandLine, InfosAreWrittenAndOpenInPlaceOfTables) {
  makeData(3);
  const Outcome written = run("infos $D/data --out $D/data/made_infos.pkl --split scene-a --sweeps 0");
  EXPECT_EQ(written.code, 0) << written.err;
  EXPECT_TRUE(contains(written.out, "3 keyframes of 1 scene.")) << written.out;
  const Outcome info = run("info $D/data/made_infos.pkl --json");
  ASSERT_EQ(info.code, 0) << info.err;
  const nlohmann::json json = nlohmann::json::parse(info.out);
  EXPECT_EQ(json.at("keyframes"), 3);
  EXPECT_EQ(json.at("boxes"), 3);
  EXPECT_EQ(json.at("labels").at("openocc"), 3);
  const std::vector<std::string> before = files();
  EXPECT_EQ(run("infos $D/data --out $D/data/none.pkl --split night").code, 1);
  const Outcome unknown = run("infos $D/data --out $D/data/none.pkl --format kitti");
  EXPECT_EQ(unknown.code, 2);
  EXPECT_TRUE(contains(unknown.err, "kitti not in {bevdet,mmdet3d-v1.1}")) << unknown.err;
  EXPECT_EQ(files(), before);
}

TEST_F(CommandLine, WrongUsageIsCode2AndGoesToStandardError) {
  for (const char* arguments : {"", "nonsense", "info", "info a b c", "evaluate $D", "info $D --nonsense",
                                "evaluate $D --predictions $D --labels other"}) {
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.code, 2) << arguments;
    EXPECT_TRUE(outcome.out.empty()) << arguments << outcome.out;
    EXPECT_FALSE(outcome.err.empty()) << arguments;
  }
}

TEST_F(CommandLine, FailureIsCode1AndOneParagraph) {
  for (const char* arguments : {"info $D/absent", "info $D", "evaluate $D/absent --predictions $D"}) {
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.code, 1) << arguments;
    EXPECT_TRUE(outcome.out.empty());
    EXPECT_TRUE(outcome.err.starts_with("error: ")) << outcome.err;
    EXPECT_TRUE(contains(outcome.err, folder_.path().string())) << outcome.err;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1);
  }
}

TEST_F(CommandLine, InfoTellsWhatADataSetHolds) {
  makeData(2);
  const Outcome text = run("info $D/data");
  EXPECT_EQ(text.code, 0) << text.err;
  EXPECT_TRUE(contains(text.out, "scene-a"));
  EXPECT_TRUE(contains(text.out, "made-town"));
  EXPECT_TRUE(contains(text.out, "2 of 4 (2 missing)")) << text.out;
  const Outcome outcome = run("info $D/data --json");
  ASSERT_EQ(outcome.code, 0);
  const auto json = nlohmann::json::parse(outcome.out);
  EXPECT_EQ(json.at("version"), "v1.0-mini");
  EXPECT_EQ(json.at("keyframes"), 4);
  EXPECT_EQ(json.at("labels").at("openocc"), 2);
  EXPECT_EQ(json.at("boxes"), 3);
  EXPECT_EQ(json.at("lidar"), 0) << "no such files";
  EXPECT_EQ(json.at("scenes").at(0).at("keyframes").size(), 3U);
}

TEST_F(CommandLine, InfoNamesWhatIsDamaged) {
  test::MadeNuscenes made;
  made.write(folder_ / "data");
  EXPECT_EQ(nlohmann::json::parse(run("info $D/data --json").out).at("damaged_keyframes"), 0);
  made.row("ego_pose", "a1-CAM_BACK")["rotation"] = nullptr;
  made.write(folder_ / "data");
  const Outcome outcome = run("info $D/data");
  EXPECT_EQ(outcome.code, 0);
  EXPECT_TRUE(contains(outcome.out, "1 of 4 keyframes: readings")) << outcome.out;
  EXPECT_TRUE(contains(outcome.out, "scene-a/a1: Back camera: A pose has numbers that are no pose"))
      << outcome.out;
  EXPECT_TRUE(contains(outcome.out, "ego_pose.json")) << outcome.out;
  EXPECT_EQ(nlohmann::json::parse(run("info $D/data --json").out).at("damaged_keyframes"), 1);
}

TEST_F(CommandLine, InfoOpensLoneLabels) {
  writeOccupancyNpz(folder_ / "grid.npz", madeOccupancy(LabelKind::Occ3d), true);
  const Outcome outcome = run("info $D/grid.npz --json");
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(nlohmann::json::parse(outcome.out).at("labels").at("occ3d"), 1);
}

TEST_F(CommandLine, EvaluateOfTheTruthItselfIsPerfect) {
  makeData(1);
  for (const std::string labels : {"openocc", "occ3d"}) {
    const std::string predictions = labels == "openocc" ? "perfect" : "perfect-occ3d";
    const Outcome outcome = run("evaluate $D/data --predictions $D/" + predictions + " --labels " + labels +
                                " --json $D/out/a.json --csv $D/out/a.csv --markdown $D/out/a.md");
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_TRUE(contains(outcome.out, "RayIoU")) << outcome.out;
    const auto json = nlohmann::json::parse(textOf(folder_ / "out/a.json"));
    EXPECT_EQ(json.at("rays").at("ray_iou"), 1.0);
    EXPECT_GT(json.at("rays").at("valid_rays"), 1000);
    EXPECT_EQ(json.at("rays").at("mave_mps"), 0.0);
    EXPECT_EQ(json.at("voxels").at("mean_iou"), 1.0);
    EXPECT_EQ(json.at("frames"), 1);
    EXPECT_TRUE(contains(textOf(folder_ / "out/a.csv"), "driveable_surface"));
    EXPECT_TRUE(contains(textOf(folder_ / "out/a.md"), "|"));
  }
}

TEST_F(CommandLine, EvaluateAgreesWithCountingByHand) {
  makeData(2);
  // In one of two keyframes the car is called a truck and half of the floor is missing: of 2 x 200 voxels of
  // the car 200 are right; of 2 x 40,000 of the floor 60,000.
  Occupancy wrong = madeOccupancy(LabelKind::OpenOcc);
  for (std::size_t i = 0; i < wrong.semantics.size(); ++i) {
    if (wrong.semantics[i] == 0) wrong.semantics[i] = 1;
    if (wrong.semantics[i] == 10 && wrong.grid.voxel(i).x() < 100) wrong.semantics[i] = 16;
  }
  writeOccupancyNpz(folder_ / "perfect/scene-a/a1.npz", wrong, false);
  const Outcome outcome =
      run("evaluate $D/data --predictions $D/perfect --labels openocc --json $D/a.json --csv $D/a.csv");
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const auto json = nlohmann::json::parse(textOf(folder_ / "a.json"));
  const auto& iou = json.at("voxels").at("iou");
  EXPECT_DOUBLE_EQ(iou.at(0), 0.5);
  EXPECT_DOUBLE_EQ(iou.at(1), 0.0);
  EXPECT_DOUBLE_EQ(iou.at(10), 0.75);
}

TEST_F(CommandLine, EvaluateGoesOnWithoutADamagedPredictionAndNamesIt) {
  makeData(2);
  const fs::path file = folder_ / "perfect/scene-a/a1.npz";
  fs::resize_file(file, fs::file_size(file) / 2);
  const Outcome outcome = run("evaluate $D/data --predictions $D/perfect");
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_TRUE(contains(outcome.err, file.string())) << outcome.err;
  EXPECT_TRUE(contains(outcome.err, "Expected a zip archive, found")) << outcome.err;
}

TEST_F(CommandLine, EvaluateThatCannotScoreAnythingWritesNothing) {
  makeData(1);
  for (const char* folder : {"perfect", "data/openocc_v2"}) {
    for (const auto& entry : fs::recursive_directory_iterator(folder_ / folder)) {
      if (entry.is_regular_file()) fs::resize_file(entry.path(), 1000);
    }
  }
  const auto before = files();
  const Outcome outcome = run("evaluate $D/data --predictions $D/perfect --json $D/a.json --csv $D/a.csv");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_TRUE(contains(outcome.err, (folder_ / "perfect").string())) << outcome.err;
  EXPECT_TRUE(contains(outcome.err, "Expected ")) << outcome.err;
  EXPECT_TRUE(contains(outcome.err, "found ")) << outcome.err;
  EXPECT_EQ(files(), before);
}

TEST_F(CommandLine, AReportThatCannotBeWrittenIsAnErrorAndLeavesNothing) {
  makeData(1);
  writeFile(folder_ / "plain", std::string_view("a file where a folder is needed"));
  const auto before = files();
  const Outcome outcome = run("evaluate $D/data --predictions $D/perfect --json $D/plain/a.json");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_TRUE(contains(outcome.err, (folder_ / "plain/a.json").string())) << outcome.err;
  EXPECT_EQ(files(), before);
}

TEST_F(CommandLine, OutputsMayBeNamedWithoutAFolder) {
  makeData(1);
  const auto expectMade = [&](const std::string& arguments, const std::vector<std::string>& names) {
    const Outcome outcome = runThere(arguments);
    EXPECT_EQ(outcome.code, 0) << arguments << "\n" << outcome.err;
    for (const std::string& name : names)
      EXPECT_TRUE(fs::exists(folder_ / name)) << arguments << " without " << name;
  };
  const std::string reports =
      " --json NAME.json --csv NAME.csv --markdown NAME.md --latex NAME.tex --html NAME.html";
  const auto named = [](std::string text, const std::string& name) {
    for (std::size_t at; (at = text.find("NAME")) != std::string::npos;)
      text.replace(at, 4, name);
    return text;
  };
  expectMade("evaluate data perfect --no-cache --out a.sqlite" + named(reports, "a"),
             {"a.sqlite", "a.json", "a.csv", "a.md", "a.tex", "a.html"});
  expectMade("merge b.sqlite a.sqlite" + named(reports, "b"),
             {"b.sqlite", "b.json", "b.csv", "b.md", "b.tex", "b.html"});
  expectMade("infos data --out c.pkl --sweeps 0", {"c.pkl"});
#ifdef HBEV_STUDIO_COMMAND
  const Outcome drawn = runThere("render data --width 64 --height 64 --out d.png");
  if (drawn.code == 1 && contains(drawn.err, "OpenGL")) GTEST_SKIP() << drawn.err;
  EXPECT_EQ(drawn.code, 0) << drawn.err;
  EXPECT_TRUE(fs::exists(folder_ / "d.png"));
#endif
}

TEST_F(CommandLine, PredictionsOfTheOtherClassesAreRefused) {
  makeData(1);
  const Outcome outcome = run("evaluate $D/data --predictions $D/perfect-occ3d --labels openocc");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_TRUE(contains(outcome.err, "occ3d")) << outcome.err;
}

TEST_F(CommandLine, PredictionsReportsWhatAFolderHolds) {
  test::writeDatasetOfFiles(folder_ / "data");
  fs::copy(test::predictionFiles("cvpr2023"), folder_ / "dump", fs::copy_options::recursive);
  writeFile(folder_ / "dump/b0.npz", std::string_view("no archive"));
  const Outcome text = run("predictions $D/dump --data $D/data");
  EXPECT_EQ(text.code, 0) << text.err;
  for (const char* part : {"CVPR 2023 submission", "accepted     2", "occ3d. 17", "agree in 100 %",
                           "refused      1", "b0.npz: "})
    EXPECT_TRUE(contains(text.out, part)) << part << "\n" << text.out;
  const Outcome outcome = run("predictions $D/dump --data $D/data --json");
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const auto json = nlohmann::json::parse(outcome.out);
  EXPECT_EQ(json.at("format"), "CVPR 2023 submission");
  EXPECT_EQ(json.at("classes"), "occ3d");
  EXPECT_EQ(json.at("accepted"), 2);
  EXPECT_EQ(json.at("keyframes_without"), 2);
  EXPECT_EQ(json.at("refused").size(), 1U);
  EXPECT_TRUE(json.at("better_orientation").is_null());
}

TEST_F(CommandLine, PredictionsThatCannotBeUsedAreCode1) {
  const Outcome refused = run("predictions '" + test::predictionFiles("cam4docc_forecast").string() + "'");
  EXPECT_EQ(refused.code, 1);
  EXPECT_TRUE(contains(refused.out, "forecasts of the four keyframes")) << refused.out;
  EXPECT_EQ(run("predictions $D/absent").code, 1);
  EXPECT_EQ(run("predictions").code, 2);
  const Outcome layouts = run("predictions --layouts");
  EXPECT_EQ(layouts.code, 0);
  EXPECT_TRUE(contains(layouts.out, "FlashOCC")) << layouts.out;
}

TEST_F(CommandLine, EvaluateScoresEveryLayout) {
  test::writeDatasetOfFiles(folder_ / "data");
  for (const auto& [name, labels, options] :
       std::vector<std::array<std::string, 3>>{{"hbevocc", "openocc", ""},
                                               {"alocc", "openocc", ""},
                                               {"sparseocc", "occ3d", ""},
                                               {"cvpr2023", "occ3d", ""},
                                               {"flashocc", "occ3d", ""},
                                               {"cvpr_baseline", "occ3d", ""},
                                               {"fb_occ", "occ3d", ""},
                                               {"sparse", "occ3d", "--classes occ3d"},
                                               {"mirrored", "occ3d", "--orientation flip-y"}}) {
    const Outcome outcome = run("evaluate $D/data --predictions '" + test::predictionFiles(name).string() +
                                "' --labels " + labels + " " + options + " --json $D/a.json");
    ASSERT_EQ(outcome.code, 0) << name << ": " << outcome.err;
    const auto json = nlohmann::json::parse(textOf(folder_ / "a.json"));
    EXPECT_EQ(json.at("voxels").at("mean_iou"), 1.0) << name;
    EXPECT_EQ(json.at("rays").at("ray_iou"), 1.0) << name;
  }
}

#ifdef HBEV_STUDIO_COMMAND

TEST_F(CommandLine, RenderWritesAPictureOfTheAskedSize) {
  makeData(1);
  const Outcome outcome =
      run("render $D/data --predictions $D/perfect --width 320 --height 200 --out $D/out/view.png");
  if (outcome.code == 1 && contains(outcome.err, "OpenGL")) GTEST_SKIP() << outcome.err;
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const Image image = readImage(folder_ / "out/view.png");
  EXPECT_EQ(image.width, 320);
  EXPECT_EQ(image.height, 200);
  EXPECT_NE(std::adjacent_find(image.rgb.begin(), image.rgb.end(), std::not_equal_to<>()), image.rgb.end());
}

TEST_F(CommandLine, RenderRefusesWhatIsNotThere) {
  makeData(1);
  const auto before = files();
  EXPECT_EQ(run("render $D/data --keyframe 9 --out $D/a.png").code, 1);
  EXPECT_EQ(run("render $D/data --scene nowhere --out $D/a.png").code, 1);
  EXPECT_EQ(run("render $D/data --view cameras --out $D/a.png").code, 1) << "no pictures";
  EXPECT_EQ(run("render $D/data --view nowhere --out $D/a.png").code, 2);
  EXPECT_EQ(run("render $D/data").code, 2);
  EXPECT_EQ(files(), before);
}

TEST_F(CommandLine, DemoDataRefusesAFolderOfSomethingElse) {
  writeFile(folder_ / "thesis/chapter1.txt", std::string_view("months of work"));
  const auto before = files();
  const Outcome outcome = run("demo-data $D/thesis");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(files(), before);
  for (const char* wrong : {"--image wide", "--image 704x396x5", "--seed -1"})
    EXPECT_EQ(run(std::string("demo-data $D/new ") + wrong).code, 2) << wrong;
  EXPECT_FALSE(fs::exists(folder_ / "new"));
}

TEST_F(CommandLine, TheStudioKnowsItsArguments) {
  const Outcome help = run("--help", HBEV_STUDIO_COMMAND);
  EXPECT_EQ(help.code, 0);
  EXPECT_TRUE(contains(help.out, "--screenshot"));
  EXPECT_EQ(run("--nonsense", HBEV_STUDIO_COMMAND).code, 2);
}

#endif

#ifdef HBEV_HAS_TORCH
TEST_F(CommandLine, CheckpointKnowsTheShippedWeights) {
  for (const char* arguments : {"checkpoint shipped --json", "checkpoint shipped --config demo --json"}) {
    const Outcome told = run(arguments);
    ASSERT_EQ(told.code, 0) << told.err;
    EXPECT_TRUE(nlohmann::json::parse(told.out).at("file").get<std::string>().ends_with("demo.pth"));
  }
  const Outcome none = run("checkpoint shipped --config tiny");
  EXPECT_EQ(none.code, 1);
  EXPECT_TRUE(contains(none.err, "No weights come with the program")) << none.err;
}
#endif

TEST_F(CommandLine, CheckpointTellsWhatAFileOfWeightsHolds) {
  const std::string folder = std::string(HBEV_TEST_DATA) + "/checkpoints/";
  const Outcome told = run("checkpoint '" + folder + "mmcv.pth' --json");
  ASSERT_EQ(told.code, 0) << told.err;
  const nlohmann::json json = nlohmann::json::parse(told.out);
  EXPECT_EQ(json.at("tensors"), 7);
  EXPECT_EQ(json.at("values"), 29);
  EXPECT_EQ(json.at("optimizer").at("states"), 4);
  EXPECT_EQ(json.at("meta").at("epoch"), "3");
  const Outcome refused = run("checkpoint '" + folder + "unknown_class.pth'");
  EXPECT_EQ(refused.code, 1);
  EXPECT_TRUE(contains(refused.err, "holds __main__.Unknown, which will not be run")) << refused.err;
}

}  // namespace
}  // namespace hbev
