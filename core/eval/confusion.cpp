#include "core/eval/confusion.h"

#include <cstring>
#include <numeric>
#include <string>

#include "core/base/error.h"

namespace hbev {

Confusion::Confusion(int classes) : classes_(classes), counts_(std::size_t(classes) * std::size_t(classes)) {}

std::int64_t Confusion::total() const {
  return std::accumulate(counts_.begin(), counts_.end(), std::int64_t{0});
}

Confusion& Confusion::operator+=(const Confusion& other) {
  if (classes_ != other.classes_) {
    throw Error({"Confusion tables of different class sets cannot be added",
                 {},
                 std::to_string(classes_) + " classes",
                 std::to_string(other.classes_),
                 {}});
  }
  for (std::size_t i = 0; i < counts_.size(); ++i)
    counts_[i] += other.counts_[i];
  return *this;
}

namespace {

/// Adds to pairs [truth, prediction]. Most voxels are free on both sides and lie beside others that are:
/// eight of a kind are counted at once.
void countPairs(std::span<const std::uint8_t> prediction, std::span<const std::uint8_t> truth,
                std::span<const std::uint8_t> mask, std::vector<std::int32_t>& pairs) {
  constexpr std::size_t kAtOnce = sizeof(std::uint64_t);
  constexpr std::uint64_t kOnes = 0x0101010101010101, kLowest = 0xFF;
  const auto load = [](std::span<const std::uint8_t> bytes, std::size_t i) {
    std::uint64_t eight;
    std::memcpy(&eight, &bytes[i], sizeof eight);
    return eight;
  };
  const auto countEach = [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      if (mask.empty() || mask[i] != 0) ++pairs[std::size_t(truth[i]) * 256 + prediction[i]];
    }
  };
  std::size_t i = 0;
  for (; i + kAtOnce <= truth.size(); i += kAtOnce) {
    const std::uint64_t seen = mask.empty() ? kOnes : load(mask, i);
    if (seen == 0) continue;
    const std::uint64_t actual = load(truth, i), guess = load(prediction, i);
    const std::uint64_t first_actual = actual & kLowest, first_guess = guess & kLowest;
    if (seen == kOnes && actual == kOnes * first_actual && guess == kOnes * first_guess) {
      pairs[first_actual * 256 + first_guess] += std::int32_t(kAtOnce);
    } else {
      countEach(i, i + kAtOnce);
    }
  }
  countEach(i, truth.size());
}

}  // namespace

Confusion countVoxels(int classes, std::span<const std::uint8_t> prediction,
                      std::span<const std::uint8_t> truth, std::span<const std::uint8_t> mask) {
  if (prediction.size() != truth.size() || (!mask.empty() && mask.size() != truth.size())) {
    throw Error(
        {"Prediction, truth and mask differ in size",
         {},
         std::to_string(truth.size()) + " voxels",
         std::to_string(prediction.size()) + " predicted and " + std::to_string(mask.size()) + " masked",
         {}});
  }
  // Every pair of bytes has its place, so that nothing is asked within the loop.
  std::vector<std::int32_t> pairs(256 * 256);
  countPairs(prediction, truth, mask, pairs);
  Confusion confusion(classes);
  for (int actual = 0; actual < classes; ++actual) {
    for (int predicted = 0; predicted < 256; ++predicted) {
      const std::int32_t voxels = pairs[std::size_t(actual) * 256 + std::size_t(predicted)];
      if (voxels == 0) continue;
      if (predicted >= classes) {
        throw Error({"A prediction has a class number that its class set does not know",
                     {},
                     "0 to " + std::to_string(classes - 1),
                     std::to_string(predicted),
                     "Check whether the prediction was made for another class set."});
      }
      confusion.add(actual, predicted, voxels);
    }
  }
  return confusion;
}

}  // namespace hbev
