// What device_caster.cpp asks of CUDA: plain addresses and numbers, no CUDA header, so that any compiler
// reads it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/eval/cast_body.h"

namespace hbev {

/// Memory and a stream on the card, for one frame at a time. Grows when a frame needs more.
struct DeviceWork;

/// Null when a card answers, else why none does.
const char* deviceProblem();
DeviceWork* makeDeviceWork();
void freeDeviceWork(DeviceWork* work);

/// Answers [origins, rays] for voxels [200, 200, 16]. Waits until they are there. Null when it went well,
/// else what CUDA says.
const char* castOnDevice(DeviceWork& work, const cast_body::Voxels& voxels, const double* origins_m,
                         std::size_t origins, const float* rays, std::size_t ray_count,
                         cast_body::Answer* answers);

}  // namespace hbev
