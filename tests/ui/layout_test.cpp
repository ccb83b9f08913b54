// Where panels stand at every size, and what gives way.
#include <QtCore/QCoreApplication>
#include <QtWidgets/QDockWidget>
#include <QtWidgets/QTabBar>
#include <QtWidgets/QToolButton>

#include "tests/ui/window_test.h"
#include "ui/inspector/inspector.h"
#include "ui/kit/badge.h"
#include "ui/kit/combo_box.h"
#include "ui/kit/elided_label.h"
#include "ui/kit/panel_header.h"
#include "ui/kit/timeline.h"
#include "ui/kit/value_slider.h"
#include "ui/scores/score_head.h"
#include "ui/scores/score_panel.h"
#include "ui/viewport/viewport_header.h"

namespace hbev::ui::test {
namespace {

class LayoutTest : public WindowTest {
 protected:
  void resize(int width, int height) {
    window().resize(width, height);
    ASSERT_TRUE(waitFor([&] { return window().width() == width; }));
    QCoreApplication::processEvents();
  }
  QDockWidget& dock(QWidget& panel) { return *ancestor<QDockWidget>(panel); }
};

TEST_F(LayoutTest, scores_stand_beside_the_inspector_where_there_is_room) {
  open();
  EXPECT_FALSE(window().tabifiedDockWidgets(&dock(window().scores())).isEmpty());
  resize(2560, 1440);
  EXPECT_TRUE(waitFor([&] { return window().scores().isVisible() && window().inspector().isVisible(); }));
  EXPECT_FALSE(window().tabifiedDockWidgets(&dock(window().inspector())).contains(&dock(window().scores())));
  EXPECT_NEAR(window().scores().width(), theme().sizes().dock.scores, 4);
  EXPECT_NEAR(window().inspector().width(), theme().sizes().dock.inspector, 4);
  // Without tabs above it a panel says what it is.
  EXPECT_TRUE(qobject_cast<PanelHeader*>(dock(window().scores()).titleBarWidget()));
  EXPECT_GT(window().scores().geometry().top(),
            dock(window().scores()).titleBarWidget()->geometry().bottom());
  resize(1480, 900);
  EXPECT_TRUE(window().tabifiedDockWidgets(&dock(window().inspector())).contains(&dock(window().scores())));
  EXPECT_FALSE(window().inspector().visibleRegion().isEmpty()) << "the inspector is the tab in front";
  EXPECT_FALSE(qobject_cast<PanelHeader*>(dock(window().scores()).titleBarWidget()));
  EXPECT_NEAR(window().inspector().width(), theme().sizes().dock.inspector, 4);
}

TEST_F(LayoutTest, narrow_viewport_headers_keep_source_link_view_and_more) {
  open();
  resize(1280, 720);
  auto* header = window().viewports().findChild<ViewportHeader*>();
  ASSERT_TRUE(header);
  ASSERT_LT(header->width(), 440);
  int combos = 0, buttons = 0;
  for (const auto* combo : header->findChildren<ComboBox*>())
    combos += combo->isVisible();
  for (const auto* button : header->findChildren<QToolButton*>())
    buttons += button->isVisible();
  EXPECT_EQ(combos, 1) << "the source";
  EXPECT_EQ(buttons, 3) << "link, view, more";
  resize(1600, 900);
  EXPECT_TRUE(waitFor([&] { return header->width() > 440; }));
  combos = 0;
  for (const auto* combo : header->findChildren<ComboBox*>())
    combos += combo->isVisible();
  EXPECT_EQ(combos, 2) << "source and colouring; the other source has a viewport of its own";
}

TEST_F(LayoutTest, whose_scores_these_are_is_read_at_every_width) {
  open();
  window().setWorkspace(QStringLiteral("errors"));
  ScorePanel& scores = window().scores();
  const auto& figures = partOf<ScoreHead>(scores);
  ASSERT_TRUE(waitFor([&] { return figures.isVisible(); }));
  const ElidedLabel* name = nullptr;
  for (const auto* label : scores.findChildren<ElidedLabel*>())
    if (label->isVisible() && label->text() == studio().source(Side::A)->title()) name = label;
  ASSERT_TRUE(name);
  const QWidget& row = *name->parentWidget();
  const auto& badge = partOf<Badge>(row);
  const auto placeOf = [&](const QWidget& part) {
    return QRect(part.mapTo(&scores, QPoint(0, 0)), part.size());
  };
  dock(scores).setFloating(true);
  for (int width = 340; width <= 760; width += 20) {
    SCOPED_TRACE(width);
    dock(scores).resize(width, 600);
    ASSERT_TRUE(waitFor([&] { return std::abs(scores.width() - width) < 8; })) << scores.width();
    QCoreApplication::sendPostedEvents(nullptr, QEvent::LayoutRequest);
    EXPECT_FALSE(name->isElided()) << name->width() << " of " << name->sizeHint().width();
    EXPECT_GE(name->height(), name->sizeHint().height());
    EXPECT_GE(badge.height(), badge.sizeHint().height());
    EXPECT_TRUE(placeOf(row).contains(placeOf(*name)));
    EXPECT_TRUE(placeOf(row).contains(placeOf(badge)));
    EXPECT_TRUE(placeOf(*row.parentWidget()).contains(placeOf(row)));
    EXPECT_TRUE(placeOf(*row.parentWidget()).contains(placeOf(figures)));
    EXPECT_FALSE(placeOf(row).intersects(placeOf(figures)));
    EXPECT_GE(figures.width(), figures.sizeHint().width());
  }
}

TEST_F(LayoutTest, sliders_of_the_inspector_stand_below_each_other) {
  open();
  for (const int width : {1280, 1600}) {
    resize(width, 800);
    int left = -1;
    for (const auto* slider : window().inspector().findChildren<ValueSlider*>()) {
      const int x = slider->mapTo(&window(), QPoint(0, 0)).x();
      if (left < 0) left = x;
      EXPECT_EQ(x, left) << "at " << width;
    }
    EXPECT_GT(left, 0);
  }
}

TEST_F(LayoutTest, a_single_keyframe_needs_no_strip) {
  std::filesystem::path labels;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(demoWorld() / "gts")) {
    if (entry.path().extension() == ".npz") labels = entry.path();
  }
  open(labels);
  EXPECT_EQ(window().timeline().height(), theme().sizes().timeline.transport);
  open();
  EXPECT_TRUE(waitFor([&] { return window().timeline().height() == theme().sizes().timeline.height; }));
}

}  // namespace
}  // namespace hbev::ui::test
