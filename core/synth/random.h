// Deterministic chance: everything of the demo world grows from one seed, on every machine the same.
#pragma once

#include <cstdint>
#include <string_view>

namespace hbev::synth {

/// A well mixed 64-bit number from another (the finaliser of splitmix64).
constexpr std::uint64_t mix(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15ULL;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

/// One number from several, order matters.
template <class... Numbers>
constexpr std::uint64_t mixAll(std::uint64_t first, Numbers... rest) {
  std::uint64_t state = mix(first);
  ((state = mix(state ^ static_cast<std::uint64_t>(rest))), ...);
  return state;
}

constexpr std::uint64_t mixText(std::uint64_t seed, std::string_view text) {
  std::uint64_t state = mix(seed);
  for (const char c : text)
    state = mix(state ^ static_cast<unsigned char>(c));
  return state;
}

/// A number in [0, 1) from a hash.
constexpr double unit(std::uint64_t hash) {
  return double(hash >> 11) * 0x1.0p-53;
}

/// A stream of numbers. std:: distributions differ between libraries, so these are our own.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(mix(seed)) {}
  std::uint64_t bits() { return state_ = mix(state_); }
  double uniform() { return unit(bits()); }
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  int below(int count) { return int(bits() % std::uint64_t(count)); }
  bool chance(double probability) { return uniform() < probability; }

 private:
  std::uint64_t state_;
};

/// Smooth value noise in [0, 1] over the plane, one lattice cell per unit.
float noise(float x, float y, std::uint32_t seed = 0);
/// Four octaves of noise() in [0, 1].
float fractalNoise(float x, float y, std::uint32_t seed = 0);

}  // namespace hbev::synth
