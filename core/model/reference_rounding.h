// What the reference computes with PyTorch 1.13 on x86 processors with AVX2, to the last bit, whatever
// LibTorch this is built with.
#pragma once

#include <cstdint>
#include <vector>

namespace hbev {

/// torch.linspace: `count` numbers from `first` to `last`, both included, in groups of eight that begin with
/// a fused multiply-add. Newer versions round each number by itself. One unit in the last place of a
/// picture's place moves the stereo costs by 2e-6 of their range, which is twenty times what double precision
/// may deviate from the reference.
std::vector<float> evenFloats(float first, float last, std::int64_t count);

/// torch.exp of a number from -80 to 80: SLEEF's expf of 1 ulp, one in ten of whose results newer versions
/// round otherwise. Times a position of some 10^4, as in HADA's position embedding, one unit in the last
/// place moves an angle by 5e-4, and what follows twenty times as far as other rounding does.
float referenceExp(float x);

}  // namespace hbev
