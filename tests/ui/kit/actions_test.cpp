#include "ui/kit/actions.h"

#include <stdexcept>

#include <QtTest/QTest>
#include <QtWidgets/QApplication>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QSlider>
#include <QtWidgets/QVBoxLayout>
#include <gtest/gtest.h>

#include "ui/kit/badge.h"
#include "ui/kit/buttons.h"
#include "ui/kit/command_palette.h"
#include "ui/kit/fuzzy.h"
#include "ui/kit/search_field.h"
#include "ui/kit/shortcuts_dialog.h"
#include "ui/kit/theme.h"
#include "ui/kit/value_slider.h"

namespace hbev::ui {
namespace {

TEST(Fuzzy, LettersMustComeInOrder) {
  EXPECT_TRUE(fuzzyMatch("gnw", "Go to next worst keyframe"));
  EXPECT_FALSE(fuzzyMatch("wng", "Go to next worst keyframe"));
  EXPECT_FALSE(fuzzyMatch("worstest", "worst"));
  EXPECT_TRUE(fuzzyMatch("", "anything"));
}

TEST(Fuzzy, BeginningsOfWordsAreFoundFirst) {
  const auto match = fuzzyMatch("sp", "Inspect: save picture");
  ASSERT_TRUE(match);
  EXPECT_EQ(match->positions, (std::vector<int>{9, 14}));
  EXPECT_GT(fuzzyMatch("sp", "Save picture")->score, fuzzyMatch("sp", "Inspector")->score);
}

TEST(Fuzzy, NeighboursStayTogether) {
  EXPECT_EQ(fuzzyMatch("worst", "We order the worst")->positions, (std::vector<int>{13, 14, 15, 16, 17}));
  EXPECT_EQ(fuzzyMatch("Worst F", "Show worst frames")->positions, (std::vector<int>{5, 6, 7, 8, 9, 11}));
}

class ActionsTest : public testing::Test {
 protected:
  ActionsTest() : actions(Theme::current().tokens(), &window) {
    add("keyframe.next", "Next keyframe", "Time");
    add("play", "Play", "Time");
    add("layer.voxels", "Show voxels", "Layers");
    add("loop.toggle", "Loop", "Time");
    add("evaluate", "Evaluate the split", "Work");
    add("picture.save", "Save picture", "Keep");
    add("predict.scene", "Predict the scene", "Work");
    field = new QLineEdit(&window);
    button = makeButton("Press", ButtonKind::Normal, {}, &window);
    slider = new ValueSlider(0, 100, 50, &window);
    auto* layout = new QVBoxLayout(&window);
    for (QWidget* widget :
         {static_cast<QWidget*>(field), static_cast<QWidget*>(button), static_cast<QWidget*>(slider)})
      layout->addWidget(widget);
    window.resize(700, 500);
    window.show();
    EXPECT_TRUE(QTest::qWaitForWindowExposed(&window));
    window.activateWindow();
    QApplication::setActiveWindow(&window);
  }
  void add(const QString& id, const QString& name, const QString& group) {
    actions.add({id, name, "play", name + " now.", group, false}, [this, id](bool) { ran << id; });
  }

  QWidget window;
  ActionRegistry actions;
  QLineEdit* field;
  QPushButton* button;
  ValueSlider* slider;
  QStringList ran;
};

TEST_F(ActionsTest, KeysComeFromTheTokens) {
  EXPECT_EQ(actions["picture.save"]->shortcut(), QKeySequence("Ctrl+Shift+S"));
  EXPECT_EQ(actions.find("no.such"), nullptr);
  EXPECT_THROW(actions["no.such"], std::logic_error);
  EXPECT_THROW(add("play", "Play again", "Time"), std::logic_error);
  EXPECT_TRUE(actions["picture.save"]->toolTip().contains("Ctrl Shift S"));
}

TEST_F(ActionsTest, SingleLettersWorkOutsideTextFieldsOnly) {
  window.setFocus();
  QTest::keyClick(&window, Qt::Key_L);
  QTest::keyClick(&window, Qt::Key_Right);
  EXPECT_EQ(ran, (QStringList{"loop.toggle", "keyframe.next"}));
  ran.clear();
  field->setFocus();
  QTest::keyClicks(field, "lV ");
  QTest::keyClick(field, Qt::Key_Right);
  EXPECT_EQ(field->text(), "lV ");
  EXPECT_TRUE(ran.isEmpty()) << qPrintable(ran.join(' '));
  QTest::keyClick(field, Qt::Key_R, Qt::ControlModifier);
  EXPECT_EQ(ran, QStringList{"evaluate"});
}

TEST_F(ActionsTest, AFocusedControlKeepsItsOwnKeys) {
  int presses = 0;
  QObject::connect(button, &QPushButton::clicked, button, [&] { ++presses; });
  button->setFocus(Qt::TabFocusReason);
  QTest::keyClick(button, Qt::Key_Space);
  EXPECT_EQ(presses, 1);
  EXPECT_TRUE(ran.isEmpty());
  QTest::keyClick(button, Qt::Key_Right);
  EXPECT_EQ(ran, QStringList{"keyframe.next"});
  ran.clear();
  auto* track = slider->findChild<QSlider*>();
  track->setFocus(Qt::TabFocusReason);
  QTest::keyClick(track, Qt::Key_Right);
  EXPECT_DOUBLE_EQ(slider->value(), 51);
  EXPECT_TRUE(ran.isEmpty());
}

TEST_F(ActionsTest, KeysAreWrittenForPeople) {
  EXPECT_EQ(keyText(QKeySequence("Ctrl+Shift+S")), "Ctrl Shift S");
  EXPECT_EQ(keyText(QKeySequence("Shift+Left")), QString("Shift ") + QChar(0x2190));
  EXPECT_EQ(keyText(QKeySequence("Ctrl++")), "Ctrl +");
}

TEST_F(ActionsTest, ThePaletteFindsAndRuns) {
  CommandPalette palette(actions, &window);
  palette.open();
  ASSERT_TRUE(QTest::qWaitForWindowExposed(&palette));
  EXPECT_EQ(palette.shownNames().size(), 7);
  auto* search = palette.findChild<SearchField*>();
  QTest::keyClicks(search, "sp");
  EXPECT_EQ(palette.shownNames().first(), "Save picture");
  search->clear();
  QTest::keyClicks(search, "the s");
  EXPECT_EQ(palette.shownNames(), (QStringList{"Predict the scene", "Evaluate the split"}));
  QTest::keyClick(search, Qt::Key_Down);
  QTest::keyClick(search, Qt::Key_Return);
  EXPECT_EQ(ran, QStringList{"evaluate"});
  EXPECT_FALSE(palette.isVisible());
  palette.open();
  EXPECT_EQ(palette.shownNames().first(), "Evaluate the split") << "what was run last stands first";
  QTest::keyClick(search, Qt::Key_Escape);
  EXPECT_FALSE(palette.isVisible());
}

TEST_F(ActionsTest, ThePaletteDoesNotRunWhatIsDisabled) {
  actions["evaluate"]->setEnabled(false);
  CommandPalette palette(actions, &window);
  palette.open();
  auto* search = palette.findChild<SearchField*>();
  QTest::keyClicks(search, "evaluate");
  EXPECT_EQ(palette.shownNames(), QStringList{"Evaluate the split"});
  QTest::keyClick(search, Qt::Key_Return);
  EXPECT_TRUE(ran.isEmpty());
  EXPECT_TRUE(palette.isVisible());
}

TEST_F(ActionsTest, TheKeyListIsSearchable) {
  ShortcutsDialog dialog(actions, &window);
  EXPECT_EQ(dialog.visibleRows(), int(actions.entries().size())) << "those without a key, too";
  auto* search = dialog.findChild<SearchField*>();
  search->setText("time");
  EXPECT_EQ(dialog.visibleRows(), 0) << "groups are headings, not words";
  search->setText("ctrl s");
  EXPECT_EQ(dialog.visibleRows(), 3);
  search->setText("next");
  EXPECT_EQ(dialog.visibleRows(), 1);
}

}  // namespace
}  // namespace hbev::ui
