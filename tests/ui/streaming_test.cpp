// Loading as people meet it: scrubbing, what is loaded ahead, pictures between keyframes, the settings.
#include <numeric>

#include <QtCore/QSettings>
#include <QtTest/QTest>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QComboBox>

#include "tests/ui/window_test.h"
#include "ui/kit/timeline.h"
#include "ui/kit/timeline_strip.h"
#include "ui/viewport/camera_strip.h"
#include "ui/window/settings_dialog.h"

namespace hbev::ui::test {
namespace {

namespace fs = std::filesystem;

class StreamingTest : public WindowTest {
 protected:
  const SweepView& sweeps() { return studio().sweeps(); }
  bool waitForPictures() {
    return waitFor([this] {
      return studio().isFrameCurrent() && sweeps().isShown() &&
             (sweeps().between() != nullptr) == (studio().shownFrame() != studio().frame());
    });
  }
  std::int64_t shownTime() {
    return studio().shownFrame()->keyframe.cameras[std::size_t(Camera::Front)]->timestamp_us;
  }
};

TEST_F(StreamingTest, two_hundred_wishes_end_at_the_last) {
  open();
  std::size_t shown = 0;
  QObject::connect(&studio(), &Studio::frameChanged, &window(), [&] { ++shown; });
  for (int i = 0; i < 200; ++i)
    studio().setCurrent(std::size_t(i / 7 % 2), std::size_t(i * 3 % 4));
  const FrameKey last = studio().current();
  ASSERT_TRUE(waitFor([&] { return window().isSettled(); }));
  EXPECT_EQ(studio().current(), last);
  EXPECT_EQ(studio().frame()->keyframe.scene, last.scene);
  EXPECT_EQ(studio().frame()->keyframe.index_in_scene, last.index);
}

TEST_F(StreamingTest, a_scene_is_loaded_whole_and_steps_are_hits) {
  open();
  ASSERT_TRUE(waitFor([&] {
    for (std::size_t i = 0; i < 4; ++i) {
      if (!studio().isFrameLoaded(0, i)) return false;
    }
    return studio().isFrameLoaded(1, 0);
  })) << "and the next scene's first keyframe";
  const CacheStatus before = studio().cacheStatus();
  key(Qt::Key_End);
  key(Qt::Key_Home);
  const CacheStatus after = studio().cacheStatus();
  EXPECT_EQ(after.hits + after.misses, before.hits + before.misses + 2);
  EXPECT_GT(after.bytes, std::size_t(1) << 20);
  EXPECT_LE(after.bytes, after.budget_bytes);
}

TEST_F(StreamingTest, comma_and_full_stop_change_the_speed) {
  open();
  key(Qt::Key_Period);
  EXPECT_EQ(studio().playback().speed(), 2);
  EXPECT_EQ(window().timeline().speed(), 2);
  key(Qt::Key_Comma);
  key(Qt::Key_Comma);
  EXPECT_EQ(window().timeline().speed(), 0.5);
  for (int i = 0; i < 10; ++i)
    key(Qt::Key_Period);
  EXPECT_EQ(studio().playback().speed(), 10) << "twenty keyframes a second";
}

TEST_F(StreamingTest, without_pictures_between_a_sweep_is_a_keyframe) {
  open();
  EXPECT_FALSE(sweeps().hasSweeps());
  key(Qt::Key_Right, Qt::ControlModifier);
  EXPECT_EQ(keyframe(), 1U);
}

TEST_F(StreamingTest, control_and_arrows_step_by_pictures_and_the_car_moves) {
  open(sweepWorld());
  ASSERT_TRUE(sweeps().hasSweeps());
  const std::int64_t at_keyframe = shownTime();
  const Eigen::Vector3i voxel(150, 100, 3);
  const auto pixel = viewport(Side::A).pixelOf(voxel);
  key(Qt::Key_Right, Qt::ControlModifier);
  ASSERT_TRUE(waitForPictures());
  EXPECT_EQ(keyframe(), 0U);
  ASSERT_TRUE(sweeps().between());
  EXPECT_GT(shownTime(), at_keyframe + 50'000);
  EXPECT_LT(shownTime(), at_keyframe + 120'000);
  EXPECT_EQ(studio().shownFrame()->keyframe.lidar->timestamp_us, studio().frame()->keyframe.timestamp_us)
      << "the voxels' frame is the keyframe's";
  EXPECT_GT(studio().voxels_from_ego().translation().x(), 0.05) << "the car has driven on";
  waitForFrame(viewport(Side::A));
  const auto moved_pixel = viewport(Side::A).pixelOf(voxel);
  ASSERT_TRUE(pixel && moved_pixel);
  EXPECT_NE(*pixel, *moved_pixel) << "the eye goes with the car";
  EXPECT_TRUE(window().timeline().strip()->moment());
  key(Qt::Key_Left, Qt::ControlModifier);
  ASSERT_TRUE(waitForPictures());
  EXPECT_EQ(shownTime(), at_keyframe);
  EXPECT_FALSE(window().timeline().strip()->moment());
  waitForFrame(viewport(Side::A));
  EXPECT_EQ(*viewport(Side::A).pixelOf(voxel), *pixel);
}

TEST_F(StreamingTest, sweeps_play_in_order_and_end_with_the_last_keyframe) {
  open(sweepWorld());
  const int count = int(sweeps().moments().size());
  ASSERT_GE(count, 11) << "five or so between two keyframes";
  studio().setPlaysSweeps(true);
  studio().playback().setSpeed(4);
  std::vector<int> seen;
  QObject::connect(&sweeps(), &SweepView::currentChanged, &window(),
                   [&] { seen.push_back(sweeps().current()); });
  key(Qt::Key_Space);
  ASSERT_TRUE(waitFor([&] { return !studio().playback().isPlaying(); }));
  std::vector<int> all(std::size_t(count) - 1);
  std::iota(all.begin(), all.end(), 1);
  EXPECT_EQ(seen, all);
  EXPECT_EQ(keyframe(), 2U);
  EXPECT_FALSE(sweeps().between());
}

TEST_F(StreamingTest, a_keyframe_is_where_the_timeline_is_clicked_also_from_between) {
  open(sweepWorld());
  key(Qt::Key_Right, Qt::ControlModifier);
  ASSERT_TRUE(sweeps().between());
  studio().setCurrent(0, 0);
  EXPECT_FALSE(sweeps().between());
  ASSERT_TRUE(waitForPictures());
  EXPECT_EQ(studio().shownFrame(), studio().frame());
}

TEST_F(StreamingTest, absent_sweeps_are_said_once_and_keyframe_pictures_stay) {
  const fs::path copy = runFolder() / "no-sweeps";
  fs::copy(sweepWorld(), copy, fs::copy_options::recursive);
  fs::remove_all(copy / "sweeps");
  open(copy);
  const auto picture = studio().frame()->images[std::size_t(Camera::Front)];
  int told = 0;
  QObject::connect(&sweeps(), &SweepView::sweepsAbsent, &window(), [&] { ++told; });
  key(Qt::Key_Right, Qt::ControlModifier);
  key(Qt::Key_Right, Qt::ControlModifier);
  ASSERT_TRUE(waitForPictures());
  ASSERT_TRUE(waitFor([&] { return told > 0; }));
  EXPECT_EQ(told, 1);
  EXPECT_EQ(studio().shownFrame()->images[std::size_t(Camera::Front)], picture);
  EXPECT_TRUE(notice().startsWith(QStringLiteral("Pictures between keyframes are not")));
}

TEST_F(StreamingTest, settings_apply_at_once_and_are_kept) {
  open(sweepWorld());
  key(Qt::Key_Comma, Qt::ControlModifier);
  auto* dialog = window().findChild<SettingsDialog*>();
  ASSERT_TRUE(dialog);
  auto* memory = dialog->findChild<QComboBox*>(QStringLiteral("memory"));
  memory->setCurrentIndex(memory->findData(500));
  Q_EMIT memory->activated(memory->currentIndex());
  EXPECT_EQ(studio().cacheStatus().budget_bytes, std::size_t(500) * 1000000);
  dialog->findChild<QCheckBox*>(QStringLiteral("sweeps"))->setChecked(true);
  EXPECT_TRUE(studio().playsSweeps());
  StreamSettings kept = StreamSettings::load();
  EXPECT_EQ(kept.memory_mb, 500);
  EXPECT_TRUE(kept.sweeps);
  dialog->close();
  QSettings().setValue(QStringLiteral("streaming/speed"), QStringLiteral("nonsense"));
  QSettings().setValue(QStringLiteral("streaming/memory_mb"), -7);
  kept = StreamSettings::load();
  EXPECT_EQ(kept.speed, 1);
  EXPECT_EQ(kept.memory_mb, 0);
}

/// With HBEV_PICTURES=FOLDER: the window between two keyframes and the settings, in both themes.
TEST_F(StreamingTest, pictures_for_people) {
  const QString folder = qEnvironmentVariable("HBEV_PICTURES");
  const QByteArray data = qgetenv("HBEV_BENCH_DATA");
  open(data.isEmpty() ? sweepWorld() : fs::path(data.toStdString()));
  for (const Theme::Mode mode : {Theme::Mode::Dark, Theme::Mode::Light}) {
    theme().setMode(mode);
    const QString suffix = mode == Theme::Mode::Dark ? QStringLiteral("dark") : QStringLiteral("light");
    studio().setPlaysSweeps(true);
    studio().setCurrent(0, 1);
    ASSERT_TRUE(settle());
    for (int i = 0; i < 2; ++i)
      key(Qt::Key_Right, Qt::ControlModifier);
    ASSERT_TRUE(waitForPictures());
    QTest::qWait(500);
    EXPECT_TRUE(window().grab().save(folder + QStringLiteral("/between-%1.png").arg(suffix)));
    key(Qt::Key_Comma, Qt::ControlModifier);
    auto* dialog = window().findChild<SettingsDialog*>();
    ASSERT_TRUE(dialog);
    QTest::qWait(200);
    EXPECT_TRUE(dialog->grab().save(folder + QStringLiteral("/settings-%1.png").arg(suffix)));
    delete dialog;
    window().activateWindow();
    QTest::qWait(200);
  }
}

}  // namespace
}  // namespace hbev::ui::test
