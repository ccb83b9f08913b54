// Opening a data set: in the background, and everything that is to be seen then.
#include <algorithm>
#include <atomic>
#include <fcntl.h>
#include <fstream>
#include <set>
#include <unistd.h>

#include <QtCore/QElapsedTimer>
#include <QtCore/QMimeData>
#include <QtCore/QTimer>
#include <QtCore/QUrl>
#include <QtGui/QDropEvent>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>
#include <QtWidgets/QListView>
#include <QtWidgets/QToolButton>
#include <sys/stat.h>

#include "tests/ui/window_test.h"
#include "ui/kit/progress_line.h"
#include "ui/scenes/scene_panel.h"
#include "ui/state/left_threads.h"
#include "ui/viewport/camera_strip.h"
#include "ui/window/activities.h"
#include "ui/window/demo_job.h"
#include "ui/window/path_kind.h"
#include "ui/window/start_page.h"

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

// People look at the card that they pressed, not at the status bar.
TEST_F(OpenTest, how_far_the_demo_is_stands_on_its_card_and_it_can_be_given_up_there) {
  ASSERT_FALSE(DemoJob::exists(DemoJob::defaultFolder()));
  auto* page = window().findChild<StartPage*>();
  ASSERT_TRUE(page);
  auto* progress = page->findChild<ProgressLine*>();
  ASSERT_TRUE(progress);
  EXPECT_FALSE(progress->isVisible());
  window().actions()["demo.open"]->trigger();
  ASSERT_TRUE(waitFor([&] { return progress->isVisible(); }));
  EXPECT_FALSE(progress->accessibleName().isEmpty());
  QTest::mouseClick(progress->findChild<QToolButton*>(), Qt::LeftButton);
  EXPECT_TRUE(waitFor([&] { return !progress->isVisible(); }));
  EXPECT_FALSE(DemoJob::exists(DemoJob::defaultFolder()));
  EXPECT_FALSE(studio().isOpening());
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

/// The labels are read before the tables are: who ends last must not win.
TEST_F(OpenTest, of_two_that_are_asked_for_the_last_one_is_shown) {
  const auto slow = copyOfDemoWorld("asked-first");
  std::filesystem::path labels;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(demoWorld() / "gts")) {
    if (entry.path().extension() == ".npz") labels = entry.path();
  }
  int shown = 0;
  QObject::connect(&studio(), &Studio::datasetChanged, &window(), [&shown] { ++shown; });
  studio().openDataset(QString::fromStdString(slow.string()));
  studio().openDataset(QString::fromStdString(labels.string()));
  ASSERT_TRUE(waitFor([this] { return studio().dataset() && !studio().isOpening(); }));
  ASSERT_TRUE(settle());
  EXPECT_EQ(studio().dataset()->version(), "");
  EXPECT_EQ(shown, 1);
}

TEST_F(OpenTest, predictions_dropped_while_a_data_set_opens_wait_for_it) {
  const auto world = copyOfDemoWorld("dropped-early");
  const auto copy = runFolder() / "early-run";
  std::filesystem::copy(demoWorld() / "predictions" / "spoiled", copy,
                        std::filesystem::copy_options::recursive);
  studio().openDataset(QString::fromStdString(world.string()));
  drop(window(), copy);
  ASSERT_TRUE(waitFor([this] {
    const OccupancySource* source = studio().source(Side::A);
    return source && source->title() == QStringLiteral("early-run");
  }));
  ASSERT_TRUE(settle());
  EXPECT_EQ(studio().dataset()->root(), world);
  EXPECT_TRUE(studio().canScore());
}

TEST_F(OpenTest, predictions_for_a_data_set_that_is_gone_are_not_added_to_the_next) {
  open();
  const auto copy = runFolder() / "stale-run";
  std::filesystem::copy(demoWorld() / "predictions" / "spoiled", copy,
                        std::filesystem::copy_options::recursive);
  const auto first = studio().dataset();
  const std::size_t sources = studio().sources().size();
  studio().openDataset(QString::fromStdString(demoWorld().string()));
  ASSERT_TRUE(waitFor([&] { return studio().dataset() != first; }));
  studio().openPredictions(QString::fromStdString(copy.string()));
  const auto second = studio().dataset();
  studio().openDataset(QString::fromStdString(copyOfDemoWorld("stale-next").string()));
  ASSERT_TRUE(waitFor([&] { return studio().dataset() != second && !studio().isOpening(); }));
  // Those that came before the other data set did went with the old one; those that came after are dropped.
  EXPECT_EQ(studio().sources().size(), sources);
}

TEST_F(OpenTest, what_waits_for_a_data_set_that_cannot_be_opened_goes_with_it) {
  const auto broken = copyOfDemoWorld("broken-tables");
  std::filesystem::remove(broken / "v1.0-mini" / "scene.json");
  const auto copy = runFolder() / "waiting-run";
  std::filesystem::copy(demoWorld() / "predictions" / "spoiled", copy,
                        std::filesystem::copy_options::recursive);
  window().openPaths({QString::fromStdString(broken.string()), QString::fromStdString(copy.string())});
  ASSERT_TRUE(waitFor([this] { return !notice().isEmpty() && !studio().isOpening(); }));
  ASSERT_EQ(studio().dataset(), nullptr);
  open();
  for (const OccupancySource& source : studio().sources())
    EXPECT_NE(source.title(), QStringLiteral("waiting-run"));
}

TEST_F(OpenTest, opening_is_under_way_and_can_be_given_up) {
  const auto path = QString::fromStdString(demoWorld().string());
  int shown = 0, progressed = 0;
  QObject::connect(&studio(), &Studio::datasetChanged, &window(), [&shown] { ++shown; });
  QObject::connect(&studio(), &Studio::openingProgressed, &window(), [&progressed] { ++progressed; });
  const auto activity = [this] { return window().activities().find(QStringLiteral("opening")); };
  studio().openDataset(path);
  ASSERT_TRUE(activity());
  ASSERT_TRUE(activity()->stop);
  const auto stop = activity()->stop;
  stop();
  EXPECT_FALSE(studio().isOpening());
  EXPECT_FALSE(activity());
  studio().openDataset(path);
  key(Qt::Key_Escape);
  EXPECT_FALSE(studio().isOpening());
  // Another one is opened as ever, and those that were given up are never heard of.
  open(copyOfDemoWorld("after-all"));
  EXPECT_EQ(shown, 1);
  EXPECT_GT(progressed, 0) << "how far it is was told";
}

/// Stands for a disk that does not answer: opening it for reading waits until somebody writes.
class SilentFile {
 public:
  explicit SilentFile(const char* name) : path_(runFolder() / name) { ::mkfifo(path_.c_str(), 0600); }
  ~SilentFile() { answer(); }
  const std::filesystem::path& path() const { return path_; }
  void read() const { std::ifstream(path_).get(); }
  /// Lets those go that wait; nothing happens where nobody does.
  void answer() const { ::close(::open(path_.c_str(), O_RDWR | O_NONBLOCK)); }

 private:
  std::filesystem::path path_;
};

TEST_F(OpenTest, a_disk_that_does_not_answer_holds_nothing_but_what_was_asked_of_it) {
  open();
  const auto silent = std::make_shared<SilentFile>("silent.pkl");
  window().setPathSorter([silent](const QStringList& paths, const Dataset* open, const Progress& progress) {
    if (paths.contains(QString::fromStdString(silent->path().string()))) silent->read();
    return sortPaths(paths, open, progress);
  });
  drop(window(), silent->path());
  const auto isTold = [this] {
    const Activity* activity = window().activities().newest();
    return activity && activity->state.what.find("Looking at") == 0 &&
           activity->state.what.find("silent.pkl") != std::string::npos && activity->stop;
  };
  ASSERT_TRUE(waitFor(isTold));
  key(Qt::Key_Right);
  EXPECT_EQ(keyframe(), 1U) << "the window goes on";
  EXPECT_FALSE(window().isSettled());
  key(Qt::Key_Escape);
  EXPECT_FALSE(window().isLooking());
  EXPECT_EQ(window().activities().newest(), nullptr);
  // And what does answer is opened, while the other one still hangs.
  const auto copy = runFolder() / "beside-a-silent-one";
  std::filesystem::copy(demoWorld() / "predictions" / "spoiled", copy,
                        std::filesystem::copy_options::recursive);
  const std::size_t before = studio().sources().size();
  drop(window(), copy);
  ASSERT_TRUE(waitFor([&] { return studio().sources().size() == before + 1; }));
  ASSERT_TRUE(settle());
  EXPECT_TRUE(waitFor([&] { return silent.use_count() == 3; })) << "the thread still reads";
  ASSERT_TRUE(waitFor([&] {
    silent->answer();
    return silent.use_count() == 2;
  }));
}

TEST(BackgroundJobTest, leaving_does_not_wait_for_loose_work_that_hangs) {
  const auto silent = std::make_shared<SilentFile>("silent");
  const auto began = std::make_shared<std::atomic<bool>>(false),
             ended = std::make_shared<std::atomic<bool>>(false);
  {
    BackgroundJob job;
    job.startLoose([silent, began, ended](Progress&) {
      *began = true;
      silent->read();
      *ended = true;
    });
    ASSERT_TRUE(waitFor([&] { return began->load(); }));
  }
  EXPECT_FALSE(waitForLeftThreads());
  EXPECT_FALSE(*ended) << "it hangs, and the job has gone";
  ASSERT_TRUE(waitFor([&] {
    silent->answer();
    return ended->load();
  }));
  EXPECT_TRUE(waitFor([] { return waitForLeftThreads(); }));
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
