#include "core/model/lift.h"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "core/model/hbevocc.h"

namespace hbev::test {
namespace {

TEST(Lift, WhatIsConstantIsCopiedOnceForADeviceAndType) {
  const torch::Tensor third = at::full({3}, 1.0F / 3);
  const ConstantTensor constant(third);
  EXPECT_EQ(constant.as(at::kFloat).data_ptr(), third.data_ptr());
  const torch::Tensor wide = constant.as(at::kDouble);
  EXPECT_EQ(constant.as(at::kDouble).data_ptr(), wide.data_ptr());
  EXPECT_EQ(constant.as(at::kHalf).scalar_type(), at::kHalf);
  EXPECT_TRUE(constant.as(at::kFloat).equal(third)) << "not what half precision left of it";
  std::vector<std::jthread> threads;
  for (const at::ScalarType type : {at::kFloat, at::kDouble, at::kFloat, at::kDouble}) {
    threads.emplace_back([&, type] {
      for (int i = 0; i < 100; ++i)
        EXPECT_EQ(constant.as(type).scalar_type(), type);
    });
  }
}

TEST(Lift, ItsConstantsAreNoWeights) {
  for (const StateEntry& entry : stateOf(*Lift(findModelConfig("tiny"))))
    EXPECT_EQ(entry.name.find("frustum"), std::string::npos) << entry.name;
}

}  // namespace
}  // namespace hbev::test
