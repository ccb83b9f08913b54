// Half precision for what gains by it: convolutions and products of matrices. Normalisations, softmax,
// geometry and places to sample at stay in float.
#pragma once

#include "core/model/torch_headers.h"

namespace hbev {

/// While it lives, LibTorch's automatic half precision is on for the calling thread: float16 on cards,
/// bfloat16 on processors. They nest.
class HalfPrecision {
 public:
  HalfPrecision(const torch::Device& device, bool on);
  ~HalfPrecision();
  HalfPrecision(const HalfPrecision&) = delete;
  HalfPrecision& operator=(const HalfPrecision&) = delete;

  /// For the calling thread.
  static bool isOn();

 private:
  at::DeviceType device_;
  bool on_, before_ = false;
};

/// While it lives, nothing is rounded to half: for matrices of cameras, whose products are metres and pixels.
class FullPrecision {
 private:
  c10::impl::ExcludeDispatchKeyGuard guard_{c10::autocast_dispatch_keyset};
};

/// The tensor in float when it is in half precision; else as it is.
torch::Tensor atLeastFloat(const torch::Tensor& tensor);

}  // namespace hbev
