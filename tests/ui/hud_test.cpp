// What is written over a viewport, without the viewport.
#include "ui/viewport/hud.h"

#include <GL/glew.h>
#include <gtest/gtest.h>

#include "render/offscreen.h"

namespace hbev::ui::test {
namespace {

constexpr int kWidth = 640, kHeight = 480;

class HudTest : public testing::Test {
 protected:
  Image drawn(const HudContent& content) {
    const HudColors colors{{13, 16, 19}, {232, 235, 239}, {169, 178, 189}, {134, 143, 155},
                           {40, 47, 55}, {138, 162, 255}, {13, 16, 19}};
    glClearColor(0.2F, 0.2F, 0.2F, 1);
    glClear(GL_COLOR_BUFFER_BIT);
    hud_.draw(content, colors, kWidth, kHeight, 1, 0.016);
    return context_.read();
  }

 private:
  OffscreenContext context_{kWidth, kHeight};
  Hud hud_{1};
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
