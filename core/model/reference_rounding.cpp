#include "core/model/reference_rounding.h"

#include <array>
#include <cmath>

namespace hbev {
namespace {

constexpr std::int64_t kGroup = 8, kGroupsTogether = 2;

// SLEEF's expf_u10: log2(e), ln(2) in two parts, and the polynomial of e^s from s^7 down to s^2.
constexpr float kLog2E = 1.442695040888963407F;
constexpr float kLn2Upper = 0.693145751953125F, kLn2Lower = 1.428606765330187045e-06F;
constexpr std::array<float, 6> kExpPolynomial{0.000198527617612853646278381F, 0.00139304355252534151077271F,
                                              0.00833336077630519866943359F,  0.0416664853692054748535156F,
                                              0.166666671633720397949219F,    0.5F};

}  // namespace

std::vector<float> evenFloats(float first, float last, std::int64_t count) {
  std::vector<float> numbers;
  if (count <= 0) return numbers;
  numbers.reserve(std::size_t(count));
  if (count == 1) return {first};
  const float step = (last - first) / float(count - 1);
  // From whichever end is nearer, so that both ends are exact.
  const auto at = [&](std::int64_t i) {
    return i < count / 2 ? std::fma(step, float(i), first) : std::fma(-step, float(count - i - 1), last);
  };
  const std::int64_t grouped = count - count % (kGroup * kGroupsTogether);
  for (std::int64_t begin = 0; begin < grouped; begin += kGroup) {
    const float base = at(begin);
    for (std::int64_t i = 0; i < kGroup; ++i)
      numbers.push_back(base + step * float(i));
  }
  for (std::int64_t i = grouped; i < count; ++i)
    numbers.push_back(at(i));
  return numbers;
}

float referenceExp(float x) {
  const float doublings = std::nearbyint(x * kLog2E);
  const float s = std::fma(doublings, -kLn2Lower, std::fma(doublings, -kLn2Upper, x));
  float sum = kExpPolynomial[0];
  for (std::size_t i = 1; i < kExpPolynomial.size(); ++i)
    sum = std::fma(sum, s, kExpPolynomial[i]);
  return std::ldexp(1.0F + std::fma(s * s, sum, s), int(doublings));
}

}  // namespace hbev
