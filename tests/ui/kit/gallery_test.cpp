// Renders all controls in both themes; writes them where HBEV_PICTURES says, to be compared with the design.
#include "gallery.h"

#include <cstdlib>
#include <memory>
#include <vector>

#include <QtCore/QDir>
#include <QtGui/QMouseEvent>
#include <QtGui/QPainter>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>
#include <QtWidgets/QDockWidget>
#include <QtWidgets/QMainWindow>
#include <QtWidgets/QMenu>
#include <QtWidgets/QMenuBar>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QStatusBar>
#include <QtWidgets/QTabBar>
#include <QtWidgets/QTableWidget>
#include <QtWidgets/QToolBar>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QToolTip>
#include <gtest/gtest.h>

#include "ui/kit/actions.h"
#include "ui/kit/command_palette.h"
#include "ui/kit/icons.h"
#include "ui/kit/search_field.h"
#include "ui/kit/theme.h"
#include "ui/kit/timeline.h"

namespace hbev::ui {
namespace {

void save(const QImage& image, const QString& name) {
  const QString folder = qEnvironmentVariable("HBEV_PICTURES");
  if (folder.isEmpty()) return;
  QDir().mkpath(folder);
  EXPECT_TRUE(image.save(folder + '/' + name + ".png"));
}

/// As if the pointer lay on it.
void hover(QWidget* widget) {
  widget->setAttribute(Qt::WA_UnderMouse);
  const QPointF middle(widget->rect().center());
  QMouseEvent move(QEvent::MouseMove, middle, widget->mapToGlobal(middle), Qt::NoButton, Qt::NoButton, {});
  QApplication::sendEvent(widget, &move);
}

QImage pictureOfGallery(const QString& focused) {
  const std::unique_ptr<QWidget> gallery(makeGallery());
  gallery->show();
  EXPECT_TRUE(QTest::qWaitForWindowExposed(gallery.get()));
  gallery->activateWindow();
  QApplication::setActiveWindow(gallery.get());
  gallery->findChild<QWidget*>(focused)->setFocus(Qt::TabFocusReason);
  QCoreApplication::processEvents();
  for (auto* button : gallery->findChildren<QWidget*>("hovered"))
    hover(button);
  QImage image = gallery->grab().toImage();
  auto* menu = gallery->findChild<QMenu*>("menu");
  menu->ensurePolished();
  menu->resize(menu->sizeHint());
  QPainter(&image).drawPixmap(24, 308, menu->grab());
  return image;
}

QImage pictureOfPalette() {
  QWidget window;
  window.resize(500, 300);
  window.show();
  EXPECT_TRUE(QTest::qWaitForWindowExposed(&window));
  ActionRegistry actions(Theme::current().tokens(), &window);
  actions.add({"sort", "Sort scenes by RayIoU, worst first", "sort", "Worst on top.", "Go", false});
  actions.add({"worst.next", "Go to next worst keyframe", "step-forward", "The next valley.", "Time", false});
  actions.add({"frames", "Show worst frames", "evaluate", "As a list.", "Work", false});
  actions.add({"report", "Export report with worst frames", "export", "As a page.", "Keep", false})
      ->setEnabled(false);
  CommandPalette palette(actions, &window);
  palette.open();
  QTest::keyClicks(palette.findChild<SearchField*>(), "worst");
  QImage image = palette.grab().toImage();
  palette.hide();
  return image;
}

/// The tooltip of an action, as the application shows it.
QImage pictureOfTooltip() {
  QToolTip::showText(QPoint(50, 50),
                     ActionRegistry::tooltip("Link cameras", QKeySequence("K"), "A and B move together."));
  for (QWidget* widget : QApplication::topLevelWidgets())
    if (widget->isVisible() && widget->inherits("QTipLabel")) {
      const QImage image = widget->grab().toImage();
      widget->hide();
      return image;
    }
  return {};
}

class GalleryTest : public testing::TestWithParam<Theme::Mode> {
 protected:
  void SetUp() override { Theme::current().setMode(GetParam()); }
  void TearDown() override { Theme::current().setMode(Theme::Mode::Dark); }
  static QString suffix() { return GetParam() == Theme::Mode::Dark ? "dark" : "light"; }
  /// The share of pixels that have this colour.
  static double share(const QImage& image, const QRect& part, const QColor& color) {
    int found = 0;
    for (int y = part.top(); y <= part.bottom(); ++y)
      for (int x = part.left(); x <= part.right(); ++x) {
        const QColor here = image.pixelColor(x, y);
        // Blending rounds.
        found += std::abs(here.red() - color.red()) <= 1 && std::abs(here.green() - color.green()) <= 1 &&
                 std::abs(here.blue() - color.blue()) <= 1;
      }
    return double(found) / (part.width() * part.height());
  }
};

TEST_P(GalleryTest, ControlsHaveTheMeasuresAndColoursOfTheDesign) {
  const Theme& theme = Theme::current();
  const QImage image = pictureOfGallery("focused");
  save(image, "gallery-" + suffix());
  const auto at = [&](int x, int y) { return image.pixelColor(x, y).name(); };
  const auto role = [&](Role each) { return theme.color(each).name(); };
  // Places measured in the design's page of components.
  EXPECT_EQ(at(30, 32), role(Role::AccentFill));
  EXPECT_EQ(at(30, 59), role(Role::AccentFill));
  EXPECT_EQ(at(30, 60), role(Role::Panel));
  EXPECT_EQ(at(40, 87), role(Role::Border));
  EXPECT_EQ(at(40, 88), role(Role::Raised));
  EXPECT_EQ(at(40, 114), role(Role::Border));
  EXPECT_EQ(at(155, 40), mix(Qt::white, theme.color(Role::AccentFill), 0.14).name()) << "hover";
  EXPECT_EQ(at(155, 95), role(Role::Hover)) << "hover";
  EXPECT_EQ(at(278, 95), role(Role::Selection)) << "pressed";
  EXPECT_EQ(at(393, 101), role(Role::Focus)) << "ring of 2 px";
  EXPECT_EQ(at(394, 101), role(Role::Focus));
  EXPECT_EQ(at(395, 101), role(Role::Panel)) << "1 px away";
  EXPECT_EQ(at(100, 164), role(Role::Border));
  EXPECT_EQ(at(100, 166), role(Role::Input));
  EXPECT_EQ(at(100, 189), role(Role::Border));
  EXPECT_EQ(at(100, 232), role(Role::Error));
  EXPECT_EQ(at(300, 164), role(Role::Border)) << "combo";
  EXPECT_EQ(at(400, 170), role(Role::Raised));
  EXPECT_EQ(at(300, 187), role(Role::Border));
  EXPECT_EQ(at(540, 171), role(Role::Accent)) << "slider's track";
  EXPECT_EQ(at(540, 172), role(Role::Accent));
  EXPECT_EQ(at(540, 173), role(Role::Panel));
  EXPECT_EQ(at(540, 221), role(Role::Accent)) << "progress";
  EXPECT_EQ(at(540, 226), role(Role::Accent));
  EXPECT_EQ(at(540, 227), role(Role::Panel));
  EXPECT_EQ(at(493, 490), role(Role::Warn));
  EXPECT_EQ(at(494, 490), role(Role::Surface));
  EXPECT_EQ(at(259, 540), role(Role::Error));
  EXPECT_EQ(at(260, 540), role(Role::Panel));
  EXPECT_EQ(at(30, 641), role(Role::Surface)) << "panel header";
  EXPECT_EQ(at(30, 671), role(Role::Border));
  EXPECT_EQ(at(330, 735), role(Role::Border)) << "under a section";
}

TEST_P(GalleryTest, TheTimelineIsLaidOutLikeTheDesigns) {
  const Theme& theme = Theme::current();
  const std::unique_ptr<Timeline> timeline(makeGalleryTimeline());
  timeline->show();
  ASSERT_TRUE(QTest::qWaitForWindowExposed(timeline.get()));
  const QImage image = timeline->grab().toImage();
  save(image, "timeline-" + suffix());
  timeline->setCompact(true);
  timeline->resize(1014, 110);
  QCoreApplication::processEvents();
  EXPECT_EQ(timeline->height(), 110);
  save(timeline->grab().toImage(), "timeline-compact-" + suffix());
  ASSERT_EQ(image.size(), QSize(1014, 150));
  const auto role = [&](Role each) { return theme.color(each).name(); };
  // y measured in the design's main picture, less the timeline's top.
  EXPECT_EQ(image.pixelColor(500, 2).name(), role(Role::Panel));
  EXPECT_EQ(image.pixelColor(50, 116).name(), role(Role::BorderStrong)) << "bottom of the strip";
  EXPECT_EQ(image.pixelColor(58, 55).name(), role(Role::Border)) << "the cached range's ground";
  EXPECT_EQ(image.pixelColor(58, 56).name(), role(Role::Border));
  EXPECT_EQ(image.pixelColor(58, 57).name(), role(Role::Panel));
  const int head = int(timeline->xOf(16));
  EXPECT_EQ(image.pixelColor(head, 42).name(), role(Role::Text)) << "handle";
  const QColor bar = mix(theme.color(Role::ScoreGood), theme.color(Role::Panel), 0.62);
  EXPECT_GT(share(image, QRect(int(timeline->xOf(3)) - 6, 100, 12, 10), bar), 0.5);
  const QColor mid = mix(theme.color(Role::ScoreMid), theme.color(Role::Panel), 0.90);
  EXPECT_GT(share(image, QRect(int(timeline->xOf(10)) - 6, 105, 12, 8), mid), 0.5);
}

TEST_P(GalleryTest, ThePaletteShowsKeysAndMarksLetters) {
  const QImage image = pictureOfPalette();
  save(image, "palette-" + suffix());
  const Theme& theme = Theme::current();
  EXPECT_EQ(image.height(), 35 + 4 * 25 + 6);
  EXPECT_EQ(image.pixelColor(200, 37).name(), theme.color(Role::Selection).name())
      << "the first row is chosen";
  EXPECT_EQ(image.pixelColor(200, 64).name(), theme.color(Role::Raised).name());
  EXPECT_EQ(image.pixelColor(200, 0).name(), theme.color(Role::BorderStrong).name());
}

TEST_P(GalleryTest, ATooltipHasNameKeyAndSentence) {
  const QImage image = pictureOfTooltip();
  save(image, "tooltip-" + suffix());
  const Theme& theme = Theme::current();
  ASSERT_GT(image.width(), 100);
  EXPECT_LT(image.height(), 60) << "two lines";
  EXPECT_EQ(image.pixelColor(0, 20).name(), theme.color(Role::BorderStrong).name());
  EXPECT_EQ(image.pixelColor(3, 20).name(), theme.color(Role::Raised).name());
}

TEST_P(GalleryTest, BarsAndTabsHaveTheirHeights) {
  QMainWindow window;
  window.resize(900, 400);
  for (const char* name : {"File", "Edit", "View"})
    window.menuBar()->addMenu(name)->addAction(name);
  QToolBar* bar = window.addToolBar("Tools");
  bar->setMovable(false);
  for (const char* name : {"evaluate", "train"})
    bar->addAction(icon(name, Role::Text), name);
  for (QAction* action : bar->actions())
    qobject_cast<QToolButton*>(bar->widgetForAction(action))
        ->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  window.setCentralWidget(new QWidget);
  window.setTabPosition(Qt::AllDockWidgetAreas, QTabWidget::North);
  std::vector<QDockWidget*> docks;
  for (const char* name : {"Inspector", "Scores", "Runs"}) {
    auto* dock = new QDockWidget(name, &window);
    dock->setTitleBarWidget(new QWidget(dock));
    auto* table = new QTableWidget(3, 2);
    table->setHorizontalHeaderLabels({"Class", "RayIoU"});
    dock->setWidget(table);
    window.addDockWidget(Qt::RightDockWidgetArea, dock);
    if (!docks.empty()) window.tabifyDockWidget(docks.front(), dock);
    docks.push_back(dock);
  }
  docks.front()->raise();
  window.statusBar()->showMessage("Ready");
  window.show();
  ASSERT_TRUE(QTest::qWaitForWindowExposed(&window));
  QCoreApplication::processEvents();
  save(window.grab().toImage(), "bars-" + suffix());
  const Sizes& sizes = Theme::current().sizes();
  EXPECT_EQ(window.menuBar()->height(), sizes.menu_bar);
  EXPECT_EQ(bar->height(), sizes.tool_bar);
  EXPECT_EQ(window.statusBar()->height(), sizes.status_bar);
  auto* tabs = window.findChild<QTabBar*>();
  ASSERT_TRUE(tabs);
  EXPECT_EQ(tabs->height(), sizes.tab_bar);
  EXPECT_EQ(window.centralWidget()->geometry().right() + 1 + sizes.separator, docks.front()->x());
}

INSTANTIATE_TEST_SUITE_P(BothThemes, GalleryTest, testing::Values(Theme::Mode::Dark, Theme::Mode::Light),
                         [](const auto& suite) {
                           return suite.param == Theme::Mode::Dark ? "Dark" : "Light";
                         });

}  // namespace
}  // namespace hbev::ui
