// Evenly spaced numbers, rounded as the reference's were.
#pragma once

#include <cstdint>
#include <vector>

namespace hbev {

/// `count` numbers from `first` to `last`, both included, to the last bit as torch.linspace of PyTorch 1.13
/// rounds them on x86 processors with AVX2: in groups of eight that begin with a fused multiply-add. Newer
/// versions round each number by itself. One unit in the last place of a picture's place moves the stereo
/// costs by 2e-6 of their range, which is twenty times what double precision may deviate from the reference.
std::vector<float> evenFloats(float first, float last, std::int64_t count);

}  // namespace hbev
