#include "core/eval/evaluation.h"

#include <cmath>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <thread>
#include <unistd.h>

#include <gtest/gtest.h>
#include <oneapi/tbb/global_control.h>
#include <sys/wait.h>

#include "core/base/error.h"
#include "core/eval/evaluation_report.h"
#include "core/eval/merge.h"
#include "core/eval/origins.h"
#include "core/eval/score_tables.h"
#include "tests/eval/made_split.h"
#include "tests/eval/street.h"

namespace hbev {
namespace {

namespace fs = std::filesystem;
using test::FakePredictions;
using test::MadeSplit;
using test::planOf;

/// All tables in full precision: equal texts are equal numbers.
std::string numbersOf(const EvaluationStore& store) {
  std::string text;
  for (const auto& [name, csv] : evaluationCsv(summarise(store)))
    text += name + '\n' + csv;
  return text;
}

EvaluationSummary summaryOf(const EvaluationPlan& plan) {
  EvaluationStore store = createStore(plan, {});
  Progress progress;
  runEvaluation(plan, store, progress);
  return summarise(store);
}

std::string evaluated(const EvaluationPlan& plan, const fs::path& file = {}) {
  EvaluationStore store = createStore(plan, file);
  Progress progress;
  runEvaluation(plan, store, progress);
  store.finish();
  return numbersOf(store);
}

class Evaluation : public testing::Test {
 protected:
  MadeSplit split_;
  std::shared_ptr<FakePredictions> first_ = FakePredictions::of(split_, 1),
                                   second_ = FakePredictions::of(split_, 2);
  EvaluationPlan plan_ = planOf(split_, {first_, second_});
  fs::path folder_ = split_.root() / "out";
};

TEST_F(Evaluation, AgreesWithEachSourceAlone) {
  EvaluationStore store = createStore(plan_, {});
  Progress progress;
  runEvaluation(plan_, store, progress);
  EXPECT_EQ(progress.state().done, 6);
  const EvaluationSummary summary = summarise(store);
  ASSERT_EQ(summary.sources.size(), 2U);
  EXPECT_EQ(summary.sources[1].facts.title, "fake (2)");
  EXPECT_EQ(summary.missing, 0);
  for (std::size_t i = 0; i < 2; ++i) {
    const SourceSummary alone = summaryOf(planOf(split_, {i == 0 ? first_ : second_})).sources.front();
    const SourceSummary& source = summary.sources[i];
    EXPECT_EQ(source.frames.size(), 5U);
    EXPECT_EQ(source.skippedFor(SkipReason::NoTruth), 1);
    EXPECT_EQ(source.total.rays(), alone.total.rays());
    EXPECT_EQ(source.total.voxels(), alone.total.voxels());
    EXPECT_EQ(source.total.details(), alone.total.details());
  }
  ASSERT_EQ(summary.pairs.size(), 1U);
  const RightRays rays = summary.pairs[0].total();
  const RayCounts &a = *summary.sources[0].total.rays(), &b = *summary.sources[1].total.rays();
  const auto hits = [](const RayCounts& counts) {
    std::int64_t sum = 0;
    for (const std::int64_t count : counts.hits[kFlowThreshold])
      sum += count;
    return sum;
  };
  EXPECT_EQ(rays.both + rays.only_first, hits(a));
  EXPECT_EQ(rays.both + rays.only_second, hits(b));
  EXPECT_EQ(rays.both + rays.only_first + rays.only_second + rays.neither, a.valid_rays);
  EXPECT_GT(rays.only_first, 0);
}

TEST_F(Evaluation, ScoresWhatItCanAndNamesTheRest) {
  FakePredictions& predictions = *first_;
  predictions.occupancies.erase(MadeSplit::tokenOf(3));
  predictions.damaged = MadeSplit::tokenOf(2);
  const EvaluationSummary summary = summaryOf(planOf(split_, {first_}));
  const SourceSummary& source = summary.sources.front();
  ASSERT_EQ(source.frames.size(), 3U);
  EXPECT_EQ(source.frames[1].token, MadeSplit::tokenOf(1));
  EXPECT_EQ(source.frames[2].frame.index_in_scene, 2U);
  EXPECT_EQ(summary.sceneName(source.frames[2].frame), "scene-0002");
  ASSERT_EQ(source.skipped.size(), 3U);
  EXPECT_EQ(source.skipped[0].reason, SkipReason::Unusable);
  EXPECT_TRUE(source.skipped[0].problem.starts_with("The prediction is damaged"));
  EXPECT_EQ(source.skipped[1].reason, SkipReason::NoPrediction);
  EXPECT_EQ(source.skipped[1].token, MadeSplit::tokenOf(3));
  EXPECT_EQ(source.skipped[2].reason, SkipReason::NoTruth);

  // By hand: the same frames with origins 2 m apart around each keyframe.
  SplitReport expected(ClassSet::openocc());
  for (const int i : {0, 1, 5}) {
    const auto origins =
        lidarOrigins(split_.dataset()->lidarReadings(std::size_t(i / 3)), std::size_t(i % 3));
    ASSERT_EQ(origins.size(), 3U);
    expected.add(evaluateFrame(predictions.occupancies[MadeSplit::tokenOf(i)],
                               split_.truths()[std::size_t(i)], origins));
  }
  EXPECT_EQ(source.total.rays(), expected.rays());
  EXPECT_EQ(source.total.voxels(), expected.voxels());
}

TEST_F(Evaluation, DoesNotDependOnThreadsNorOnTheOrderOfFrames) {
  const auto withThreads = [&](std::size_t threads, const fs::path& file = {}) {
    const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
    return evaluated(plan_, file);
  };
  const std::string one = withThreads(1, folder_ / "a.sqlite");
  EXPECT_EQ(withThreads(4), one);
  std::vector<FrameRecord> frames;
  EvaluationStore::open(folder_ / "a.sqlite").forEachFrame([&](const FrameRecord& frame) {
    frames.push_back(frame);
  });
  EvaluationStore backwards = createStore(plan_, {});
  for (std::size_t i = frames.size(); i-- > 0;)
    backwards.add(std::span(&frames[i], 1));
  EXPECT_EQ(numbersOf(backwards), one);
}

/// A source that lacks keyframes is compared over those that both have: with itself there is no difference.
TEST_F(Evaluation, ComparesOverTheKeyframesThatBothHave) {
  second_->occupancies = first_->occupancies;
  second_->occupancies.erase(MadeSplit::tokenOf(3));
  const EvaluationSummary summary = summaryOf(plan_);
  ASSERT_EQ(summary.pairs.size(), 1U);
  const PairSummary& pair = summary.pairs.front();
  EXPECT_EQ(pair.framesText(), "4 of 5 keyframes, those that both were scored in");
  EXPECT_NE(summary.sources[0].total.rays(), summary.sources[1].total.rays());
  EXPECT_EQ(pair.first_common.total.rays(), pair.second_common.total.rays());
  EXPECT_EQ(pair.second_common.total.rays(), summary.sources[1].total.rays());
  EXPECT_EQ(pair.first_common.scenes.at(1).report.frames(), 1);
  const Table table = differenceTable(summary, pair);
  for (std::size_t column = 0; column < table.columns.size(); ++column) {
    if (!table.columns[column].id.ends_with("_difference")) continue;
    EXPECT_EQ(table.footer->values[column], 0.0) << table.columns[column].id;
  }
  EXPECT_NE(table.note.find("over 4 of 5 keyframes"), std::string::npos) << table.note;
  EXPECT_NE(sourceTable(summary).note.find("which differ"), std::string::npos);
}

TEST_F(Evaluation, CanBeLimitedToScenesAndStopped) {
  plan_.scenes = {"scene-0002"};
  EXPECT_EQ(summaryOf(plan_).sources.front().frames.size(), 2U);
  plan_.scenes = {"scene-0009"};
  EXPECT_THROW(createStore(plan_, {}), Error);
  plan_.scenes.clear();
  std::stop_source stop;
  stop.request_stop();
  Progress stopped({}, stop.get_token());
  EvaluationStore store = createStore(plan_, {});
  EXPECT_THROW(runEvaluation(plan_, store, stopped), Cancelled);
  EXPECT_EQ(store.frameCount(), 0);
}

TEST_F(Evaluation, PredictionsOfAnotherClassSetAreRefused) {
  const auto other = std::make_shared<FakePredictions>(ClassSet::occ3d());
  EXPECT_THROW(createStore(planOf(split_, {other}), folder_ / "a.sqlite"), Error);
  EXPECT_FALSE(fs::exists(folder_ / "a.sqlite"));
}

/// One line a reason, however many files have it.
TEST_F(Evaluation, SkippedKeyframesAreToldOfByReason) {
  EvaluationSummary summary = summaryOf(planOf(split_, {first_}));
  std::vector<SkippedFrame>& skipped = summary.sources[0].skipped;
  skipped.clear();
  for (std::size_t i = 0; i < 3; ++i) {
    const fs::path file = fs::path("/there") / (MadeSplit::tokenOf(int(i)) + ".npz");
    const Problem problem{file.filename().string() + " cannot be used", file, "flow as finite numbers", "NaN",
                          "Save others."};
    skipped.push_back({{std::int64_t(i), 0, i, 0, i}, "", SkipReason::Unusable, toString(problem)});
  }
  skipped.push_back({{4, 1, 1, 1, 1}, "", SkipReason::Unusable, "It is damaged. File: /there/b.npz."});
  skipped.push_back({{5, 1, 2, 1, 2}, "", SkipReason::NoTruth, ""});
  EXPECT_EQ(
      skippedText(summary),
      "fake: 3 keyframes skipped: The file cannot be used. Expected flow as finite numbers, found NaN. Save "
      "others. The first: scene-0001 keyframe 1, /there/" +
          MadeSplit::tokenOf(0) +
          ".npz.\nfake: 1 keyframe skipped: It is damaged. It is: scene-0002 keyframe 2, /there/b.npz.\n");
}

TEST_F(Evaluation, BandsAddUpToTheWhole) {
  const SourceSummary source = summaryOf(plan_).sources.front();
  const RayDetails& details = *source.total.details();
  for (int label = 0; label < details.classes(); ++label) {
    ClassRays sum;
    for (std::size_t zone = 0; zone < kZones; ++zone)
      sum += details.zone(zone, label);
    const auto c = std::size_t(label);
    EXPECT_EQ(sum.truth, source.total.rays()->truth[c]);
    EXPECT_EQ(sum.hits[kFlowThreshold], source.total.rays()->hits[kFlowThreshold][c]);
    EXPECT_NEAR(1e-6 * double(sum.velocity_error_umps), source.total.rays()->velocity_error_mps[c],
                1e-6 * double(sum.hits[kFlowThreshold]));
  }
  const Table ranges = rangeTable(source.total).value();
  EXPECT_EQ(ranges.columns.back().id, "mave_mps");
  EXPECT_GT(ranges.rows.front().values.back(), 0.0);
}

TEST_F(Evaluation, TruthItselfIsPerfectInEveryBand) {
  auto perfect = std::make_shared<FakePredictions>();
  for (int i = 0; i < 6; ++i)
    perfect->occupancies[MadeSplit::tokenOf(i)] = split_.truths()[std::size_t(i)];
  const EvaluationPlan plan = planOf(split_, {perfect});
  EvaluationStore store = createStore(plan, {});
  Progress progress;
  runEvaluation(plan, store, progress);
  const EvaluationSummary summary = summarise(store);
  const SplitReport& report = summary.sources[0].total;
  EXPECT_EQ(report.rayScores()->ray_iou, 1.0);
  EXPECT_EQ(report.rayScores()->mave_mps, 0.0);
  EXPECT_EQ(report.rayScores()->server_mave_mps, 0.0);
  EXPECT_EQ(report.voxelScores()->mean_iou, 1.0);
  for (const Table& table : tablesOf(summary, summary.sources[0], 3)) {
    for (const TableRow& row : table.rows) {
      for (std::size_t i = 0; i < row.values.size(); ++i) {
        if (table.columns[i].unit != Unit::Percent || std::isnan(row.values[i])) continue;
        EXPECT_EQ(row.values[i], 1.0) << table.title << row.title;
      }
    }
  }
  std::vector<std::string> conditions;
  for (const GroupReport& group : summary.sources[0].conditions)
    conditions.push_back(group.name);
  EXPECT_EQ(conditions, (std::vector<std::string>{"day", "night", "rain"}));
}

TEST_F(Evaluation, ShardsMergeToTheSameBits) {
  const std::string whole = evaluated(plan_, folder_ / "whole.sqlite");
  std::vector<fs::path> parts;
  for (std::size_t i : {2, 0, 1}) {
    plan_.shard = {i, 3};
    parts.push_back(folder_ / ("part" + std::to_string(i)));
    const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, 1 + i);
    EXPECT_NE(evaluated(plan_, parts.back()), whole);
  }
  const MergeSummary merged = mergeEvaluations(folder_ / "merged.sqlite", parts);
  EXPECT_EQ(merged.frames, 6);
  EXPECT_EQ(merged.missing, 0);
  EXPECT_EQ(numbersOf(EvaluationStore::open(folder_ / "merged.sqlite")), whole);

  parts.pop_back();
  parts.push_back(parts.front());  // twice the same is no contradiction
  EXPECT_EQ(mergeEvaluations(folder_ / "less.sqlite", parts).missing, 2);
  EXPECT_THROW(mergeEvaluations(folder_ / "less.sqlite", parts), Error) << "it exists";
}

/// Also what is predicted along rays that meet nothing, by range: parts merge whatever was kept where.
TEST_F(Evaluation, KeptTruthGivesTheSameCounts) {
  evaluated(plan_, folder_ / "cast");
  TruthCache cache({folder_ / "cache"});
  plan_.cache = &cache;
  evaluated(plan_, folder_ / "cold");
  evaluated(plan_, folder_ / "warm");
  EXPECT_EQ(cache.hits(), cache.misses());
  EXPECT_GT(cache.hits(), 0U);
  const std::vector<fs::path> parts{folder_ / "cast", folder_ / "cold", folder_ / "warm"};
  EXPECT_NO_THROW(mergeEvaluations(folder_ / "all", parts));
}

TEST_F(Evaluation, PartsThatDoNotBelongTogetherAreRefused) {
  evaluated(plan_, folder_ / "a");
  const auto refused = [&](const EvaluationPlan& plan, const std::string& word) {
    const fs::path other = folder_ / ("other " + word);
    evaluated(plan, other);
    try {
      mergeEvaluations(folder_ / "merged", std::vector<fs::path>{folder_ / "a", other});
      ADD_FAILURE() << word;
    } catch (const Error& error) {
      EXPECT_NE(error.problem().summary.find(word), std::string::npos) << error.what();
    }
    EXPECT_FALSE(fs::exists(folder_ / "merged"));
  };
  EvaluationPlan plan = plan_;
  plan.scenes = {"scene-0001"};
  refused(plan, "split");
  plan = plan_;
  plan.options.camera_mask = false;
  refused(plan, "mask");
  plan = plan_;
  plan.sources.pop_back();
  refused(plan, "sources");
  plan = plan_;
  plan.order = FrameOrder::Reference;
  refused(plan, "order");
  second_->occupancies[MadeSplit::tokenOf(0)] = split_.truths()[0];
  refused(plan_, "different numbers");
}

TEST_F(Evaluation, GoesOnWhereItWasCancelled) {
  const std::string whole = evaluated(plan_);
  std::stop_source stop;
  int reads = 0;
  {
    const tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
    first_->on_reading = [&] {
      if (++reads == 3) stop.request_stop();
    };
    EvaluationStore store = createStore(plan_, folder_ / "a.sqlite");
    Progress progress({}, stop.get_token());
    EXPECT_THROW(runEvaluation(plan_, store, progress), Cancelled);
    store.finish();
    EXPECT_EQ(store.frameCount(), 3);
  }
  EXPECT_THROW(createStore(plan_, folder_ / "a.sqlite"), Error) << "nothing is overwritten";
  first_->on_reading = [&] { ++reads; };
  EvaluationStore store = resumeStore(plan_, folder_ / "a.sqlite");
  Progress progress;
  runEvaluation(plan_, store, progress);
  EXPECT_EQ(reads, 5);
  EXPECT_EQ(progress.state().done, 6);
  EXPECT_EQ(numbersOf(store), whole);
  EvaluationPlan other = plan_;
  other.split = "scene-0002";
  EXPECT_THROW(resumeStore(other, folder_ / "a.sqlite"), Error);
}

TEST_F(Evaluation, WhatCouldNotBeReadIsTriedAgain) {
  const std::string whole = evaluated(plan_);
  second_->damaged = MadeSplit::tokenOf(1);
  EXPECT_NE(evaluated(plan_, folder_ / "a"), whole);
  second_->damaged.clear();
  EvaluationStore store = resumeStore(plan_, folder_ / "a");
  Progress progress;
  runEvaluation(plan_, store, progress);
  EXPECT_EQ(numbersOf(store), whole);
}

/// Figures of two predictions must not become one evaluation; a copy of the same files may go on.
class ChangedPredictions : public Evaluation {
 protected:
  void SetUp() override {
    fs::create_directories(first_->folder = folder_ / "predictions");
    for (int i = 0; i < 6; ++i)
      write(i, "prediction " + std::to_string(i));
  }
  void write(int keyframe, const std::string& text) const {
    std::ofstream(first_->folder / MadeSplit::tokenOf(keyframe)) << text;
  }
  void expectRefused(const std::function<void()>& work, const std::string& word) const {
    try {
      work();
      ADD_FAILURE() << word;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(word), std::string::npos) << error.what();
    }
  }
  EvaluationPlan plan_of_files_ = planOf(split_, {first_});
};

TEST_F(ChangedPredictions, AreNotAddedToAnEvaluation) {
  evaluated(plan_of_files_, folder_ / "a");
  EXPECT_NO_THROW(resumeStore(plan_of_files_, folder_ / "a"));
  write(1, "prediction 1");  // as it was, at another time
  fs::rename(first_->folder, folder_ / "elsewhere");
  first_->folder = folder_ / "elsewhere";
  EXPECT_NO_THROW(resumeStore(plan_of_files_, folder_ / "a"));
  write(1, "prediction X");  // as long as it was
  expectRefused([&] { resumeStore(plan_of_files_, folder_ / "a"); },
                "others for 1 of 5 finished keyframes, first scene-0001 keyframe 2");
  fs::remove(first_->folder / MadeSplit::tokenOf(1));
  EXPECT_NO_THROW(resumeStore(plan_of_files_, folder_ / "a")) << "what is gone is not mixed up";
}

TEST_F(ChangedPredictions, OfOneWorkerAreFoundWhenPartsAreMerged) {
  plan_of_files_.shard = {0, 2};
  evaluated(plan_of_files_, folder_ / "0");
  plan_of_files_.shard = {1, 2};
  evaluated(plan_of_files_, folder_ / "1");
  const std::vector<fs::path> parts{folder_ / "0", folder_ / "1"};
  EXPECT_EQ(mergeEvaluations(folder_ / "same", parts).frames, 6);
  EXPECT_EQ(EvaluationStore::open(folder_ / "same").prints().size(), 5U + 5U) << "predictions and labels";
  fs::remove(folder_ / "1");
  for (int i = 0; i < 6; ++i)
    write(i, "another prediction");
  evaluated(plan_of_files_, folder_ / "1");
  expectRefused([&] { mergeEvaluations(folder_ / "mixed", parts); }, "different predictions");
  EXPECT_FALSE(fs::exists(folder_ / "mixed"));
}

/// The same of labels that were made anew.
class ChangedLabels : public ChangedPredictions {
 protected:
  fs::path labelsOf(int keyframe) const {
    return *split_.dataset()->truthFile(LabelKind::OpenOcc,
                                        split_.dataset()->keyframe(0, std::size_t(keyframe)));
  }
  void change(int keyframe) const {
    fs::copy_file(labelsOf(keyframe + 1), labelsOf(keyframe), fs::copy_options::overwrite_existing);
  }
};

TEST_F(ChangedLabels, AreNotAddedToAnEvaluation) {
  evaluated(plan_of_files_, folder_ / "a");
  EXPECT_NO_THROW(resumeStore(plan_of_files_, folder_ / "a"));
  change(0);
  expectRefused([&] { resumeStore(plan_of_files_, folder_ / "a"); }, "The labels have changed");
  expectRefused([&] { resumeStore(plan_of_files_, folder_ / "a"); },
                "others for 1 of 5 finished keyframes, first scene-0001 keyframe 1");
}

TEST_F(ChangedLabels, OfOneWorkerAreFoundWhenPartsAreMerged) {
  const std::vector<fs::path> parts{folder_ / "0", folder_ / "1"};
  plan_of_files_.shard = {0, 2};
  evaluated(plan_of_files_, parts[0]);
  change(0);
  plan_of_files_.shard = {1, 2};
  evaluated(plan_of_files_, parts[1]);
  expectRefused([&] { mergeEvaluations(folder_ / "mixed", parts); }, "different labels");
}

// Run by the test below in a process of its own, which is killed.
TEST(EvaluationChild, DISABLED_Evaluates) {
  const char* file = std::getenv("HBEV_EVALUATION_FILE");
  ASSERT_NE(file, nullptr);
  const MadeSplit split;  // the first of its process
  const auto slow = FakePredictions::of(split, 1);
  int reads = 0;
  slow->on_reading = [&] {
    if (++reads > 3) std::this_thread::sleep_for(std::chrono::minutes(1));
  };
  EvaluationPlan plan = planOf(split, {slow});
  plan.keep_every = std::chrono::milliseconds(0);
  const tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
  EvaluationStore store = createStore(plan, file);
  Progress progress;
  runEvaluation(plan, store, progress);
}

TEST_F(Evaluation, SurvivesBeingKilled) {
  const EvaluationPlan plan = planOf(split_, {first_});
  const std::string whole = evaluated(plan);
  const fs::path file = folder_ / "killed.sqlite";
  fs::create_directories(folder_);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    ::setenv("HBEV_EVALUATION_FILE", file.c_str(), 1);
    ::unsetenv("GTEST_TOTAL_SHARDS");
    ::execl("/proc/self/exe", "test_eval", "--gtest_filter=EvaluationChild.DISABLED_Evaluates",
            "--gtest_also_run_disabled_tests", "--gtest_brief=1", static_cast<char*>(nullptr));
    ::_exit(127);
  }
  std::int64_t frames = 0;
  for (int tries = 0; frames < 3 && tries < 1000; ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    if (fs::exists(file)) frames = EvaluationStore::open(file).frameCount();  // while it is written
  }
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  fs::remove_all(fs::temp_directory_path() / ("hbev_split_" + std::to_string(child) + "_1"));  // it could not
  EXPECT_EQ(frames, 3);
  EvaluationStore store = resumeStore(plan, file);
  EXPECT_EQ(store.finishedFrames().size(), 3U);
  Progress progress;
  runEvaluation(plan, store, progress);
  EXPECT_EQ(numbersOf(store), whole);
}

TEST(FrameOrder, ReferencePairsPositionsOfTwoLists) {
  const MadeSplit split({.second_scene_first = true});  // the second scene was driven first
  const auto by_token = orderedFrames(*split.dataset(), {0, 1}, FrameOrder::Token);
  EXPECT_EQ(by_token[4], (EvaluatedFrame{4, 1, 1, 1, 1}));
  const auto reference = orderedFrames(*split.dataset(), {0, 1}, FrameOrder::Reference);
  EXPECT_EQ(reference[0], (EvaluatedFrame{0, 1, 0, 0, 0}));
  EXPECT_EQ(reference[5], (EvaluatedFrame{5, 0, 2, 1, 2}));
  EXPECT_EQ(orderedFrames(*split.dataset(), {1}, FrameOrder::Reference)[2], (EvaluatedFrame{2, 1, 2, 1, 2}));
  std::size_t frames = 0;
  for (std::size_t i = 0; i < 4; ++i)
    frames += shardOf(reference, {i, 4}).size();
  EXPECT_EQ(frames, 6U);

  const auto predictions = FakePredictions::of(split, 1);
  EvaluationPlan plan = planOf(split, {predictions});
  const std::string token_numbers = evaluated(plan);
  plan.order = FrameOrder::Reference;
  EXPECT_NE(evaluated(plan), token_numbers);
}

TEST(FrameOrder, ShardsAreCountedFromZero) {
  EXPECT_EQ(parseShard("0/1"), (Shard{0, 1}));
  EXPECT_EQ(parseShard("7/8"), (Shard{7, 8}));
  for (const char* text : {"8/8", "1", "/", "1/", "-1/2", "1/2/3", "a/b", "0/0", ""})
    EXPECT_THROW(parseShard(text), Error) << text;
}

}  // namespace
}  // namespace hbev
