#include "core/model/network_input.h"

#include <gtest/gtest.h>

namespace hbev::test {
namespace {

TEST(NetworkInput, MemoryThatCannotBePinnedIsDoneWithout) {
  const torch::Tensor numbers = at::arange(6, at::kFloat).view({2, 3}).t();
  const torch::Tensor copied = pinned(numbers);
  EXPECT_TRUE(copied.equal(numbers));
  if (at::hasCUDA()) {
    EXPECT_TRUE(copied.is_pinned());
    EXPECT_TRUE(onDevice(numbers, at::Device(at::kCUDA, 0)).cpu().equal(numbers));
  } else {
    EXPECT_EQ(copied.data_ptr(), numbers.data_ptr());
  }
  EXPECT_EQ(onDevice(numbers, at::kCPU).data_ptr(), numbers.data_ptr());
}

}  // namespace
}  // namespace hbev::test
