// Moving through a scene: keys, playing, valleys, bookmarks, and the timeline under the mouse.
#include <algorithm>

#include "core/data/predictions/source.h"
#include "tests/ui/window_test.h"
#include "ui/kit/timeline.h"
#include "ui/kit/timeline_strip.h"

namespace hbev::ui::test {
namespace {

class TimeTest : public WindowTest {
 protected:
  void SetUp() override { open(); }
  TimelineStrip& strip() { return *window().timeline().strip(); }
  QPointF at(int keyframe) { return {strip().scale().xOf(keyframe), strip().height() / 2.0}; }
};

TEST_F(TimeTest, arrows_home_and_end_move_along_the_scene) {
  key(Qt::Key_Right);
  EXPECT_EQ(keyframe(), 1U);
  key(Qt::Key_Right);
  EXPECT_EQ(keyframe(), 2U);
  key(Qt::Key_Left);
  EXPECT_EQ(keyframe(), 1U);
  key(Qt::Key_End);
  EXPECT_EQ(keyframe(), 3U);
  key(Qt::Key_Right);
  EXPECT_EQ(keyframe(), 3U) << "there is nothing after the last keyframe";
  key(Qt::Key_Home);
  EXPECT_EQ(keyframe(), 0U);
  key(Qt::Key_Right, Qt::ShiftModifier);
  EXPECT_EQ(keyframe(), 3U) << "ten keyframes on end at the scene's end";
  key(Qt::Key_Left, Qt::ShiftModifier);
  EXPECT_EQ(keyframe(), 0U);
  EXPECT_EQ(window().timeline().current(), 0);
}

TEST_F(TimeTest, page_keys_change_the_scene) {
  key(Qt::Key_Right);
  key(Qt::Key_PageDown);
  EXPECT_EQ(studio().current(), (FrameKey{1, 0}));
  key(Qt::Key_PageDown);
  EXPECT_EQ(studio().current(), (FrameKey{1, 0})) << "there is no third scene";
  key(Qt::Key_PageUp);
  EXPECT_EQ(studio().current(), (FrameKey{0, 0}));
}

TEST_F(TimeTest, space_plays_to_the_end_and_stops) {
  studio().playback().setSpeed(8);
  std::vector<std::size_t> seen;
  QObject::connect(&studio(), &Studio::currentChanged, &window(), [&] { seen.push_back(keyframe()); });
  key(Qt::Key_Space);
  EXPECT_TRUE(studio().playback().isPlaying());
  EXPECT_TRUE(window().timeline().isPlaying());
  ASSERT_TRUE(waitFor([&] { return !studio().playback().isPlaying(); }));
  EXPECT_EQ(seen, (std::vector<std::size_t>{1, 2, 3})) << "playing shows every keyframe once";
  EXPECT_FALSE(window().timeline().isPlaying());
  key(Qt::Key_Space);
  EXPECT_EQ(keyframe(), 0U) << "playing at the end begins anew";
  key(Qt::Key_Space);
  EXPECT_FALSE(studio().playback().isPlaying());
}

TEST_F(TimeTest, a_loop_plays_within_its_ends) {
  studio().playback().setLoop(std::pair(1, 2));
  studio().setCurrent(0, 1);
  studio().playback().setSpeed(8);
  std::vector<std::size_t> seen;
  QObject::connect(&studio(), &Studio::currentChanged, &window(), [&] { seen.push_back(keyframe()); });
  key(Qt::Key_Space);
  ASSERT_TRUE(waitFor([&] { return seen.size() >= 3; }));
  seen.resize(3);
  EXPECT_EQ(seen, (std::vector<std::size_t>{2, 1, 2}));
  EXPECT_TRUE(studio().playback().isPlaying());
}

TEST_F(TimeTest, n_jumps_to_the_next_valley) {
  std::vector<double> scores;
  for (std::size_t i = 0; i < 4; ++i)
    scores.push_back(studio().report(0, i)->rayScores().ray_iou);
  const auto isValley = [&](std::size_t i) {
    const double before = i == 0 ? HUGE_VAL : scores[i - 1],
                 after = i + 1 == scores.size() ? HUGE_VAL : scores[i + 1];
    return scores[i] < before && scores[i] <= after;
  };
  for (std::size_t start = 0; start < scores.size(); ++start) {
    std::size_t wanted = start;
    for (std::size_t i = start + 1; i < scores.size() && wanted == start; ++i) {
      if (isValley(i)) wanted = i;
    }
    studio().setCurrent(0, start);
    key(Qt::Key_N);
    EXPECT_EQ(keyframe(), wanted) << "from " << start;
  }
  std::size_t before = 3;
  for (std::size_t i = 3; i-- > 0 && before == 3;) {
    if (isValley(i)) before = i;
  }
  studio().setCurrent(0, 3);
  key(Qt::Key_N, Qt::ShiftModifier);
  EXPECT_EQ(keyframe(), before);
}

TEST_F(TimeTest, past_the_scenes_last_valley_comes_the_next_scenes) {
  const auto valleys = [this](std::size_t scene) {
    std::vector<double> scores;
    for (std::size_t i = 0; i < 4; ++i)
      scores.push_back(studio().report(scene, i)->rayScores().ray_iou);
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < scores.size(); ++i) {
      if ((i == 0 || scores[i] < scores[i - 1]) && (i + 1 == scores.size() || scores[i] <= scores[i + 1]))
        found.push_back(i);
    }
    return found;
  };
  studio().setCurrent(1, 0);
  ASSERT_TRUE(settle());
  const auto here = valleys(1), before = valleys(0);
  ASSERT_FALSE(here.empty() || before.empty()) << "the lowest is one";
  studio().setCurrent(0, 3);
  key(Qt::Key_N);
  EXPECT_EQ(studio().current(), (FrameKey{1, here.front()}));
  studio().setCurrent(1, 0);
  key(Qt::Key_N, Qt::ShiftModifier);
  EXPECT_EQ(studio().current(), (FrameKey{0, before.back()}));
  studio().setCurrent(1, 3);
  key(Qt::Key_N);
  EXPECT_EQ(studio().current(), (FrameKey{1, 3})) << "the last scene's last is the end";
}

TEST_F(TimeTest, b_sets_a_flag_that_is_kept) {
  const auto flags = [&] { return strip().data().flags; };
  EXPECT_TRUE(flags().empty());
  key(Qt::Key_Right);
  key(Qt::Key_B);
  ASSERT_EQ(flags().size(), 1U);
  EXPECT_EQ(flags()[0].keyframe, 1);
  key(Qt::Key_Home);
  key(Qt::Key_B, Qt::ShiftModifier);
  EXPECT_EQ(keyframe(), 1U) << "Shift+B goes to the bookmark";
  // Another window finds it again.
  MainWindow second(theme(), false);
  second.studio().openDataset(QString::fromStdString(demoWorld().string()));
  ASSERT_TRUE(waitFor([&] { return second.studio().dataset() && second.studio().isFrameCurrent(); }));
  EXPECT_EQ(second.timeline().strip()->data().flags.size(), 1U);
  key(Qt::Key_B);
  EXPECT_TRUE(flags().empty());
}

TEST_F(TimeTest, a_click_into_the_timeline_goes_there) {
  pressMouse(strip(), at(2));
  releaseMouse(strip(), at(2));
  EXPECT_EQ(keyframe(), 2U);
  ASSERT_TRUE(settle());
  EXPECT_EQ(studio().frame()->keyframe.index_in_scene, 2U);
}

TEST_F(TimeTest, fast_scrubbing_ends_where_the_pointer_ended) {
  pressMouse(strip(), at(0));
  for (int round = 0; round < 6; ++round) {
    for (const int keyframe : {1, 3, 2, 0, 3})
      moveMouse(strip(), at(keyframe), Qt::LeftButton);
  }
  moveMouse(strip(), at(1), Qt::LeftButton);
  releaseMouse(strip(), at(1));
  EXPECT_EQ(keyframe(), 1U);
  ASSERT_TRUE(settle());
  EXPECT_EQ(studio().frame()->keyframe.index_in_scene, 1U);
  // The voxels are that keyframe's too, as a reader of the files finds them.
  const auto predictions = openPredictions(demoWorld() / "predictions" / "spoiled");
  const Occupancy expected = predictions->read(studio().dataset()->keyframe(0, 1));
  EXPECT_EQ(studio().content(Side::A).occupancy->semantics, expected.semantics);
}

TEST_F(TimeTest, the_timeline_shows_the_scores_that_came) {
  const std::vector<std::optional<double>>& shown = strip().data().scores;
  ASSERT_EQ(shown.size(), 4U);
  for (std::size_t i = 0; i < shown.size(); ++i) {
    ASSERT_TRUE(shown[i]) << i;
    EXPECT_DOUBLE_EQ(*shown[i], 100 * studio().report(0, i)->rayScores().ray_iou);
  }
}

}  // namespace
}  // namespace hbev::ui::test
