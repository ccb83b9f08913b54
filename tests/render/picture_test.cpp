// Pictures of the street, drawn without a window, against the ones that somebody looked at and found right.
// HBEV_BLESS=1 writes them anew.
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <functional>

#include <gtest/gtest.h>

#include "core/base/error.h"
#include "render/coloring.h"
#include "render/frame_scene.h"
#include "render/offscreen.h"
#include "render/outcome_colors.h"
#include "tests/render/street.h"

namespace hbev {
namespace {

constexpr int kWidth = 640, kHeight = 480;

/// Another Mesa may round differently along edges; a layer that is missing changes far more.
constexpr double kLargestMeanDifference = 0.5;    // of 255
constexpr double kLargestDifferingShare = 0.002;  // pixels that differ by more than 24 of 255

struct Difference {
  double mean = 0, share = 0;
};

Difference compare(const Image& a, const Image& b) {
  Difference difference;
  for (std::size_t i = 0; i < a.rgb.size(); i += 3) {
    int largest = 0;
    for (std::size_t channel = 0; channel < 3; ++channel) {
      const int by = std::abs(int(a.rgb[i + channel]) - int(b.rgb[i + channel]));
      difference.mean += by;
      largest = std::max(largest, by);
    }
    difference.share += largest > 24;
  }
  difference.mean /= double(a.rgb.size());
  difference.share /= double(a.rgb.size()) / 3;
  return difference;
}

bool areAlike(const Difference& difference) {
  return difference.mean < kLargestMeanDifference && difference.share < kLargestDifferingShare;
}

class Picture : public testing::Test {
 protected:
  void SetUp() override {
    try {
      context_ = std::make_unique<OffscreenContext>(kWidth, kHeight);
    } catch (const Error& error) {
      GTEST_SKIP() << error.what();
    }
    scene_ = std::make_unique<FrameScene>();
    street_ = std::make_shared<Occupancy>(test::makeStreet());
    scene_->setOccupancy(street_);
    scene_->setPaint(paintVoxels(*street_, Coloring::Class, Palette::Studio, kDarkOutcomes));
    scene_->setFlow(flowArrows(*street_, {}), {255, 255, 255});
  }
  void TearDown() override {
    scene_.reset();
    context_.reset();
  }

  Image draw() {
    scene_->draw(camera_, kWidth, kHeight, style_);
    return context_->read();
  }

  void expectLike(const std::string& name) {
    const Image image = draw();
    const std::filesystem::path file = std::filesystem::path(HBEV_TEST_DATA) / "baselines" / (name + ".png");
    if (std::getenv("HBEV_BLESS") != nullptr) {
      writeImage(file, image);
      return;
    }
    const Image expected = readImage(file);
    ASSERT_EQ(image.width, expected.width);
    ASSERT_EQ(image.height, expected.height);
    const Difference difference = compare(image, expected);
    if (!areAlike(difference))
      writeImage(std::filesystem::temp_directory_path() / ("hbev-" + name + ".png"), image);
    EXPECT_TRUE(areAlike(difference))
        << "mean difference " << difference.mean << " of 255, " << 100 * difference.share
        << " % of pixels differ; drawn on " << context_->rendererName() << ", kept as hbev-" << name
        << ".png in the folder for temporary files";
  }

  std::unique_ptr<OffscreenContext> context_;
  std::unique_ptr<FrameScene> scene_;
  std::shared_ptr<Occupancy> street_;
  ViewCamera camera_ = ViewCamera::orbit();
  DrawStyle style_;
};

/// A fan of rays from the car: every third is right, the others are wrong by 3 m, through houses or before
/// them.
RayBundle fanOfRays() {
  RayBundle bundle;
  const Eigen::Vector3f from(1, 0, 1.84F);
  for (int degree = 0; degree < 360; degree += 5) {
    const float azimuth = float(degree) * 0.0174533F;
    const Eigen::Vector3f direction(std::cos(azimuth), std::sin(azimuth), -0.02F);
    const Eigen::Vector3f end = from + 14 * direction;
    if (degree % 3 == 0) {
      bundle.points.push_back({end, kDarkOutcomes.right});
    } else {
      bundle.lines.push_back({from, end, kDarkOutcomes.wrong_class, 0.9F, 0.2F});
      bundle.marks.push_back({end, end + 3 * direction, kDarkOutcomes.missed, 2.0F, 1.0F});
    }
  }
  bundle.point_size_px = 4;
  return bundle;
}

TEST_F(Picture, RaysAsLinesMarksAndPoints) {
  scene_->setRays(fanOfRays());
  camera_ = ViewCamera::followEgo();
  expectLike("rays");
}

/// What was uploaded once is drawn again and again, goes when it is replaced, and widths follow the pixel
/// ratio.
TEST_F(Picture, RaysStayUntilOthersCome) {
  const Image without = draw();
  scene_->setRays(fanOfRays());
  const Image with = draw();
  EXPECT_FALSE(areAlike(compare(without, with)));
  EXPECT_TRUE(areAlike(compare(with, draw())));
  style_.pixel_ratio = 3;
  EXPECT_FALSE(areAlike(compare(with, draw())));
  style_.pixel_ratio = 1;
  EXPECT_TRUE(areAlike(compare(with, draw())));
  style_.rays = false;
  EXPECT_TRUE(areAlike(compare(without, draw())));
  style_.rays = true;
  scene_->setRays({});
  EXPECT_TRUE(areAlike(compare(without, draw())));
}

/// Few rays are smooth lines, many are hairlines: however they are cut into parts, the picture is the same.
TEST_F(Picture, RaysInPartsMakeTheSamePicture) {
  for (const int times : {1, 120}) {
    RayBundle bundle;
    for (int i = 0; i < times; ++i) {
      RayBundle more = fanOfRays();
      for (RaySegment& line : more.lines)
        line.to.z() += 0.02F * float(i);
      bundle.lines.insert(bundle.lines.end(), more.lines.begin(), more.lines.end());
      if (i > 0) continue;
      bundle.marks = std::move(more.marks);
      bundle.points = std::move(more.points);
    }
    scene_->setRays(std::move(bundle));
    const Image whole = draw();
    const Shot shot{camera_, kWidth, kHeight, style_};
    for (const std::size_t step : {7U, 1000000U}) {
      scene_->beginDraw(shot);
      for (std::size_t first = 0; first < scene_->rayStrokes(); first += step)
        scene_->drawRays(shot, first, step);
      scene_->endDraw(shot);
      const Difference difference = compare(whole, context_->read());
      EXPECT_EQ(difference.mean, 0) << times << " fans in steps of " << step;
    }
    scene_->beginDraw(shot);
    scene_->drawRayShare(shot, 0.25);
    scene_->endDraw(shot);
    EXPECT_FALSE(areAlike(compare(whole, context_->read()))) << "a share is not all of " << times;
  }
}

TEST_F(Picture, ToleranceNoticesEveryLayerThatIsMissing) {
  style_.boxes = style_.lidar = true;
  scene_->setLidar(test::streetPoints(*street_), Pose());
  scene_->setBoxes(test::streetBoxes());
  const Image whole = draw();
  EXPECT_TRUE(areAlike(compare(whole, draw())));
  for (bool DrawStyle::*layer : {&DrawStyle::voxels, &DrawStyle::flow, &DrawStyle::lidar, &DrawStyle::boxes,
                                 &DrawStyle::rings, &DrawStyle::ego_car}) {
    style_.*layer = false;
    const Difference difference = compare(whole, draw());
    EXPECT_FALSE(areAlike(difference)) << difference.mean << " " << difference.share;
    style_.*layer = true;
  }
  style_.edge_opacity = 0;
  EXPECT_FALSE(areAlike(compare(whole, draw())));
}

TEST_F(Picture, ClassesFromBehind) {
  expectLike("classes");
}

TEST_F(Picture, LightTheme) {
  style_.background_top = {0xF1, 0xF3, 0xF6};
  style_.background_bottom = {0xD8, 0xDD, 0xE4};
  expectLike("light");
}

TEST_F(Picture, OutcomeAgainstTheTruth) {
  const Occupancy spoiled = test::spoil(*street_);
  scene_->setOccupancy(std::make_shared<Occupancy>(withMissed(spoiled, *street_)));
  scene_->setPaint(paintVoxels(spoiled, Coloring::Outcome, Palette::Studio, kDarkOutcomes, street_.get()));
  expectLike("outcome");
}

TEST_F(Picture, FromAbove) {
  camera_ = ViewCamera::top();
  expectLike("top");
}

TEST_F(Picture, BehindTheEgoCar) {
  camera_ = ViewCamera::followEgo();
  scene_->setSelection(Eigen::Vector3i(125, 95, 5));
  expectLike("follow");
}

TEST_F(Picture, BoxesAndLidar) {
  style_.voxels = style_.flow = false;
  style_.boxes = style_.lidar = true;
  scene_->setLidar(test::streetPoints(*street_), Pose());
  scene_->setBoxes(test::streetBoxes());
  expectLike("boxes-lidar");
}

TEST_F(Picture, TransparentVoxels) {
  style_.voxel_opacity = 0.35F;
  style_.boxes = true;
  scene_->setBoxes(test::streetBoxes());
  expectLike("transparent");
}

}  // namespace
}  // namespace hbev
