// Formula vectors, then the names, shapes and order of every entry of the state_dict.
#include <cmath>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "tests/model/formula.h"
#include "tests/model/goldens.h"

namespace hbev::test {
namespace {

std::uint64_t hexadecimal(const nlohmann::json& text) {
  return std::stoull(text.get<std::string>(), nullptr, 16);
}

double number(const nlohmann::json& value) {
  return value.is_string() ? std::stod(value.get<std::string>()) : value.get<double>();
}

/// Skipped without the file.
class FormulaParity : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string lacking = lackingFiles({"formula_vectors.json"}); !lacking.empty())
      GTEST_SKIP() << lacking;
  }
};

TEST_F(FormulaParity, StreamsAreTheReferences) {
  const nlohmann::json vectors = readJson(parityFolder() / "formula_vectors.json");
  for (const auto& [name, golden] : vectors.at("streams").items()) {
    const Stream stream(name, paritySalt());
    EXPECT_EQ(stream.hash(), hexadecimal(golden.at("fnv1a64"))) << name;
    for (std::size_t i = 0; i < golden.at("first_raw_u64").size(); ++i) {
      EXPECT_EQ(stream.raw(i), hexadecimal(golden.at("first_raw_u64").at(i))) << name << i;
    }
    for (std::size_t i = 0; i < golden.at("first_u").size(); ++i) {
      EXPECT_DOUBLE_EQ(stream(i), number(golden.at("first_u").at(i))) << name << i;
    }
  }
}

TEST_F(FormulaParity, WeightsAreTheReferences) {
  const nlohmann::json vectors = readJson(parityFolder() / "formula_vectors.json");
  ASSERT_GT(vectors.at("weights").size(), 0U);
  for (const auto& [name, golden] : vectors.at("weights").items()) {
    const std::vector<float> ours =
        weightsByFormula(name, golden.at("shape").get<std::vector<std::int64_t>>(), paritySalt());
    for (std::size_t i = 0; i < golden.at("first4").size(); ++i) {
      EXPECT_EQ(ours.at(i), float(number(golden.at("first4").at(i)))) << name << i;
    }
    EXPECT_EQ(ours.back(), float(number(golden.at("last")))) << name;
    double sum = 0, magnitude = 0;
    for (const float value : ours)
      sum += value, magnitude += std::abs(value);
    EXPECT_NEAR(sum, number(golden.at("sum_f64")), 1e-9 * magnitude) << name;
    EXPECT_NEAR(magnitude, number(golden.at("abs_sum_f64")), 1e-9 * magnitude) << name;
  }
}

struct Line {
  std::string name, shape, type, kind;
};

std::vector<Line> readTable(const std::filesystem::path& file) {
  std::ifstream stream(file);
  std::vector<Line> lines;
  std::string text;
  std::getline(stream, text);  // the header
  while (std::getline(stream, text)) {
    if (text.starts_with("#")) continue;
    std::istringstream fields(text);
    Line line;
    fields >> line.name >> line.shape >> line.type >> line.kind;
    lines.push_back(line);
  }
  return lines;
}

Line lineOf(const StateEntry& entry) {
  std::string shape;
  for (const std::int64_t extent : entry.tensor.sizes())
    shape += (shape.empty() ? "" : "x") + std::to_string(extent);
  return {entry.name, shape.empty() ? "scalar" : shape,
          entry.tensor.scalar_type() == at::kLong ? "int64" : "float32",
          entry.is_parameter ? "param" : "buffer"};
}

void expectTable(const ModelConfig& config, const std::string& file) {
  const HbevOcc network(config);
  const std::vector<Line> golden = readTable(parityFolder() / file);
  const std::vector<StateEntry> ours = stateOf(*network);
  EXPECT_EQ(ours.size(), golden.size());
  for (std::size_t i = 0; i < std::min(ours.size(), golden.size()); ++i) {
    const Line line = lineOf(ours[i]);
    ASSERT_EQ(line.name, golden[i].name) << "entry " << i;
    EXPECT_EQ(line.shape, golden[i].shape) << line.name;
    EXPECT_EQ(line.type, golden[i].type) << line.name;
    EXPECT_EQ(line.kind, golden[i].kind) << line.name;
    EXPECT_EQ(ours[i].tensor.requires_grad(), line.kind == "param" && !line.name.ends_with(".pe"))
        << line.name;
  }
}

ModelConfig shipped(const std::string& name) {
  return readModelConfig(std::filesystem::path(HBEV_SOURCE_DIR) / "resources/configs" / (name + ".toml"));
}

TEST(StateParity, TinyHasTheReferencesEntries) {
  const std::string lacking = lackingFiles({"forward_tiny.json", "state_dict_tiny.tsv"});
  if (!lacking.empty()) GTEST_SKIP() << lacking;
  expectTable(tinyParityConfig(), "state_dict_tiny.tsv");
}
TEST(StateParity, OneFrameHasTheReferencesEntries) {
  if (const std::string lacking = lackingFiles({"state_dict_1f.tsv"}); !lacking.empty())
    GTEST_SKIP() << lacking;
  expectTable(shipped("hbevocc-r50-256x704-1f-openocc"), "state_dict_1f.tsv");
}
TEST(StateParity, EightFramesHaveTheReferencesEntries) {
  if (const std::string lacking = lackingFiles({"state_dict_8f.tsv"}); !lacking.empty())
    GTEST_SKIP() << lacking;
  expectTable(shipped("hbevocc-r50-256x704-8f-openocc"), "state_dict_8f.tsv");
}

}  // namespace
}  // namespace hbev::test
