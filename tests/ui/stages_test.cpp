// What the network thought, in the window: colourings, class probabilities, depth of a pixel, maps, samples.
#include <algorithm>
#include <cmath>

#include <QtTest/QTest>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QLabel>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QScrollBar>

#include "render/viridis.h"
#include "tests/ui/made_prediction.h"
#include "tests/ui/window_test.h"
#include "ui/inspector/bev_picture.h"
#include "ui/inspector/class_bars.h"
#include "ui/inspector/depth_plot.h"
#include "ui/inspector/fact_list.h"
#include "ui/inspector/inspector.h"
#include "ui/inspector/stage_section.h"
#include "ui/kit/combo_box.h"
#include "ui/kit/painting.h"
#include "ui/state/stage_view.h"
#include "ui/viewport/camera_strip.h"
#include "ui/viewport/color_legend.h"

namespace hbev::ui::test {
namespace {

class StagesTest : public WindowTest {
 protected:
  void SetUp() override { open(); }

  Viewport& a() { return viewport(Side::A); }
  StageView& stages() { return studio().stages(); }
  StageSection& section() { return window().inspector().stageSection(); }
  const Occupancy& occupancy(Side side) { return *studio().content(side).occupancy; }

  /// From now on A's source has a prediction of the current keyframe.
  void predict() {
    auto frame = std::make_shared<PredictedFrame>();
    frame->probabilities = madeProbabilities(occupancy(Side::A));
    frame->inspection = madeInspection(occupancy(Side::A), studio().frame()->keyframe);
    prediction_ = frame;
    const FrameKey key = studio().current();
    const OccupancySource source = *studio().source(Side::A);
    studio().setPredictionFinder([=](const OccupancySource& asked, const FrameKey& when) {
      return asked == source && when == key ? frame : nullptr;
    });
  }
  const StageInspection& inspection() { return *prediction_->inspection; }
  void color(Coloring coloring) {
    studio().changeView([&](ViewSettings& view) { view.coloring[0] = coloring; });
    waitForFrame(a());
  }
  std::optional<FactList::Fact> fact(const FactList& facts, const QString& name) {
    for (const FactList::Fact& each : facts.facts()) {
      if (each.name == name) return each;
    }
    return std::nullopt;
  }

  std::shared_ptr<const PredictedFrame> prediction_;
};

TEST_F(StagesTest, without_a_prediction_colourings_are_off_and_say_what_to_do) {
  for (const char* id : {"colour.probability", "colour.entropy", "colour.margin"}) {
    QAction* action = window().actions()[QString::fromLatin1(id)];
    EXPECT_FALSE(action->isEnabled());
    EXPECT_TRUE(action->toolTip().contains(noProbabilitiesReason()));
  }
  EXPECT_TRUE(window().actions()[QStringLiteral("colour.height")]->isEnabled());
  for (int i = 0; i < 4; ++i)
    window().actions()[QStringLiteral("colour.next")]->trigger();
  EXPECT_EQ(studio().view().coloring[0], Coloring::Class);  // the round leaves out what cannot be
  color(Coloring::Entropy);
  const HudContent content = a().hudContent();
  ASSERT_TRUE(content.ramp);
  EXPECT_TRUE(content.ramp->colors.empty());
  EXPECT_EQ(content.ramp->note, noProbabilitiesReason().toStdString());
  EXPECT_FALSE(stages().inspection());
  EXPECT_TRUE(partOf<BevPicture>(section()).isHidden() || !partOf<BevPicture>(section()).isVisible());
}

TEST_F(StagesTest, the_overlay_says_what_the_colours_mean_in_numbers) {
  HudContent content = a().hudContent();
  EXPECT_EQ(content.badge, "A");
  EXPECT_EQ(content.title, "Prediction");
  EXPECT_EQ(content.counts, groupedNumber(qint64(occupancy(Side::A).occupiedCount()))
                                    .replace(QChar(0x2009), QLatin1Char(' '))
                                    .toStdString() +
                                " voxels");
  EXPECT_FALSE(content.ramp);
  EXPECT_EQ(content.legend.size(), 16U);
  color(Coloring::Height);
  content = a().hudContent();
  ASSERT_TRUE(content.ramp && content.ramp->ticks.size() == 3);
  EXPECT_EQ(content.ramp->ticks[0].text, "\u22121.0");
  EXPECT_EQ(content.ramp->ticks[2].text, "5.4 m");
  predict();
  EXPECT_TRUE(window().actions()[QStringLiteral("colour.margin")]->isEnabled());
  window().actions()[QStringLiteral("colour.probability")]->trigger();
  waitForFrame(a());
  content = a().hudContent();
  ASSERT_TRUE(content.ramp);
  EXPECT_EQ(content.ramp->title, "Probability");
  EXPECT_EQ(content.ramp->detail, "mean 0.70");
  EXPECT_EQ(content.ramp->note, "of the predicted class");
  ASSERT_EQ(content.ramp->spread.size(), CertaintyPaint::kBins);
  EXPECT_EQ(content.ramp->spread[std::size_t(0.7 * CertaintyPaint::kBins)], 1);
  studio().changeView([](ViewSettings& view) { view.probability_class = QStringLiteral("car"); });
  waitForFrame(a());
  EXPECT_EQ(a().hudContent().ramp->note, "of car");
  EXPECT_LT(a().hudContent().ramp->spread.back(), 1);
}

TEST_F(StagesTest, the_picked_voxel_has_its_classes_sorted_and_the_truth_marked) {
  predict();
  const VoxelMark voxel = visibleVoxel(a(), occupancy(Side::A), [&](const Eigen::Vector3i& at, QPointF) {
    return !occupancy(Side::B).isFree(GridSpec{}.index(at));
  });
  ASSERT_TRUE(voxel);
  studio().select(voxel);
  const std::vector<ClassShare>& shares = partOf<ClassBars>(window().inspector()).shares();
  ASSERT_GE(shares.size(), 6U);
  const ClassSet& classes = ClassSet::openocc();
  const std::size_t index = GridSpec{}.index(*voxel);
  const auto name = [&](int label) {
    const std::string_view text = classes[label].shortName();
    return QString::fromUtf8(text.data(), qsizetype(text.size()));
  };
  EXPECT_EQ(shares[0].name, name(occupancy(Side::A).semantics[index]));
  EXPECT_NEAR(shares[0].probability, 0.7, 1e-3);
  EXPECT_NEAR(shares[1].probability, 0.2, 1e-3);
  EXPECT_EQ(shares.back().name, QStringLiteral("others"));
  double sum = 0;
  int truths = 0;
  for (const ClassShare& share : shares) {
    sum += share.probability;
    truths += share.is_truth;
    if (share.is_truth) {
      EXPECT_EQ(share.name, name(occupancy(Side::B).semantics[index]));
    }
  }
  EXPECT_NEAR(sum, 1, 5e-3);
  EXPECT_EQ(truths, 1);
  studio().step(1);
  ASSERT_TRUE(settle());
  EXPECT_TRUE(partOf<ClassBars>(window().inspector()).shares().empty());
}

TEST_F(StagesTest, a_click_in_a_picture_shows_the_depth_of_that_pixel) {
  predict();
  studio().changeView([](ViewSettings& view) { view.overlay = OverlayKind::Depth; });
  CameraTile& tile = window().cameras().tile(Camera::Back);
  const QPointF at(tile.width() * 0.3, tile.height() * 0.8);
  const ViewCamera before = a().camera();
  pressMouse(tile, at);
  ASSERT_TRUE(stages().probed());
  EXPECT_EQ(stages().probed()->camera, Camera::Back);
  EXPECT_LT((tile.pointOf(stages().probed()->pixel) - at).manhattanLength(), 1e-6);
  EXPECT_LT((a().destination().eye() - before.eye()).norm(), 1e-9);  // nobody flew
  // The cell by its own arithmetic: 704 x 256 pixels of which cells are spread from the first to the last.
  const double x = (at.x() / tile.width() * 352 - 0.5) * 2,
               y = (at.y() / tile.height() * 198 - 0.5) * 2 - 140;
  const int column = int(std::lround(x / 703 * 43)), row = int(std::lround(y / 255 * 15));
  const auto& curve = partOf<DepthPlot>(section()).curve();
  ASSERT_TRUE(curve && curve->probabilities.size() == 88);
  double expected_m = 0;
  for (int bin = 0; bin < 88; ++bin) {
    const float share =
        inspection()
            .depth.distribution[std::size_t(((int(Camera::Back) * 88 + bin) * 16 + row) * 44 + column)];
    EXPECT_EQ(curve->probabilities[std::size_t(bin)], share);
    expected_m += share * (1 + 0.5 * bin);
  }
  EXPECT_EQ(
      fact(partOf<FactList>(section(), QStringLiteral("Depth of the pixel")), QStringLiteral("Expected"))
          ->value,
      QStringLiteral("%1 m").arg(decimal(expected_m, 1)));
  EXPECT_EQ(partOf<DepthPlot>(section()).readingAt(partOf<DepthPlot>(section()).xOf(10.1)),
            QStringLiteral("10.0 m  %1").arg(decimal(double(curve->probabilities[18]), 3)));
  EXPECT_EQ(stages().ray().size(), 1U + 88U + (curve->lidar_m ? 3U : 0U));
  QTest::keyClick(&tile, Qt::Key_Right);
  EXPECT_EQ(inspection().cellAt(Camera::Back, stages().probed()->pixel), (std::array{row, column + 1}));
  EXPECT_EQ(studio().current().index, 0U);  // the arrow key did not move along the scene
  pressMouse(tile, {tile.width() * 0.5, 2});
  EXPECT_FALSE(stages().curve());  // cropped away
  stages().clearProbe();
  EXPECT_TRUE(stages().ray().empty());
}

TEST_F(StagesTest, in_other_overlays_a_click_flies_and_ctrl_probes) {
  predict();
  CameraTile& tile = window().cameras().tile(Camera::Front);
  const QPointF at(tile.width() * 0.5, tile.height() * 0.7);
  pressMouse(tile, at, Qt::LeftButton, Qt::ControlModifier);
  EXPECT_TRUE(stages().curve());
  stages().clearProbe();
  const Eigen::Vector3d before = a().destination().eye();
  pressMouse(tile, at);
  EXPECT_FALSE(stages().probed());
  EXPECT_GT((a().destination().eye() - before).norm(), 1);
}

TEST_F(StagesTest, samples_of_the_picked_voxel_by_layer_and_maps_by_stage) {
  predict();
  const Eigen::Vector3i ahead(150, 100, 6);  // twenty metres before the car
  studio().select(ahead);
  const std::size_t all = stages().samples().size();
  ASSERT_GT(all, 0U);
  EXPECT_EQ(stages().samples().front().camera, Camera::Front);
  ASSERT_EQ(partOf<QComboBox>(section(), QStringLiteral("Attention layer")).count(), 3);
  QTest::keyClick(&partOf<QComboBox>(section(), QStringLiteral("Attention layer")), Qt::Key_Down);
  EXPECT_EQ(stages().samples().size(), all / 2);
  EXPECT_TRUE(
      partOf<QLabel>(section(), QStringLiteral("samplesText")).text().startsWith(QString::number(all / 2)));
  ASSERT_EQ(partOf<QComboBox>(section(), QStringLiteral("Stage of the network")).count(), 2);
  QTest::keyClick(&partOf<QComboBox>(section(), QStringLiteral("Stage of the network")), Qt::Key_Down);
  ASSERT_TRUE(stages().map());
  EXPECT_EQ(stages().map()->stage, "refined");
  const BevPicture& picture = partOf<BevPicture>(section());
  ASSERT_TRUE(waitFor([&] { return picture.isVisible() && picture.width() > 200; }));
  const float norm = stages().map()->norms[std::size_t(25 * 50 + 37)];  // where the voxel is
  EXPECT_EQ(picture.readingAt(picture.pixelOf({20.0, 0.8})),
            QStringLiteral("%1 at 20.0, 0.8 m").arg(decimal(double(norm), 2)));
  studio().select(std::nullopt);
  EXPECT_TRUE(stages().samples().empty());
}

TEST(BevPictureTest, forward_is_up_and_left_is_left) {
  BevMap map{"m", "m", 2, 3, {-3, 3, 2}, {-2, 2, 2}, {0, 1, 2, 3, 4, 5}};  // rows along y, columns along x
  const QImage image = pictureOf(map, {0, 5});
  ASSERT_EQ(image.size(), QSize(2, 3));
  const auto color = [](double t) {
    const Rgb rgb = viridis(t);
    return QColor(rgb.r, rgb.g, rgb.b);
  };
  EXPECT_EQ(image.pixelColor(0, 0), color(1));    // y = +1, x = +2
  EXPECT_EQ(image.pixelColor(1, 2), color(0));    // y = -1, x = -2
  EXPECT_EQ(image.pixelColor(1, 0), color(0.4));  // y = -1, x = +2
  map.norms.assign(6, 7);
  EXPECT_LT(normRange(map).low, normRange(map).high);
  map.norms.pop_back();
  EXPECT_TRUE(pictureOf(map, {0, 1}).isNull());
}

TEST_F(StagesTest, maps_lie_on_the_ground_and_looks_are_lines_by_key_and_by_check_box) {
  predict();
  waitForFrame(a());
  const auto differs = [this](const QImage& before) {
    return waitFor([&] { return a().grabFramebuffer() != before; });
  };
  EXPECT_TRUE(stages().ground().isEmpty());
  EXPECT_FALSE(a().hudContent().ramp);
  const QImage bare = a().grabFramebuffer();
  key(Qt::Key_G);
  ASSERT_TRUE(stages().showsGround());
  EXPECT_TRUE(section().findChild<QCheckBox*>(QStringLiteral("ground"))->isChecked());
  const GroundMap ground = stages().ground();
  EXPECT_EQ(ground.colors.size(), stages().map()->norms.size());
  EXPECT_TRUE(ground.lower.isApprox(Eigen::Vector2f(-40, -40)));
  EXPECT_TRUE(differs(bare));
  ASSERT_TRUE(a().hudContent().ramp);
  EXPECT_EQ(a().hudContent().ramp->title, stages().map()->title);
  const int first = stages().mapNumber();
  key(Qt::Key_J, Qt::ShiftModifier);
  EXPECT_NE(stages().mapNumber(), first);
  // The voxels' own colours come first in the legend.
  color(Coloring::Entropy);
  EXPECT_EQ(a().hudContent().ramp->title, "Entropy");
  color(Coloring::Class);
  section().findChild<QCheckBox*>(QStringLiteral("ground"))->setChecked(false);
  EXPECT_TRUE(stages().ground().isEmpty());
  EXPECT_FALSE(window().actions()[QStringLiteral("stage.ground")]->isChecked());

  studio().select(visibleVoxel(a(), occupancy(Side::A)));
  ASSERT_FALSE(stages().samples().empty());
  EXPECT_TRUE(stages().strokes().empty());
  waitForFrame(a());
  const QImage without = a().grabFramebuffer();
  key(Qt::Key_J);
  EXPECT_GE(stages().strokes().size(), 2U);
  EXPECT_TRUE(differs(without));
  const std::vector<std::string> limits = a().hudContent().limits;
  EXPECT_TRUE(std::ranges::any_of(
      limits, [](const std::string& limit) { return limit.ends_with("looks of all layers"); }));
  key(Qt::Key_J);
  EXPECT_TRUE(stages().strokes().empty());
}

/// For people: HBEV_PICTURES says where.
TEST_F(StagesTest, pictures) {
  const auto take = [&](const QString& name) {
    for (const Theme::Mode mode : {Theme::Mode::Dark, Theme::Mode::Light}) {
      theme().setMode(mode);
      waitFor([] { return false; }, 500);
      const QString file = QStringLiteral("%1-%2-%3")
                               .arg(name, mode == Theme::Mode::Dark ? "dark" : "light")
                               .arg(window().width());
      takePicture(file);
    }
    theme().setMode(Theme::Mode::Dark);
  };
  auto* scroll = window().inspector().findChild<QScrollArea*>();
  for (const QSize size : {QSize(1280, 720), QSize(1600, 900), QSize(3840, 2160)}) {
    studio().setPredictionFinder({});
    window().resize(size);
    color(Coloring::Entropy);
    scroll->ensureWidgetVisible(&section());
    take(QStringLiteral("stages-empty"));
    predict();
    studio().changeView([](ViewSettings& view) { view.overlay = OverlayKind::Depth; });
    waitFor([] { return false; }, 500);
    CameraTile& tile = window().cameras().tile(Camera::Front);
    pressMouse(tile, {tile.width() * 0.62, tile.height() * 0.62});
    studio().select(visibleVoxel(a(), occupancy(Side::A)));
    take(QStringLiteral("stages-entropy"));
    color(Coloring::Probability);
    scroll->verticalScrollBar()->setValue(1 << 20);
    take(QStringLiteral("stages-probability"));
    color(Coloring::Class);
    stages().setShowsGround(true);
    stages().setShowsLooks(true);
    take(QStringLiteral("stages-ground"));
    stages().setShowsGround(false);
    stages().setShowsLooks(false);
  }
}

}  // namespace
}  // namespace hbev::ui::test
