#include "core/ops/device_moment.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace hbev::test {
namespace {

TEST(DeviceMoment, ComesAfterEarlierOnes) {
  for (const at::DeviceType type : {at::kCPU, at::kCUDA}) {
    if (type == at::kCUDA && !at::hasCUDA()) continue;
    const at::Device device(type, 0);
    const at::Tensor numbers = at::ones({512, 512}, at::device(device));
    const DeviceMoment before(device);
    const at::Tensor product = numbers.matmul(numbers);
    const DeviceMoment after(device);
    EXPECT_GT(after.secondsSince(before), 0) << device;
    EXPECT_EQ(product[0][0].item<float>(), 512);
  }
}

}  // namespace
}  // namespace hbev::test
