#include "core/model/config.h"

#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/base/error.h"
#include "tests/base/expect_error.h"

namespace hbev::test {
namespace {

const std::filesystem::path kConfigs = std::filesystem::path(HBEV_SOURCE_DIR) / "resources/configs";

std::string mistakesIn(const std::string& toml) {
  return problemOf([&] { parseModelConfig(toml, "made.toml"); }).summary;
}

TEST(ModelConfig, EveryShippedConfigurationIsRightAndNamedAsItsFile) {
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kConfigs)) {
    const ModelConfig config = readModelConfig(entry.path());
    EXPECT_EQ(config.name, entry.path().stem());
    EXPECT_EQ(config.flow, config.classes == "openocc") << entry.path();
    EXPECT_EQ(config.training.camera_mask, config.name.ends_with("-mask")) << entry.path();
    ++files;
  }
  EXPECT_EQ(files, 9);
}

TEST(ModelConfig, SizesFollow) {
  const ModelConfig config = readModelConfig(kConfigs / "hbevocc-r50-256x704-8f-openocc.toml");
  EXPECT_EQ(config.frames(), 10);
  EXPECT_EQ(config.depthBins(), 88);
  EXPECT_EQ(config.grid(), occ3dGrid());
  EXPECT_EQ(config.classSet().size(), 17);
  EXPECT_EQ(readModelConfig(kConfigs / "hbevocc-r50-256x704-1f-occ3d.toml").classSet().size(), 18);
}

TEST(ModelConfig, AbsentKeysKeepTheirDefaults) {
  const ModelConfig config = parseModelConfig("name = \"short\"\n[lift]\nchannels = 40\n", "short.toml");
  EXPECT_EQ(config.lift.channels, 40);
  EXPECT_EQ(config.backbone.depth, 50);
}

struct Mistake {
  const char* toml;
  const char* said;
};

class ModelConfigMistake : public testing::TestWithParam<Mistake> {};

TEST_P(ModelConfigMistake, IsOneSentence) {
  const std::string summary = mistakesIn(std::string("name = \"x\"\n") + GetParam().toml);
  EXPECT_EQ(summary, fmt::format("The configuration has 1 mistake: {}", GetParam().said));
}

INSTANTIATE_TEST_SUITE_P(
    All, ModelConfigMistake,
    testing::Values(
        Mistake{"clases = \"openocc\"", "clases is no key of a configuration (did you mean classes?)"},
        Mistake{"[lift]\nchannel = 3",
                "lift.channel is no key of a configuration (did you mean lift.channels?)"},
        Mistake{"[head]\nsomething = 3", "head.something is no key of a configuration ([head] has heights)"},
        Mistake{"lift = 3", "lift must be a section"},
        Mistake{"classes = \"kitti\"", "classes is \"kitti\"; allowed are openocc, occ3d"},
        Mistake{"classes = 3", "classes must be text"}, Mistake{"flow = 1", "flow must be true or false"},
        Mistake{"past_keyframes = 1.5", "past_keyframes must be a whole number"},
        Mistake{"past_keyframes = 99", "past_keyframes is 99, outside 0 to 32"},
        Mistake{"past_keyframes = -99999999999", "past_keyframes is -99999999999, outside 0 to 32"},
        Mistake{"[image]\nheight = 250", "image.height must be a multiple of 16"},
        Mistake{"[backbone]\ndepth = 51", "backbone.depth is 51; allowed are 18, 34, 50, 101"},
        Mistake{"[lift]\nx = [-40, 40]", "lift.x must be a list of 3 numbers: lower, upper, step"},
        Mistake{"[lift]\nz = [-1, 5.4, 0.5]",
                "lift.z is [-1, 5.4, 0.5]; its step must divide it into 1 to 256 whole cells"},
        Mistake{"[lift]\nz = [-1, 5.4, 0]",
                "lift.z is [-1, 5.4, 0]; its step must divide it into 1 to 256 whole cells"},
        Mistake{"[lift]\ndepth = [45, 1, 0.5]",
                "lift.depth is [45, 1, 0.5]; it must rise from its lower to its upper bound within 0.01 to "
                "500"},
        Mistake{"[lift]\nstereo_bias = nan", "lift.stereo_bias is nan, outside 0 to 1000"},
        Mistake{"[bev_encoder]\nchannels = [160, 320]",
                "bev_encoder.channels must be a list of 3 whole numbers"},
        Mistake{"[bev_encoder]\nchannels = [160, 320, 0]",
                "bev_encoder.channels is [160, 320, 0], with a number outside 1 to 4096"},
        Mistake{"[backward]\nrows = 50", "backward.rows must be 100, half of lift.y's cells"},
        Mistake{"[backward]\nheads = 7", "backward.channels must be divisible by backward.heads, 7"},
        Mistake{"[backward]\npoints = 8", "backward.points must be a multiple of backward.z's 16 cells"},
        Mistake{"[training]\nresize = [0.5, -0.5]",
                "training.resize is [0.5, -0.5]; it must rise within -0.9 to 10"},
        Mistake{"[training]\nlearning_rate = 2", "training.learning_rate is 2, outside 0 to 1"},
        Mistake{"[training]\nprecision = \"half\"",
                "training.precision is \"half\"; allowed are float32, bfloat16, float16"},
        Mistake{"[training]\nfalls = [20]",
                "training.falls needs training.schedule \"step\", not \"constant\""},
        Mistake{"[training]\nschedule = \"step\"",
                "training.schedule is \"step\", but training.falls is empty"},
        Mistake{"[training]\nschedule = \"step\"\nfalls = [23, 20]", "training.falls must rise"},
        Mistake{"[training]\nschedule = \"step\"\nfalls = 20",
                "training.falls must be a list of up to 64 whole numbers"}));

TEST(ModelConfig, EveryMistakeIsNamedAtOnce) {
  const std::string summary = mistakesIn("name = \"x\"\npast_keyframes = -1\n[head]\nheights = 0\n");
  EXPECT_NE(summary.find("2 mistakes"), std::string::npos) << summary;
  EXPECT_NE(summary.find("past_keyframes"), std::string::npos) << summary;
  EXPECT_NE(summary.find("head.heights"), std::string::npos) << summary;
}

TEST(ModelConfig, WhatIsNoTomlIsRefusedWithItsLine) {
  EXPECT_TRUE(mistakesIn("name = \"x\"\n[lift\n").starts_with("Line 2 is no TOML"));
  EXPECT_EQ(mistakesIn(""), "The configuration has 1 mistake: name is missing");
}

/// Each section would take a piece of the stack of toml++ 3.3, which knows no bound.
TEST(ModelConfig, SectionsInSectionsAreRefusedBeforeTheyEndTheProgram) {
  std::string deep = "a";
  for (int i = 0; i < 300000; ++i)
    deep += ".a";
  for (const std::string& toml : {deep + " = 1\n", "[" + deep + "]\n"}) {
    EXPECT_EQ(mistakesIn(toml), "The configuration has thousands of dots");
    EXPECT_THROW(withSettings(toml, {"a=1"}, "made.toml"), Error);
  }
  EXPECT_THROW(withSettings("", {deep + "=1"}, "made.toml"), Error);
  EXPECT_THROW(withSettings("", {"a={" + deep + "=1}"}, "made.toml"), Error);
}

TEST(ModelConfig, AHundredThousandUnknownKeysAreCounted) {
  std::string toml = "name = \"x\"\n";
  for (int i = 0; i < 100000; ++i)
    toml += fmt::format("k{:x} = 1\n", i);
  EXPECT_TRUE(mistakesIn(toml).starts_with("The configuration has 100000 mistakes: k0 is no key"));
  // What nobody has mistyped is not compared with every key, letter by letter.
  EXPECT_TRUE(mistakesIn("name = \"x\"\n" + std::string(100, 'k') + " = 1\n")
                  .ends_with("is no key of a configuration"));
}

}  // namespace
}  // namespace hbev::test
