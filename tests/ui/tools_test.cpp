// What part of the grid is seen, measuring, and the keys of voxels and classes.
#include <cmath>

#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtTest/QTest>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QApplication>

#include "tests/ui/window_test.h"
#include "ui/inspector/class_list.h"
#include "ui/inspector/inspector.h"
#include "ui/kit/range_slider.h"
#include "ui/kit/section.h"
#include "ui/state/measure.h"
#include "ui/state/region.h"
#include "ui/viewport/camera_strip.h"

namespace hbev::ui::test {
namespace {

using Words = std::vector<std::string>;

TEST(Region, a_slice_keeps_its_thickness_and_stays_in_the_grid) {
  ViewRegion region;
  setSlice(region, 4, 6);
  moveSlice(region, 1);
  EXPECT_EQ(sliceLimits(region), std::pair(5, 7));
  moveSlice(region, 100);
  EXPECT_EQ(sliceLimits(region), std::pair(14, 16));
  moveSlice(region, -100);
  EXPECT_EQ(sliceLimits(region), std::pair(0, 2));
  region.slice = false;
  EXPECT_EQ(sliceLimits(region), std::pair(0, kGridLayers));
  EXPECT_EQ(region.filter(), VoxelFilter{});
  moveSlice(region, 1);
  EXPECT_EQ(sliceLimits(region), std::pair(0, 2)) << "it comes back where it was";
  setSlice(region, 16, 16);
  EXPECT_EQ(sliceLimits(region), std::pair(15, 16)) << "one layer at least";
  setSlice(region, 0, kGridLayers);
  EXPECT_EQ(region, ViewRegion{}) << "all of it is no slice, and the next one is the usual one";
}

TEST(Region, limits_are_said_in_words) {
  ViewRegion region;
  const GridSpec grid;
  EXPECT_TRUE(regionWords(region, grid).empty());
  setSlice(region, 3, 6);
  setBox(region, {-10, 20, -kReach_m, kReach_m});
  setRange(region, 10, 20);
  EXPECT_EQ(regionWords(region, grid), (Words{"Height 0.2 to 1.4 m", "x −10 to 20 m", "Range 10 to 20 m"}));
  setBox(region, {-kReach_m, kReach_m, 5, 5});
  EXPECT_EQ(regionWords(region, grid)[1], "y 5 to 6 m") << "a metre at least";
  setBox(region, {});
  setRange(region, 0, kFarthestVoxel_m);
  EXPECT_EQ(regionWords(region, grid), Words{"Height 0.2 to 1.4 m"});
}

class ToolsTest : public WindowTest {
 protected:
  void SetUp() override { open(); }
  Viewport& a() { return viewport(Side::A); }
  Viewport& b() { return viewport(Side::B); }
  const Occupancy& occupancy() { return *studio().content(Side::A).occupancy; }
  Measure& measure() { return studio().measure(); }
  const ViewRegion& region() { return studio().view().region; }
  /// What restricts the view, as far as it is the region's.
  Words limits(Viewport& viewport) {
    waitForFrame(viewport);
    Words words;
    for (const std::string& limit : viewport.hudContent().limits) {
      if (limit.starts_with("Height ") || limit.starts_with("x ") || limit.starts_with("y ") ||
          limit.starts_with("Range "))
        words.push_back(limit);
    }
    return words;
  }
  /// All that the legend counts.
  std::size_t counted() {
    waitForFrame(a());
    std::size_t all = 0;
    for (const HudLegendRow& row : a().hudContent().legend)
      all += row.count;
    return all;
  }
  template <class Admits>
  std::size_t voxelsWhere(Admits admits) {
    std::size_t all = 0;
    for (std::size_t i = 0; i < occupancy().semantics.size(); ++i)
      all += !occupancy().isFree(i) && admits(occupancy().grid.voxel(i));
    return all;
  }
  RangeSlider& slider(const char* name) {
    for (RangeSlider* each : window().inspector().findChildren<RangeSlider*>()) {
      if (each->accessibleName() == QLatin1String(name)) return *each;
    }
    throw std::logic_error(name);
  }
  /// With all overlays there.
  QImage cameras() {
    EXPECT_TRUE(waitFor([this] { return !window().cameras().isPainting(); }));
    return window().cameras().grab().toImage();
  }
  /// Where a pixel meets the voxels, found without the viewport.
  Eigen::Vector3d pointUnder(QPointF pixel) {
    const ViewCamera& camera = a().camera();
    const auto ray = camera.rayThrough({pixel.x(), pixel.y()}, a().width(), a().height());
    const auto picked = pickVoxel(occupancy(), VoxelFilter{}, camera.eye(), ray);
    return camera.eye() + (picked ? picked->distance_m : 1e9) * ray;
  }
  /// The next occupied voxel on a line of the grid.
  VoxelMark along(Eigen::Vector3i voxel, const Eigen::Vector3i& step) {
    for (voxel += step; occupancy().grid.contains(voxel); voxel += step) {
      if (!occupancy().isFree(occupancy().grid.index(voxel))) return voxel;
    }
    return std::nullopt;
  }
};

TEST_F(ToolsTest, s_shows_a_slice_that_keys_move) {
  const std::size_t all = counted();
  key(Qt::Key_S);
  EXPECT_EQ(limits(a()), Words{"Height 0.2 to 1.4 m"});
  EXPECT_EQ(limits(b()), Words{"Height 0.2 to 1.4 m"});
  const auto in_slice = voxelsWhere([](const Eigen::Vector3i& v) { return v.z() >= 3 && v.z() <= 5; });
  EXPECT_EQ(counted(), in_slice);
  EXPECT_LT(in_slice, all);
  EXPECT_TRUE(window().actions()["tool.slice"]->isChecked());
  const RangeSlider& height = slider("Height slice");
  EXPECT_EQ(std::pair(height.lower(), height.upper()), std::pair(3.0, 6.0));
  key(Qt::Key_PageUp, Qt::ShiftModifier);
  EXPECT_EQ(limits(a()), Words{"Height 0.6 to 1.8 m"});
  key(Qt::Key_S);
  EXPECT_EQ(limits(a()), Words{});
  EXPECT_EQ(counted(), all);
  key(Qt::Key_PageDown, Qt::ShiftModifier);
  EXPECT_EQ(limits(a()), Words{"Height 0.6 to 1.8 m"}) << "the last slice, where it was";
  key(Qt::Key_PageDown, Qt::ShiftModifier);
  EXPECT_EQ(limits(a()), Words{"Height 0.2 to 1.4 m"});
}

TEST_F(ToolsTest, the_cameras_show_the_same_part) {
  const QImage whole = cameras();
  for (const auto& [each, modifiers] :
       {std::pair(Qt::Key_S, Qt::NoModifier), {Qt::Key_Y, Qt::NoModifier}, {Qt::Key_Y, Qt::ShiftModifier}}) {
    key(each, modifiers);
    EXPECT_NE(cameras(), whole) << each;
    key(Qt::Key_Y, Qt::AltModifier);
    EXPECT_EQ(cameras(), whole);
  }
}

TEST_F(ToolsTest, y_shows_a_box_that_sliders_change) {
  const GridSpec grid;
  const VoxelMark outside = visibleVoxel(a(), occupancy(), [&](const Eigen::Vector3i& voxel, QPointF) {
    return grid.center(voxel).head<2>().cwiseAbs().maxCoeff() > 25;
  });
  ASSERT_TRUE(outside);
  moveMouse(a(), *a().pixelOf(*outside));
  EXPECT_TRUE(a().hudContent().ring);
  key(Qt::Key_Y);
  EXPECT_EQ(limits(a()), (Words{"x −20 to 20 m", "y −20 to 20 m"}));
  EXPECT_FALSE(a().hudContent().ring) << "what was pointed at is not there any more";
  EXPECT_EQ(counted(), voxelsWhere([&](const Eigen::Vector3i& voxel) {
              return (grid.center(voxel).head<2>().array().abs() <= 20 + 1e-6).all();
            }));
  click(a(), *a().pixelOf(*outside));
  EXPECT_NE(studio().selection(), outside);
  slider("Clip box ahead").setFocus(Qt::TabFocusReason);
  QTest::keyClick(&slider("Clip box ahead"), Qt::Key_Right);
  EXPECT_EQ(limits(a()).front(), "x −19 to 20 m");
  key(Qt::Key_Y);
  EXPECT_EQ(limits(a()), Words{});
  EXPECT_EQ(slider("Clip box ahead").lower(), -kReach_m);
  key(Qt::Key_Y);
  EXPECT_EQ(limits(a()).front(), "x −19 to 20 m") << "the last box comes back";
  for (const char* name : {"Clip box ahead", "Clip box to the left"})
    QTest::mouseDClick(&slider(name), Qt::LeftButton);
  EXPECT_TRUE(region().isWhole());
}

TEST_F(ToolsTest, ranges_come_one_after_the_other) {
  const std::size_t all = counted();
  std::size_t sum = 0;
  for (const char* words :
       {"Range 0 to 10 m", "Range 10 to 20 m", "Range 20 to 30 m", "Range 30 to 40 m", "Range 40 to 57 m"}) {
    key(Qt::Key_Y, Qt::ShiftModifier);
    EXPECT_EQ(limits(a()), Words{words});
    sum += counted();
  }
  EXPECT_EQ(sum, all) << "each voxel is in one of them";
  key(Qt::Key_Y, Qt::ShiftModifier);
  EXPECT_EQ(limits(a()), Words{});
  key(Qt::Key_S);
  key(Qt::Key_Y);
  key(Qt::Key_Y, Qt::ShiftModifier);
  EXPECT_EQ(limits(b()).size(), 4U);
  key(Qt::Key_Y, Qt::AltModifier);
  EXPECT_TRUE(region().isWhole());
  EXPECT_EQ(counted(), all);
}

TEST_F(ToolsTest, r_measures_between_two_clicks) {
  const VoxelMark first = visibleVoxel(a(), occupancy());
  ASSERT_TRUE(first);
  const QPointF from = *a().pixelOf(*first);
  const VoxelMark second = visibleVoxel(a(), occupancy(), [&](const Eigen::Vector3i&, QPointF at) {
    return std::hypot(at.x() - from.x(), at.y() - from.y()) > 80;
  });
  ASSERT_TRUE(second);
  const QPointF to = *a().pixelOf(*second);
  key(Qt::Key_R);
  EXPECT_EQ(a().cursor().shape(), Qt::CrossCursor);
  EXPECT_EQ(b().cursor().shape(), Qt::CrossCursor);
  click(a(), from);
  EXPECT_TRUE(measure().isLive());
  EXPECT_FALSE(studio().selection()) << "a click measures, it does not pick";
  moveMouse(a(), to);
  const double length_m = (pointUnder(to) - pointUnder(from)).norm();
  ASSERT_TRUE(measure().difference());
  EXPECT_NEAR(measure().difference()->norm(), length_m, 1e-6);
  for (Viewport* each : {&a(), &b()}) {
    const auto shown = each->hudContent().measure;
    ASSERT_TRUE(shown && shown->line);
    EXPECT_EQ(shown->length, measure().lengthText().toStdString());
  }
  click(a(), to);
  EXPECT_FALSE(measure().isLive());
  moveMouse(a(), from);
  EXPECT_NEAR(measure().difference()->norm(), length_m, 1e-6) << "the second click ends it";
  QTest::keyClick(&a(), Qt::Key_C, Qt::ControlModifier);
  EXPECT_TRUE(QGuiApplication::clipboard()->text().startsWith(measure().lengthText()));
  EXPECT_TRUE(QGuiApplication::clipboard()->text().contains(QStringLiteral("dz ")));
  const QImage with = b().grabFramebuffer();
  key(Qt::Key_Escape);
  EXPECT_FALSE(measure().isOn());
  EXPECT_NE(a().cursor().shape(), Qt::CrossCursor);
  EXPECT_FALSE(b().hudContent().measure);
  waitForFrame(b());
  EXPECT_NE(with, b().grabFramebuffer()) << "the line is gone";
  // Without voxels there is the ground.
  key(Qt::Key_V, Qt::ShiftModifier);
  key(Qt::Key_R);
  click(a(), from);
  ASSERT_TRUE(measure().from());
  EXPECT_NEAR(measure().from()->z(), 0, 1e-9);
  key(Qt::Key_R);
  EXPECT_FALSE(measure().isOn());
}

TEST_F(ToolsTest, alt_and_arrows_move_the_picked_voxel) {
  ASSERT_FALSE(studio().selection());
  key(Qt::Key_Right, Qt::AltModifier);
  ASSERT_TRUE(studio().selection()) << "the first press picks what is in the middle";
  if (const VoxelMark middle = voxelUnder(a(), occupancy(), QPointF(a().width() / 2.0, a().height() / 2.0))) {
    EXPECT_EQ(studio().selection(), middle);
  }
  // The first view looks along -x and -y, more along -y to its right.
  const Eigen::Vector3i right(0, -1, 0), ahead(1, 0, 0), up(0, 0, 1);
  struct Step {
    Qt::Key key;
    Eigen::Vector3i way;
  };
  for (const Step& step :
       {Step{Qt::Key_Right, right}, Step{Qt::Key_Left, -right}, Step{Qt::Key_Up, ahead},
        Step{Qt::Key_Down, -ahead}, Step{Qt::Key_PageUp, up}, Step{Qt::Key_PageDown, -up}}) {
    const VoxelMark from = visibleVoxel(a(), occupancy(), [&](const Eigen::Vector3i& voxel, QPointF) {
      return along(voxel, step.way).has_value();
    });
    ASSERT_TRUE(from);
    studio().select(from);
    key(step.key, Qt::AltModifier);
    EXPECT_EQ(studio().selection(), along(*from, step.way)) << step.way.transpose();
  }
  EXPECT_EQ(keyframe(), 0U) << "these arrows do not move along the scene";
  // What is not seen is passed over.
  const VoxelMark low = visibleVoxel(a(), occupancy(), [&](const Eigen::Vector3i& voxel, QPointF) {
    const VoxelMark next = along(voxel, right);
    return next && along(*next, right);
  });
  ASSERT_TRUE(low);
  const VoxelMark next = along(*low, right);
  studio().select(low);
  const GridSpec grid;
  studio().changeView([&](ViewSettings& view) {
    setBox(view.region, {-kReach_m, kReach_m, -kReach_m, grid.center(*next).y() - 0.1});
  });
  waitForFrame(a());
  key(Qt::Key_Right, Qt::AltModifier);
  EXPECT_EQ(studio().selection(), along(*next, right));
}

TEST_F(ToolsTest, enter_measures_between_picked_voxels) {
  const Eigen::Vector3i right(0, -1, 0);
  const VoxelMark from = visibleVoxel(a(), occupancy(), [&](const Eigen::Vector3i& voxel, QPointF) {
    return along(voxel, right).has_value();
  });
  ASSERT_TRUE(from);
  studio().select(from);
  key(Qt::Key_R);
  QTest::keyClick(&a(), Qt::Key_Return);
  key(Qt::Key_Right, Qt::AltModifier);
  const double steps = (*along(*from, right) - *from).cast<double>().norm();
  ASSERT_TRUE(measure().difference()) << "the second point follows the keys";
  EXPECT_NEAR(measure().difference()->norm(), steps * GridSpec{}.voxel_m, 1e-9);
  QTest::keyClick(&a(), Qt::Key_Return);
  EXPECT_FALSE(measure().isLive());
}

TEST_F(ToolsTest, the_list_of_classes_works_with_keys) {
  ClassList& list = partOf<ClassList>(window().inspector());
  EXPECT_FALSE(list.isVisible()) << "folded at first";
  auto* section = ancestor<Section>(list);
  ASSERT_TRUE(section);
  auto* header = section->findChild<QAbstractButton*>();
  ASSERT_TRUE(header);
  header->setFocus(Qt::TabFocusReason);
  QTest::keyClick(header, Qt::Key_Space);
  EXPECT_TRUE(list.isVisible());
  QTest::keyClick(header, Qt::Key_Tab);
  ASSERT_EQ(QApplication::focusWidget(), &list) << "Tab gets there";
  const auto id = [&](int row) { return list.item(row)->data(Qt::UserRole).toString(); };
  QTest::keyClick(&list, Qt::Key_Down);
  const int row = list.currentRow();
  EXPECT_EQ(row, 1);
  EXPECT_EQ(keyframe(), 0U);
  QTest::keyClick(&list, Qt::Key_Space);
  EXPECT_EQ(studio().view().hidden_classes, QSet<QString>{id(row)});
  EXPECT_EQ(list.item(row)->checkState(), Qt::Unchecked);
  EXPECT_FALSE(studio().playback().isPlaying());
  QTest::keyClick(&list, Qt::Key_Space);
  EXPECT_TRUE(studio().view().hidden_classes.isEmpty());
  QTest::keyClick(&list, Qt::Key_Space, Qt::AltModifier);
  EXPECT_FALSE(studio().view().hidden_classes.contains(id(row)));
  EXPECT_TRUE(studio().view().hidden_classes.contains(id(0)));
  EXPECT_TRUE(list.summary().startsWith(QStringLiteral("1 of ")));
  QTest::keyClick(&list, Qt::Key_Space, Qt::AltModifier);
  EXPECT_TRUE(studio().view().hidden_classes.isEmpty());
  QTest::mouseClick(list.viewport(), Qt::LeftButton, {}, list.visualItemRect(list.item(3)).center());
  EXPECT_EQ(studio().view().hidden_classes, QSet<QString>{id(3)});
  QTest::keyClick(&list, Qt::Key_Tab);
  EXPECT_NE(QApplication::focusWidget(), &list) << "and away again";
  key(Qt::Key_H, Qt::ShiftModifier);
  EXPECT_EQ(QApplication::focusWidget(), &list);
}

/// With HBEV_PICTURES=FOLDER: pictures of every tool, in both themes and two sizes, to be looked at; of
/// HBEV_PICTURES_DATA where that is set.
TEST_F(ToolsTest, pictures_of_the_tools) {
  const QString folder = qEnvironmentVariable("HBEV_PICTURES");
  if (const QString data = qEnvironmentVariable("HBEV_PICTURES_DATA"); !data.isEmpty())
    open(data.toStdString());
  for (const QSize size : {QSize(1600, 900), QSize(1280, 720)}) {
    window().resize(size);
    for (const auto mode : {Theme::Mode::Dark, Theme::Mode::Light}) {
      theme().setMode(mode);
      const auto save = [&](const char* name) {
        QTest::qWait(300);
        settle();
        cameras();
        EXPECT_TRUE(window().grab().save(QStringLiteral("%1/%2-%3-%4.png")
                                             .arg(folder, QLatin1String(name))
                                             .arg(size.width())
                                             .arg(mode == Theme::Mode::Dark ? "dark" : "light")));
      };
      key(Qt::Key_S);
      key(Qt::Key_Y);
      key(Qt::Key_Y, Qt::ShiftModifier);
      save("region");
      key(Qt::Key_Y, Qt::AltModifier);
      key(Qt::Key_R);
      click(a(), {a().width() * 0.55, a().height() * 0.75});
      moveMouse(a(), {a().width() * 0.8, a().height() * 0.4});
      save("measure-live");
      click(a(), {a().width() * 0.8, a().height() * 0.4});
      QTest::keyClick(&a(), Qt::Key_C, Qt::ControlModifier);
      save("measure");
      key(Qt::Key_Escape);
      key(Qt::Key_Right, Qt::AltModifier);
      key(Qt::Key_Right, Qt::AltModifier);
      save("voxel");
      key(Qt::Key_H, Qt::ShiftModifier);
      QTest::keyClick(&partOf<ClassList>(window().inspector()), Qt::Key_Down);
      QTest::keyClick(&partOf<ClassList>(window().inspector()), Qt::Key_Space);
      save("classes");
      QTest::keyClick(&partOf<ClassList>(window().inspector()), Qt::Key_Space);
      ancestor<Section>(partOf<ClassList>(window().inspector()))->setExpanded(false);
      studio().select(std::nullopt);
      a().setFocus();
    }
  }
}

}  // namespace
}  // namespace hbev::ui::test
