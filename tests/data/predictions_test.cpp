#include <gtest/gtest.h>

#include "core/base/files.h"
#include "core/data/dataset.h"
#include "core/data/labels.h"
#include "core/data/predictions/source.h"
#include "tests/base/expect_error.h"
#include "tests/base/temporary_folder.h"
#include "tests/data/made_nuscenes.h"

namespace hbev {
namespace {

using test::madeOccupancy;
using test::problemOf;
using test::TemporaryFolder;

Keyframe keyframe(const std::string& scene, const std::string& token) {
  Keyframe result;
  result.scene_name = scene;
  result.token = token;
  return result;
}

class PredictionsOf : public testing::TestWithParam<LabelKind> {};

TEST_P(PredictionsOf, AreFoundAndReadByTheKeyframe) {
  const TemporaryFolder folder;
  const Occupancy made = madeOccupancy(GetParam());
  writeOccupancyNpz(folder / "results/scene-a/a0.npz", made, true);
  writeOccupancyNpz(folder / "results/scene-a/a1.npz", made, true);
  writeOccupancyNpz(folder / "results/scene-b/b0.npz", made, true);
  writeFile(folder / "results/scene-b/notes.txt", std::string_view("notes"));
  const auto source = openPredictions((folder / "results").string() + "/");
  EXPECT_EQ(source->title(), "results");
  EXPECT_EQ(source->formatName(), "HBEVOcc / STCOcc");
  EXPECT_EQ(&source->classes(), &classSetOf(GetParam()));
  EXPECT_EQ(source->count(), 3U);
  EXPECT_EQ(source->find(keyframe("scene-a", "a1"))->filename(), "a1.npz");
  EXPECT_FALSE(source->find(keyframe("scene-a", "a2")));
  EXPECT_FALSE(source->find(keyframe("scene-b", "a1")));
  EXPECT_EQ(source->read(keyframe("scene-b", "b0")).semantics, made.semantics);
}

INSTANTIATE_TEST_SUITE_P(Both, PredictionsOf, testing::ValuesIn(kLabelKinds),
                         [](const auto& tested) { return std::string(labelKindTitle(tested.param)); });

/// Tools that keep tokens as numbers write them as capitals.
TEST(Predictions, AreFoundInCapitalsToo) {
  const TemporaryFolder folder;
  const std::string token = "0a1b2c3d4e5f60718293a4b5c6d7e8f9";
  writeOccupancyNpz(folder / "results/scene-a/0A1B2C3D4E5F60718293A4B5C6D7E8F9.NPZ",
                    madeOccupancy(LabelKind::OpenOcc), true);
  const auto source = openPredictions(folder / "results");
  EXPECT_TRUE(source->find(keyframe("scene-a", token)));
  EXPECT_FALSE(source->find(keyframe("scene-a", token.substr(1) + "0")));
  EXPECT_TRUE(openPredictions(folder / "results/scene-a/0A1B2C3D4E5F60718293A4B5C6D7E8F9.NPZ")
                  ->find(keyframe("scene-a", token)));
}

TEST(Predictions, AMissingKeyframeIsNamed) {
  const TemporaryFolder folder;
  writeOccupancyNpz(folder / "scene-a/a0.npz", madeOccupancy(LabelKind::OpenOcc), true);
  const auto source = openPredictions(folder.path());
  const Problem problem = problemOf([&] { source->read(keyframe("scene-a", "a7")); });
  EXPECT_EQ(problem.file, folder.path());
  EXPECT_EQ(problem.expected, "scene-a/a7");
  EXPECT_FALSE(problem.advice.empty());
}

TEST(Predictions, ADamagedFileCostsItsKeyframeOnly) {
  const TemporaryFolder folder;
  for (const char* token : {"a0", "a1", "a2"}) {
    writeOccupancyNpz(folder / ("scene-a/" + std::string(token) + ".npz"), madeOccupancy(LabelKind::Occ3d),
                      true);
  }
  for (const char* token : {"a0", "a1"}) {
    const auto file = folder / ("scene-a/" + std::string(token) + ".npz");
    const std::vector<std::byte> whole = readFile(file, 1 << 24);
    writeFile(file, std::span(whole).first(whole.size() / 2));
  }
  const auto source = openPredictions(folder.path());
  EXPECT_EQ(&source->classes(), &ClassSet::occ3d()) << "told by the one file that can be read";
  EXPECT_EQ(source->count(), 3U);
  EXPECT_EQ(problemOf([&] { source->read(keyframe("scene-a", "a0")); }).file, folder / "scene-a/a0.npz");
  EXPECT_EQ(source->read(keyframe("scene-a", "a2")).semantics.size(), 640'000U);
}

TEST(Predictions, AFolderOfUnreadableFilesIsAnError) {
  const TemporaryFolder folder;
  writeFile(folder / "scene-a/a0.npz", std::string_view("no archive"));
  const Problem problem = problemOf([&] { openPredictions(folder.path()); });
  EXPECT_EQ(problem.file, folder.path());
  EXPECT_EQ(problem.found.find("1 file of another kind; a0.npz: "), 0U) << problem.found;
}

TEST(Predictions, AFolderWithoutPredictionsIsRefusedWithAdvice) {
  const TemporaryFolder folder;
  writeFile(folder / "a0.npz", std::string_view("no archive"));
  for (const auto& path : {folder.path(), folder / "a0.npz", folder / "absent"}) {
    const Problem problem = problemOf([&] { openPredictions(path); });
    EXPECT_EQ(problem.file, path);
    EXPECT_EQ(problem.summary, path.filename().string() + " holds no predictions");
    EXPECT_FALSE(problem.advice.empty());
  }
}

TEST(Predictions, AnArchiveIsToBeUnpacked) {
  const TemporaryFolder folder;
  // An empty gzip file: a compressed archive of a folder begins like a compressed pickle.
  const std::string gzip("\x1f\x8b\x08\0\0\0\0\0\0\x03\x03\0\0\0\0\0\0\0\0\0", 20);
  for (const char* name : {"val.zip", "VAL.ZIP", "val.tar.gz", "val.tar.xz"}) {
    writeFile(folder / name, gzip);
    const Problem problem = problemOf([&] { openPredictions(folder / name); });
    EXPECT_EQ(problem.found, "an archive") << name;
    EXPECT_NE(problem.advice.find("Unpack"), std::string::npos) << problem.advice;
  }
}

TEST(PredictionsAlone, OpenAsADataSetInTheOrderOfTheirNames) {
  const TemporaryFolder folder;
  const Occupancy made = madeOccupancy(LabelKind::OpenOcc);
  for (const char* name : {"scene-b/b1.npz", "scene-b/b0.npz", "scene-a/a0.npz"}) {
    writeOccupancyNpz(folder / "results" / name, made, true);
  }
  writeFile(folder / "results/readme.txt", std::string_view("notes"));
  const auto dataset = Dataset::open((folder / "results").string() + "/");
  EXPECT_TRUE(dataset->isPredictionsAlone());
  EXPECT_EQ(dataset->name(), "results");
  EXPECT_TRUE(dataset->version().empty());
  EXPECT_EQ(dataset->keyframeCount(), 3U);
  ASSERT_EQ(dataset->scenes().size(), 2U);
  EXPECT_EQ(dataset->scenes()[0].name, "scene-a");
  EXPECT_EQ(dataset->scenes()[1].keyframes, (std::vector<std::string>{"b0", "b1"}));
  EXPECT_GT(dataset->timestamp_us(1, 1), dataset->timestamp_us(1, 0));
  EXPECT_TRUE(dataset->labelKinds().empty());
  // Its keyframes are those that the source finds.
  const auto source = openPredictions(folder / "results");
  EXPECT_EQ(source->read(dataset->keyframe(1, 1)).semantics, made.semantics);
}

TEST(PredictionsAlone, AreNotMadeOfAFolderThatHoldsNone) {
  const TemporaryFolder folder;
  writeFile(folder / "a/b/c.npz", std::string_view("too deep"));
  EXPECT_THROW(Dataset::open(folder.path()), Error);
}

}  // namespace
}  // namespace hbev
