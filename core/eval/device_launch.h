// What device_caster.cpp asks of CUDA: plain addresses and numbers, no CUDA header, so that any compiler
// reads it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "core/eval/cast_body.h"

namespace hbev {

/// Memory and a stream on the card, for one frame at a time. Grows when a frame needs more.
class DeviceWork {
 public:
  DeviceWork() = default;
  virtual ~DeviceWork() = default;
  DeviceWork(const DeviceWork&) = delete;
  DeviceWork& operator=(const DeviceWork&) = delete;

  /// Answers [origins, rays] for voxels [200, 200, 16]; `origins_m` [origins, 3], `rays` [rays, 3]. Waits
  /// until they are there. Null when it went well, else what CUDA says.
  virtual const char* cast(const cast_body::Voxels& voxels, const double* origins_m, std::size_t origins,
                           const float* rays, std::size_t ray_count, cast_body::Answer* answers) = 0;
};

/// A kind of card.
struct RayCard {
  /// Null when a card answers that runs this program's kernels, else why none does.
  const char* (*problem)() = nullptr;
  std::unique_ptr<DeviceWork> (*makeWork)() = nullptr;
};

/// The first CUDA card.
RayCard cudaRayCard();

}  // namespace hbev
