// The controls, driven as a person drives them.
#include <algorithm>

#include <QtGui/QClipboard>
#include <QtGui/QImage>
#include <QtGui/QPainter>
#include <QtGui/QShortcut>
#include <QtGui/QWheelEvent>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>
#include <QtWidgets/QDialog>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QSlider>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QVBoxLayout>
#include <gtest/gtest.h>

#include "ui/kit/combo_box.h"
#include "ui/kit/elided_label.h"
#include "ui/kit/notices.h"
#include "ui/kit/painting.h"
#include "ui/kit/panel_stack.h"
#include "ui/kit/progress_line.h"
#include "ui/kit/range_slider.h"
#include "ui/kit/round_popup.h"
#include "ui/kit/score_tile.h"
#include "ui/kit/search_field.h"
#include "ui/kit/section.h"
#include "ui/kit/segmented_control.h"
#include "ui/kit/theme.h"
#include "ui/kit/value_slider.h"
#include "ui/kit/wrapping_label.h"

namespace hbev::ui {
namespace {

void turnWheel(QWidget* widget, const QPointF& at, int turns, Qt::KeyboardModifiers modifiers = {}) {
  QWheelEvent event(at, widget->mapToGlobal(at), {}, QPoint(0, 120 * turns), Qt::NoButton, modifiers,
                    Qt::NoScrollPhase, false);
  QApplication::sendEvent(widget, &event);
}

TEST(SegmentedControl, ArrowsMoveAndSkipWhatIsDisabled) {
  SegmentedControl control;
  for (const char* name : {"None", "Voxels", "Lidar", "Boxes"})
    control.addSegment(name);
  control.setSegmentEnabled(2, false);
  QSignalSpy changed(&control, &SegmentedControl::currentChanged);
  EXPECT_EQ(control.currentIndex(), 0);
  EXPECT_EQ(control.height(), 24);
  QTest::keyClick(control.segment(0), Qt::Key_Right);
  EXPECT_EQ(control.currentIndex(), 1);
  QTest::keyClick(control.segment(1), Qt::Key_Right);
  EXPECT_EQ(control.currentIndex(), 3);
  QTest::keyClick(control.segment(3), Qt::Key_Right);
  EXPECT_EQ(control.currentIndex(), 3);
  QTest::mouseClick(control.segment(0), Qt::LeftButton);
  EXPECT_EQ(control.currentIndex(), 0);
  EXPECT_EQ(changed.count(), 3);
}

TEST(RangeSlider, KeysMoveTheKnobThatTabChose) {
  RangeSlider slider(0, 10);
  slider.resize(210, 16);
  slider.setStep(0.5);
  slider.setRange(2, 8);
  slider.show();
  slider.setFocus(Qt::TabFocusReason);
  QTest::keyClick(&slider, Qt::Key_Right);
  EXPECT_DOUBLE_EQ(slider.lower(), 2.5);
  QTest::keyClick(&slider, Qt::Key_Tab);
  QTest::keyClick(&slider, Qt::Key_Left);
  EXPECT_DOUBLE_EQ(slider.upper(), 7.5);
  QTest::keyClick(&slider, Qt::Key_End);
  EXPECT_DOUBLE_EQ(slider.upper(), 10);
  QTest::keyClick(&slider, Qt::Key_Home);
  EXPECT_DOUBLE_EQ(slider.upper(), 2.5) << "a knob stops at the other";
}

TEST(RangeSlider, TheMouseTakesTheNearerKnob) {
  RangeSlider slider(0, 10);
  slider.resize(210, 16);  // 20 px a unit between the knobs' ends at 5 and 205.
  slider.setRange(2, 8);
  QTest::mouseClick(&slider, Qt::LeftButton, {}, QPoint(65, 8));
  EXPECT_NEAR(slider.lower(), 3, 0.05);
  EXPECT_DOUBLE_EQ(slider.upper(), 8);
  QTest::mouseClick(&slider, Qt::LeftButton, {}, QPoint(205, 8));
  EXPECT_NEAR(slider.upper(), 10, 0.05);
  turnWheel(&slider, QPointF(60, 8), 1);
  EXPECT_NEAR(slider.lower(), 3.5, 0.05);
  turnWheel(&slider, QPointF(60, 8), 1, Qt::ShiftModifier);
  EXPECT_NEAR(slider.lower(), 3.6, 0.05);
  QTest::mouseDClick(&slider, Qt::LeftButton, {}, QPoint(100, 8));
  EXPECT_DOUBLE_EQ(slider.lower(), 0);
  EXPECT_DOUBLE_EQ(slider.upper(), 10);
}

TEST(ValueSlider, WheelStepsAndDoubleClickResets) {
  ValueSlider slider(0, 200, 100);
  slider.setFormat([](double value) { return decimal(value, 0) + " %"; });
  QSignalSpy changed(&slider, &ValueSlider::valueChanged);
  auto* track = slider.findChild<QSlider*>();
  turnWheel(track, {5, 5}, 1);
  EXPECT_DOUBLE_EQ(slider.value(), 110);
  turnWheel(track, {5, 5}, -1, Qt::ShiftModifier);
  EXPECT_DOUBLE_EQ(slider.value(), 108);
  EXPECT_EQ(slider.findChild<QLabel*>()->text(), "108 %");
  turnWheel(track, {5, 5}, 100);
  EXPECT_DOUBLE_EQ(slider.value(), 200);
  QTest::mouseDClick(track, Qt::LeftButton);
  EXPECT_DOUBLE_EQ(slider.value(), 100);
  EXPECT_EQ(changed.count(), 4);
  slider.setValue(0.123);
  EXPECT_DOUBLE_EQ(slider.value(), 0.123) << "what is set is not rounded to a step of the track";
}

TEST(Section, FoldsByMouse) {
  auto* content = new QLabel("content");
  Section section("Layers");
  section.setContent(content);
  section.resize(300, 200);
  section.show();
  QTest::mouseClick(section.findChild<QAbstractButton*>(), Qt::LeftButton);
  EXPECT_FALSE(content->isVisible());
  QTest::mouseClick(section.findChild<QAbstractButton*>(), Qt::LeftButton);
  EXPECT_TRUE(content->isVisible());
}

/// Without a compositor what a popup does not paint is black.
TEST(RoundPopup, HasNoPixelsOutsideItsCorners) {
  QWidget popup(nullptr, Qt::Popup | Qt::FramelessWindowHint);
  roundCorners(&popup);
  roundCorners(&popup);
  for (const QSize size : {QSize(200, 100), QSize(320, 40)}) {
    popup.resize(size);
    popup.show();
    const QRegion mask = popup.mask();
    EXPECT_EQ(mask.boundingRect(), QRect(QPoint(0, 0), size));
    const int right = size.width() - 1, bottom = size.height() - 1;
    for (const QPoint corner : {QPoint(0, 0), QPoint(right, 0), QPoint(0, bottom), QPoint(right, bottom)})
      EXPECT_FALSE(mask.contains(corner));
    EXPECT_TRUE(mask.contains(QPoint(right / 2, 0)));
    EXPECT_TRUE(mask.contains(QPoint(0, bottom / 2)));
  }
  // Whatever the box paints lies within.
  QImage picture(40, 40, QImage::Format_ARGB32_Premultiplied);
  picture.fill(Qt::transparent);
  QPainter painter(&picture);
  paintPopup(painter, picture.rect());
  painter.end();
  const QRegion region = roundedRegion(picture.size(), Theme::current().tokens().radii().card);
  for (int y = 0; y < picture.height(); ++y) {
    for (int x = 0; x < picture.width(); ++x)
      EXPECT_TRUE(region.contains(QPoint(x, y)) || qAlpha(picture.pixel(x, y)) == 0) << x << ", " << y;
  }
}

TEST(ScoreTile, TellsItsFigure) {
  ScoreTile tile("mAVE");
  EXPECT_EQ(tile.accessibleName(), "mAVE none");
  tile.setValue("0.52");
  EXPECT_EQ(tile.accessibleName(), "mAVE 0.52");
  QSignalSpy clicked(&tile, &ScoreTile::clicked);
  QTest::mouseClick(&tile, Qt::LeftButton);
  EXPECT_EQ(clicked.count(), 1);
}

TEST(ErrorNotice, ShowsAndCopiesEveryPart) {
  const Problem problem{"labels.npz cannot be read", "gts/a/labels.npz", "uint8 [200, 200, 16]",
                        "uint8 [200, 200, 8]", "The other 959 keyframes are usable."};
  ErrorNotice notice(problem);
  QStringList shown;
  for (const QLabel* label : notice.findChildren<QLabel*>())
    shown << label->text();
  EXPECT_EQ(
      shown.join('\n'),
      "labels.npz cannot be read\ngts/a/labels.npz\nExpected uint8 [200, 200, 16], found uint8 [200, 200, "
      "8].\nThe other 959 keyframes are usable.");
  QTest::mouseClick(notice.findChild<QToolButton*>(), Qt::LeftButton);
  EXPECT_EQ(QApplication::clipboard()->text().toStdString(), toString(problem));
}

TEST(ErrorNotice, ALongNameOfAFileGoesOnInTheNextLine) {
  const std::string name = "n008-2018-08-01-15-16-36-0400__CAM_FRONT_LEFT__1533151603547590.prediction.npz";
  ErrorNotice notice(Problem{name + " cannot be read", "/data/sets/nuscenes/samples/" + name, "", "", ""});
  EXPECT_LT(notice.minimumSizeHint().width(), 240) << "it fits into a narrow panel";
  const auto labels = notice.findChildren<WrappingLabel*>();
  EXPECT_TRUE(std::ranges::any_of(labels, [&](const WrappingLabel* label) {
    return unbroken(label->text()).toStdString() == name + " cannot be read";
  }));
  EXPECT_EQ(breakable("Copy the file again."), "Copy the file again.") << "short words stay whole";
}

TEST(WrappingLabel, WhatIsCopiedHasNoPlacesToBreakAt) {
  const QString name = "a_very_long_name_of_a_file_without_spaces.npz";
  WrappingLabel label(name, Role::Text, TextSize::Body, Weight::Normal, nullptr);
  EXPECT_NE(label.text(), name);
  label.setSelection(0, int(label.text().size()));
  QTest::keyClick(&label, Qt::Key_C, Qt::ControlModifier);
  EXPECT_EQ(QApplication::clipboard()->text(), name);
}

TEST(SearchField, EscapeIsItsOwn) {
  QWidget window;
  QShortcut shortcut(QKeySequence(Qt::Key_Escape), &window);
  QSignalSpy taken(&shortcut, &QShortcut::activated);
  auto* column = new QVBoxLayout(&window);
  auto* field = new SearchField("Search", {}, &window);
  column->addWidget(field);
  window.show();
  QApplication::setActiveWindow(&window);
  ASSERT_TRUE(QTest::qWaitForWindowExposed(&window));
  field->setFocus();
  QTest::keyClicks(field, "bus");
  QTest::keyClick(field, Qt::Key_Escape);
  EXPECT_EQ(field->text(), "") << "the first clears";
  EXPECT_TRUE(field->hasFocus());
  QTest::keyClick(field, Qt::Key_Escape);
  EXPECT_FALSE(field->hasFocus()) << "the second leaves";
  EXPECT_EQ(taken.count(), 0);
}

TEST(SearchField, EmptyInADialogItLeavesEscapeToTheDialog) {
  QDialog dialog;
  auto* column = new QVBoxLayout(&dialog);
  auto* field = new SearchField("Search", {}, &dialog);
  column->addWidget(field);
  dialog.show();
  ASSERT_TRUE(QTest::qWaitForWindowExposed(&dialog));
  field->setText("bus");
  QTest::keyClick(field, Qt::Key_Escape);
  EXPECT_TRUE(dialog.isVisible());
  QTest::keyClick(field, Qt::Key_Escape);
  EXPECT_FALSE(dialog.isVisible());
}

TEST(ComboBox, KeysThatGoThroughTheSceneAreNotItsOwn) {
  ComboBox box;
  box.addItems({"first", "second", "third"});
  for (const Qt::Key key : {Qt::Key_End, Qt::Key_Home, Qt::Key_PageDown}) {
    QTest::keyClick(&box, key);
    EXPECT_EQ(box.currentIndex(), 0);
  }
  QTest::keyClick(&box, Qt::Key_Down);
  EXPECT_EQ(box.currentIndex(), 1);
}

TEST(NoticeLine, EveryLineOfItsWordsIsSeenWhole) {
  QWidget page;
  auto* column = new QVBoxLayout(&page);
  column->setContentsMargins(0, 0, 0, 0);
  auto* notice = new NoticeLine(NoticeLine::Kind::Error, {}, "Close", &page);
  column->addWidget(notice);
  column->addWidget(new QWidget(&page), 1);
  const auto* label = notice->findChild<ElidedLabel*>();
  for (const int width : {1280, 1600}) {
    page.resize(width, 600);
    page.show();
    // Also back to one line: nothing of the place of three stays.
    for (const int lines : {1, 2, 3, 1}) {
      QString text = "Class";
      while (label->fontMetrics().horizontalAdvance(text) < (lines - 0.6) * (width - 120))
        text += " set";
      notice->setNotice(NoticeLine::Kind::Error, text, "Close");
      QCoreApplication::sendPostedEvents(nullptr, QEvent::LayoutRequest);
      const int wanted = label->heightForWidth(label->width());
      EXPECT_EQ(wanted, lines * std::max(16, label->fontMetrics().height())) << width;
      EXPECT_GE(label->height(), wanted) << lines << " lines at " << width;
      EXPECT_TRUE(notice->rect().contains(label->geometry())) << lines << " lines at " << width;
      EXPECT_EQ(notice->height(), std::max(28, wanted + 8)) << lines << " lines at " << width;
      EXPECT_NEAR(label->geometry().center().y(), notice->rect().center().y(), 1);
    }
  }
}

TEST(NoticeLine, ItsActionIsAButton) {
  NoticeLine line(NoticeLine::Kind::Warn, "Flow looks like voxels per frame.", "Convert");
  EXPECT_EQ(line.sizeHint().height(), 28);
  QSignalSpy triggered(&line, &NoticeLine::actionTriggered);
  QTest::mouseClick(line.findChild<QPushButton*>(), Qt::LeftButton);
  EXPECT_EQ(triggered.count(), 1);
}

TEST(ProgressLine, SpeaksOfTimeLikeAPerson) {
  EXPECT_EQ(timeLeftText(5.2), "6 s left");
  EXPECT_EQ(timeLeftText(100), "2 min left");
  EXPECT_EQ(timeLeftText(3900), "1 h 5 min left");
  ProgressLine line;
  line.setState({"Predicting demo-0103", 23, 40, 5.2, {}});
  EXPECT_EQ(line.accessibleName(), "Predicting demo-0103 23 / 40 6 s left");
  line.resize(line.sizeHint());
  QSignalSpy cancelled(&line, &ProgressLine::cancelled);
  QTest::mouseClick(line.findChild<QToolButton*>(), Qt::LeftButton);
  EXPECT_EQ(cancelled.count(), 1);
}

TEST(ElidedLabel, KnowsWhetherItFits) {
  ElidedLabel label("a rather long path/to/a/file.npz", Qt::ElideMiddle);
  label.resize(400, 16);
  EXPECT_FALSE(label.isElided());
  label.resize(60, 16);
  EXPECT_TRUE(label.isElided());
}

TEST(PanelStack, TheLoadingBarWaits) {
  PanelStack stack;
  stack.setContent(new QLabel("content"));
  stack.setEmptyState(new EmptyState("voxel", "Nothing here", "Open something."));
  stack.resize(300, 200);
  stack.show();
  stack.showEmpty();
  EXPECT_TRUE(stack.emptyState()->isVisible());
  stack.setLoading(true);
  EXPECT_FALSE(stack.showsLoadingBar());
  EXPECT_EQ(stack.page(), PanelStack::Page::Empty) << "the old page stays";
  EXPECT_TRUE(QTest::qWaitFor([&] { return stack.showsLoadingBar(); }, 2000));
  stack.showContent();
  EXPECT_FALSE(stack.showsLoadingBar());
  EXPECT_FALSE(stack.emptyState()->isVisible());
  stack.showError({"It broke", {}, {}, {}, {}});
  EXPECT_TRUE(stack.errorNotice()->isVisible());
  EXPECT_EQ(stack.page(), PanelStack::Page::Error);
}

TEST(PanelStack, ABarThatIsHiddenWithItsWindowEndsWithoutAWarning) {
  PanelStack stack;
  stack.setContent(new QLabel("content"));
  stack.show();
  stack.setLoading(true);
  ASSERT_TRUE(QTest::qWaitFor([&] { return stack.showsLoadingBar(); }));
  static QStringList warnings;
  warnings.clear();
  const QtMessageHandler before = qInstallMessageHandler(
      [](QtMsgType, const QMessageLogContext&, const QString& text) { warnings << text; });
  stack.hide();
  stack.showContent();
  qInstallMessageHandler(before);
  EXPECT_TRUE(warnings.isEmpty()) << warnings.join(QLatin1Char('|')).toStdString();
}

TEST(Painting, NumbersAreWrittenAsTheGuideSays) {
  EXPECT_EQ(groupedNumber(42849), QString("42") + QChar(0x2009) + "849");
  EXPECT_EQ(groupedNumber(-1234567),
            QString(QChar(0x2212)) + "1" + QChar(0x2009) + "234" + QChar(0x2009) + "567");
  EXPECT_EQ(groupedNumber(999), "999");
  EXPECT_EQ(decimal(-1.25, 1), QString(QChar(0x2212)) + QString::number(1.25, 'f', 1));
  EXPECT_EQ(decimal(-0.01, 1), "0.0") << "no minus before a zero";
}

}  // namespace
}  // namespace hbev::ui
