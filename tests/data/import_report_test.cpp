// What inspectPredictions() tells, and how class sets are told apart.
#include <algorithm>
#include <array>
#include <limits>

#include <gtest/gtest.h>

#include "core/base/files.h"
#include "core/data/dataset.h"
#include "core/data/predictions/class_detection.h"
#include "core/data/predictions/source.h"
#include "core/io/npz.h"
#include "tests/base/expect_error.h"
#include "tests/base/temporary_folder.h"
#include "tests/data/made_nuscenes.h"
#include "tests/data/prediction_files.h"

namespace hbev {
namespace {

namespace fs = std::filesystem;
using test::fileToken;
using test::predictionFiles;
using test::TemporaryFolder;

LabelCounts counted(std::initializer_list<std::pair<int, std::size_t>> numbers) {
  LabelCounts counts;
  for (const auto& [label, count] : numbers)
    counts.counts[std::size_t(label)] = count;
  return counts;
}

TEST(ClassSetGuess, RestsOnFreeOrOnTheLargest) {
  const auto guessed = [](const LabelCounts& counts, const std::string& path = "/runs/x") {
    const ClassSetGuess guess = guessClassSet(counts, path);
    EXPECT_FALSE(guess.because.empty());
    return guess.classes ? guess.classes->name() : "nothing";
  };
  EXPECT_EQ(guessed(counted({{4, 10}, {17, 90}})), "occ3d");
  EXPECT_EQ(guessed(counted({{0, 10}, {16, 90}})), "openocc");
  EXPECT_EQ(guessed(counted({{16, 90}, {17, 10}})), "occ3d") << "17 is nothing in OpenOcc";
  EXPECT_EQ(guessed(counted({{11, 70}, {16, 30}})), "nothing") << "16 may be vegetation";
  EXPECT_EQ(guessed(counted({{11, 70}, {16, 30}}), "/runs/Occ3D/x"), "occ3d");
  EXPECT_EQ(guessed(counted({{11, 70}, {16, 30}}), "/runs/openocc_v2"), "openocc");
  EXPECT_EQ(guessed(counted({{3, 7}, {18, 1}})), "nothing");
  EXPECT_EQ(guessed(counted({{3, 7}, {kUnnumberedFree, 100}})), "nothing");
  EXPECT_EQ(guessed(counted({{16, 7}, {kUnnumberedFree, 100}})), "occ3d");
  EXPECT_EQ(guessed(counted({{3, 7}, {16, 100}, {kUnnumberedFree, 1}})), "openocc")
      << "unknown here and there";
  EXPECT_EQ(guessed({}), "nothing");
}

TEST(ImportReport, OfAFolderAlone) {
  const ImportReport report = inspectPredictions(predictionFiles("hbevocc"));
  EXPECT_EQ(report.format, "HBEVOcc / STCOcc");
  EXPECT_EQ(report.accepted, 2U);
  EXPECT_TRUE(report.refused.empty());
  EXPECT_TRUE(report.has_flow);
  ASSERT_TRUE(report.classes);
  EXPECT_EQ(report.classes->name(), "openocc");
  EXPECT_EQ(report.classes_because.find("16, OpenOcc's free class, fills 100.0 %"), 0U)
      << report.classes_because;
  EXPECT_NE(report.orientation.find("not compared"), std::string::npos);
}

TEST(ImportReport, ComparesWithTheDataSet) {
  const TemporaryFolder folder;
  test::writeDatasetOfFiles(folder.path());
  const auto dataset = Dataset::open(folder.path());
  const ImportReport right = inspectPredictions(predictionFiles("flashocc"), dataset.get());
  EXPECT_EQ(right.accepted, 2U);
  EXPECT_EQ(right.unknown_tokens, 0U);
  EXPECT_EQ(right.keyframes_without, 2U) << "a2 and b0";
  EXPECT_FALSE(right.better_orientation);
  EXPECT_EQ(right.orientation.find("As stored, predictions and labels agree in 100 %"), 0U)
      << right.orientation;
  const ImportReport mirrored = inspectPredictions(predictionFiles("mirrored"), dataset.get());
  ASSERT_TRUE(mirrored.better_orientation);
  EXPECT_EQ(*mirrored.better_orientation, (Orientation{.flip_y = true}));
  const ImportReport masked = inspectPredictions(predictionFiles("fb_occ"), dataset.get());
  EXPECT_EQ(masked.accepted, 1U);
  EXPECT_FALSE(masked.better_orientation);
}

TEST(ImportReport, TokensThatTheDataSetDoesNotKnow) {
  const TemporaryFolder folder;
  test::writeDatasetOfFiles(folder / "data");
  const auto dataset = Dataset::open(folder / "data");
  fs::create_directories(folder / "dump");
  const fs::path file = predictionFiles("cvpr2023") / (fileToken(0) + ".npz");
  fs::copy(file, folder / "dump");
  fs::copy(file, folder / "dump/b7000000000000000000000000000000.npz");
  const ImportReport report = inspectPredictions(folder / "dump", dataset.get());
  EXPECT_EQ(report.accepted, 2U);
  EXPECT_EQ(report.unknown_tokens, 1U);
  EXPECT_EQ(report.keyframes_without, 3U);
}

TEST(ImportReport, RefusesFileByFile) {
  const TemporaryFolder folder;
  fs::copy(predictionFiles("cvpr2023"), folder / "dump", fs::copy_options::recursive);
  writeFile(folder / "dump/c0000000000000000000000000000000.npz", std::string_view("no archive"));
  writeFile(folder / "dump/notes.npy", std::string_view("no array"));
  Occupancy small = test::madeOccupancy(LabelKind::Occ3d);
  small.grid.dims.z() = 8;
  small.semantics.resize(small.grid.size());
  small.flow.clear();
  small.mask_camera.clear();
  small.mask_lidar.clear();
  writeOccupancyNpz(folder / "dump/d0000000000000000000000000000000.npz", small, true);
  const ImportReport report = inspectPredictions(folder / "dump");
  EXPECT_EQ(report.format, "CVPR 2023 submission");
  EXPECT_EQ(report.accepted, 2U);
  ASSERT_EQ(report.refused.size(), 3U);
  EXPECT_EQ(report.refused[0].file.filename(), "c0000000000000000000000000000000.npz");
  EXPECT_NE(report.refused[0].reason.find("zip archive"), std::string::npos) << report.refused[0].reason;
  EXPECT_NE(report.refused[1].reason.find("uint8 [200, 200, 8]"), std::string::npos)
      << report.refused[1].reason;
  EXPECT_EQ(report.refused[2].file.filename(), "notes.npy");
  // The damaged ones cost themselves only.
  EXPECT_EQ(openPredictions(folder / "dump")->read(test::fileKeyframe(1)).semantics.size(), 640'000U);
}

TEST(ImportReport, TheLayoutOfMostFilesIsTakenAndTheOtherSaid) {
  const TemporaryFolder folder;
  fs::copy(predictionFiles("cvpr2023"), folder / "dump", fs::copy_options::recursive);
  fs::create_directories(folder / "dump/scene-b");
  fs::copy(predictionFiles("flashocc") / "scene-a" / fileToken(0), folder / "dump/scene-b" / fileToken(1));
  fs::rename(folder / "dump/scene-b", folder / "dump/scene-a");
  const ImportReport report = inspectPredictions(folder / "dump");
  EXPECT_EQ(report.format, "CVPR 2023 submission");
  EXPECT_EQ(report.accepted, 2U);
  const auto said = [&](const std::string& what) {
    return std::any_of(report.notes.begin(), report.notes.end(),
                       [&](const std::string& note) { return note.find(what) != std::string::npos; });
  };
  EXPECT_TRUE(said("Some of 1 files are in the layout of FlashOCC"));
}

/// Two keyframes in HBEVOcc's layout with these class numbers (one row where they fill no grid), and flow
/// where it is given.
void writeFrames(const fs::path& folder, const std::vector<std::uint8_t>& labels,
                 const std::vector<float>& flow = {}) {
  fs::create_directories(folder / "scene-a");
  for (int i = 0; i < 2; ++i) {
    NpzWriter npz(folder / "scene-a" / (fileToken(i) + ".npz"), true);
    if (labels.size() == GridSpec{}.size()) {
      npz.add<std::uint8_t>("semantics", labels, {200, 200, 16});
    } else {
      npz.add<std::uint8_t>("semantics", labels, {labels.size()});
    }
    if (!flow.empty()) npz.add<float>("flow", flow, {200, 200, 16, 2});
    npz.close();
  }
}

TEST(ImportReport, WhatNobodyCanUseIsToldInItsOwnWords) {
  const auto problem = [&](const std::vector<std::uint8_t>& labels) {
    const TemporaryFolder folder;
    writeFrames(folder / "dump", labels);
    return test::problemOf([&] { openPredictions(folder / "dump"); });
  };
  const Problem masked = problem(std::vector<std::uint8_t>(1000, 3));
  EXPECT_EQ(masked.summary, "None of these predictions can be read");
  EXPECT_EQ(masked.found, "uint8 [1000]");
  EXPECT_NE(masked.advice.find("the voxels of the camera mask alone: save the whole array"),
            std::string::npos)
      << masked.advice;
  EXPECT_EQ(problem(std::vector<std::uint8_t>(640'000, 0)).summary, "Every voxel of dump has number 0");
  std::vector<std::uint8_t> large(640'000, 16);
  large[5] = 200;
  EXPECT_EQ(problem(large).summary, "dump has class numbers up to 200");
  EXPECT_EQ(problem(large).found, "200");
  large[5] = 3;
  large.resize(640'000 / 2, 3);
  large.resize(640'000, 5);
  EXPECT_EQ(problem(large).summary, "The class set of dump cannot be told");
  EXPECT_EQ(problem(large).found.find("the class numbers do not tell"), 0U) << problem(large).found;
}

TEST(ImportReport, ScoresOfEveryClassAreToBeReduced) {
  const TemporaryFolder folder;
  const std::vector<std::uint8_t> scores(640'000 * 17);
  fs::create_directories(folder / "behind/scene-a");
  fs::create_directories(folder / "before/scene-a");
  NpzWriter behind(folder / "behind/scene-a/a0.npz", true), before(folder / "before/scene-a/a0.npz", true);
  behind.add<std::uint8_t>("semantics", scores, {200, 200, 16, 17});
  before.add<std::uint8_t>("semantics", scores, {1, 17, 200, 200, 16});
  behind.close();
  before.close();
  for (const char* name : {"behind", "before"}) {
    const Problem problem = test::problemOf([&] { openPredictions(folder / name); });
    EXPECT_NE(problem.advice.find("argmax"), std::string::npos) << name << ": " << problem.advice;
  }
}

/// Points of a lidar have rows of four numbers as voxels do: their headers fit, their values do not.
TEST(ImportReport, PointsOfALidarAreNoVoxels) {
  const TemporaryFolder folder;
  const std::vector<float> points{-3.5F, 12.25F, -1.5F, 0.5F, 30.0F, -4.0F, 2.0F, 0.25F};
  const std::array<std::size_t, 2> shape{2, 4};
  for (const char* name : {"0", "1", "2"})
    writeFile(folder / "pc" / (std::string(name) + ".npy"), formatNpy<float>(points, shape));
  const ImportReport report = inspectPredictions(folder / "pc");
  EXPECT_EQ(report.accepted, 0U);
  EXPECT_EQ(report.refused.size(), 3U);
}

TEST(ImportReport, FlowThatIsNoNumberIsFoundInAFewFiles) {
  const TemporaryFolder folder;
  std::vector<std::uint8_t> labels(640'000, 16);
  labels[5] = 3;
  std::vector<float> flow(1'280'000, 0.0F);
  flow[7] = std::numeric_limits<float>::quiet_NaN();
  writeFrames(folder / "dump", labels, flow);
  const ImportReport report = inspectPredictions(folder / "dump");
  EXPECT_EQ(report.accepted, 0U);
  ASSERT_EQ(report.refused.size(), 2U);
  EXPECT_NE(report.refused[0].reason.find("found NaN or infinity. Look for a division by zero"),
            std::string::npos)
      << report.refused[0].reason;
  EXPECT_TRUE(std::any_of(report.notes.begin(), report.notes.end(), [](const std::string& note) {
    return note.find("All 2 files whose numbers were read are refused") == 0;
  }));
}

TEST(ImportReport, GridsOfAnotherSizeAreRefusedBySize) {
  const TemporaryFolder folder;
  const std::vector<std::uint8_t> voxels(512 * 64);
  NpzWriter npz(folder / (fileToken(0) + ".npz"), true);
  npz.add<std::uint8_t>("arr_0", voxels, {64, 64, 8});
  npz.close();
  const ImportReport report = inspectPredictions(folder.path());
  EXPECT_EQ(report.format, "CVPR 2023 submission");
  EXPECT_EQ(report.accepted, 0U);
  ASSERT_EQ(report.refused.size(), 1U);
  EXPECT_NE(report.refused[0].reason.find("found uint8 [64, 64, 8]"), std::string::npos)
      << report.refused[0].reason;
  EXPECT_NE(test::problemOf([&] { openPredictions(folder.path()); }).found.find("[64, 64, 8]"),
            std::string::npos);
}

TEST(ImportReport, AFewFilesThatFitWeighMoreThanManyThatDoNot) {
  const TemporaryFolder folder;
  for (int i = 0; i < 10; ++i)
    writeFile(folder / ("dump/notes" + std::to_string(i) + ".npy"), std::string_view("no array"));
  fs::copy(predictionFiles("renderocc") / "scene-a/001.npy", folder / "dump/notes.npy");
  fs::copy(predictionFiles("cvpr2023"), folder / "dump", fs::copy_options::recursive);
  EXPECT_EQ(inspectPredictions(folder / "dump").format, "CVPR 2023 submission");
}

TEST(ImportReport, CanBeCancelledAndNeedsAPath) {
  std::stop_source stop;
  stop.request_stop();
  Progress cancelled([](const Progress::State&) {}, stop.get_token());
  EXPECT_THROW(inspectPredictions(predictionFiles("hbevocc"), nullptr, &cancelled), Cancelled);
  EXPECT_THROW(inspectPredictions(predictionFiles("no such folder")), Error);
}

TEST(ImportReport, AllLayoutsHaveNames) {
  const std::vector<PredictionLayout> layouts = predictionLayouts();
  EXPECT_EQ(layouts.size(), 15U);
  for (const PredictionLayout& layout : layouts) {
    EXPECT_FALSE(layout.name.empty());
    EXPECT_FALSE(layout.layout.empty());
  }
}

}  // namespace
}  // namespace hbev
