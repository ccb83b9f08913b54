// Half precision as CUDA spells it, for kernels on the host card.
#pragma once

#include <Eigen/Core>

/// Made from and read as single precision, no more: sums of half values are a mistake in this project.
class __half {
 public:
  __half() = default;
  explicit __half(float value) : value_(value) {}
  operator float() const { return static_cast<float>(value_); }

 private:
  Eigen::half value_;
};
static_assert(sizeof(__half) == 2);
