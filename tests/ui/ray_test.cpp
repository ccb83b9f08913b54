// Errors in 3D: rays and their filters in viewports, panorama and inspector; outcomes of voxels; two
// predictions.
#include <QtTest/QTest>
#include <QtWidgets/QDockWidget>
#include <QtWidgets/QLabel>

#include "core/data/predictions/source.h"
#include "core/eval/origins.h"
#include "core/eval/rays.h"
#include "render/coloring.h"
#include "tests/ui/window_test.h"
#include "ui/inspector/fact_list.h"
#include "ui/inspector/inspector.h"
#include "ui/inspector/ray_section.h"
#include "ui/kit/segmented_control.h"
#include "ui/scores/panorama_view.h"
#include "ui/scores/ray_panorama.h"
#include "ui/state/error_view.h"
#include "ui/state/region.h"
#include "ui/viewport/ray_drawing.h"
#include "ui/viewport/scene_canvas.h"

namespace hbev::ui::test {
namespace {

class RayTest : public WindowTest {
 protected:
  void SetUp() override {
    open();
    errors().setOrigin(0);
    errors().setShowsRays(true);
    ASSERT_TRUE(waitFor([this] { return errors().rays() != nullptr; }));
    waitForFrame(a());
  }

  ErrorView& errors() { return studio().errors(); }
  Viewport& a() { return viewport(Side::A); }
  PanoramaView& panorama() {
    QDockWidget* dock = ancestor<QDockWidget>(window().panorama());
    dock->show();
    dock->raise();
    waitFor([] { return false; }, 100);
    return window().panorama().view();
  }
  /// What the evaluator's rays say, without the window.
  RayOutcomes cast() {
    const Dataset& dataset = *studio().dataset();
    return rayOutcomes(*studio().content(Side::A).occupancy, *studio().content(Side::B).occupancy,
                       lidarOrigins(dataset.lidarReadings(studio().current().scene), keyframe()));
  }
  using Counts = std::array<std::size_t, kRayOutcomes>;
  /// Rays of an origin (-1: all) that `accept` lets through, by outcome.
  Counts count(int origin, std::size_t threshold, const std::function<bool(const RayPair&)>& accept = {}) {
    const RayOutcomes rays = cast();
    Counts counts{};
    for (std::size_t ray = 0; ray < rays.size(); ++ray) {
      const RayOutcome outcome = rays.outcome(ray, threshold);
      if (origin >= 0 && rays.originOf(ray) != std::size_t(origin)) continue;
      if (outcome != RayOutcome::Ignored && (!accept || accept(rays.rays[ray])))
        ++counts[std::size_t(outcome)];
    }
    return counts;
  }
  const HudLegendRow& row(const HudContent& content, const std::string& name) {
    const auto found = std::ranges::find(content.legend, name, &HudLegendRow::name);
    EXPECT_NE(found, content.legend.end()) << name;
    return *found;
  }
  /// A ray of the first origin with this outcome that no edge of the panorama cuts.
  std::size_t rayOf(RayOutcome outcome) {
    for (std::size_t ray = 5 * kLidarAzimuths; ray < kRaysPerOrigin; ++ray) {
      if (errors().rays()->outcome(ray, errors().threshold()) == outcome) return ray;
    }
    ADD_FAILURE() << "no such ray";
    return 0;
  }
};

TEST_F(RayTest, the_legend_counts_what_the_evaluator_casts) {
  const Counts expected = count(0, kFlowThreshold);
  EXPECT_EQ(errors().counts(), expected);
  const HudContent content = a().hudContent();
  EXPECT_EQ(content.legend_title, "Ray outcome");
  for (const char* name : {"right", "wrong class", "near", "far", "missed", "phantom"}) {
    int outcome = 0;
    while (rayOutcomeName(RayOutcome(outcome)) != name)
      ++outcome;
    EXPECT_EQ(row(content, name).count, expected[std::size_t(outcome)]);
  }
  ASSERT_GE(content.limits.size(), 2U);
  EXPECT_EQ(content.limits[0], "Lidar origin 1 / " + std::to_string(errors().originCount()));
  EXPECT_EQ(content.limits[1], "Threshold 2 m");
  EXPECT_NE(viewport(Side::B).hudContent().legend_title, "Ray outcome") << "the rays are A's";
}

TEST_F(RayTest, keys_choose_origin_threshold_and_whether_rays_are_shown) {
  key(Qt::Key_Q);
  EXPECT_EQ(errors().origin(), 1);
  EXPECT_EQ(errors().counts(), count(1, kFlowThreshold));
  key(Qt::Key_Q, Qt::ShiftModifier);
  key(Qt::Key_Q, Qt::ShiftModifier);
  EXPECT_EQ(errors().origin(), -1) << "before the first come all";
  EXPECT_EQ(errors().counts(), count(-1, kFlowThreshold));
  key(Qt::Key_T);
  EXPECT_EQ(errors().threshold(), 2U);
  key(Qt::Key_T);
  EXPECT_EQ(errors().counts(), count(-1, 0));
  key(Qt::Key_R, Qt::ShiftModifier);
  EXPECT_FALSE(errors().showsRays());
  EXPECT_TRUE(drawnRays(errors()).lines.empty());
}

TEST_F(RayTest, until_somebody_chooses_rays_come_from_the_lidar_of_the_keyframe) {
  ErrorView fresh;
  fresh.follow(studio());
  fresh.setShowsRays(true);
  ASSERT_TRUE(waitFor([&] { return fresh.rays() != nullptr; }));
  double nearest_m = 1e9;
  for (const Eigen::Vector3d& origin : fresh.rays()->origins)
    nearest_m = std::min(nearest_m, origin.head<2>().norm());
  EXPECT_EQ(fresh.rays()->origins[std::size_t(fresh.origin())].head<2>().norm(), nearest_m);
}

TEST_F(RayTest, styles_draw_lines_points_or_bars) {
  const Counts counts = errors().counts();
  const auto right = counts[std::size_t(RayOutcome::Right)];
  std::size_t all = 0;
  for (const std::size_t each : counts)
    all += each;
  ASSERT_GT(right, 0U);
  ASSERT_GT(all, right);
  const RayBundle lines = drawnRays(errors());
  EXPECT_EQ(lines.lines.size(), all - right);
  EXPECT_EQ(lines.marks.size(), all - right);
  EXPECT_EQ(lines.points.size(), right) << "right rays are dots";
  window().actions()["ray.end_points"]->trigger();
  EXPECT_EQ(drawnRays(errors()).points.size(), all);
  EXPECT_TRUE(drawnRays(errors()).marks.empty());
  window().actions()["ray.error_bars"]->trigger();
  const RayBundle bars = drawnRays(errors());
  EXPECT_EQ(bars.marks.size(), all - right);
  EXPECT_TRUE(bars.lines.empty());
  EXPECT_TRUE(bars.points.empty());
}

TEST(StrokePacer, follows_what_was_measured) {
  StrokePacer pacer;
  const std::size_t at_first = pacer.strokesIn(10);
  pacer.measured(100, 1000);
  EXPECT_EQ(pacer.strokesIn(10), at_first) << "so few tell nothing";
  for (int i = 0; i < 30; ++i)
    pacer.measured(1000, 10);
  EXPECT_NEAR(double(pacer.strokesIn(10)), 1000, 10);
  pacer.measured(1'000'000, 0.1);
  EXPECT_LE(pacer.strokesIn(10), 9000U) << "one fast picture is not believed at once";
  for (int i = 0; i < 30; ++i)
    pacer.measured(1000, 1e6);
  EXPECT_GT(pacer.strokesIn(10), 0U) << "slow is not never";
}

/// All origins' rays are too many for one picture of software OpenGL: a share at once, all of them at rest.
TEST_F(RayTest, many_rays_come_in_parts_while_the_window_stays_awake) {
  errors().setOrigin(-1);
  errors().setStyle(RayStyle::ErrorBars);
  ASSERT_TRUE(waitFor([this] { return !a().isComplete(); })) << "a share is drawn first";
  const auto middle = [this] {  // without the overlay, which tells the time that drawing took
    const QImage picture = a().grabFramebuffer();
    return picture.copy(picture.width() / 2 - 150, picture.height() / 2 - 100, 300, 200);
  };
  const QImage share = middle();
  EXPECT_FALSE(window().isSettled());
  ASSERT_TRUE(settle());
  EXPECT_TRUE(a().isComplete());
  const QImage all = middle();
  EXPECT_NE(share, all);
  EXPECT_EQ(all, middle()) << "what is complete is kept";
  pressMouse(a(), {300, 300});
  moveMouse(a(), {340, 300}, Qt::LeftButton);
  ASSERT_TRUE(waitFor([this] { return !a().isComplete(); })) << "a camera that moves starts anew";
  releaseMouse(a(), {340, 300});
  ASSERT_TRUE(settle());
  EXPECT_NE(all, middle());
  errors().setShowsRays(false);
  waitForFrame(a());
  EXPECT_TRUE(a().isComplete());
}

TEST_F(RayTest, a_click_on_an_outcome_hides_its_rays_and_voxels) {
  studio().changeView([](ViewSettings& view) { view.coloring[0] = Coloring::Outcome; });
  waitForFrame(a());
  const std::size_t before = drawnRays(errors()).marks.size();
  const std::size_t wrong = errors().counts()[std::size_t(RayOutcome::WrongClass)];
  click(a(), legendRow(1));
  ASSERT_TRUE(waitFor([this] { return !errors().filter().isEmpty(); }));
  EXPECT_TRUE(errors().filter().hidden.contains(RayOutcome::WrongClass));
  EXPECT_EQ(drawnRays(errors()).marks.size(), before - wrong);
  EXPECT_FALSE(row(a().hudContent(), "wrong class").shown);
  EXPECT_EQ(row(a().hudContent(), "wrong class").count, wrong) << "the legend says what would come back";
  click(a(), legendRow(2), Qt::AltModifier);
  ASSERT_TRUE(waitFor([this] { return errors().filter().hidden.size() > 1; }));
  EXPECT_FALSE(errors().filter().hidden.contains(RayOutcome::Missed));
  window().actions()["errors.clear"]->trigger();
  EXPECT_EQ(drawnRays(errors()).marks.size(), before);
}

TEST_F(RayTest, filters_by_class_pair_band_and_height) {
  const ClassSet& classes = ClassSet::openocc();
  const int driveable = *classes.findLabel("driveable_surface"), manmade = *classes.findLabel("manmade");
  errors().setClassFilter({driveable});
  EXPECT_EQ(errors().counts(), count(0, 1, [&](const RayPair& pair) {
              return pair.truth == driveable || pair.predicted == driveable;
            }));
  errors().setClassFilter({});
  errors().setPair(ClassPair{manmade, classes.free()});
  const Counts missed = count(
      0, 1, [&](const RayPair& pair) { return pair.truth == manmade && pair.predicted == classes.free(); });
  EXPECT_EQ(errors().counts(), missed);
  EXPECT_EQ(missed[std::size_t(RayOutcome::Right)], 0U);
  errors().clear();
  errors().setRangeBand(1);
  std::size_t in_band = 0, all = 0;
  for (const std::size_t each : errors().counts())
    in_band += each;
  EXPECT_GT(in_band, 0U);
  errors().clear();
  for (const std::size_t each : errors().counts())
    all += each;
  EXPECT_LT(in_band, all);
  studio().changeView([](ViewSettings& view) { setSlice(view.region, 4, kGridLayers); });
  const Counts high = count(0, 1, [&](const RayPair& pair) {
    return (pair.truth == classes.free() ? pair.predicted_voxel : pair.true_voxel)[2] >= 4;
  });
  EXPECT_EQ(errors().counts(), high);
  studio().changeView([](ViewSettings& view) {
    view.region = {};
    setBox(view.region, {0, 20, -10, kReach_m});
    setRange(view.region, 5, 15);
  });
  const Counts inside = count(0, 1, [&](const RayPair& pair) {
    const auto& voxel = pair.truth == classes.free() ? pair.predicted_voxel : pair.true_voxel;
    const Eigen::Vector3d center = GridSpec{}.center({voxel[0], voxel[1], voxel[2]});
    const double range_m = std::hypot(center.x(), center.y());
    return center.x() > -0.1 && center.x() < 20.1 && center.y() > -10.1 && range_m >= 5 && range_m < 15;
  });
  EXPECT_EQ(errors().counts(), inside);
  EXPECT_NE(inside, high);
}

TEST_F(RayTest, every_ray_has_its_pixel_in_the_panorama) {
  PanoramaView& view = panorama();
  for (std::size_t ray = 0; ray < kRaysPerOrigin; ray += 7)
    ASSERT_EQ(view.rayAt(view.pixelOf(ray)), ray);
  const RayOutcomes& rays = *errors().rays();
  const auto xOf = [&](int azimuth) { return view.pixelOf(rays.rayAt(0, 20, azimuth)).x(); };
  EXPECT_LT(xOf(90), xOf(0)) << "left is left of ahead";
  EXPECT_LT(xOf(0), xOf(-90));
  EXPECT_LT(view.pixelOf(rays.rayAt(0, 30, 0)).y(), view.pixelOf(rays.rayAt(0, 3, 0)).y());
  EXPECT_FALSE(view.rayAt({1, 1}));
}

TEST_F(RayTest, pointing_at_the_panorama_explains_the_ray_everywhere) {
  PanoramaView& view = panorama();
  const std::size_t ray = rayOf(RayOutcome::WrongClass);
  moveMouse(view, view.pixelOf(ray));
  EXPECT_EQ(errors().hovered(), ray);
  ASSERT_TRUE(studio().hover());
  waitForFrame(a());
  const HudContent content = a().hudContent();
  ASSERT_FALSE(content.tooltip.empty());
  EXPECT_EQ(content.tooltip[0], "Wrong class");
  EXPECT_EQ(content.tooltip_lines.size(), 2U);
  EXPECT_FALSE(content.strokes.empty());
  const auto& facts = partOf<FactList>(partOf<RaySection>(window().inspector())).facts();
  EXPECT_EQ(facts[0].value, QStringLiteral("Wrong class"));
  EXPECT_FALSE(partOf<QLabel>(partOf<RaySection>(window().inspector())).text().isEmpty());
  moveMouse(view, {1, 1});
  EXPECT_FALSE(errors().hovered());
  EXPECT_FALSE(studio().hover());
}

TEST_F(RayTest, a_click_picks_the_ray_and_arrows_move_it) {
  PanoramaView& view = panorama();
  const std::size_t ray = rayOf(RayOutcome::Missed);
  pressMouse(view, view.pixelOf(ray));
  EXPECT_EQ(errors().picked(), ray);
  EXPECT_TRUE(studio().selection());
  const std::size_t before = keyframe();
  const RayOutcomes& rays = *errors().rays();
  QTest::keyClick(&view, Qt::Key_Left);
  EXPECT_EQ(errors().picked(), rays.rayAt(0, rays.ringOf(ray), rays.azimuthOf(ray) + 1));
  QTest::keyClick(&view, Qt::Key_Up, Qt::ShiftModifier);
  EXPECT_EQ(rays.ringOf(*errors().picked()), std::min<std::size_t>(38, rays.ringOf(ray) + 10));
  EXPECT_EQ(keyframe(), before);
  key(Qt::Key_Escape);
  EXPECT_FALSE(errors().picked());
}

TEST_F(RayTest, what_was_picked_comes_into_view_in_a_low_window) {
  window().resize(1280, 720);
  window().setWorkspace(QStringLiteral("errors"));
  window().actions()["panel.inspector"]->trigger();
  ASSERT_TRUE(settle());
  const auto& section = partOf<RaySection>(window().inspector());
  const auto seen = [&section] {
    return !partOf<QLabel>(section).text().isEmpty() &&
           section.visibleRegion().boundingRect() == section.rect();
  };
  errors().pick(rayOf(RayOutcome::WrongClass));
  EXPECT_TRUE(waitFor(seen));
}

TEST_F(RayTest, a_voxel_in_the_viewport_leads_to_its_ray) {
  const std::size_t ray = rayOf(RayOutcome::Right);
  const auto& voxel = errors().rays()->rays[ray].predicted_voxel;
  const Eigen::Vector3i mark(voxel[0], voxel[1], voxel[2]);
  studio().select(mark);
  ASSERT_TRUE(errors().picked());
  const auto into = errors().raysInto(mark);
  EXPECT_GT(into[std::size_t(RayOutcome::Right)], 0U);
  const auto& facts = partOf<FactList>(partOf<RaySection>(window().inspector())).facts();
  EXPECT_TRUE(facts.back().value.contains(QStringLiteral("right"))) << facts.back().value.toStdString();
}

TEST_F(RayTest, outcomes_of_voxels_are_counted_as_the_view_is_restricted) {
  errors().setShowsRays(false);
  studio().changeView([](ViewSettings& view) {
    view.coloring[0] = Coloring::Outcome;
    setSlice(view.region, 5, kGridLayers);
  });
  waitForFrame(a());
  const Occupancy &prediction = *studio().content(Side::A).occupancy,
                  &truth = *studio().content(Side::B).occupancy;
  std::size_t missed = 0;
  for (std::size_t i = 0; i < truth.semantics.size(); ++i) {
    const bool seen = truth.mask_camera.empty() || truth.mask_camera[i] == 1;
    missed += int(i % 16) >= 5 && seen && prediction.isFree(i) && !truth.isFree(i);
  }
  EXPECT_EQ(row(a().hudContent(), "missed").count, missed);
}

TEST_F(RayTest, two_predictions_are_compared_with_the_truth_behind_them) {
  std::filesystem::create_directories(runFolder() / "second");
  std::filesystem::copy(
      demoWorld() / "predictions" / "spoiled", runFolder() / "second" / "again",
      std::filesystem::copy_options::recursive | std::filesystem::copy_options::overwrite_existing);
  EXPECT_FALSE(errors().canCompare());
  EXPECT_FALSE(window().actions()["colour.compare"]->isEnabled());
  const int first = studio().sourceIndex(Side::A);
  studio().openPredictions(QString::fromStdString((runFolder() / "second" / "again").string()));
  ASSERT_TRUE(waitFor([this] { return !studio().isOpening(); }));
  studio().setSource(Side::B, first);
  ASSERT_TRUE(settle());
  ASSERT_TRUE(errors().canCompare());
  EXPECT_TRUE(window().actions()["colour.compare"]->isEnabled());
  studio().changeView([](ViewSettings& view) { view.coloring[0] = Coloring::Compare; });
  ASSERT_TRUE(waitFor([this] { return errors().truth() != nullptr; }));
  waitForFrame(a());
  const HudContent content = a().hudContent();
  // The rays' legend goes first while they are shown.
  errors().setShowsRays(false);
  waitForFrame(a());
  EXPECT_EQ(a().hudContent().legend_title, "A against B");
  EXPECT_GT(row(a().hudContent(), "both right").count, 0U);
  EXPECT_GT(row(a().hudContent(), "both wrong").count, 0U);
  EXPECT_EQ(row(a().hudContent(), "only A right").count, 0U) << "both are the same";
}

TEST_F(RayTest, one_viewport_alone_still_chooses_the_other_side) {
  window().viewports().setAlone(true);
  EXPECT_TRUE(a().isVisible());
  EXPECT_FALSE(viewport(Side::B).isVisible());
  studio().swapSources();  // tells that sources changed: the room stays as it is
  EXPECT_FALSE(viewport(Side::B).isVisible());
  window().viewports().toggleMaximised();
  EXPECT_TRUE(viewport(Side::B).isVisible());
}

/// For people: written where HBEV_PICTURES says, else skipped.
TEST_F(RayTest, pictures) {
  const auto take = [&](const QString& name) {
    for (const Theme::Mode mode : {Theme::Mode::Dark, Theme::Mode::Light}) {
      theme().setMode(mode);
      waitFor([] { return false; }, 400);
      settle();
      const QString file =
          QStringLiteral("rays-%1-%2").arg(name, mode == Theme::Mode::Dark ? "dark" : "light");
      takePicture(file);
    }
    theme().setMode(Theme::Mode::Dark);
  };
  window().resize(1600, 1000);
  window().setWorkspace(QStringLiteral("errors"));
  ASSERT_TRUE(settle());
  errors().pick(rayOf(RayOutcome::WrongClass));
  take(QStringLiteral("picked"));
  errors().setOrigin(-1);
  errors().setStyle(RayStyle::EndPoints);
  partOf<SegmentedControl>(window().panorama()).setCurrentIndex(1);
  take(QStringLiteral("end-points"));
  errors().setOrigin(0);
  errors().setStyle(RayStyle::ErrorBars);
  partOf<SegmentedControl>(window().panorama()).setCurrentIndex(2);
  window().actions()["panel.inspector"]->trigger();
  take(QStringLiteral("error-bars"));
  errors().setPair(ClassPair{*ClassSet::openocc().findLabel("manmade"), ClassSet::openocc().free()});
  take(QStringLiteral("pair"));
}

}  // namespace
}  // namespace hbev::ui::test
