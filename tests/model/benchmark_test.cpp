#include "core/model/benchmark.h"

#include <memory>
#include <new>
#include <numeric>

#include <c10/core/CPUAllocator.h>
#include <gtest/gtest.h>

#include "core/model/config.h"
#include "core/model/stage_clock.h"
#include "core/ops/cpu_allocator.h"

namespace hbev::test {
namespace {

TEST(Benchmark, PartsAddUpToThePassAndHalfPrecisionIsCompared) {
  const ModelConfig config = findModelConfig("tiny");
  const BenchmarkResult whole = benchmarkNetwork(config, {.device = "cpu", .threads = 2, .repeats = 1});
  EXPECT_FALSE(whole.same_in_half);
  ASSERT_EQ(whole.seconds.size(), 1U);
  const double parts =
      std::accumulate(whole.stages.begin(), whole.stages.end(), 0.0,
                      [](double sum, const StageTime& stage) { return sum + stage.seconds; });
  EXPECT_NEAR(parts, whole.median, 1e-9 + 1e-6 * whole.median);
  EXPECT_GE(whole.stages.size(), 6U);
  const BenchmarkResult half =
      benchmarkNetwork(config, {.device = "cpu", .threads = 2, .repeats = 1, .half = true});
  ASSERT_TRUE(half.same_in_half);
  EXPECT_GT(*half.same_in_half, 0.8);
  EXPECT_LT(*half.same_in_half, 1) << "it does round";
}

TEST(Benchmark, WhatWasMeasuredStaysWithoutMemoryToCompareHalfPrecision) {
  CpuAllocator full([](std::size_t) -> at::DataPtr { throw std::bad_alloc(); }, [](void*) {});
  at::Allocator* usual = nullptr;
  // Also when it throws: all that follows would be without memory.
  const auto restore = [&](void*) {
    if (usual) c10::SetCPUAllocator(usual);
  };
  const std::unique_ptr<void, decltype(restore)> guard(&full, restore);
  const BenchmarkResult result =
      benchmarkNetwork(findModelConfig("tiny"), {.device = "cpu", .threads = 2, .repeats = 1, .half = true},
                       [&](int done, int all) {
                         if (done < all) return;
                         usual = c10::GetCPUAllocator();
                         c10::SetCPUAllocator(&full);
                       });
  ASSERT_TRUE(usual);
  EXPECT_EQ(result.seconds.size(), 1U);
  EXPECT_TRUE(result.no_memory_to_compare);
  EXPECT_FALSE(result.same_in_half);
}

TEST(StageClock, TellsTheTimeOfEachPartInTheirOrder) {
  const PredictWish wish;
  StageClock clock(wish, 1, {}, c10::Device(c10::kCPU));
  EXPECT_EQ(clock.seconds(), 0);
  clock.stage("depthnet.out.f0");
  clock.stage("backbone.c4.f0");
  clock.stage("depthnet.out.f0");
  const std::vector<StageTime> times = clock.times();
  ASSERT_EQ(times.size(), 2U);
  EXPECT_EQ(times[0].stage, "image encoder");
  EXPECT_EQ(times[1].stage, "depth");
  const std::vector<double> moments = clock.moments();
  ASSERT_EQ(moments.size(), 3U);
  EXPECT_LE(moments[0], moments[1]);
  EXPECT_EQ(moments[2], clock.seconds());
  EXPECT_NEAR(times[0].seconds + times[1].seconds, clock.seconds(), 1e-9);
  EXPECT_NEAR(times[0].seconds, moments[1] - moments[0], 1e-9);
}

}  // namespace
}  // namespace hbev::test
