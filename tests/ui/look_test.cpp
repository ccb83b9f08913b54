// The window's look while it is used: theme, narrow and wide, panels, the start page, palette and key list.
#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include <QtGui/QAccessible>
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtTest/QTest>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QApplication>
#include <QtWidgets/QButtonGroup>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QDockWidget>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QMenu>
#include <QtWidgets/QMenuBar>
#include <QtWidgets/QPushButton>

#include "render/outcome_colors.h"
#include "tests/ui/window_test.h"
#include "ui/inspector/inspector.h"
#include "ui/kit/command_palette.h"
#include "ui/kit/elided_label.h"
#include "ui/kit/notices.h"
#include "ui/kit/section.h"
#include "ui/kit/shortcuts_dialog.h"
#include "ui/kit/timeline.h"
#include "ui/predict/predict_panel.h"
#include "ui/scenes/scene_panel.h"
#include "ui/viewport/camera_strip.h"
#include "ui/viewport/viewport_header.h"
#include "ui/window/session_link.h"
#include "ui/window/start_page.h"

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

  /// One of several to choose among: Tab goes to the chosen one, arrows to the others.
  static bool isReachedByArrows(const QWidget& control) {
    const auto* button = qobject_cast<const QAbstractButton*>(&control);
    return button && button->group() && button->group()->exclusive() && !button->isChecked();
  }
  /// What Tab should be able to get to.
  QList<QWidget*> controls() {
    QList<QWidget*> found;
    for (QWidget* each : window().findChildren<QWidget*>()) {
      const QWidget* dock = ancestor<QDockWidget>(*each);
      const bool is_behind_tab = dock && dock->visibleRegion().isEmpty();
      if (each->window() == &window() && each->isVisible() && each->isEnabled() && !each->focusProxy() &&
          (each->focusPolicy() & Qt::TabFocus) && !isReachedByArrows(*each) && !is_behind_tab)
        found << each;
    }
    return found;
  }
  /// As a screen reader says it.
  static QString spokenName(QWidget& control) {
    return QAccessible::queryAccessibleInterface(&control)->text(QAccessible::Name);
  }
  /// For a message: class, name and the panel that it is in.
  static std::string describe(QWidget& control) {
    const QWidget* panel = ancestor<QDockWidget>(control);
    return QStringLiteral("%1 \"%2\" in %3")
        .arg(QString::fromLatin1(control.metaObject()->className()), spokenName(control),
             panel ? panel->windowTitle()
                   : QString::fromLatin1(control.parentWidget()->metaObject()->className()))
        .toStdString();
  }
  /// Where two controls may not have one name.
  QWidget* room(QWidget& control) {
    if (auto* header = ancestor<ViewportHeader>(control)) return header;
    if (auto* dock = ancestor<QDockWidget>(control)) return dock;
    return control.parentWidget();
  }
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

TEST_F(LookTest, pictures_made_without_a_window_have_its_colours) {
  for (const auto& [tone, outcomes] : {std::pair{Tone::Dark, kDarkOutcomes}, {Tone::Light, kLightOutcomes}}) {
    const auto expectColor = [&, tone = tone](Rgb color, Role role) {
      EXPECT_EQ(qRgb(color.r, color.g, color.b), theme().tokens().color(role, tone).rgb()) << int(role);
    };
    expectColor(outcomes.right, Role::Right);
    expectColor(outcomes.wrong_class, Role::WrongClass);
    expectColor(outcomes.phantom, Role::Phantom);
    expectColor(outcomes.missed, Role::Missed);
    expectColor(outcomes.outside, Role::OutsideMask);
  }
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
  // These need more than data: a prediction by the network, two predictions, an evaluation that runs, a run,
  // a view that was changed.
  const std::set<QString> others = {QStringLiteral("predict.stop"),       QStringLiteral("predict.save"),
                                    QStringLiteral("colour.probability"), QStringLiteral("colour.entropy"),
                                    QStringLiteral("colour.margin"),      QStringLiteral("colour.compare"),
                                    QStringLiteral("evaluate.stop"),      QStringLiteral("train.checkpoint"),
                                    QStringLiteral("train.pause"),        QStringLiteral("train.stop"),
                                    QStringLiteral("train.resume"),       QStringLiteral("train.detach"),
                                    QStringLiteral("train.open_folder"),  QStringLiteral("train.like"),
                                    QStringLiteral("view.undo"),          QStringLiteral("view.redo")};
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
  EXPECT_EQ(dialog->visibleRows(), int(window().actions().entries().size()));
  // Nothing is in a menu that is not listed here.
  for (QAction* menu : window().menuBar()->actions()) {
    for (QAction* action : menu->menu()->actions()) {
      if (action->isSeparator() || action->menu()) continue;
      EXPECT_EQ(window().actions().find(action->objectName()), action) << action->text().toStdString();
    }
  }
  dialog->close();
}

TEST_F(LookTest, tab_reaches_every_control_and_each_has_a_name) {
  open();
  for (const char* workspace : {"browse", "errors", "training"}) {
    window().setWorkspace(QString::fromLatin1(workspace));
    ASSERT_TRUE(settle());
    QApplication::processEvents();
    const QList<QWidget*> wanted = controls();
    ASSERT_GT(wanted.size(), 15) << workspace;
    std::set<std::pair<QWidget*, QString>> names;
    for (QWidget* each : wanted) {
      EXPECT_FALSE(spokenName(*each).isEmpty()) << workspace << ": " << describe(*each);
      EXPECT_TRUE(names.emplace(room(*each), spokenName(*each)).second)
          << workspace << ", twice: " << describe(*each);
    }
    QSet<QWidget*> reached;
    wanted.front()->setFocus(Qt::TabFocusReason);
    for (int i = 0; i < 2 * wanted.size(); ++i) {
      QWidget* now = QApplication::focusWidget();
      ASSERT_TRUE(now) << workspace;
      reached.insert(now);
      QTest::keyClick(now, Qt::Key_Tab);
    }
    for (QWidget* each : wanted)
      EXPECT_TRUE(reached.contains(each)) << workspace << ", not reached: " << describe(*each);
  }
}

TEST_F(LookTest, tab_goes_from_panel_to_panel_as_they_stand) {
  open();
  window().showPanel(&window().predictPanel());  // a third tab beside the inspector
  for (const char* workspace : {"browse", "errors"}) {
    window().setWorkspace(QString::fromLatin1(workspace));
    ASSERT_TRUE(settle());
    QApplication::processEvents();
    const auto choices = window().viewports().findChildren<QComboBox*>();
    const auto shown = std::ranges::find_if(choices, [](const QComboBox* each) { return each->isVisible(); });
    ASSERT_NE(shown, choices.end());
    QWidget* first = *shown;
    first->setFocus(Qt::TabFocusReason);
    ASSERT_TRUE(first->hasFocus()) << workspace;
    std::vector<QWidget*> docks;  // each as often as Tab comes to it from elsewhere
    QWidget* now = first;
    do {
      QTest::keyClick(now, Qt::Key_Tab);
      now = QApplication::focusWidget();
      ASSERT_TRUE(now) << workspace;
      ASSERT_FALSE(now->visibleRegion().isEmpty()) << workspace << ", not to be seen: " << describe(*now);
      QWidget* dock = ancestor<QDockWidget>(*now);
      if (dock && (docks.empty() || docks.back() != dock)) docks.push_back(dock);
    } while (now != first && docks.size() < 20);
    EXPECT_EQ(docks.size(), std::set<QWidget*>(docks.begin(), docks.end()).size())
        << workspace << ": once to each panel";
    EXPECT_GE(docks.size(), 4U) << workspace;
    QTest::keyClick(now, Qt::Key_Backtab, Qt::ShiftModifier);
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
    EXPECT_EQ(QApplication::focusWidget(), first) << workspace << ": there and back";
  }
}

TEST_F(LookTest, menus_open_by_their_letters) {
  std::set<QString> letters;
  for (QAction* action : window().menuBar()->actions()) {
    const QKeySequence letter = QKeySequence::mnemonic(action->text());
    EXPECT_FALSE(letter.isEmpty()) << action->text().toStdString();
    EXPECT_TRUE(letters.insert(letter.toString()).second) << action->text().toStdString();
    for (const ActionRegistry::Entry& entry : window().actions().entries())
      EXPECT_FALSE(entry.action->shortcuts().contains(letter)) << entry.spec.id.toStdString();
  }
}

TEST_F(LookTest, a_link_shows_the_same_again) {
  open();
  studio().setCurrent(1, 2);
  window().setWorkspace(QStringLiteral("errors"));
  window().actions()["link.copy"]->trigger();
  const QString root = QString::fromStdString(demoWorld().string());
  EXPECT_EQ(QGuiApplication::clipboard()->text(),
            QStringLiteral("hbevocc-studio %1 --scene %2 --keyframe 3 --workspace errors --predictions "
                           "%1/predictions/spoiled")
                .arg(root, QString::fromStdString(studio().dataset()->scenes()[1].name)));
  EXPECT_TRUE(notice().contains(QStringLiteral("--keyframe 3")));
  EXPECT_EQ(linkText({QStringLiteral("/my data/it's")}),
            QStringLiteral("hbevocc-studio '/my data/it'\\''s'"));
}

TEST_F(LookTest, a_notice_takes_the_lines_that_it_needs) {
  open();
  window().resize(1280, 720);
  auto* line = window().findChild<NoticeLine*>(QStringLiteral("notice"));
  const int one = theme().sizes().section_header;
  window().showNotice(NoticeLine::Kind::Warn, QStringLiteral("Short."));
  EXPECT_TRUE(waitFor([&] { return line->height() == one; }));
  window().showNotice(NoticeLine::Kind::Warn,
                      QStringLiteral("Twelve words that say what was found. ").repeated(5));
  EXPECT_TRUE(waitFor([&] { return line->height() > one; }));
  EXPECT_FALSE(line->findChild<ElidedLabel*>()->isElided());
  window().showNotice(NoticeLine::Kind::Warn, QStringLiteral("More than anybody reads. ").repeated(60));
  EXPECT_TRUE(waitFor([&] { return line->findChild<ElidedLabel*>()->isElided(); }));
  EXPECT_LT(line->height(), 4 * one) << "three lines at most";
}

/// With HBEV_PICTURES=FOLDER: pictures of everything that pops up, in both themes, to be looked at.
TEST_F(LookTest, pictures_of_what_pops_up) {
  const QString folder = qEnvironmentVariable("HBEV_PICTURES");
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
