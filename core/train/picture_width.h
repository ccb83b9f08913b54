// How wide pictures must be at least when training changes them. Knows no Torch.
#pragma once

#include <algorithm>

#include "core/model/config.h"

namespace hbev {

/// Not smaller than what the largest random scale makes of them; pixels.
inline int trainedPictureWidth(const ModelConfig& config) {
  const double largest = config.image.width + config.training.resize.upper * config.image.source_width;
  return std::max(config.image.width, int(largest));
}

}  // namespace hbev
