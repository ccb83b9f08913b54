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
}
at::ScalarType autocastType(at::DeviceType device) {
  return at::autocast::get_autocast_dtype(device);
}
void setAutocastType(at::DeviceType device, at::ScalarType type) {
  at::autocast::set_autocast_dtype(device, type);
}
#else
bool autocastIsOn(at::DeviceType device) {
  return device == at::kCPU ? at::autocast::is_cpu_enabled() : at::autocast::is_enabled();
}
void switchAutocast(at::DeviceType device, bool on) {
  device == at::kCPU ? at::autocast::set_cpu_enabled(on) : at::autocast::set_enabled(on);
}
at::ScalarType autocastType(at::DeviceType device) {
  return device == at::kCPU ? at::autocast::get_autocast_cpu_dtype() : at::autocast::get_autocast_gpu_dtype();
}
void setAutocastType(at::DeviceType device, at::ScalarType type) {
  device == at::kCPU ? at::autocast::set_autocast_cpu_dtype(type)
                     : at::autocast::set_autocast_gpu_dtype(type);
}
#endif

at::ScalarType usualType(const torch::Device& device, bool on) {
  if (!on) return at::ScalarType::Undefined;
  return device.is_cpu() ? at::kBFloat16 : at::kHalf;
}

}  // namespace

HalfPrecision::HalfPrecision(const torch::Device& device, bool on)
    : HalfPrecision(device, usualType(device, on)) {}

HalfPrecision::HalfPrecision(const torch::Device& device, at::ScalarType type)
    : device_(device.type()), on_(type != at::ScalarType::Undefined) {
  if (!on_) return;
  before_ = autocastIsOn(device_);
  type_before_ = autocastType(device_);
  remembered_before_ = at::autocast::is_autocast_cache_enabled();
  setAutocastType(device_, type);
  switchAutocast(device_, true);
  at::autocast::set_autocast_cache_enabled(remembered_before_ && !at::GradMode::is_enabled());
  ++half_depth;
}

HalfPrecision::~HalfPrecision() {
  if (!on_) return;
  --half_depth;
  switchAutocast(device_, before_);
  setAutocastType(device_, type_before_);
  at::autocast::set_autocast_cache_enabled(remembered_before_);
  // The weights in half precision that it kept.
  if (half_depth == 0) at::autocast::clear_cache();
}

bool HalfPrecision::isOn() {
  return half_depth > 0;
}

at::ScalarType HalfPrecision::typeOn(const torch::Device& device) {
  return autocastIsOn(device.type()) ? autocastType(device.type()) : at::ScalarType::Undefined;
}

torch::Tensor atLeastFloat(const torch::Tensor& tensor) {
  if (!tensor.defined()) return tensor;
  const bool is_half = tensor.scalar_type() == at::kHalf || tensor.scalar_type() == at::kBFloat16;
  return is_half ? tensor.to(at::kFloat) : tensor;
}

torch::Tensor forEnlarging(const torch::Tensor& tensor) {
  return tensor.is_cuda() && tensor.scalar_type() == at::kBFloat16 ? tensor.to(at::kFloat) : tensor;
}

}  // namespace hbev
