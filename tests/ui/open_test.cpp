// Opening a data set: in the background, and everything that is to be seen then.
#include <algorithm>
#include <set>

#include <QtCore/QElapsedTimer>
#include <QtCore/QMimeData>
#include <QtCore/QTimer>
#include <QtCore/QUrl>
#include <QtGui/QDropEvent>
#include <QtWidgets/QApplication>
#include <QtWidgets/QListView>

#include "tests/ui/window_test.h"
#include "ui/camera_strip.h"
#include "ui/scene_panel.h"

namespace hbev::ui::test {
namespace {

/// How many different colours a picture has, up to `enough`.
std::size_t colorCount(const QImage& image, std::size_t enough = 64) {
  std::set<QRgb> colors;
  for (int y = 0; y < image.height() && colors.size() < enough; ++y) {
    for (int x = 0; x < image.width(); ++x)
      colors.insert(image.pixel(x, y));
  }
  return colors.size();
}

void drop(QWidget& widget, const std::filesystem::path& path) {
  QMimeData mime;
  mime.setUrls({QUrl::fromLocalFile(QString::fromStdString(path.string()))});
  QDragEnterEvent enter(QPoint(10, 10), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
  QApplication::sendEvent(&widget, &enter);
  EXPECT_TRUE(enter.isAccepted());
  QDropEvent event(QPointF(10, 10), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
  QApplication::sendEvent(&widget, &event);
}

using OpenTest = WindowTest;

TEST_F(OpenTest, the_window_stays_awake_while_a_data_set_opens) {
  const auto path = QString::fromStdString(demoWorld().string());
  QElapsedTimer since_tick;
  qint64 longest_ms = 0;
  int ticks = 0;
  QTimer ticker;
  QObject::connect(&ticker, &QTimer::timeout, [&] {
    longest_ms = std::max(longest_ms, since_tick.restart());
    ++ticks;
  });
  since_tick.start();
  ticker.start(5);
  studio().openDataset(path);
  EXPECT_EQ(studio().dataset(), nullptr) << "opening must not happen before openDataset() returns";
  EXPECT_TRUE(studio().isOpening());
  ASSERT_TRUE(settle());
  // How often the loop turns depends on how long software OpenGL draws; that it turns at all, and never waits
  // for the files, is what counts.
  EXPECT_GT(ticks, 0);
  longest_ms = std::max(longest_ms, since_tick.elapsed());
  EXPECT_LT(longest_ms, 1000);
  RecordProperty("longest_gap_ms", int(longest_ms));
}

TEST_F(OpenTest, scenes_keyframe_viewports_and_sources_are_there) {
  open();
  const QAbstractItemModel& scenes = *window().scenes().list()->model();
  ASSERT_EQ(scenes.rowCount(), 2);
  EXPECT_EQ(scenes.index(0, 0).data().toString(), QStringLiteral("demo-0101"));
  EXPECT_EQ(scenes.index(1, 0).data().toString(), QStringLiteral("demo-0103"));
  EXPECT_TRUE(studio().isFrameCurrent());
  for (const Side side : {Side::A, Side::B}) {
    EXPECT_EQ(studio().content(side).state, SideContent::State::Ready);
    EXPECT_TRUE(viewport(side).isVisible());
    ASSERT_NE(studio().source(side), nullptr);
  }
  EXPECT_FALSE(studio().source(Side::A)->isTruth());
  EXPECT_TRUE(studio().source(Side::B)->isTruth());
  EXPECT_EQ(&studio().source(Side::A)->classes(), &studio().source(Side::B)->classes());
  EXPECT_TRUE(window().windowTitle().startsWith(QStringLiteral("demo")));
}

TEST_F(OpenTest, six_tiles_show_pictures) {
  open();
  for (std::size_t i = 0; i < kCameraCount; ++i) {
    QWidget& tile = window().cameras().tile(Camera(i));
    EXPECT_TRUE(tile.isVisible());
    EXPECT_GE(tile.width(), 48);
    EXPECT_GT(colorCount(tile.grab().toImage()), 40U) << "camera " << i;
  }
}

TEST_F(OpenTest, viewports_draw_the_voxels) {
  open();
  QImage pictures[2];
  for (const Side side : {Side::A, Side::B}) {
    const QImage picture = viewport(side).grabFramebuffer();
    ASSERT_FALSE(picture.isNull());
    EXPECT_GT(colorCount(picture), 60U);
    // The road under the ego car is drawn in its class's colours, not in the background's.
    EXPECT_GT(colorCount(picture.copy(picture.width() / 2 - 40, picture.height() / 2, 80, 80)), 8U);
    pictures[std::size_t(side)] = picture;
  }
  studio().changeView([](ViewSettings& view) { view.layer(Layer::Voxels).shown = false; });
  waitForFrame(viewport(Side::A));
  EXPECT_NE(viewport(Side::A).grabFramebuffer(), pictures[0]);
}

TEST_F(OpenTest, dropped_labels_open_alone) {
  std::filesystem::path labels;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(demoWorld() / "gts")) {
    if (entry.path().extension() == ".npz") labels = entry.path();
  }
  ASSERT_FALSE(labels.empty());
  drop(window(), labels);
  ASSERT_TRUE(settle());
  EXPECT_EQ(studio().dataset()->scenes().size(), 1U);
  EXPECT_EQ(studio().dataset()->version(), "");
  EXPECT_TRUE(studio().source(Side::A)->isTruth());
  ASSERT_TRUE(studio().content(Side::A).occupancy);
  EXPECT_EQ(studio().content(Side::A).occupancy->classes, &ClassSet::occ3d());
  EXPECT_FALSE(studio().canScore());
}

TEST_F(OpenTest, a_dropped_predictions_folder_becomes_source_a) {
  open();
  const auto copy = runFolder() / "night-run";
  std::filesystem::copy(demoWorld() / "predictions" / "spoiled", copy,
                        std::filesystem::copy_options::recursive);
  const std::size_t before = studio().sources().size();
  drop(viewport(Side::B), copy);
  ASSERT_TRUE(waitFor([&] { return studio().sources().size() == before + 1; }));
  ASSERT_TRUE(settle());
  EXPECT_EQ(studio().source(Side::A)->title(), QStringLiteral("night-run"));
  EXPECT_TRUE(studio().source(Side::B)->isTruth());
  EXPECT_TRUE(studio().canScore());
}

TEST_F(OpenTest, a_second_data_set_replaces_the_first) {
  open();
  key(Qt::Key_End);
  ASSERT_TRUE(settle());
  const auto first = studio().dataset();
  studio().openDataset(QString::fromStdString(demoWorld().string()));
  ASSERT_TRUE(waitFor([&] { return studio().dataset() != first && window().isSettled(); }));
  EXPECT_EQ(keyframe(), 0U);
  EXPECT_EQ(window().scenes().list()->model()->rowCount(), 2);
}

TEST_F(OpenTest, choosing_a_scene_in_the_list_goes_there) {
  open();
  QListView& list = *window().scenes().list();
  list.setCurrentIndex(list.model()->index(1, 0));
  EXPECT_EQ(studio().current(), (FrameKey{1, 0}));
  ASSERT_TRUE(settle());
  EXPECT_EQ(studio().frame()->keyframe.token, studio().dataset()->scenes()[1].keyframes[0]);
}

}  // namespace
}  // namespace hbev::ui::test
