#include "ui/kit/theme.h"

#include <QtGui/QPalette>
#include <QtTest/QSignalSpy>
#include <QtWidgets/QApplication>
#include <gtest/gtest.h>

namespace hbev::ui {
namespace {

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
