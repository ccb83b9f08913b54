// Class counts of scenes: right, remembered, and made anew when files change; conditions from words.
#include "core/data/scene_classes.h"

#include <fstream>
#include <map>

#include <gtest/gtest.h>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/data/scene_conditions.h"
#include "tests/base/temporary_folder.h"
#include "tests/data/made_nuscenes.h"

namespace hbev {
namespace {

namespace fs = std::filesystem;
using test::MadeNuscenes;
using test::TemporaryFolder;

class SceneClassesTest : public testing::Test {
 protected:
  SceneClassesTest() {
    MadeNuscenes().write(root());
    for (const char* token : {"a0", "a1", "a2"})
      writeLabels("scene-a", token);
    Occupancy other = test::madeOccupancy(LabelKind::Occ3d);
    other.semantics[7] = std::uint8_t(*ClassSet::occ3d().findLabel("bicycle"));
    writeOccupancyNpz(root() / test::labelsFile(LabelKind::Occ3d, "scene-b", "b0"), other, true);
    dataset_ = Dataset::open(root());
  }

  fs::path root() const { return folder_.path() / "data"; }
  fs::path cache() const { return folder_.path() / "cache"; }
  fs::path cacheFile() const { return sceneClassesFile(*dataset_, LabelKind::Occ3d, cache()); }
  void writeLabels(const std::string& scene, const std::string& token) {
    const fs::path file = root() / test::labelsFile(LabelKind::Occ3d, scene, token);
    writeOccupancyNpz(file, test::madeOccupancy(LabelKind::Occ3d), true);
  }

  std::map<std::size_t, SceneClasses> count() {
    std::map<std::size_t, SceneClasses> counted;
    Progress progress;
    countSceneClasses(
        *dataset_, LabelKind::Occ3d, cache(),
        [&](std::size_t scene, const SceneClasses& classes) { counted[scene] = classes; }, progress);
    return counted;
  }
  static std::uint64_t voxels(const SceneClasses& classes, const char* id) {
    return classes.voxels.at(std::size_t(*ClassSet::occ3d().findLabel(id)));
  }

  TemporaryFolder folder_;
  std::shared_ptr<const Dataset> dataset_;
};

TEST_F(SceneClassesTest, sums_over_the_keyframes_of_each_scene) {
  const auto counted = count();
  ASSERT_EQ(counted.size(), 2U);
  EXPECT_EQ(counted.at(0).keyframes, 3U);
  EXPECT_EQ(voxels(counted.at(0), "car"), 3U * 200);
  EXPECT_EQ(voxels(counted.at(0), "bicycle"), 0U);
  EXPECT_FALSE(counted.at(0).holds(*ClassSet::occ3d().findLabel("bicycle")));
  EXPECT_EQ(voxels(counted.at(1), "bicycle"), 1U);
  EXPECT_TRUE(counted.at(1).holds(*ClassSet::occ3d().findLabel("bicycle")));
  const auto all = std::uint64_t(GridSpec{}.dims.prod());
  std::uint64_t sum = 0;
  for (const std::uint64_t count : counted.at(0).voxels)
    sum += count;
  EXPECT_EQ(sum, 3 * all);
}

TEST_F(SceneClassesTest, remembers_until_a_label_file_changes) {
  const auto first = count();
  ASSERT_TRUE(fs::exists(cacheFile()));
  // The same path, size and time with other bytes: only a count made anew could tell.
  const fs::path labels = root() / test::labelsFile(LabelKind::Occ3d, "scene-b", "b0");
  const auto time = fs::last_write_time(labels);
  const auto size = fs::file_size(labels);
  std::ofstream(labels, std::ios::binary) << std::string(size, 'x');
  fs::last_write_time(labels, time);
  EXPECT_EQ(count(), first);
  fs::last_write_time(labels, time + std::chrono::seconds(1));
  const auto anew = count();
  EXPECT_EQ(anew.at(0), first.at(0));
  EXPECT_EQ(anew.at(1).keyframes, 0U);
  EXPECT_EQ(anew.at(1).damaged, 1U);
  fs::remove(labels);
  EXPECT_EQ(count().at(1).damaged, 0U);
}

TEST_F(SceneClassesTest, a_damaged_or_foreign_cache_is_ignored) {
  const auto right = count();
  const std::vector<std::byte> good = readFile(cacheFile(), 1 << 20);
  const std::string text(reinterpret_cast<const char*>(good.data()), good.size());
  for (const std::string& damaged :
       {std::string(), text.substr(0, text.size() / 2), std::string("{\"version\": 99, \"scenes\": {}}"),
        std::string("[1, 2]"), std::string("{\"version\": 1, \"scenes\": {\"scene-a\": {\"voxels\": 3}}}")}) {
    writeFile(cacheFile(), damaged);
    EXPECT_EQ(count(), right) << damaged.substr(0, 60);
  }
}

TEST_F(SceneClassesTest, cancelled_work_keeps_whole_scenes_only) {
  std::stop_source stop;
  Progress progress([](const Progress::State&) {}, stop.get_token());
  std::size_t found = 0;
  const auto stopAfterFirst = [&](std::size_t, const SceneClasses&) {
    ++found;
    stop.request_stop();
  };
  EXPECT_THROW(countSceneClasses(*dataset_, LabelKind::Occ3d, cache(), stopAfterFirst, progress), Cancelled);
  EXPECT_EQ(found, 1U);
  EXPECT_TRUE(fs::exists(cacheFile()));
  EXPECT_EQ(count().at(1).keyframes, 1U);
}

TEST_F(SceneClassesTest, a_cache_folder_that_cannot_be_written_is_no_error) {
  writeFile(cache(), "a file where the folder should be");
  EXPECT_EQ(count().size(), 2U);
}

using Conditions = std::set<SceneCondition>;

TEST(SceneConditions, words_of_the_description) {
  EXPECT_EQ(conditionsOf("Night, difficult lighting, rain"),
            (Conditions{SceneCondition::Night, SceneCondition::Rain}));
  EXPECT_EQ(conditionsOf("Rainy morning"), (Conditions{SceneCondition::Day, SceneCondition::Rain}));
  EXPECT_EQ(conditionsOf("Dusk, ring road"), Conditions{SceneCondition::Dusk});
  EXPECT_EQ(conditionsOf("Parked cars, waiting at a crossing"), Conditions{SceneCondition::Day});
  EXPECT_EQ(conditionsOf(""), Conditions{});
}

TEST(SceneConditions, parts_of_words_do_not_count) {
  EXPECT_EQ(conditionsOf("Train station, overnight parking"), Conditions{SceneCondition::Day});
  EXPECT_EQ(conditionsOf("NIGHT"), Conditions{SceneCondition::Night});
}

}  // namespace
}  // namespace hbev
