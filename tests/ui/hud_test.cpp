// What is written over a viewport, without the viewport.
#include "ui/viewport/hud.h"

#include <memory>

#include <GL/glew.h>
#include <QtGui/QGuiApplication>
#include <gtest/gtest.h>

#include "core/base/error.h"
#include "render/offscreen.h"

namespace hbev::ui::test {
namespace {

constexpr int kWidth = 640, kHeight = 480;

class HudTest : public testing::Test {
 protected:
  void SetUp() override {
    try {
      context_ = std::make_unique<OffscreenContext>(kWidth, kHeight);
    } catch (const Error&) {
      GTEST_SKIP() << "no OpenGL through EGL here";
    }
    hud_ = std::make_unique<Hud>(1);
  }
  void TearDown() override {
    hud_.reset();
    context_.reset();
  }
  Image drawn(const HudContent& content) {
    const HudColors colors{{13, 16, 19}, {232, 235, 239}, {169, 178, 189}, {134, 143, 155},
                           {40, 47, 55}, {138, 162, 255}, {13, 16, 19}};
    glClearColor(0.2F, 0.2F, 0.2F, 1);
    glClear(GL_COLOR_BUFFER_BIT);
    hud_->draw(content, colors, kWidth, kHeight, 1, 0.016);
    return context_->read();
  }

 private:
  std::unique_ptr<OffscreenContext> context_;
  std::unique_ptr<Hud> hud_;
};

// A viewport that nobody touches is not drawn again.
TEST_F(HudTest, a_text_that_changes_is_whole_in_the_first_picture) {
  HudContent content;
  content.badge = "A";
  content.title = "Prediction";
  content.cache = "cache 9 MB";
  content.stages_total = "1.9 s";
  content.stages = {{"depth", "0.4 s"}};
  content.metres_per_pixel = 0.1F;
  content.ring = Eigen::Vector2f(300, 200);
  content.tooltip = {"car", "same in B"};
  drawn(content);
  drawn(content);

  const auto changed = [&](const char* what) {
    const Image first = drawn(content), second = drawn(content);
    EXPECT_TRUE(first.rgb == second.rgb) << what;
  };
  content.cache = "cache 1.2 GB \u00B7 93 % hit";
  changed("the cache");
  content.stages.emplace_back("backward projection of the features", "890 ms");
  changed("times");
  content.metres_per_pixel = 0.04F;
  changed("the scale bar");
  content.tooltip = {"driveable surface", "B: construction vehicle", "flow 7.9 m/s"};
  changed("what is under the pointer");
  content.tooltip_color = Rgb{51, 158, 255};
  content.tooltip_detail = "origin 5, 135\u00B0";
  content.tooltip_lines = {{{HudText::Font::Text, "predicted "}, {HudText::Font::Mono, "12.40 m"}}};
  changed("a ray under the pointer");
}

TEST_F(HudTest, a_long_total_does_not_run_into_its_title) {
  HudContent content;
  content.stages_total = "1 234.5 s";
  drawn(content);
  const Image usual = drawn(content);
  content.stages_total = "1 234.5 s, of which 1 200 s were spent on waiting";
  drawn(content);
  const Image wide = drawn(content);
  // The box grows to the left: so far left of the usual one nothing was written before.
  const auto left = std::size_t(kWidth - 260);
  bool differs = false;
  for (std::size_t y = 0; y < kHeight; ++y) {
    for (std::size_t channel = 0; channel < 3; ++channel) {
      const std::size_t at = (y * kWidth + left) * 3 + channel;
      differs = differs || usual.rgb[at] != wide.rgb[at];
    }
  }
  EXPECT_TRUE(differs);
}

TEST_F(HudTest, what_is_pointed_at_is_told_at_once) {
  HudContent content;
  drawn(content);
  drawn(content);
  content.ring = Eigen::Vector2f(300, 200);
  const Image ring = drawn(content);
  content.tooltip = {"car"};
  EXPECT_FALSE(drawn(content).rgb == ring.rgb);
}

}  // namespace
}  // namespace hbev::ui::test

/// Fonts need an application, but no screen.
int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  qputenv("QT_QPA_PLATFORM", "offscreen");
  const QGuiApplication app(argc, argv);
  return RUN_ALL_TESTS();
}
