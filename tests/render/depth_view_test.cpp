#include "render/depth_view.h"

#include <gtest/gtest.h>

#include "render/sample_rays.h"
#include "render/viridis.h"

namespace hbev {
namespace {

constexpr Camera kCamera = Camera::Front;

/// One picture of 141 x 101 pixels, half as large for the network, which does not see its uppermost 20 rows:
/// 5 x 3 cells and four bins of 10 m from 5 m. The bin is the cell's row, with a quarter in the next one.
StageInspection makeInspection() {
  StageInspection inspection;
  for (InspectedCamera& camera : inspection.cameras) {
    camera.width = 141;
    camera.height = 101;
    camera.network_from_picture << 0.5, 0, 0, 0, 0.5, -10, 0, 0, 1;
  }
  DepthInspection& depth = inspection.depth;
  depth = {{5, 45, 10}, 4, 3, 5, 71, 41, std::vector<float>(kCameraCount * 4 * 3 * 5)};
  for (std::size_t camera = 0; camera < kCameraCount; ++camera) {
    for (std::size_t row = 0; row < 3; ++row) {
      for (std::size_t column = 0; column < 5; ++column) {
        depth.distribution[((camera * 4 + row) * 3 + row) * 5 + column] = 0.75F;
        depth.distribution[((camera * 4 + row + 1) * 3 + row) * 5 + column] = 0.25F;
      }
    }
  }
  return inspection;
}

/// The camera is ego: x right, y down, z forward.
Frame makeFrame() {
  Frame frame;
  CameraReading reading;
  reading.model.intrinsics << 100, 0, 70, 0, 100, 60, 0, 0, 1;
  reading.model.width = 141;
  reading.model.height = 101;
  frame.keyframe.cameras[std::size_t(kCamera)] = reading;
  frame.keyframe.lidar = SensorReading();
  return frame;
}

TEST(DepthView, TheCurveIsThatOfThePixelsCell) {
  const auto curve = depthCurve(makeInspection(), makeFrame(), kCamera, {70, 60});
  ASSERT_TRUE(curve);
  EXPECT_EQ(curve->probabilities, (std::vector<float>{0, 0.75F, 0.25F, 0}));
  EXPECT_EQ(curve->peak, 1U);
  EXPECT_DOUBLE_EQ(curve->depthOf(1), 15);
  EXPECT_NEAR(curve->expected_m, 0.75 * 15 + 0.25 * 25, 1e-5);
  EXPECT_FALSE(curve->lidar_m);
}

TEST(DepthView, WhatTheNetworkDidNotSeeHasNoCurve) {
  EXPECT_FALSE(depthCurve(makeInspection(), makeFrame(), kCamera, {70, 10}));
  EXPECT_FALSE(depthCurve(makeInspection(), makeFrame(), kCamera, {-5, 60}));
}

TEST(DepthView, TheNearestLidarPointOfTheCellIsMarked) {
  Frame frame = makeFrame();
  const auto put = [&](float x, float y, float z) {
    LidarPoint point{};
    point.x = x;
    point.y = y;
    point.z = z;
    frame.lidar.push_back(point);
  };
  put(0.2F, 0, 20);  // a pixel beside it
  put(0.8F, 0, 16);  // five pixels beside it
  put(0, 3.0F, 10);  // in the cell below
  put(0, 0, -20);    // behind
  const auto curve = depthCurve(makeInspection(), frame, kCamera, {70, 60});
  ASSERT_TRUE(curve && curve->lidar_m);
  EXPECT_NEAR(*curve->lidar_m, 20, 1e-5);
}

TEST(DepthView, TheRayGoesThroughThePixel) {
  const Frame frame = makeFrame();
  const Eigen::Vector2d pixel(90, 60);
  auto curve = depthCurve(makeInspection(), frame, kCamera, pixel);
  ASSERT_TRUE(curve);
  const std::vector<RaySegment> plain = depthRay(*curve, frame.keyframe, kCamera, pixel);
  ASSERT_EQ(plain.size(), 1U + 4U);
  EXPECT_LT((plain[2].from - Eigen::Vector3f(3, 0, 15)).norm(), 1e-4F);
  EXPECT_LT((plain[2].to - Eigen::Vector3f(5, 0, 25)).norm(), 1e-4F);
  EXPECT_EQ(plain[2].color, viridis(1));  // the likeliest
  EXPECT_GT(plain[2].width_px, plain[3].width_px);
  EXPECT_GT(plain[3].opacity, plain[4].opacity);
  curve->lidar_m = 20;
  const std::vector<RaySegment> marked = depthRay(*curve, frame.keyframe, kCamera, pixel);
  ASSERT_EQ(marked.size(), plain.size() + 3);
  EXPECT_LT(((marked.back().from + marked.back().to) / 2 - Eigen::Vector3f(4, 0, 20)).norm(), 1e-4F);
}

TEST(DepthView, TheOverlayHasEveryCellsExpectedDepthAndNoneWhereNothingWasSeen) {
  const OverlayImage image = drawDepthOverlay(makeInspection(), kCamera, 141, 101);
  ASSERT_EQ(image.rgba.size(), 4U * 141U * 101U);
  const auto at = [&](int x, int y) { return image.rgba.data() + 4 * (y * 141 + x); };
  EXPECT_EQ(at(70, 10)[3], 0);
  const Rgb middle = depthColor(17.5), lowest = depthColor(27.5);
  EXPECT_EQ((Rgb{at(70, 60)[0], at(70, 60)[1], at(70, 60)[2]}), middle);
  EXPECT_EQ((Rgb{at(0, 100)[0], at(0, 100)[1], at(0, 100)[2]}), lowest);
  EXPECT_EQ(at(70, 60)[3], 255);
  EXPECT_TRUE(drawDepthOverlay(makeInspection(), kCamera, 0, 0).rgba.empty());
}

TEST(DepthView, NearIsBrightAndFarIsDark) {
  EXPECT_EQ(depthColor(0), viridis(1));
  EXPECT_EQ(depthColor(kFarthestDepth_m), viridis(0));
  EXPECT_EQ(depthColor(1000), viridis(0));
  EXPECT_EQ(depthColor(kFarthestDepth_m / 4), viridis(0.5));
}

TEST(SampleRays, LeadFromTheCameraToWhatWasSampledAsFarAwayAsTheReferencePoint) {
  const Frame frame = makeFrame();
  // The camera is ego: 10 m ahead is z; the reference point lies on its axis at "height" 10.
  std::vector<SamplePoint> samples{{kCamera, {70, 60}, 0.5F, 0, 0, 10},
                                   {kCamera, {90, 60}, 0.125F, 1, 2, 10}};
  samples.push_back({Camera::Back, {70, 60}, 1.0F, 0, 0, 10});  // the keyframe lacks it
  samples.push_back({kCamera, {70, 60}, 1.0F, 0, 0, -10});      // behind the camera
  const auto rays = sampleRays(samples, {0, 0}, frame.keyframe);
  ASSERT_EQ(rays.size(), 4U) << "a line and a stroke each";
  // The heaviest comes last, over the others.
  EXPECT_TRUE(rays[0].from.isApprox(Eigen::Vector3f(0, 0, 0)));
  EXPECT_TRUE(rays[0].to.isApprox(Eigen::Vector3f(2, 0, 10), 1e-5F)) << rays[0].to.transpose();
  EXPECT_TRUE(rays[1].from.isApprox(Eigen::Vector3f(0, 0, 10)));
  EXPECT_EQ(rays[1].to, rays[0].to);
  EXPECT_TRUE(rays[3].to.isApprox(Eigen::Vector3f(0, 0, 10), 1e-5F));
  EXPECT_GT(rays[3].opacity, rays[1].opacity);
  EXPECT_GT(rays[3].width_px, rays[1].width_px);
  EXPECT_EQ(sampleRays(samples, {0, 0}, frame.keyframe, 2).size(), 2U) << "the lightest are left out";
  EXPECT_TRUE(sampleRays({}, {0, 0}, frame.keyframe).empty());
}

}  // namespace
}  // namespace hbev
