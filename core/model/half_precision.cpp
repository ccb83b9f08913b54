#include "core/model/half_precision.h"

#include <ATen/autocast_mode.h>
#include <torch/version.h>

namespace hbev {
namespace {

thread_local int half_depth = 0;

#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
bool autocastIsOn(at::DeviceType device) {
  return at::autocast::is_autocast_enabled(device);
}
void switchAutocast(at::DeviceType device, bool on) {
  at::autocast::set_autocast_enabled(device, on);
  if (on) at::autocast::set_autocast_dtype(device, device == at::kCPU ? at::kBFloat16 : at::kHalf);
}
#else
bool autocastIsOn(at::DeviceType device) {
  return device == at::kCPU ? at::autocast::is_cpu_enabled() : at::autocast::is_enabled();
}
void switchAutocast(at::DeviceType device, bool on) {
  if (device == at::kCPU) {
    at::autocast::set_cpu_enabled(on);
    if (on) at::autocast::set_autocast_cpu_dtype(at::kBFloat16);
  } else {
    at::autocast::set_enabled(on);
    if (on) at::autocast::set_autocast_gpu_dtype(at::kHalf);
  }
}
#endif

}  // namespace

HalfPrecision::HalfPrecision(const torch::Device& device, bool on) : device_(device.type()), on_(on) {
  if (!on_) return;
  before_ = autocastIsOn(device_);
  switchAutocast(device_, true);
  ++half_depth;
}

HalfPrecision::~HalfPrecision() {
  if (!on_) return;
  --half_depth;
  switchAutocast(device_, before_);
  // The weights in half precision that it kept.
  if (half_depth == 0) at::autocast::clear_cache();
}

bool HalfPrecision::isOn() {
  return half_depth > 0;
}

torch::Tensor atLeastFloat(const torch::Tensor& tensor) {
  const bool is_half = tensor.scalar_type() == at::kHalf || tensor.scalar_type() == at::kBFloat16;
  return is_half ? tensor.to(at::kFloat) : tensor;
}

}  // namespace hbev
