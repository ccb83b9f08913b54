#include "ui/kit/timeline.h"

#include <algorithm>

#include <QtGui/QMouseEvent>
#include <QtGui/QWheelEvent>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>
#include <QtWidgets/QLabel>
#include <QtWidgets/QToolButton>
#include <gtest/gtest.h>

#include "ui/kit/theme.h"
#include "ui/kit/timeline_scale.h"
#include "ui/kit/timeline_strip.h"

namespace hbev::ui {
namespace {

std::vector<double> everyHalfSecond(int count) {
  std::vector<double> times;
  for (int k = 0; k < count; ++k)
    times.push_back(100 + 0.5 * k);
  return times;
}

TEST(TimelineScale, KeyframesLieInSlots) {
  TimelineScale scale;
  scale.setExtent(44, 400);
  EXPECT_EQ(scale.keyframeAt(100), -1);
  scale.setCount(40);
  EXPECT_EQ(scale.keyframeAt(44), 0);
  EXPECT_EQ(scale.keyframeAt(53.9), 0);
  EXPECT_EQ(scale.keyframeAt(54.1), 1);
  EXPECT_EQ(scale.keyframeAt(-50), 0);
  EXPECT_EQ(scale.keyframeAt(5000), 39);
  EXPECT_DOUBLE_EQ(scale.xOf(0), 49);
}

TEST(TimelineScale, ZoomKeepsWhatIsUnderThePointer) {
  TimelineScale scale;
  scale.setExtent(0, 400);
  scale.setCount(40);
  const double before = scale.slotAt(150);
  scale.zoom(2, 150);
  EXPECT_NEAR(scale.slotAt(150), before, 1e-9);
  EXPECT_DOUBLE_EQ(scale.slotWidth(), 20);
  scale.zoom(1000, 150);
  EXPECT_DOUBLE_EQ(scale.slotWidth(), 100) << "four keyframes at least";
  scale.reveal(39);
  EXPECT_LE(scale.xOfSlot(40), 400 + 1e-9);
  EXPECT_EQ(scale.keyframeAt(399), 39);
  scale.zoom(1e-6, 0);
  EXPECT_FALSE(scale.isZoomed());
  EXPECT_DOUBLE_EQ(scale.xOfSlot(0), 0);
}

TEST(TimelineScale, MomentsLieBetweenKeyframes) {
  const std::vector<double> times{0, 0.5, 1.5};
  EXPECT_DOUBLE_EQ(TimelineScale::slotOfTime(times, 0), 0.5);
  EXPECT_DOUBLE_EQ(TimelineScale::slotOfTime(times, 0.25), 1.0);
  EXPECT_DOUBLE_EQ(TimelineScale::slotOfTime(times, 1.0), 2.0);
  EXPECT_DOUBLE_EQ(TimelineScale::slotOfTime(times, 2.5), 3.5);
  EXPECT_DOUBLE_EQ(TimelineScale::slotOfTime({7.0}, 7.0), 0.5);
}

TEST(ScoreAxis, HasFewRoundLines) {
  // Heights of bars are compared: they begin at nothing, however high all of them are.
  EXPECT_EQ(ScoreAxis::fit({28.0, 41.0, 50.0}, {51.0}).lines, (std::vector<double>{0, 20, 40}));
  EXPECT_EQ(ScoreAxis::fit({82.0, 98.0}, {}).lines, (std::vector<double>{0, 50}));
  EXPECT_EQ(ScoreAxis::fit({2.0, 14.0}, {}).lines, (std::vector<double>{0, 5, 10}));
  EXPECT_EQ(ScoreAxis::fit({2.0}, {3.2}).lines, (std::vector<double>{0, 1, 2, 3}));
  EXPECT_GT(ScoreAxis::fit({37.0}, {}).high, 37);
  EXPECT_GT(ScoreAxis::fit({0.0}, {}).high, 0) << "nothing right is a score, too";
  EXPECT_TRUE(ScoreAxis::fit({std::nullopt}, {}).lines.empty());
}

class TimelineTest : public testing::Test {
 protected:
  TimelineTest() : wishes(&timeline, &Timeline::currentRequested) {
    timeline.resize(1000, timeline.sizeHint().height());
    timeline.setKeyframes(everyHalfSecond(40));
    timeline.show();
    EXPECT_TRUE(QTest::qWaitForWindowExposed(&timeline));
  }
  QPoint at(int keyframe) const {
    return timeline.strip()->mapFrom(&timeline,
                                     QPoint(int(timeline.xOf(keyframe)), timeline.strip()->y() + 50));
  }
  void drag(int from, int to, Qt::MouseButton button) {
    QWidget* strip = timeline.strip();
    QTest::mousePress(strip, button, {}, at(from));
    const int step = from < to ? 1 : -1;
    for (int k = from; k != to + step; k += step) {
      QMouseEvent move(QEvent::MouseMove, QPointF(at(k)), strip->mapToGlobal(QPointF(at(k))), Qt::NoButton,
                       button, {});
      QApplication::sendEvent(strip, &move);
    }
    QTest::mouseRelease(strip, button, {}, at(to));
  }

  Timeline timeline;
  QSignalSpy wishes;
};

TEST_F(TimelineTest, IsAsHighAsTheGuideSays) {
  EXPECT_EQ(timeline.sizeHint().height(), 150);
  timeline.setCompact(true);
  EXPECT_EQ(timeline.sizeHint().height(), 110);
}

TEST_F(TimelineTest, AClickJumps) {
  QTest::mouseClick(timeline.strip(), Qt::LeftButton, {}, at(17));
  ASSERT_EQ(wishes.count(), 1);
  EXPECT_EQ(wishes.last()[0].toInt(), 17);
  EXPECT_EQ(timeline.current(), 17);
  QTest::mouseClick(timeline.strip(), Qt::LeftButton, {}, QPoint(timeline.width() - 1, 50));
  EXPECT_EQ(timeline.current(), 39);
}

TEST_F(TimelineTest, TheRulerHasItsMomentsWhereThePlayheadStands) {
  timeline.setCurrent(20);
  const QImage picture = timeline.strip()->grab().toImage();
  const double ratio = picture.devicePixelRatio();
  const Theme& theme = Theme::current();
  const int above_base = theme.sizes().timeline.ruler - 2;
  QList<int> marks;
  for (int x = 0; x < timeline.strip()->width(); ++x) {
    if (picture.pixelColor(int(x * ratio), int(above_base * ratio)) == theme.color(Role::BorderStrong))
      marks << x;
  }
  ASSERT_GE(marks.size(), 35) << "one a keyframe";
  for (const int keyframe : {0, 4, 39}) {
    const int middle = timeline.strip()->mapFrom(&timeline, QPoint(int(timeline.xOf(keyframe)), 0)).x();
    EXPECT_TRUE(std::ranges::any_of(marks, [&](int x) { return std::abs(x - middle) <= 1; })) << keyframe;
  }
}

TEST_F(TimelineTest, ADragAsksForEachKeyframeOnceAndEndsWithTheLast) {
  drag(10, 14, Qt::LeftButton);
  QList<int> asked;
  for (const auto& wish : wishes)
    asked << wish[0].toInt();
  EXPECT_EQ(asked, (QList<int>{10, 11, 12, 13, 14}));
  EXPECT_EQ(timeline.current(), 14);
}

TEST_F(TimelineTest, TheRightButtonDragsALoop) {
  QSignalSpy loops(&timeline, &Timeline::loopChanged);
  drag(20, 12, Qt::RightButton);
  ASSERT_EQ(loops.count(), 1);
  EXPECT_EQ(loops.last(), (QList<QVariant>{true, 12, 20}));
  EXPECT_EQ(timeline.loop(), KeyframeRange(12, 20));
  EXPECT_EQ(wishes.count(), 0);
}

TEST_F(TimelineTest, TheWheelZoomsAboutThePointer) {
  QWidget* strip = timeline.strip();
  const QPointF pointer(at(30));
  const double width = timeline.xOf(31) - timeline.xOf(30);
  QWheelEvent wheel(pointer, strip->mapToGlobal(pointer), {}, QPoint(0, 360), Qt::NoButton, {},
                    Qt::NoScrollPhase, false);
  QApplication::sendEvent(strip, &wheel);
  EXPECT_NEAR(timeline.xOf(31) - timeline.xOf(30), width * 1.25 * 1.25 * 1.25, 0.01);
  EXPECT_EQ(timeline.keyframeAt(pointer.x()), 30);
  QTest::mouseClick(strip, Qt::LeftButton, {}, at(30));
  EXPECT_EQ(timeline.current(), 30);
  timeline.resetZoom();
  EXPECT_NEAR(timeline.xOf(31) - timeline.xOf(30), width, 1e-9);
}

TEST_F(TimelineTest, APlayheadThatLeavesTheZoomIsFollowed) {
  QWidget* strip = timeline.strip();
  const QPointF pointer(at(35));
  QWheelEvent wheel(pointer, strip->mapToGlobal(pointer), {}, QPoint(0, 1200), Qt::NoButton, {},
                    Qt::NoScrollPhase, false);
  QApplication::sendEvent(strip, &wheel);
  EXPECT_LT(timeline.xOf(2), 0);
  timeline.setCurrent(2);
  EXPECT_GT(timeline.xOf(2), 44);
  EXPECT_LT(timeline.xOf(2), timeline.width());
}

TEST_F(TimelineTest, HoverTellsTheKeyframeAndAsksForItsPicture) {
  QSignalSpy hovers(&timeline, &Timeline::hovered);
  int asked = -1;
  timeline.setHoverProvider([&asked](int keyframe) {
    asked = keyframe;
    return TimelineHover{{}, {"41.7", "worst: trailer"}};
  });
  QTest::mouseMove(timeline.strip(), at(5));
  ASSERT_TRUE(QTest::qWaitFor([&] { return hovers.count() > 0; }, 2000));
  EXPECT_EQ(hovers.last()[0].toInt(), 5);
  EXPECT_EQ(asked, 5);
}

TEST_F(TimelineTest, ButtonsStepAndPlay) {
  const auto press = [this](const char* name) {
    for (auto* button : timeline.findChildren<QToolButton*>())
      if (button->accessibleName() == name) return QTest::mouseClick(button, Qt::LeftButton);
    FAIL() << "no button " << name;
  };
  press("Next keyframe");
  press("Next keyframe");
  press("Previous keyframe");
  EXPECT_EQ(timeline.current(), 1);
  EXPECT_EQ(wishes.count(), 3);
  QSignalSpy plays(&timeline, &Timeline::playToggled);
  press("Play");
  ASSERT_EQ(plays.count(), 1);
  EXPECT_TRUE(plays.last()[0].toBool());
  timeline.setPlaying(true);
  press("Pause");
  EXPECT_FALSE(plays.last()[0].toBool());
  QSignalSpy loops(&timeline, &Timeline::loopChanged);
  press("Loop");
  EXPECT_EQ(loops.last(), (QList<QVariant>{true, 0, 39}));
  press("Loop");
  EXPECT_EQ(loops.last()[0].toBool(), false);
  EXPECT_FALSE(timeline.loop());
}

TEST_F(TimelineTest, TheNumbersAreThoseOfTheKeyframe) {
  timeline.setCurrent(16);
  QStringList texts;
  for (const auto* label : timeline.findChildren<QLabel*>())
    texts << label->text();
  EXPECT_TRUE(texts.contains("17")) << qPrintable(texts.join('|'));
  EXPECT_TRUE(texts.contains("/ 40"));
  EXPECT_TRUE(texts.contains("8.0"));
  EXPECT_TRUE(texts.contains("/ 19.5 s"));
}

TEST_F(TimelineTest, NothingAndOneKeyframeAreFine) {
  timeline.setKeyframes({});
  EXPECT_EQ(timeline.current(), -1);
  QTest::mouseClick(timeline.strip(), Qt::LeftButton, {}, QPoint(300, 50));
  EXPECT_EQ(wishes.count(), 0);
  EXPECT_FALSE(timeline.grab().isNull());
  timeline.setKeyframes({3.5});
  timeline.setScores({41.0});
  timeline.setReference({std::nullopt});
  timeline.setSweeps({3.4, 3.5});
  EXPECT_FALSE(timeline.grab().isNull());
  QTest::mouseClick(timeline.strip(), Qt::LeftButton, {}, QPoint(300, 50));
  EXPECT_EQ(timeline.current(), 0);
}

TEST_F(TimelineTest, ANewSceneForgetsTheOldOne) {
  timeline.setLoop(KeyframeRange(3, 9));
  timeline.setFlags({{5, "look"}});
  timeline.setCurrent(20);
  timeline.setKeyframes(everyHalfSecond(12));
  EXPECT_EQ(timeline.current(), 0);
  EXPECT_FALSE(timeline.loop());
  EXPECT_TRUE(timeline.strip()->data().flags.empty());
}

}  // namespace
}  // namespace hbev::ui
