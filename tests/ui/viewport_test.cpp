// The viewports under the mouse: picking, hovering, turning, zooming, the legend; and the eye's keys.
#include <algorithm>
#include <cmath>

#include <QtCore/QCoreApplication>
#include <QtCore/QEvent>
#include <QtGui/QPaintEvent>

#include "tests/ui/window_test.h"
#include "ui/inspector/fact_list.h"
#include "ui/inspector/inspector.h"
#include "ui/kit/painting.h"
#include "ui/state/text.h"
#include "ui/viewport/camera_strip.h"

namespace hbev::ui::test {
namespace {

class ViewportTest : public WindowTest {
 protected:
  void SetUp() override { open(); }
  Viewport& a() { return viewport(Side::A); }
  Viewport& b() { return viewport(Side::B); }
  const Occupancy& occupancy(Side side) { return *studio().content(side).occupancy; }
  QString className(Side side, const Eigen::Vector3i& voxel) { return text(info(side, voxel).name); }
  QString classId(Side side, const Eigen::Vector3i& voxel) { return text(info(side, voxel).id); }
  int label(Side side, const Eigen::Vector3i& voxel) {
    return occupancy(side).semantics[occupancy(side).grid.index(voxel)];
  }
  QString fact(const QString& name) {
    for (const FactList::Fact& fact :
         partOf<FactList>(window().inspector(), QStringLiteral("Picked voxel")).facts()) {
      if (fact.name == name) return fact.value;
    }
    return {};
  }
  static bool sameCamera(const ViewCamera& x, const ViewCamera& y) {
    return (x.eye() - y.eye()).norm() < 1e-9 && (x.target - y.target).norm() < 1e-9;
  }
  /// The flight has ended: both viewports stay where they are.
  bool waitForEye(const Eigen::Vector3d& eye, double tolerance_m) {
    return waitFor([&, eye, tolerance_m] { return (a().camera().eye() - eye).norm() < tolerance_m; });
  }

 private:
  const ClassInfo& info(Side side, const Eigen::Vector3i& voxel) {
    return (*occupancy(side).classes)[label(side, voxel)];
  }
  static QString text(std::string_view view) {
    return QString::fromUtf8(view.data(), qsizetype(view.size()));
  }
};

TEST_F(ViewportTest, a_click_picks_the_voxel_and_the_inspector_tells_about_it) {
  const VoxelMark voxel = visibleVoxel(a(), occupancy(Side::A));
  ASSERT_TRUE(voxel);
  const auto pixel = a().pixelOf(*voxel);
  ASSERT_TRUE(pixel);
  click(a(), *pixel);
  ASSERT_EQ(studio().selection(), voxel);
  const Eigen::Vector3d center = GridSpec{}.center(*voxel);
  EXPECT_EQ(fact(QStringLiteral("Centre")),
            QStringLiteral("%1, %2, %3 m")
                .arg(decimal(center.x(), 2), decimal(center.y(), 2), decimal(center.z(), 2)));
  EXPECT_EQ(fact(QStringLiteral("Prediction")), className(Side::A, *voxel));
  EXPECT_EQ(fact(QStringLiteral("Truth")), className(Side::B, *voxel));
  key(Qt::Key_Right);
  ASSERT_TRUE(settle());
  EXPECT_EQ(studio().selection(), voxel) << "a selection survives the keyframe";
  key(Qt::Key_Escape);
  EXPECT_FALSE(studio().selection());
  EXPECT_TRUE(fact(QStringLiteral("Centre")).isEmpty());
}

TEST_F(ViewportTest, a_wrong_voxel_is_called_wrong) {
  const auto differs = [&](const Eigen::Vector3i& voxel, QPointF) {
    return label(Side::A, voxel) != label(Side::B, voxel);
  };
  const VoxelMark voxel = visibleVoxel(a(), occupancy(Side::A), differs);
  ASSERT_TRUE(voxel) << "the spoiled prediction is wrong somewhere";
  click(a(), *a().pixelOf(*voxel));
  ASSERT_EQ(studio().selection(), voxel);
  std::optional<int> verdict;
  for (const FactList::Fact& fact :
       partOf<FactList>(window().inspector(), QStringLiteral("Picked voxel")).facts()) {
    if (fact.verdict) verdict = fact.verdict;
  }
  EXPECT_EQ(verdict, std::optional(0));
  // In the words of the legend of outcomes.
  const auto& facts = partOf<FactList>(window().inspector(), QStringLiteral("Picked voxel")).facts();
  const int free = studio().source(Side::A)->classes().free();
  const QString word = label(Side::A, *voxel) == free   ? QStringLiteral("missed")
                       : label(Side::B, *voxel) == free ? QStringLiteral("phantom")
                                                        : QStringLiteral("wrong class");
  EXPECT_TRUE(std::ranges::any_of(
      facts, [&](const FactList::Fact& fact) { return fact.verdict && fact.verdict_word == word; }));
}

TEST_F(ViewportTest, a_click_into_the_sky_clears_the_selection) {
  const VoxelMark voxel = visibleVoxel(a(), occupancy(Side::A));
  ASSERT_TRUE(voxel);
  studio().select(voxel);
  std::optional<QPointF> sky;
  for (int x = 200; x < a().width() && !sky; x += 8) {
    for (int y = 4; y < a().height() - 90 && !sky; y += 8) {
      if (!voxelUnder(a(), occupancy(Side::A), QPointF(x, y))) sky = QPointF(x, y);
    }
  }
  ASSERT_TRUE(sky);
  click(a(), *sky);
  EXPECT_FALSE(studio().selection());
}

TEST_F(ViewportTest, hovering_rings_the_voxel_in_the_other_viewport) {
  const auto seenInB = [&](const Eigen::Vector3i& voxel, QPointF) {
    const auto pixel = b().pixelOf(voxel);
    return pixel && QRectF(b().rect()).adjusted(180, 90, -40, -90).contains(*pixel);
  };
  const VoxelMark voxel = visibleVoxel(a(), occupancy(Side::A), seenInB);
  ASSERT_TRUE(voxel);
  const QImage before = b().grabFramebuffer();
  moveMouse(a(), *a().pixelOf(*voxel));
  EXPECT_EQ(studio().hover(), voxel);
  waitForFrame(b());
  const QImage after = b().grabFramebuffer();
  const QPointF center = *b().pixelOf(*voxel);
  // All around the ring, white has come.
  int white = 0;
  for (int i = 0; i < 32; ++i) {
    const double angle = i * M_PI / 16;
    bool here = false;
    for (const double radius : {10.0, 11.0, 12.0}) {
      const QPoint at(int(std::lround(center.x() + radius * std::cos(angle))),
                      int(std::lround(center.y() + radius * std::sin(angle))));
      const QColor now(after.pixel(at)), was(before.pixel(at));
      here |= now.lightness() > 190 && now != was;
    }
    white += here;
  }
  EXPECT_GE(white, 28);
  QEvent leave(QEvent::Leave);
  QCoreApplication::sendEvent(&a(), &leave);
  EXPECT_FALSE(studio().hover());
}

/// What a widget painted since it was watched.
class PaintedRegion : public QObject {
 public:
  explicit PaintedRegion(QWidget& widget) : QObject(&widget) { widget.installEventFilter(this); }
  QRegion region;

 protected:
  bool eventFilter(QObject*, QEvent* event) override {
    if (event->type() == QEvent::Paint) region += static_cast<QPaintEvent*>(event)->region();
    return false;
  }
};

TEST_F(ViewportTest, pointing_at_a_voxel_paints_only_its_square_in_the_camera) {
  const Keyframe& keyframe = studio().frame()->keyframe;
  const CameraModel& model = keyframe.cameras[std::size_t(Camera::Front)]->model;
  const auto pixelInFront = [&](const Eigen::Vector3i& voxel) {
    return model.project(keyframe.camera_from_ego(Camera::Front) * GridSpec{}.center(voxel), 0.5);
  };
  const VoxelMark voxel = visibleVoxel(a(), occupancy(Side::A), [&](const Eigen::Vector3i& each, QPointF) {
    const auto pixel = pixelInFront(each);
    return pixel && model.contains(*pixel);
  });
  ASSERT_TRUE(voxel);
  ASSERT_TRUE(waitFor([this] { return !window().cameras().isPainting(); }));
  QCoreApplication::processEvents();
  CameraTile& tile = window().cameras().tile(Camera::Front);
  PaintedRegion painted(tile);
  const Eigen::Vector2d pixel = *pixelInFront(*voxel);
  const QPoint place(int(pixel.x() / model.width * tile.width()),
                     int(pixel.y() / model.height * tile.height()));
  for (const VoxelMark& mark : {voxel, VoxelMark()}) {
    painted.region = {};
    studio().setHover(mark);
    ASSERT_TRUE(waitFor([&] { return !painted.region.isEmpty(); }));
    EXPECT_TRUE(QRect(place - QPoint(12, 12), QSize(25, 25)).contains(painted.region.boundingRect()));
  }
}

TEST_F(ViewportTest, where_room_is_short_the_overlay_says_whose_picture_it_is) {
  window().viewports().setStacked(true);
  const HudContent brief = a().hudContent();
  EXPECT_EQ(brief.badge + brief.title, "APrediction");
  EXPECT_EQ(brief.counts + brief.timing + brief.cache, "");
  EXPECT_TRUE(brief.legend.empty() && brief.limits.empty());
  EXPECT_FALSE(brief.view_rotation);
  EXPECT_EQ(brief.metres_per_pixel, 0);
  window().viewports().setStacked(false);
  const HudContent full = a().hudContent();
  EXPECT_FALSE(full.counts.empty() || full.legend.empty());
  EXPECT_TRUE(full.view_rotation);
}

TEST_F(ViewportTest, a_drag_turns_both_linked_cameras_and_picks_nothing) {
  const ViewCamera before = a().camera();
  const QPointF from(a().width() * 0.6, a().height() * 0.5), to = from + QPointF(60, 25);
  pressMouse(a(), from);
  moveMouse(a(), from + QPointF(2, 1), Qt::LeftButton);
  EXPECT_TRUE(sameCamera(a().camera(), before)) << "under four pixels it is a click";
  moveMouse(a(), to, Qt::LeftButton);
  releaseMouse(a(), to);
  EXPECT_GT(std::abs(a().camera().yaw_rad - before.yaw_rad), 0.1);
  EXPECT_GT(a().camera().pitch_rad, before.pitch_rad) << "dragging down looks from higher up";
  EXPECT_NEAR(a().camera().distance_m, before.distance_m, 1e-9);
  EXPECT_TRUE(sameCamera(a().camera(), b().camera()));
  EXPECT_FALSE(studio().selection());
}

TEST_F(ViewportTest, the_middle_button_pans) {
  const ViewCamera before = a().camera();
  const QPointF from(a().width() * 0.6, a().height() * 0.5);
  pressMouse(a(), from, Qt::MiddleButton);
  moveMouse(a(), from + QPointF(40, 0), Qt::MiddleButton);
  releaseMouse(a(), from + QPointF(40, 0), Qt::MiddleButton);
  EXPECT_GT((a().camera().target - before.target).norm(), 0.5);
  EXPECT_NEAR(a().camera().yaw_rad, before.yaw_rad, 1e-12);
}

TEST_F(ViewportTest, unlinked_cameras_go_their_own_ways) {
  key(Qt::Key_K);
  EXPECT_FALSE(studio().view().linked);
  const ViewCamera before = b().camera();
  const QPointF from(a().width() * 0.6, a().height() * 0.5);
  pressMouse(a(), from);
  moveMouse(a(), from + QPointF(80, 0), Qt::LeftButton);
  releaseMouse(a(), from + QPointF(80, 0));
  EXPECT_TRUE(sameCamera(b().camera(), before));
  EXPECT_FALSE(sameCamera(a().camera(), before));
  key(Qt::Key_K);
  EXPECT_TRUE(waitFor([&] { return sameCamera(a().camera(), b().camera()); }))
      << "linking again brings B to A";
}

TEST_F(ViewportTest, the_wheel_zooms_to_what_is_under_the_pointer) {
  const VoxelMark voxel = visibleVoxel(a(), occupancy(Side::A));
  ASSERT_TRUE(voxel);
  const QPointF at = *a().pixelOf(*voxel);
  const double before_m = (a().camera().eye() - GridSpec{}.center(*voxel)).norm();
  turnWheel(a(), at, 3);
  const QPointF after = *a().pixelOf(*voxel);
  EXPECT_LT(std::hypot(after.x() - at.x(), after.y() - at.y()), 3.0);
  EXPECT_LT((a().camera().eye() - GridSpec{}.center(*voxel)).norm(), before_m - 1.0);
  EXPECT_TRUE(sameCamera(a().camera(), b().camera()));
  turnWheel(a(), at, -3);
  EXPECT_NEAR((a().camera().eye() - GridSpec{}.center(*voxel)).norm(), before_m, 0.01);
}

TEST_F(ViewportTest, digits_look_through_the_cameras) {
  for (std::size_t i = 0; i < kCameraCount; ++i) {
    key(Qt::Key(Qt::Key_1 + int(i)));
    const Eigen::Vector3d place =
        studio().frame()->keyframe.camera_from_ego(Camera(i)).inverse().translation();
    EXPECT_TRUE(waitForEye(place, 0.01)) << "camera " << i + 1;
    EXPECT_TRUE(waitFor([&] { return (b().camera().eye() - place).norm() < 0.01; }))
        << "the linked viewport flies too";
  }
}

TEST_F(ViewportTest, seven_looks_from_above_and_zero_shows_all) {
  key(Qt::Key_7);
  ASSERT_TRUE(waitFor([&] { return a().camera().pitch_rad > M_PI / 2 - 0.01; }));
  key(Qt::Key_2);
  const Eigen::Vector3d place =
      studio().frame()->keyframe.camera_from_ego(Camera::Front).inverse().translation();
  ASSERT_TRUE(waitForEye(place, 0.01));
  key(Qt::Key_9);
  ASSERT_TRUE(waitForEye(ViewCamera::orbit().eye(), 0.01));
  turnWheel(a(), QPointF(a().width() / 2.0, a().height() / 2.0), 12);
  key(Qt::Key_0);
  const auto allVisible = [&] {
    const GridSpec grid;
    for (const double x : {grid.origin.x(), grid.upperCorner().x()}) {
      for (const double y : {grid.origin.y(), grid.upperCorner().y()}) {
        const auto pixel = a().camera().project({x, y, 0}, a().width(), a().height());
        if (!pixel || !QRectF(a().rect()).contains(pixel->x(), pixel->y())) return false;
      }
    }
    return true;
  };
  EXPECT_TRUE(waitFor(allVisible));
}

TEST_F(ViewportTest, the_one_that_tab_goes_to_has_the_keys) {
  a().setFocus(Qt::TabFocusReason);
  ASSERT_EQ(window().viewports().active(), Side::A);
  b().setFocus(Qt::TabFocusReason);
  EXPECT_EQ(window().viewports().active(), Side::B);
  a().setFocus(Qt::BacktabFocusReason);
  EXPECT_EQ(window().viewports().active(), Side::A);
}

TEST_F(ViewportTest, a_click_in_the_legend_hides_the_class) {
  const VoxelMark voxel = visibleVoxel(a(), occupancy(Side::A));
  ASSERT_TRUE(voxel);
  const int hidden = label(Side::A, *voxel);
  const QString id = classId(Side::A, *voxel);
  click(a(), legendRow(hidden));
  ASSERT_TRUE(waitFor([&] { return studio().view().hidden_classes == QSet<QString>{id}; }))
      << id.toStdString();
  EXPECT_FALSE(studio().selection()) << "the legend's clicks pick nothing";
  const QPointF pixel = *a().pixelOf(*voxel);
  click(a(), pixel);
  EXPECT_NE(studio().selection(), voxel);
  if (studio().selection()) {
    EXPECT_NE(label(Side::A, *studio().selection()), hidden);
  }
  key(Qt::Key_H, Qt::AltModifier);
  EXPECT_TRUE(studio().view().hidden_classes.isEmpty());
  waitForFrame(a());
  click(a(), pixel);
  EXPECT_EQ(studio().selection(), voxel);
}

TEST_F(ViewportTest, alt_click_in_the_legend_shows_one_class_alone) {
  const VoxelMark voxel = visibleVoxel(a(), occupancy(Side::A));
  ASSERT_TRUE(voxel);
  const QString id = classId(Side::A, *voxel);
  click(a(), legendRow(label(Side::A, *voxel)), Qt::AltModifier);
  ASSERT_TRUE(waitFor([&] { return studio().view().hidden_classes.size() > 10; }));
  EXPECT_FALSE(studio().view().hidden_classes.contains(id));
  click(a(), legendRow(label(Side::A, *voxel)), Qt::AltModifier);
  EXPECT_TRUE(waitFor([&] { return studio().view().hidden_classes.isEmpty(); }))
      << "a second one shows all again";
}

TEST_F(ViewportTest, the_overlay_counts_the_voxels_and_the_classes_that_are_hidden_here) {
  const std::string all = viewport(Side::A).hudContent().counts;
  EXPECT_EQ(all.find(" of "), std::string::npos) << all;
  studio().changeView([](ViewSettings& view) {
    for (const ClassSet* set : {&ClassSet::openocc(), &ClassSet::occ3d()}) {
      for (int label = 0; label < set->free(); ++label)
        view.hidden_classes.insert(toQString((*set)[label].id));
    }
  });
  waitForFrame(viewport(Side::A));
  const HudContent content = viewport(Side::A).hudContent();
  EXPECT_EQ(content.counts, "0 of " + all);
  EXPECT_TRUE(std::ranges::count(content.limits, "16 classes hidden") == 1) << "\"others\" is no class here";
}

TEST_F(ViewportTest, the_keys_of_the_picked_class_hide_and_solo_it) {
  const VoxelMark voxel = visibleVoxel(a(), occupancy(Side::A));
  ASSERT_TRUE(voxel);
  click(a(), *a().pixelOf(*voxel));
  key(Qt::Key_H);
  EXPECT_EQ(studio().view().hidden_classes, QSet<QString>{classId(Side::A, *voxel)});
  key(Qt::Key_H, Qt::AltModifier);
  key(Qt::Key_Slash);
  EXPECT_FALSE(studio().view().hidden_classes.isEmpty());
  EXPECT_FALSE(studio().view().hidden_classes.contains(classId(Side::A, *voxel)));
}

}  // namespace
}  // namespace hbev::ui::test
