#include "render/frame_scene.h"

#include <array>
#include <functional>

#include <GL/glew.h>
#include <gtest/gtest.h>

#include "core/base/error.h"
#include "render/coloring.h"
#include "render/offscreen.h"
#include "tests/render/street.h"

namespace hbev {
namespace {

constexpr int kWidth = 320, kHeight = 200;

std::unique_ptr<OffscreenContext> makeContext() {
  try {
    return std::make_unique<OffscreenContext>(kWidth, kHeight);
  } catch (const Error&) {
    return nullptr;
  }
}

std::size_t differingPixels(const Image& a, const Image& b) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < a.rgb.size(); i += 3) {
    count += a.rgb[i] != b.rgb[i] || a.rgb[i + 1] != b.rgb[i + 1] || a.rgb[i + 2] != b.rgb[i + 2];
  }
  return count;
}

class FrameSceneTest : public testing::Test {
 protected:
  void SetUp() override {
    context_ = makeContext();
    if (!context_) GTEST_SKIP() << "no OpenGL through EGL here";
    scene_ = std::make_unique<FrameScene>();
    street_ = std::make_shared<Occupancy>(test::makeStreet());
    scene_->setOccupancy(street_);
    scene_->setFlow(flowArrows(*street_, {}), {255, 255, 255});
    scene_->setBoxes(test::streetBoxes());
    scene_->setLidar(test::streetPoints(*street_), Pose());
  }
  void TearDown() override {
    scene_.reset();
    context_.reset();
  }
  Image draw(const DrawStyle& style = {}) {
    stats_ = scene_->draw(camera_, kWidth, kHeight, style);
    return context_->read();
  }

  std::unique_ptr<OffscreenContext> context_;
  std::unique_ptr<FrameScene> scene_;
  std::shared_ptr<Occupancy> street_;
  ViewCamera camera_ = ViewCamera::orbit();
  DrawStats stats_;
};

TEST_F(FrameSceneTest, LeavesTheContextAsItFoundIt) {
  glEnable(GL_BLEND);
  glBlendFunc(GL_ONE, GL_SRC_ALPHA);
  glDepthMask(GL_FALSE);
  glColorMask(GL_TRUE, GL_FALSE, GL_TRUE, GL_TRUE);
  glEnable(GL_SCISSOR_TEST);
  glScissor(3, 4, 5, 6);
  glViewport(7, 8, 9, 10);
  glPixelStorei(GL_UNPACK_ALIGNMENT, 8);
  glActiveTexture(GL_TEXTURE2);
  draw({.lidar = true, .boxes = true, .voxel_opacity = 0.5F});
  EXPECT_EQ(glGetError(), GLenum(GL_NO_ERROR));
  const auto get = [](GLenum name) {
    std::array<GLint, 4> values{};
    glGetIntegerv(name, values.data());
    return values;
  };
  EXPECT_TRUE(glIsEnabled(GL_BLEND));
  EXPECT_TRUE(glIsEnabled(GL_SCISSOR_TEST));
  EXPECT_FALSE(glIsEnabled(GL_DEPTH_TEST));
  EXPECT_FALSE(glIsEnabled(GL_CULL_FACE));
  EXPECT_FALSE(glIsEnabled(GL_PROGRAM_POINT_SIZE));
  EXPECT_EQ(get(GL_BLEND_SRC_RGB)[0], GL_ONE);
  EXPECT_EQ(get(GL_BLEND_DST_RGB)[0], GL_SRC_ALPHA);
  EXPECT_EQ(get(GL_DEPTH_WRITEMASK)[0], 0);
  EXPECT_EQ(get(GL_COLOR_WRITEMASK), (std::array<GLint, 4>{1, 0, 1, 1}));
  EXPECT_EQ(get(GL_VIEWPORT), (std::array<GLint, 4>{7, 8, 9, 10}));
  EXPECT_EQ(get(GL_UNPACK_ALIGNMENT)[0], 8);
  EXPECT_EQ(get(GL_ACTIVE_TEXTURE)[0], GL_TEXTURE2);
  for (const GLenum binding : {GL_CURRENT_PROGRAM, GL_VERTEX_ARRAY_BINDING, GL_ARRAY_BUFFER_BINDING,
                               GL_TEXTURE_BINDING_3D, GL_TEXTURE_BINDING_2D}) {
    EXPECT_EQ(get(binding)[0], 0);
  }
}

TEST_F(FrameSceneTest, DrawsTheSameInEveryNewContext) {
  const Image first = draw();
  for (int round = 0; round < 3; ++round) {
    TearDown();
    SetUp();
    EXPECT_EQ(differingPixels(first, draw()), 0U);
    EXPECT_EQ(glGetError(), GLenum(GL_NO_ERROR));
  }
}

TEST_F(FrameSceneTest, EveryLayerCanBeSwitchedOff) {
  DrawStyle all;
  all.lidar = all.boxes = all.axes = true;
  const Image everything = draw(all);
  for (const auto& without : std::initializer_list<std::function<void(DrawStyle&)>>{
           [](DrawStyle& style) { style.voxels = false; }, [](DrawStyle& style) { style.flow = false; },
           [](DrawStyle& style) { style.lidar = false; }, [](DrawStyle& style) { style.boxes = false; },
           [](DrawStyle& style) { style.rings = false; }, [](DrawStyle& style) { style.ego_car = false; },
           [](DrawStyle& style) { style.axes = false; }}) {
    DrawStyle style = all;
    without(style);
    EXPECT_GT(differingPixels(everything, draw(style)), 50U);
  }
}

TEST_F(FrameSceneTest, RecolouringKeepsTheMesh) {
  const Image classes = draw();
  const DrawStats before = stats_;
  scene_->setPaint(paintVoxels(*street_, Coloring::Height, Palette::Studio, {}));
  const Image heights = draw();
  EXPECT_GT(differingPixels(classes, heights), std::size_t(kWidth * kHeight / 2));
  EXPECT_EQ(stats_.mesh_ms, before.mesh_ms);
  EXPECT_EQ(stats_.quads, before.quads);
}

TEST_F(FrameSceneTest, TheFilterTakesVoxelsAway) {
  draw();
  const std::size_t all = stats_.quads;
  scene_->setFilter({.z_max = 2});
  draw();
  EXPECT_LT(stats_.quads, all);
  scene_->setFilter({.visible_classes = 0});
  draw();
  EXPECT_EQ(stats_.quads, 0U);
}

TEST_F(FrameSceneTest, WithoutAnythingThereIsTheBackground) {
  draw();
  scene_->setOccupancy(nullptr);
  DrawStyle style{.voxels = true, .flow = false, .rings = false, .ego_car = false};
  style.background_top = {200, 100, 50};
  style.background_bottom = {0, 10, 20};
  const Image image = draw(style);
  EXPECT_EQ(stats_.quads, 0U);
  const auto row = [&](int y) { return image.rgb.data() + std::size_t(y) * kWidth * 3; };
  EXPECT_NEAR(row(0)[0], 200, 2);
  EXPECT_NEAR(row(0)[2], 50, 2);
  EXPECT_NEAR(row(kHeight - 1)[0], 0, 2);
  EXPECT_NEAR(row(kHeight - 1)[1], 10, 2);
  EXPECT_NEAR(row(kHeight / 2)[0], 100, 3);
}

TEST_F(FrameSceneTest, KeepsWhatItHasWhenTheNextCannotBeDrawn) {
  const Image before = draw();
  auto tall = std::make_shared<Occupancy>();
  tall->grid.dims = {2, 2, 65};
  tall->semantics.assign(tall->grid.size(), 0);
  EXPECT_THROW(scene_->setOccupancy(tall), Error);
  auto lying = std::make_shared<Occupancy>(*street_);
  lying->semantics.resize(1000);
  EXPECT_THROW(scene_->setOccupancy(lying), Error);
  EXPECT_EQ(differingPixels(before, draw()), 0U);
}

TEST_F(FrameSceneTest, TheSelectedVoxelTurnsWhiter) {
  DrawStyle style;
  style.flow = style.rings = style.ego_car = false;
  const Eigen::Vector3i roof(75, 94, 6);  // of the car behind ego
  ASSERT_FALSE(street_->isFree(street_->grid.index(roof)));
  camera_.frame(street_->grid.center(roof), 1.0, 1.0);
  const auto pixel =
      camera_.project(street_->grid.center(roof) + Eigen::Vector3d(0, 0, 0.2), kWidth, kHeight);
  const std::size_t i = 3 * (std::size_t(pixel->y()) * kWidth + std::size_t(pixel->x()));
  const Image before = draw(style);
  scene_->setSelection(roof);
  const Image selected = draw(style);
  EXPECT_NEAR(selected.rgb[i], before.rgb[i] + 0.55 * (255 - before.rgb[i]), 3);
  scene_->setSelection({});
  EXPECT_EQ(differingPixels(before, draw(style)), 0U);
}

TEST(FrameSceneWithoutContext, IsAnError) {
  EXPECT_THROW(FrameScene(), Error);
}

TEST(Offscreen, RefusesPicturesThatCannotBe) {
  if (!makeContext()) GTEST_SKIP() << "no OpenGL through EGL here";
  EXPECT_THROW(OffscreenContext(1 << 20, 4), Error);
  EXPECT_NE(makeContext(), nullptr);
}

TEST_F(FrameSceneTest, AMapOnTheGroundIsSeenBesideTheVoxelsAndFaintlyThroughThem) {
  const Image before = draw();
  GroundMap map{2, 2, {-40, -40}, {40, 40}, -1, {{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {255, 255, 0}}};
  scene_->setGround(map);
  const Image with_map = draw();
  EXPECT_GT(differingPixels(before, with_map), before.rgb.size() / 3 / 10);
  // Without voxels all four cells are there.
  scene_->setOccupancy(nullptr);
  camera_ = ViewCamera::top();
  const DrawStyle bare{.flow = false, .rings = false, .ego_car = false};
  const Image from_above = draw(bare);
  std::array<std::size_t, 4> counts{};
  for (std::size_t i = 0; i < from_above.rgb.size(); i += 3) {
    const int r = from_above.rgb[i], g = from_above.rgb[i + 1], b = from_above.rgb[i + 2];
    const std::array<bool, 4> is{r > 150 && g < 80 && b<80, g> 150 && r < 80 && b<80, b> 150 && r < 80 &&
                                 g<80, r> 150 && g > 150 && b < 80};
    for (std::size_t k = 0; k < 4; ++k)
      counts[k] += is[k] ? 1 : 0;
  }
  for (const std::size_t count : counts)
    EXPECT_GT(count, 500U);
  scene_->setGround({});
  scene_->setOccupancy(street_);
  camera_ = ViewCamera::orbit();
  EXPECT_EQ(differingPixels(before, draw()), 0U);
  map.colors.pop_back();
  scene_->setGround(map);
  EXPECT_EQ(differingPixels(before, draw()), 0U) << "half a map is none";
}

}  // namespace
}  // namespace hbev
