// The error of weights that fit a network in part only. Whoever catches it may offer to take what fits
// (WeightsChoice::despite_mismatch).
#pragma once

#include "core/base/error.h"

namespace hbev {

class WeightsMisfit : public Error {
 public:
  using Error::Error;
};

}  // namespace hbev
