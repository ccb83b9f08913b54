// Weights and pictures by formula, so that golden numbers need no stored weights (see the parity notes:
// seeded streams of splitmix64).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/model/hbevocc.h"

namespace hbev::test {

/// A seeded stream of numbers: element i is the same whatever was asked before.
class Stream {
 public:
  Stream(const std::string& name, std::uint64_t salt);
  std::uint64_t hash() const { return hash_; }  ///< FNV-1a of the name, without the salt
  std::uint64_t raw(std::uint64_t i) const;
  /// Evenly between -1 and 1.
  double operator()(std::uint64_t i) const;

 private:
  std::uint64_t hash_, seed_;
};

/// The values of parameter or buffer `name`; empty for those that the formula leaves alone.
std::vector<float> weightsByFormula(const std::string& name, const std::vector<std::int64_t>& shape,
                                    std::uint64_t salt);
void fillByFormula(torch::nn::Module& module, std::uint64_t salt);
/// The position codes as the reference's double precision runs have them: their `.float()` was a no-op, so
/// that position times frequency was not rounded to single precision; frequencies and codes were.
void computePositionsInDouble(HbevOcc& network);

/// [B, N*F, 3, H, W], camera by camera.
torch::Tensor picturesByFormula(const std::vector<std::int64_t>& shape, int cameras, std::uint64_t salt);

}  // namespace hbev::test
