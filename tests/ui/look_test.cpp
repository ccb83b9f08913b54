#include <set>
// The window's look while it is used: theme, narrow and wide, panels, the start page, palette and key list.
#include <QtTest/QTest>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QMenu>
#include <QtWidgets/QMenuBar>
#include <QtWidgets/QPushButton>

#include "tests/ui/window_test.h"
#include "ui/camera_strip.h"
#include "ui/inspector.h"
#include "ui/kit/command_palette.h"
#include "ui/kit/section.h"
#include "ui/kit/shortcuts_dialog.h"
#include "ui/kit/timeline.h"
#include "ui/scene_panel.h"
#include "ui/start_page.h"

namespace hbev::ui::test {
namespace {

class LookTest : public WindowTest {
 protected:
  /// Buttons of the start page that people see.
  QList<QAbstractButton*> startButtons() {
    QList<QAbstractButton*> seen;
    for (auto* button : window().findChild<StartPage*>()->findChildren<QAbstractButton*>()) {
      if (button->isVisible()) seen.append(button);
    }
    return seen;
  }
  QAbstractButton* startButton(const QString& name) {
    for (auto* button : startButtons()) {
      if (button->accessibleName() == name) return button;
    }
    return nullptr;
  }
  CommandPalette& palette() { return *window().findChild<CommandPalette*>(); }
};

TEST_F(LookTest, the_theme_changes_while_the_window_is_open) {
  open();
  const auto sky = [&] {
    const QImage picture = viewport(Side::A).grabFramebuffer();
    return QColor(picture.pixel(picture.width() - 4, 4)).lightness();
  };
  EXPECT_LT(sky(), 60);
  EXPECT_LT(window().inspector().grab().toImage().pixelColor(2, 400).lightness(), 60);
  window().actions()["theme.toggle"]->trigger();
  EXPECT_EQ(theme().tone(), Tone::Light);
  waitForFrame(viewport(Side::A));
  EXPECT_GT(sky(), 200);
  EXPECT_GT(window().inspector().grab().toImage().pixelColor(2, 400).lightness(), 200);
  window().actions()["theme.toggle"]->trigger();
  EXPECT_EQ(theme().tone(), Tone::Dark);
}

TEST_F(LookTest, panels_give_way_in_a_narrow_window_and_come_back) {
  open();
  EXPECT_TRUE(window().scenes().isVisible());
  window().resize(1000, 700);
  waitForFrame(viewport(Side::A));
  EXPECT_EQ(window().size(), QSize(1000, 700)) << "nothing keeps the window from being small";
  EXPECT_FALSE(window().scenes().visibleRegion().intersects(window().scenes().rect()) &&
               window().inspector().isVisible() && !window().inspector().visibleRegion().isEmpty())
      << "scenes are a tab beside the inspector";
  for (const Side side : {Side::A, Side::B})
    EXPECT_GE(viewport(side).width(), 160);
  click(viewport(Side::A), legendRow(4));
  EXPECT_TRUE(studio().view().hidden_classes.isEmpty())
      << "the legend is folded where it would cover the view";
  window().resize(1280, 720);
  waitForFrame(viewport(Side::A));
  EXPECT_NEAR(window().scenes().width(), theme().sizes().dock.scenes_compact, 4);
  EXPECT_NEAR(window().inspector().width(), theme().sizes().dock.inspector_compact, 4);
  for (Section* section : window().inspector().findChildren<Section*>()) {
    EXPECT_LE(section->width(), window().inspector().width()) << "nothing is cut off";
  }
  window().resize(1600, 1000);
  waitForFrame(viewport(Side::A));
  EXPECT_FALSE(window().scenes().visibleRegion().isEmpty());
  EXPECT_FALSE(window().inspector().visibleRegion().isEmpty());
  EXPECT_NEAR(window().scenes().width(), theme().sizes().dock.scenes, 4);
  EXPECT_NEAR(window().inspector().width(), theme().sizes().dock.inspector, 4);
  EXPECT_EQ(window().timeline().height(), theme().sizes().timeline.height);
}

TEST_F(LookTest, a_maximised_viewport_stands_alone) {
  open();
  key(Qt::Key_Space, Qt::ControlModifier);
  EXPECT_TRUE(viewport(Side::A).isVisible());
  EXPECT_FALSE(viewport(Side::B).isVisible());
  key(Qt::Key_Space, Qt::ControlModifier);
  EXPECT_TRUE(viewport(Side::B).isVisible());
}

TEST_F(LookTest, the_start_page_offers_what_can_be_done) {
  auto* demo = startButton(QStringLiteral("Try the demo"));
  auto* data = startButton(QStringLiteral("Open data"));
  auto* predictions = startButton(QStringLiteral("Open predictions"));
  ASSERT_TRUE(demo && data && predictions);
  EXPECT_TRUE(demo->isEnabled());
  EXPECT_TRUE(data->isEnabled());
  EXPECT_TRUE(predictions->isEnabled());
  EXPECT_FALSE(viewport(Side::A).isVisible());
}

TEST_F(LookTest, the_start_page_remembers_what_was_open) {
  const QString path = QString::fromStdString(demoWorld().string());
  EXPECT_EQ(startButton(path), nullptr);
  open();
  MainWindow second(theme(), false);
  second.show();
  auto* page = second.findChild<StartPage*>();
  const auto rows = [&] {
    QList<QAbstractButton*> found;
    for (auto* button : page->findChildren<QAbstractButton*>()) {
      if (button->isVisible() && button->accessibleName() == path) found.append(button);
    }
    return found;
  };
  ASSERT_EQ(rows().size(), 1);
  rows().front()->click();
  EXPECT_TRUE(waitFor([&] { return second.studio().dataset() != nullptr; }));
}

TEST_F(LookTest, clearing_the_recent_list_hides_it) {
  open();
  MainWindow second(theme(), false);
  second.show();
  auto* page = second.findChild<StartPage*>();
  QPushButton* clear = nullptr;
  for (auto* button : page->findChildren<QPushButton*>()) {
    if (button->text() == QStringLiteral("Clear")) clear = button;
  }
  ASSERT_TRUE(clear && clear->isVisible());
  clear->click();
  EXPECT_TRUE(Studio::recentPaths().isEmpty());
  EXPECT_FALSE(clear->isVisible());
}

TEST_F(LookTest, actions_that_need_data_are_off_without_it) {
  for (const char* id :
       {"play", "keyframe.next", "picture.save", "evaluate", "view.top", "bookmark.toggle"}) {
    EXPECT_FALSE(window().actions()[QString::fromLatin1(id)]->isEnabled()) << id;
  }
  open();
  // These need more than data: a prediction by the network, two predictions, an evaluation that runs, a run.
  const std::set<QString> others = {QStringLiteral("predict.stop"),       QStringLiteral("predict.save"),
                                    QStringLiteral("colour.probability"), QStringLiteral("colour.entropy"),
                                    QStringLiteral("colour.margin"),      QStringLiteral("colour.compare"),
                                    QStringLiteral("evaluate.stop"),      QStringLiteral("train.checkpoint"),
                                    QStringLiteral("train.pause"),        QStringLiteral("train.stop"),
                                    QStringLiteral("train.resume"),       QStringLiteral("train.detach"),
                                    QStringLiteral("train.open_folder")};
  for (const ActionRegistry::Entry& entry : window().actions().entries())
    EXPECT_EQ(entry.action->isEnabled(), !others.contains(entry.spec.id)) << entry.spec.id.toStdString();
}

TEST_F(LookTest, the_palette_finds_and_runs_an_action) {
  open();
  key(Qt::Key_K, Qt::ControlModifier);
  ASSERT_TRUE(palette().isVisible());
  auto* field = palette().findChild<QLineEdit*>();
  QTest::keyClicks(field, QStringLiteral("swap"));
  ASSERT_FALSE(palette().shownNames().isEmpty());
  EXPECT_EQ(palette().shownNames().front(), QStringLiteral("Swap A and B"));
  const int before = studio().sourceIndex(Side::A);
  QTest::keyClick(field, Qt::Key_Return);
  EXPECT_FALSE(palette().isVisible());
  EXPECT_NE(studio().sourceIndex(Side::A), before);
}

TEST_F(LookTest, the_question_mark_lists_every_key) {
  open();
  key(Qt::Key_Question);
  auto* dialog = window().findChild<ShortcutsDialog*>();
  ASSERT_TRUE(dialog);
  EXPECT_TRUE(dialog->isVisible());
  int with_keys = 0;
  for (const ActionRegistry::Entry& entry : window().actions().entries())
    with_keys += !entry.action->shortcut().isEmpty();
  EXPECT_EQ(dialog->visibleRows(), with_keys);
  dialog->close();
}

/// With HBEV_PICTURES=FOLDER: pictures of everything that pops up, in both themes, to be looked at.
TEST_F(LookTest, pictures_of_what_pops_up) {
  const QString folder = qEnvironmentVariable("HBEV_PICTURES");
  if (folder.isEmpty()) GTEST_SKIP() << "set HBEV_PICTURES to a folder to get pictures";
  open();
  for (const char* tone : {"dark", "light"}) {
    theme().setMode(QLatin1String(tone) == QLatin1String("dark") ? Theme::Mode::Dark : Theme::Mode::Light);
    const auto save = [&](QWidget& widget, const QString& name) {
      QTest::qWait(250);
      EXPECT_TRUE(widget.grab().save(QStringLiteral("%1/%2-%3.png").arg(folder, name, QLatin1String(tone))));
    };
    for (QAction* action : window().menuBar()->actions()) {
      action->menu()->popup(window().mapToGlobal(QPoint(40, 40)));
      save(*action->menu(), QStringLiteral("menu-") + action->text().remove(QLatin1Char('&')).toLower());
      action->menu()->hide();
    }
    window().showPalette();
    save(palette(), QStringLiteral("palette"));
    palette().hide();
    window().showShortcuts();
    auto* dialog = window().findChild<ShortcutsDialog*>();
    save(*dialog, QStringLiteral("shortcuts"));
    delete dialog;
  }
}

}  // namespace
}  // namespace hbev::ui::test
