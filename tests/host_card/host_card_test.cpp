// The host card refuses what a card refuses, and what a card does not see.
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "tests/host_card/include/cuda_runtime.h"

namespace hbev::host_card {
namespace {

TEST(HostCard, CallsEachThreadOfTheGridOnce) {
  const dim3 grid(3, 2, 2), block(20, 3, 2);
  std::vector<int> calls(std::size_t(3 * 2 * 2 * 20 * 3 * 2));
  Launch(grid, block, 0, nullptr)([&] {
    const unsigned of_block = (threadIdx.z * 3 + threadIdx.y) * 20 + threadIdx.x;
    ++calls[((blockIdx.z * 2 + blockIdx.y) * 3 + blockIdx.x) * 120 + of_block];
  });
  EXPECT_EQ(cudaGetLastError(), cudaSuccess);
  EXPECT_EQ(calls, std::vector<int>(calls.size(), 1));
}

TEST(HostCard, LanesMeetAtShuffles) {
  std::vector<int> sums(64), firsts(64);
  Launch(1, dim3(32, 2), 0, nullptr)([&] {
    const std::size_t index = threadIdx.y * 32 + threadIdx.x;
    int sum = int(index);
    for (unsigned distance = 16; distance > 0; distance /= 2)
      sum += __shfl_down_sync(0xffffffffU, sum, distance);
    sums[index] = sum;
    firsts[index] = int(__shfl_sync(0xffffffffU, double(sum), 0));
  });
  EXPECT_EQ(cudaGetLastError(), cudaSuccess);
  EXPECT_EQ(sums[0], 31 * 32 / 2);
  EXPECT_EQ(sums[32], 31 * 32 / 2 + 32 * 32);
  for (std::size_t i = 0; i < 64; ++i)
    EXPECT_EQ(firsts[i], sums[i / 32 * 32]);
}

TEST(HostCard, AShuffleThatALaneDoesNotComeToIsAnError) {
  std::vector<float> found(64);
  const auto shuffle = [&] { found[threadIdx.x] = __shfl_sync(0xffffffffU, 1.0F, 0); };
  Launch(1, 32, 0, nullptr)([&] {
    if (threadIdx.x != 7) shuffle();
  });
  EXPECT_EQ(cudaGetLastError(), cudaErrorLaunchFailure) << "one went home";
  Launch(1, 40, 0, nullptr)(shuffle);
  EXPECT_EQ(cudaGetLastError(), cudaErrorLaunchFailure) << "half a warp";
  Launch(1, 32, 0, nullptr)([&] {
    shuffle();
    if (threadIdx.x < 16) shuffle();
  });
  EXPECT_EQ(cudaGetLastError(), cudaErrorLaunchFailure) << "half of them twice";
  Launch(1, 32, 0, nullptr)([&] { threadIdx.x == 3 ? void(__shfl_sync(0xffffffffU, 1.0, 0)) : shuffle(); });
  EXPECT_EQ(cudaGetLastError(), cudaErrorLaunchFailure) << "at different ones";
  Launch(1, 32, 0, nullptr)(shuffle);
  EXPECT_EQ(cudaGetLastError(), cudaSuccess);
  EXPECT_EQ(std::accumulate(found.begin(), found.begin() + 32, 0.0F), 32);
}

TEST(HostCard, RefusesGridsThatCudaRefuses) {
  for (const dim3& grid : {dim3(0), dim3(1, 65536), dim3(1, 1, 65536), dim3(1U << 31)}) {
    Launch(grid, 32, 0, nullptr)([] { ADD_FAILURE(); });
    EXPECT_EQ(cudaGetLastError(), cudaErrorInvalidConfiguration);
  }
  for (const dim3& block : {dim3(0), dim3(1025), dim3(32, 33), dim3(1, 1, 65)}) {
    Launch(1, block, 0, nullptr)([] { ADD_FAILURE(); });
    EXPECT_EQ(cudaGetLastError(), cudaErrorInvalidConfiguration);
  }
}

TEST(HostCard, CopiesBetweenItsMemoryAndTheProgramsOnly) {
  cudaStream_t stream = nullptr;
  ASSERT_EQ(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), cudaSuccess);
  int *there = nullptr, here[2] = {3, 4}, other[2] = {};
  ASSERT_EQ(cudaMalloc(&there, sizeof here), cudaSuccess);
  EXPECT_EQ(cudaMemcpyAsync(there, here, sizeof here, cudaMemcpyDefault, stream), cudaSuccess);
  EXPECT_EQ(cudaMemcpyAsync(other, there, sizeof here, cudaMemcpyDefault, stream), cudaSuccess);
  EXPECT_EQ(other[1], 4);
  EXPECT_EQ(cudaMemcpyAsync(there + 1, here, sizeof here, cudaMemcpyDefault, stream), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMemcpyAsync(other, here, sizeof here, cudaMemcpyDefault, stream), cudaErrorInvalidValue);
  EXPECT_EQ(cudaFree(there), cudaSuccess);
  EXPECT_EQ(cudaFree(here), cudaErrorInvalidValue);
  EXPECT_EQ(cudaStreamDestroy(stream), cudaSuccess);
  cudaGetLastError();
}

}  // namespace
}  // namespace hbev::host_card
