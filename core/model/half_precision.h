// Half precision for what gains by it: convolutions and products of matrices. Normalisations, softmax,
// geometry and places to sample at stay in float.
#pragma once

#include "core/model/torch_headers.h"

namespace hbev {

/// While it lives, LibTorch's automatic half precision is on for the calling thread. They nest. Where
/// gradients are kept, rounded weights are not remembered: one that was rounded without gradients has none.
class HalfPrecision {
 public:
  /// float16 on cards, bfloat16 on processors; or as it is already.
  HalfPrecision(const torch::Device& device, bool on);
  /// In at::kHalf or at::kBFloat16; as it is already with at::ScalarType::Undefined.
  HalfPrecision(const torch::Device& device, at::ScalarType type);
  ~HalfPrecision();
  HalfPrecision(const HalfPrecision&) = delete;
  HalfPrecision& operator=(const HalfPrecision&) = delete;

  /// For the calling thread.
  static bool isOn();
  /// What the calling thread rounds to on such a device; Undefined: nothing is rounded.
  static at::ScalarType typeOn(const torch::Device& device);

 private:
  at::DeviceType device_;
  bool on_, before_ = false, remembered_before_ = false;
  at::ScalarType type_before_ = at::ScalarType::Undefined;
};

/// While it lives, nothing is rounded to half: for matrices of cameras, whose products are metres and pixels.
class FullPrecision {
 private:
  c10::impl::ExcludeDispatchKeyGuard guard_{c10::autocast_dispatch_keyset};
};

/// The tensor in float when it is in half precision; else as it is.
torch::Tensor atLeastFloat(const torch::Tensor& tensor);
/// In float where this is bfloat16 on a card, which LibTorch interpolates from version 2.1 on only.
torch::Tensor forEnlarging(const torch::Tensor& tensor);

}  // namespace hbev
