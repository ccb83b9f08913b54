// A few numbers as a tensor on any device.
#pragma once

#include <initializer_list>

#include <ATen/ATen.h>

namespace hbev {

/// Written where the tensor lies: a copy from the processor's memory would wait for all that a card has to
/// do.
inline at::Tensor numbersThere(std::initializer_list<double> numbers, const at::TensorOptions& options) {
  at::Tensor tensor = at::empty({std::int64_t(numbers.size())}, options);
  std::int64_t place = 0;
  for (const double number : numbers)
    tensor[place++].fill_(number);
  return tensor;
}

}  // namespace hbev
