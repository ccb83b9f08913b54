#include "core/train/training_benchmark.h"

#include <gtest/gtest.h>

#include "core/base/error.h"

namespace hbev::test {
namespace {

TEST(TrainingBenchmark, TellsOfEachStepInBothWays) {
  ModelConfig config = findModelConfig("tiny");
  config.training.batch_size = 2;
  for (const bool reference : {false, true}) {
    int steps = 0;
    const TrainingBenchmarkResult result =
        benchmarkTraining(config, {.device = "cpu", .threads = 2, .repeats = 1, .reference_style = reference},
                          [&](int done, int all) {
                            EXPECT_EQ(++steps, done);
                            EXPECT_EQ(all, 2);
                          });
    EXPECT_EQ(steps, 2);
    ASSERT_EQ(result.seconds.size(), 1U);
    EXPECT_EQ(result.median, result.seconds[0]);
    EXPECT_GT(result.forward_seconds, 0);
    EXPECT_GT(result.backward_seconds, 0);
    EXPECT_LT(result.forward_seconds + result.backward_seconds, result.median);
    EXPECT_GT(result.parameters, 100'000U);
    EXPECT_GT(result.peak_bytes, 100'000'000U);
    EXPECT_FALSE(result.is_on_card);
  }
}

TEST(TrainingBenchmark, AProcessorRefusesFloat16) {
  ModelConfig config = findModelConfig("tiny");
  config.training.precision = "float16";
  EXPECT_THROW(benchmarkTraining(config, {.device = "cpu"}), Error);
}

}  // namespace
}  // namespace hbev::test
