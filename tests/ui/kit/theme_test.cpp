#include "ui/kit/theme.h"

#include <QtCore/QEvent>
#include <QtGui/QPalette>
#include <QtTest/QSignalSpy>
#include <QtWidgets/QApplication>
#include <QtWidgets/QWidget>
#include <gtest/gtest.h>

namespace hbev::ui {
namespace {

class StyledWidget : public QWidget {
 public:
  int styled = 0;

 protected:
  void changeEvent(QEvent* event) override {
    if (event->type() == QEvent::StyleChange) ++styled;
    QWidget::changeEvent(event);
  }
};

class ThemeTest : public testing::Test {
 protected:
  void TearDown() override { Theme::current().setMode(Theme::Mode::Dark); }
};

TEST_F(ThemeTest, SwitchingRepaletsTheApplication) {
  Theme& theme = Theme::current();
  QSignalSpy changed(&theme, &Theme::changed);
  theme.setMode(Theme::Mode::Light);
  EXPECT_EQ(changed.count(), 1);
  EXPECT_EQ(theme.tone(), Tone::Light);
  EXPECT_EQ(QApplication::palette().color(QPalette::Window), theme.tokens().color(Role::Panel, Tone::Light));
  EXPECT_EQ(QApplication::palette().color(QPalette::Disabled, QPalette::Text),
            theme.tokens().color(Role::Disabled, Tone::Light));
  EXPECT_TRUE(qApp->styleSheet().contains("#fafbfc"));
}

TEST_F(ThemeTest, AModeOfTheSameToneStylesNothingAnew) {
  Theme& theme = Theme::current();
  StyledWidget widget;
  widget.ensurePolished();  // what is not is not styled anew
  theme.setMode(Theme::Mode::System);
  const Theme::Mode same = theme.tone() == Tone::Dark ? Theme::Mode::Dark : Theme::Mode::Light;
  widget.styled = 0;
  QSignalSpy changed(&theme, &Theme::changed);
  theme.setMode(same);
  EXPECT_EQ(theme.mode(), same);
  EXPECT_EQ(changed.count(), 1) << "the setting is kept by who hears of it";
  EXPECT_EQ(widget.styled, 0);
  theme.setMode(same);
  EXPECT_EQ(changed.count(), 1);
  theme.setMode(same == Theme::Mode::Dark ? Theme::Mode::Light : Theme::Mode::Dark);
  EXPECT_GT(widget.styled, 0);
}

TEST_F(ThemeTest, TheStyleSheetHasNoUnfilledWord) {
  for (const auto mode : {Theme::Mode::Dark, Theme::Mode::Light}) {
    Theme::current().setMode(mode);
    const QString sheet = Theme::current().styleSheet();
    const QString rules = sheet.mid(sheet.indexOf("*/"));
    EXPECT_FALSE(rules.contains('@'));
    EXPECT_GT(rules.size(), 2000);
  }
}

TEST_F(ThemeTest, ScoresHaveThreeSteps) {
  const Theme& theme = Theme::current();
  const ScoreSteps steps{32, 39};
  EXPECT_EQ(theme.scoreColor(31.9, steps), theme.color(Role::ScoreBad));
  EXPECT_EQ(theme.scoreColor(32.0, steps), theme.color(Role::ScoreMid));
  EXPECT_EQ(theme.scoreColor(39.0, steps), theme.color(Role::ScoreMid));
  EXPECT_EQ(theme.scoreColor(39.1, steps), theme.color(Role::ScoreGood));
}

TEST_F(ThemeTest, ReducedMotionTakesNoTime) {
  Theme& theme = Theme::current();
  EXPECT_EQ(theme.duration(theme.tokens().motion().camera), 220);
  theme.setReducedMotion(true);
  EXPECT_EQ(theme.duration(theme.tokens().motion().camera), 0);
  theme.setReducedMotion(false);
}

}  // namespace
}  // namespace hbev::ui
