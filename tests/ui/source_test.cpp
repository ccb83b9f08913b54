// What A and B show: choosing, swapping, flipping; and what follows from it.
#include <QtTest/QTest>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QLabel>

#include "tests/ui/window_test.h"
#include "ui/inspector/inspector.h"
#include "ui/kit/score_tile.h"
#include "ui/window/import_panel.h"

namespace hbev::ui::test {
namespace {

class SourceTest : public WindowTest {
 protected:
  void SetUp() override { open(); }
  Viewport& a() { return viewport(Side::A); }

  int truthIndex(LabelKind kind) {
    for (std::size_t i = 0; i < studio().sources().size(); ++i) {
      if (studio().sources()[i].truth == kind) return int(i);
    }
    return -1;
  }
  /// Chooses in the viewport's header as somebody does with the keyboard.
  void choose(Side side, int index) {
    for (QComboBox* combo : window().viewports().findChildren<QComboBox*>()) {
      if (combo->accessibleName() != QStringLiteral("Source of viewport %1").arg(side == Side::A ? "A" : "B"))
        continue;
      combo->setFocus();
      while (combo->currentIndex() > 0)
        QTest::keyClick(combo, Qt::Key_Up);
      for (int i = 0; i < index; ++i)
        QTest::keyClick(combo, Qt::Key_Down);
      return;
    }
    ADD_FAILURE() << "no such selector";
  }
  QString tile(const QString& caption) {
    for (ScoreTile* tile : window().inspector().findChildren<ScoreTile*>()) {
      if (tile->accessibleName().startsWith(caption + QLatin1Char(' ')))
        return tile->accessibleName().mid(caption.size() + 1);
    }
    return {};
  }
  bool inspectorSays(const QString& text) {
    for (QLabel* label : window().inspector().findChildren<QLabel*>()) {
      if (label->isVisible() && label->text().contains(text)) return true;
    }
    return false;
  }
};

TEST_F(SourceTest, another_class_set_in_b_takes_the_scores_away_and_says_why) {
  ASSERT_TRUE(studio().canScore());
  EXPECT_NE(tile(QStringLiteral("RayIoU")), QStringLiteral("none"));
  const int occ3d = truthIndex(LabelKind::Occ3d);
  ASSERT_GE(occ3d, 0);
  choose(Side::B, occ3d);
  ASSERT_EQ(studio().sourceIndex(Side::B), occ3d);
  ASSERT_TRUE(settle());
  EXPECT_FALSE(studio().canScore());
  EXPECT_EQ(studio().content(Side::B).occupancy->classes, &ClassSet::occ3d());
  for (const char* caption : {"RayIoU", "mAVE", "OccScore", "mIoU"}) {
    EXPECT_EQ(tile(QString::fromLatin1(caption)), QStringLiteral("none")) << caption;
  }
  EXPECT_TRUE(inspectorSays(QStringLiteral("same class set")));
  for (const LabelKind kind : {LabelKind::OpenOcc, LabelKind::Occ3d})  // which sets they are of
    EXPECT_TRUE(inspectorSays(classSetTitle(classSetOf(kind))));
  choose(Side::B, truthIndex(LabelKind::OpenOcc));
  ASSERT_TRUE(settle());
  EXPECT_TRUE(studio().canScore());
  EXPECT_NE(tile(QStringLiteral("RayIoU")), QStringLiteral("none"));
}

TEST_F(SourceTest, x_swaps_the_sides_and_keeps_the_scores) {
  const QString before = tile(QStringLiteral("RayIoU"));
  const int prediction = studio().sourceIndex(Side::A), truth = studio().sourceIndex(Side::B);
  const auto shown = studio().content(Side::A).occupancy;
  key(Qt::Key_X);
  EXPECT_EQ(studio().sourceIndex(Side::A), truth);
  EXPECT_EQ(studio().sourceIndex(Side::B), prediction);
  ASSERT_TRUE(settle());
  EXPECT_EQ(studio().content(Side::B).occupancy->semantics, shown->semantics);
  EXPECT_EQ(studio().scoredSide(), std::optional(Side::B));
  EXPECT_EQ(tile(QStringLiteral("RayIoU")), before);
}

TEST_F(SourceTest, a_shows_b_while_v_is_held) {
  const Occupancy& own = *studio().content(Side::A).occupancy;
  const Occupancy& opposite = *studio().content(Side::B).occupancy;
  // A place where the truth shows another voxel than the prediction.
  const auto differs = [&](const Eigen::Vector3i& voxel, QPointF at) {
    return voxelUnder(a(), own, at) != VoxelMark(voxel);
  };
  const VoxelMark only_in_truth = visibleVoxel(a(), opposite, differs);
  ASSERT_TRUE(only_in_truth);
  const QPointF at = *a().pixelOf(*only_in_truth);
  moveMouse(a(), at);
  EXPECT_NE(studio().hover(), only_in_truth);
  QTest::keyPress(&a(), Qt::Key_V);
  waitForFrame(a());
  moveMouse(a(), at);
  EXPECT_EQ(studio().hover(), only_in_truth);
  QTest::keyRelease(&a(), Qt::Key_V);
  waitForFrame(a());
  moveMouse(a(), at);
  EXPECT_NE(studio().hover(), only_in_truth);
}

TEST_F(SourceTest, both_sides_may_show_the_same) {
  studio().setSource(Side::A, truthIndex(LabelKind::OpenOcc));
  ASSERT_TRUE(settle());
  EXPECT_FALSE(studio().canScore());
  EXPECT_EQ(studio().content(Side::A).occupancy, studio().content(Side::B).occupancy)
      << "one file is held once";
}

}  // namespace
}  // namespace hbev::ui::test
