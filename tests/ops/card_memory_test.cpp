#include "core/ops/card_memory.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace hbev::test {
namespace {

TEST(CardMemory, OfAProcessorThereIsNothingToTell) {
  EXPECT_FALSE(cardMemory(at::kCPU));
  resetPeakCardMemory(at::kCPU);
  EXPECT_EQ(peakCardMemory(at::kCPU), 0U);
  EXPECT_EQ(totalCardMemory(at::kCPU), 0U);
  EXPECT_NO_THROW(giveBackCardMemory());
}

TEST(CardMemory, IsWhatTensorsTakeAtMost) {
  if (!at::hasCUDA()) GTEST_SKIP() << "there is no card";
  constexpr std::uint64_t kBytes = std::uint64_t(256) << 20;
  const at::Device card(at::kCUDA, 0);
  const auto before = cardMemory(card);
  ASSERT_TRUE(before);
  EXPECT_GT(before->free_bytes, kBytes);
  EXPECT_LE(before->free_bytes, before->total_bytes);
  EXPECT_EQ(totalCardMemory(card), before->total_bytes);
  resetPeakCardMemory(card);
  const std::uint64_t others = peakCardMemory(card);
  at::Tensor tensor = at::zeros({std::int64_t(kBytes)}, at::device(card).dtype(at::kByte));
  EXPECT_LE(cardMemory(card)->free_bytes, before->free_bytes - kBytes);
  tensor.reset();
  EXPECT_GE(cardMemory(card)->free_bytes + kBytes / 2, before->free_bytes) << "what is kept is free";
  EXPECT_EQ(peakCardMemory(card), others + kBytes);
  resetPeakCardMemory(card);
  EXPECT_LT(peakCardMemory(card), others + kBytes);
}

}  // namespace
}  // namespace hbev::test
