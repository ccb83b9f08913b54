#include "core/eval/evaluation_store.h"

#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/eval/count_blob.h"
#include "core/eval/evaluation_summary.h"
#include "core/eval/sqlite.h"
#include "tests/base/expect_error.h"
#include "tests/eval/made_split.h"

namespace hbev {
namespace {

namespace fs = std::filesystem;

std::string bytesOf(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

class EvaluationStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    const EvaluationPlan plan = test::planOf(split_, {test::FakePredictions::of(split_, 1)});
    EvaluationStore store = createStore(plan, file_);
    Progress progress;
    runEvaluation(plan, store, progress);
    store.finish();
  }
  /// Opening it gives one Error that names it, and changes nothing.
  void expectRefused(const fs::path& file, const std::string& word) const {
    const std::string before = bytesOf(file);
    for (const auto& open : {&EvaluationStore::open, &EvaluationStore::openToAdd}) {
      try {
        open(file);
        ADD_FAILURE() << file;
      } catch (const Error& error) {
        EXPECT_EQ(error.problem().file, file);
        EXPECT_NE(std::string(error.what()).find(word), std::string::npos) << error.what();
      }
    }
    EXPECT_EQ(bytesOf(file), before);
  }

  test::MadeSplit split_;
  fs::path file_ = split_.root() / "a.sqlite";
};

TEST_F(EvaluationStoreTest, IsOneFileWhenFinished) {
  EXPECT_FALSE(fs::exists(file_.string() + "-wal"));
  EXPECT_FALSE(fs::exists(file_.string() + "-shm"));
  const EvaluationStore store = EvaluationStore::open(file_);
  EXPECT_EQ(store.facts().split, "all");
  EXPECT_EQ(store.facts().truth, "openocc");
  EXPECT_EQ(store.facts().keyframes, 6);
  EXPECT_EQ(store.scenes().at(0).description, "Night, rain");
  EXPECT_EQ(store.frameCount(), 6);
  EXPECT_EQ(store.finishedFrames().size(), 5U);
}

TEST_F(EvaluationStoreTest, IsNotWrittenOverAnything) {
  const EvaluationPlan plan = test::planOf(split_, {test::FakePredictions::of(split_, 1)});
  EXPECT_EQ(test::problemOf([&] { createStore(plan, file_); }).summary, "There is a file already");
  EXPECT_EQ(test::problemOf([&] { createStore(plan, split_.root()); }).found, "a folder");
}

/// What one looked for before another made it is not written over.
TEST_F(EvaluationStoreTest, OfSeveralThatBeginAtOnceOneMakesTheFile) {
  const fs::path temporary = split_.root() / "temporary", other = split_.root() / "other";
  writeFile(temporary, std::string_view("mine"));
  publishNewFile(temporary, other, "Name another.");
  EXPECT_EQ(bytesOf(other), "mine");
  EXPECT_FALSE(fs::exists(temporary));
  writeFile(temporary, std::string_view("theirs"));
  EXPECT_EQ(test::problemOf([&] { publishNewFile(temporary, other, "Name another."); }).advice,
            "Name another.");
  EXPECT_EQ(bytesOf(other), "mine");
  EXPECT_FALSE(fs::exists(temporary));
}

TEST_F(EvaluationStoreTest, WhatIsNotThereIsSaid) {
  EXPECT_EQ(test::problemOf([&] { EvaluationStore::open(split_.root() / "absent"); }).found, "nothing there");
  EXPECT_EQ(test::problemOf([&] { EvaluationStore::open(split_.root()); }).found, "a folder");
}

TEST_F(EvaluationStoreTest, OtherFilesAreRefusedAndLeftAlone) {
  const fs::path other = split_.root() / "other";
  writeFile(other, std::string_view("no database at all, but some text that is longer than a header is"));
  expectRefused(other, "left as it is");
  writeFile(other, std::string_view(""));
  expectRefused(other, "another program's database or an empty file");
  fs::remove(other);
  SqlDatabase(other, SqlDatabase::Mode::Create).execute("CREATE TABLE a (b); PRAGMA user_version = 1");
  expectRefused(other, "another program's");
  fs::copy_file(file_, other, fs::copy_options::overwrite_existing);
  SqlDatabase(other, SqlDatabase::Mode::Write).execute("PRAGMA user_version = 4");
  expectRefused(other, "format 4");
  SqlDatabase(other, SqlDatabase::Mode::Write).execute("PRAGMA user_version = 1");
  expectRefused(other, "format 1");
  EXPECT_THROW(EvaluationStore::open(split_.root() / "absent"), Error);
  EXPECT_THROW(EvaluationStore::open(split_.root()), Error);
}

/// What was scored before files were remembered can be read and gone on with.
TEST_F(EvaluationStoreTest, FilesOfEarlierVersionsHaveNoPrints) {
  SqlDatabase(file_, SqlDatabase::Mode::Write).execute("DROP TABLE prediction_file; DROP TABLE truth_file");
  EXPECT_TRUE(EvaluationStore::open(file_).prints().empty());
  EXPECT_EQ(summarise(EvaluationStore::open(file_)).sources[0].frames.size(), 5U);
  const EvaluationPlan plan = test::planOf(split_, {test::FakePredictions::of(split_, 1)});
  EvaluationStore store = resumeStore(plan, file_);
  Progress progress;
  runEvaluation(plan, store, progress);
  store.addPrints(std::vector<StoredPrint>{{2, 0, ~std::uint64_t(0)}});
  ASSERT_EQ(store.prints().size(), 1U);
  EXPECT_EQ(store.prints()[0].print, ~std::uint64_t(0)) << "all 64 bits are kept";
}

/// Predictions were remembered before labels were.
TEST_F(EvaluationStoreTest, FilesOfEarlierVersionsHaveNoPrintsOfTheTruth) {
  EvaluationStore::openToAdd(file_).addPrints(std::vector<StoredPrint>{{2, 0, 7}});
  EXPECT_EQ(EvaluationStore::open(file_).prints().size(), 6U) << "one, and the labels of five keyframes";
  SqlDatabase(file_, SqlDatabase::Mode::Write).execute("DROP TABLE truth_file");
  const std::vector<StoredPrint> left = EvaluationStore::open(file_).prints();
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].print, 7U);
  EvaluationStore::openToAdd(file_).addPrints(std::vector<StoredPrint>{{2, StoredPrint::kTruth, 8}});
  EXPECT_EQ(EvaluationStore::open(file_).prints().size(), 2U);
}

TEST_F(EvaluationStoreTest, DamageIsAnErrorOrHarmless) {
  const std::string whole = bytesOf(file_);
  const fs::path other = split_.root() / "other";
  for (std::size_t i = 0; i < 60; ++i) {
    std::string damaged = whole;
    if (i % 3 == 0) {
      damaged.resize(whole.size() * (i + 1) / 61);
    } else {
      for (std::size_t j = 0; j < 40; ++j)
        damaged[(i * 7919 + j * 104729) % damaged.size()] = char(i * 37 + j);
    }
    writeFile(other, damaged);
    try {
      summarise(EvaluationStore::open(other));
    } catch (const Error& error) {
      EXPECT_EQ(error.problem().file, other) << error.what();
    }
  }
}

TEST_F(EvaluationStoreTest, RowsThatDoNotFitAreAnError) {
  for (const char* change :
       {"UPDATE result SET source = 7", "UPDATE result SET status = 9",
        "DELETE FROM result WHERE ordinal = 2", "UPDATE class_rays SET class = 99 WHERE class = 10",
        "UPDATE class_rays SET truth = -1", "UPDATE result SET voxels = x'0102'",
        "UPDATE result SET zones = zeroblob(100000)", "DROP TABLE frame",
        "UPDATE fact SET value = 'x/y' WHERE name = 'shard'",
        "UPDATE fact SET value = 'cats' WHERE name = 'truth'"}) {
    const fs::path other = split_.root() / "other";
    fs::copy_file(file_, other, fs::copy_options::overwrite_existing);
    SqlDatabase(other, SqlDatabase::Mode::Write).execute(change);
    EXPECT_THROW(summarise(EvaluationStore::open(other)), Error) << change;
  }
}

TEST(CountBlob, GoesRoundAndRefusesTheRest) {
  const std::vector<std::int64_t> counts{0, 1, 127, 128, 300, 1'000'000, (std::int64_t(1) << 48), 0};
  const std::vector<std::byte> bytes = packCounts(counts);
  std::vector<std::int64_t> back(counts.size());
  unpackCounts(bytes, back);
  EXPECT_EQ(back, counts);
  std::vector<std::int64_t> fewer(counts.size() - 1), more(counts.size() + 1);
  EXPECT_THROW(unpackCounts(bytes, fewer), Error);
  EXPECT_THROW(unpackCounts(bytes, more), Error);
  const std::vector<std::byte> endless(20, std::byte(0xFF));
  EXPECT_THROW(unpackCounts(endless, std::span(back).first(1)), Error);
}

}  // namespace
}  // namespace hbev
