// Two sources over each other at a line that is dragged; and what of the Errors workspace must be seen at
// every size.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <thread>

#include <QtCore/QFileInfo>
#include <QtCore/QTimer>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QMenu>
#include <QtWidgets/QTableView>

#include "core/base/files.h"
#include "core/data/labels.h"
#include "core/data/predictions/source.h"
#include "tests/ui/window_test.h"
#include "ui/kit/elided_label.h"
#include "ui/kit/timeline.h"
#include "ui/scores/confusion_panel.h"
#include "ui/scores/confusion_view.h"
#include "ui/scores/evaluating.h"
#include "ui/scores/ray_panorama.h"
#include "ui/scores/score_model.h"
#include "ui/scores/score_panel.h"
#include "ui/scores/score_tables.h"
#include "ui/scores/score_view.h"
#include "ui/viewport/swipe_view.h"
#include "ui/window/activities.h"

namespace hbev::ui::test {
namespace {

namespace fs = std::filesystem;

class ComparingTest : public WindowTest {
 protected:
  Viewport& a() { return viewport(Side::A); }
  Viewport& b() { return viewport(Side::B); }
  SwipeView& swipe() { return window().viewports().swipe(); }
  Evaluating& evaluating() { return window().evaluating(); }
  ScoreTables& tables() { return partOf<ScoreTables>(window().scores()); }

  void resizeWindow(int width, int height) {
    window().resize(width, height);
    ASSERT_TRUE(waitFor([&] { return window().size() == QSize(width, height); }));
    QCoreApplication::sendPostedEvents(nullptr, QEvent::LayoutRequest);
    QCoreApplication::processEvents();
  }
  void openErrors() {
    open();
    key(Qt::Key_2, Qt::ControlModifier);
    ASSERT_TRUE(waitFor([this] { return !evaluating().isLooking(); }));
    window().actions()["evaluate"]->trigger();
    ASSERT_TRUE(waitFor([this] { return !evaluating().isRunning() && evaluating().found(); }));
    ASSERT_TRUE(waitFor([this] { return tables().model().rowCount() == 17; }));
  }
  /// A viewport's pixel in the window.
  QPoint inWindow(const QWidget& widget, QPointF at) { return widget.mapTo(&window(), at.toPoint()); }
  void dragLine(int to_x) {
    SwipeHandle& handle = swipe().handle();
    const QPointF from = QRectF(handle.rect()).center();
    pressMouse(handle, from);
    moveMouse(handle, handle.mapFromParent(QPointF(to_x, from.y())), Qt::LeftButton);
    releaseMouse(handle, QRectF(handle.rect()).center());
  }
};

TEST_F(ComparingTest, w_lays_both_viewports_over_each_other_and_the_line_parts_them) {
  open();
  const int half = a().width();
  key(Qt::Key_W);
  ASSERT_TRUE(window().viewports().isSwiping());
  EXPECT_TRUE(window().actions()["compare.swipe"]->isChecked());
  ASSERT_TRUE(waitFor([&] { return swipe().isVisible() && a().width() > 3 * half / 2; }));
  EXPECT_EQ(a().size(), b().size());
  EXPECT_GE(a().height(), window().viewports().height() - 32) << "all but the headers";
  EXPECT_EQ(inWindow(a(), {0, 0}), inWindow(b(), {0, 0})) << "pixel over pixel";
  EXPECT_LT((a().camera().eye() - b().camera().eye()).norm(), 1e-9);
  EXPECT_EQ(swipe().lineX(), swipe().width() / 2);
  const int y = a().height() / 2;
  for (const double share : {0.3, 0.7}) {
    dragLine(int(share * swipe().width()));
    EXPECT_NEAR(swipe().share(), share, 0.01);
    const int line = swipe().lineX();
    // Each side of the line is the other viewport's, for the pointer and for the eye.
    EXPECT_EQ(window().childAt(inWindow(a(), QPointF(line - 40, y))), &a());
    EXPECT_EQ(window().childAt(inWindow(a(), QPointF(line + 40, y))), &b());
    EXPECT_EQ(a().hudContent().inset_right, float(swipe().width() - line));
    EXPECT_EQ(b().hudContent().inset_left, float(line));
    waitForFrame(a());
    waitForFrame(b());
    const QImage seen = swipe().grab().toImage(), left = a().grabFramebuffer(), right = b().grabFramebuffer();
    int differs = 0;
    for (int x = 200; x < swipe().width() - 200; x += 7) {
      if (std::abs(x - line) < 10) continue;
      const QImage& picture = x < line ? left : right;
      EXPECT_EQ(seen.pixel(x, y) & 0xffffffU, picture.pixel(x, y) & 0xffffffU) << x << " at " << line;
      differs += left.pixel(x, y) != right.pixel(x, y);
    }
    EXPECT_GT(differs, 0) << "else the test says nothing";
  }
  key(Qt::Key_W);
  EXPECT_FALSE(window().viewports().isSwiping());
  ASSERT_TRUE(waitFor([&] { return a().width() == half; }));
  EXPECT_NE(inWindow(a(), {0, 0}).x(), inWindow(b(), {0, 0}).x());
  EXPECT_EQ(b().hudContent().inset_left, 0.0F);
}

TEST_F(ComparingTest, picking_pointing_and_turning_work_at_both_sides_of_the_line) {
  open();
  key(Qt::Key_W);
  ASSERT_TRUE(waitFor([&] { return swipe().isVisible() && a().size() == b().size(); }));
  waitForFrame(a());
  const int line = swipe().lineX();
  const auto isLeft = [line](const Eigen::Vector3i&, QPointF at) { return at.x() < line - 30; };
  const auto isRight = [line](const Eigen::Vector3i&, QPointF at) { return at.x() > line + 200; };
  for (const Side side : {Side::A, Side::B}) {
    Viewport& view = viewport(side);
    const Occupancy& occupancy = *studio().content(side).occupancy;
    const VoxelMark voxel =
        side == Side::A ? visibleVoxel(view, occupancy, isLeft) : visibleVoxel(view, occupancy, isRight);
    ASSERT_TRUE(voxel);
    const QPointF at = *view.pixelOf(*voxel);
    ASSERT_EQ(window().childAt(inWindow(view, at)), &view);
    moveMouse(view, at);
    EXPECT_EQ(studio().hover(), voxel);
    click(view, at);
    EXPECT_EQ(studio().selection(), voxel);
    EXPECT_EQ(window().viewports().active(), side);
    const Eigen::Vector3d before = view.camera().eye();
    pressMouse(view, at);
    moveMouse(view, at + QPointF(30, 0), Qt::LeftButton);
    releaseMouse(view, at + QPointF(30, 0));
    EXPECT_GT((view.camera().eye() - before).norm(), 0.1);
    EXPECT_LT((a().camera().eye() - b().camera().eye()).norm(), 1e-9) << "cameras are linked";
  }
}

TEST_F(ComparingTest, the_line_has_keys_and_gives_way_to_one_viewport_alone) {
  open();
  const std::size_t keyframe_before = keyframe();
  window().viewports().setSwiping(true);
  ASSERT_TRUE(waitFor([&] { return swipe().isVisible(); }));
  swipe().handle().setFocus();
  QTest::keyClick(&swipe().handle(), Qt::Key_Right);
  EXPECT_NEAR(swipe().share(), 0.52, 1e-9);
  QTest::keyClick(&swipe().handle(), Qt::Key_Left, Qt::AltModifier);
  EXPECT_NEAR(swipe().share(), 0.5, 1e-9);
  EXPECT_EQ(keyframe(), keyframe_before) << "arrows move the line, not the time";
  for (int i = 0; i < 60; ++i)
    QTest::keyClick(&swipe().handle(), Qt::Key_Left);
  EXPECT_GT(swipe().lineX(), 0) << "the line cannot be lost";
  // In Errors one viewport is alone: the line shows both, and afterwards it is alone again.
  window().setWorkspace(QStringLiteral("errors"));
  EXPECT_FALSE(window().viewports().isSwiping());
  EXPECT_TRUE(window().viewports().isAlone());
  window().actions()["compare.swipe"]->trigger();
  EXPECT_TRUE(swipe().isVisible());
  window().actions()["compare.swipe"]->trigger();
  EXPECT_FALSE(swipe().isVisible());
  EXPECT_TRUE(window().viewports().isAlone());
}

TEST_F(ComparingTest, the_mean_is_seen_and_columns_come_as_room_allows_or_as_they_are_chosen) {
  openErrors();
  const auto shows = [this](const char* id) { return tables().isColumnShown(QString::fromLatin1(id)); };
  for (const QSize size : {QSize(1280, 720), QSize(1600, 900), QSize(1600, 1000)}) {
    resizeWindow(size.width(), size.height());
    const QTableView& mean = partOf<QTableView>(window().scores(), QStringLiteral("Mean"));
    ASSERT_TRUE(mean.isVisible());
    EXPECT_TRUE(
        window().scores().rect().contains(QRect(mean.mapTo(&window().scores(), QPoint()), mean.size())));
    EXPECT_EQ(mean.model()->index(0, 0).data().toString(), QStringLiteral("Mean"));
    const QTableView& rows = *tables().table();
    const int last = rows.mapTo(&tables(), rows.viewport()->pos() +
                                               rows.visualRect(rows.model()->index(15, 0)).bottomLeft())
                         .y();
    EXPECT_LE(mean.y() - last, 12) << "the mean is next to its rows";
    for (int column = 0; column < mean.model()->columnCount(); ++column) {
      EXPECT_EQ(mean.columnWidth(column), tables().table()->columnWidth(column)) << column;
      EXPECT_EQ(mean.isColumnHidden(column), tables().table()->isColumnHidden(column)) << column;
    }
  }
  EXPECT_TRUE(shows("hits"));
  EXPECT_FALSE(shows("ave_spread")) << "else choosing it proves nothing";
  const auto tick = [this](const QString& title) {
    const std::unique_ptr<QMenu> menu(tables().makeColumnMenu());
    for (QAction* action : menu->actions()) {
      if (action->text() == title) action->trigger();
    }
  };
  tick(QStringLiteral("±"));
  EXPECT_TRUE(shows("ave_spread"));
  tick(QStringLiteral("1 m"));
  EXPECT_FALSE(shows("at_1"));
  {
    ScoreTables next_start;  // what was chosen is kept
    next_start.resize(560, 300);
    next_start.setTable(tables().model().table());
    EXPECT_TRUE(next_start.isColumnShown(QStringLiteral("ave_spread")));
    EXPECT_FALSE(next_start.isColumnShown(QStringLiteral("at_1")));
  }
  tick(QStringLiteral("As room allows"));
  EXPECT_FALSE(shows("ave_spread"));
  EXPECT_TRUE(shows("at_1"));
  resizeWindow(3840, 2160);
  EXPECT_TRUE(waitFor([&] { return shows("ave_spread"); })) << window().scores().width();
  EXPECT_TRUE(shows("hits"));
}

TEST_F(ComparingTest, words_of_the_errors_workspace_are_whole_and_the_matrix_fills_its_panel) {
  openErrors();
  for (const QSize size : {QSize(1280, 720), QSize(1600, 900)}) {
    resizeWindow(size.width(), size.height());
    QWidget* const panels[] = {&window().confusion(), window().findChild<RayPanorama*>(),
                               &window().timeline()};
    for (QWidget* panel : panels) {
      for (const auto* label : panel->findChildren<ElidedLabel*>())
        EXPECT_FALSE(label->isVisible() && label->isElided())
            << size.width() << ": " << label->text().toStdString();
    }
  }
  ConfusionView& matrix = window().confusion().matrix();
  ASSERT_TRUE(matrix.isVisible());
  EXPECT_GT(matrix.cellSize().width(), matrix.cellSize().height()) << "there is more width than height";
  EXPECT_GT(matrix.gridRect().right(), 0.85 * matrix.width()) << "half a panel is empty";
}

TEST_F(ComparingTest, arrows_of_flow_are_off_in_errors_until_somebody_wants_them_there) {
  open();
  const auto flow = [this] { return studio().view().layer(Layer::Flow).shown; };
  ASSERT_TRUE(flow());
  key(Qt::Key_2, Qt::ControlModifier);
  EXPECT_FALSE(flow());
  key(Qt::Key_2, Qt::ControlModifier);
  EXPECT_FALSE(flow()) << "choosing it again changes nothing";
  key(Qt::Key_1, Qt::ControlModifier);
  EXPECT_TRUE(flow());
  key(Qt::Key_2, Qt::ControlModifier);
  key(Qt::Key_F, Qt::ShiftModifier);
  EXPECT_TRUE(flow());
  key(Qt::Key_1, Qt::ControlModifier);
  key(Qt::Key_2, Qt::ControlModifier);
  EXPECT_TRUE(flow()) << "as it was left";
}

/// What an evaluation says before it scores may be on its way when the next data set is shown.
TEST_F(ComparingTest, findings_of_an_abandoned_evaluation_are_not_the_next_ones) {
  const fs::path world = turnedDemoWorld("abandoned");
  open(world);
  ASSERT_TRUE(waitFor([this] { return !evaluating().isLooking(); }));
  const auto files = [] {
    std::error_code none;
    const fs::directory_iterator entries(userCacheFolder() / "evaluations", none);
    return std::count_if(begin(entries), end(entries),
                         [](const auto& entry) { return entry.path().extension() == ".sqlite"; });
  };
  const auto before = files();
  evaluating().begin();
  ASSERT_TRUE(evaluating().isRunning());
  // Without letting events run: the file is made after the findings were sent.
  for (int i = 0; i < 3000 && files() == before; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  ASSERT_GT(files(), before);
  Q_EMIT studio().datasetChanged();
  ASSERT_FALSE(evaluating().isRunning());
  ASSERT_TRUE(settle());
  EXPECT_TRUE(evaluating().suspicions().empty());
}

/// Whoever exports scores while predictions are saved loses neither.
TEST_F(ComparingTest, an_export_of_scores_is_a_job_of_its_own) {
  openErrors();
  const QString file = QString::fromStdString((runFolder() / "exported.html").string());
  QStringList seen;
  QObject::connect(&window().activities(), &Activities::changed, &window(), [&] {
    for (const Activity& each : window().activities().running())
      seen << each.id;
  });
  QTimer chooser;
  QObject::connect(&chooser, &QTimer::timeout, &window(), [&] {
    for (QWidget* widget : QApplication::topLevelWidgets()) {
      auto* dialog = qobject_cast<QFileDialog*>(widget);
      if (!dialog || !dialog->isVisible()) continue;
      chooser.stop();
      dialog->selectFile(file);
      static_cast<QDialog*>(dialog)->accept();
    }
  });
  chooser.start(20);
  QCoreApplication::setAttribute(Qt::AA_DontUseNativeDialogs);
  window().exportScores();
  ASSERT_TRUE(waitFor([&] { return QFileInfo::exists(file); }));
  EXPECT_TRUE(seen.contains(QStringLiteral("exporting"))) << seen.join(QLatin1Char(' ')).toStdString();
  EXPECT_FALSE(seen.contains(QStringLiteral("saving")));
}

/// For people: written where HBEV_PICTURES says, else skipped.
TEST_F(ComparingTest, pictures) {
  openErrors();
  for (const bool light : {false, true}) {
    theme().setMode(light ? Theme::Mode::Light : Theme::Mode::Dark);
    for (const QSize size : {QSize(1280, 720), QSize(1600, 900)}) {
      for (const char* what : {"browse", "errors"}) {
        window().setWorkspace(QString::fromLatin1(what));
        resizeWindow(size.width(), size.height());
        window().viewports().setSwiping(true);
        swipe().setShare(0.45);
        ASSERT_TRUE(settle());
        waitForFrame(a());
        waitForFrame(b());
        const QString name = QStringLiteral("swipe-%1-%2-%3")
                                 .arg(QString::fromLatin1(what))
                                 .arg(size.width())
                                 .arg(light ? QStringLiteral("light") : QStringLiteral("dark"));
        takePicture(name);
      }
    }
  }
}

}  // namespace
}  // namespace hbev::ui::test
