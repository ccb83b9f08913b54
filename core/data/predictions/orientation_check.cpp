#include "core/data/predictions/orientation_check.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace hbev {

namespace {

// A street looks much the same after many of the sixteen changes, a wrong one still loses more than this.
constexpr double kClearlyBetter = 1.25;
constexpr double kAnyAgreement = 0.02;

/// The numbers of `from`'s classes in `to`; what `to` lacks becomes a number that no voxel has.
std::array<std::uint8_t, 256> translation(const ClassSet& from, const ClassSet& to) {
  std::array<std::uint8_t, 256> table{};
  table.fill(255);
  for (int label = 0; label < from.size(); ++label) {
    if (const auto number = to.findLabel(from[label].id)) table[std::size_t(label)] = std::uint8_t(*number);
  }
  return table;
}

std::string percent(double share) {
  return fmt::format("{:.0f} %", 100.0 * share);
}

}  // namespace

OrientationCheck::OrientationCheck(bool others_too)
    : others_too_(others_too), same_(allOrientations().size(), 0), occupied_(allOrientations().size(), 0) {}

void OrientationCheck::add(const Occupancy& prediction, const Occupancy& truth) {
  ++keyframes_;
  const auto table = translation(*truth.classes, *prediction.classes);
  const std::uint8_t free_label = prediction.classes->free();
  std::vector<std::uint8_t> wanted(truth.semantics.size());
  std::transform(truth.semantics.begin(), truth.semantics.end(), wanted.begin(),
                 [&](std::uint8_t label) { return table[label]; });
  for (std::size_t o = 0; o < (others_too_ ? allOrientations().size() : 1); ++o) {
    const std::vector<std::size_t> sources = orientedIndices(prediction.grid, allOrientations()[o]);
    for (std::size_t i = 0; i < sources.size(); ++i) {
      const std::uint8_t label = prediction.semantics[sources[i]];
      if (label == free_label && wanted[i] == free_label) continue;
      ++occupied_[o];
      same_[o] += label == wanted[i];
    }
  }
}

std::vector<double> OrientationCheck::agreement() const {
  std::vector<double> shares(same_.size(), 0.0);
  for (std::size_t o = 0; o < shares.size(); ++o) {
    if (occupied_[o] > 0) shares[o] = double(same_[o]) / double(occupied_[o]);
  }
  return shares;
}

std::optional<Orientation> OrientationCheck::better() const {
  const std::vector<double> shares = agreement();
  const auto best = std::max_element(shares.begin(), shares.end());
  if (*best < kAnyAgreement || *best < kClearlyBetter * shares.front()) return std::nullopt;
  return allOrientations()[std::size_t(best - shares.begin())];
}

std::string OrientationCheck::sentence() const {
  if (keyframes_ == 0) return "It was not compared with any labels: no keyframe has both.";
  const std::vector<double> shares = agreement();
  const std::string of = fmt::format("of the voxels that either has occupied, in {} keyframe{}", keyframes_,
                                     keyframes_ == 1 ? "" : "s");
  const std::string stored =
      fmt::format("As stored, predictions and labels agree in {} {}.", percent(shares.front()), of);
  if (!others_too_) return stored;
  if (const auto orientation = better()) {
    return fmt::format("{} With {} ({}) they agree in {}.", stored, orientationTitle(*orientation),
                       orientationName(*orientation),
                       percent(*std::max_element(shares.begin(), shares.end())));
  }
  if (shares.front() < kAnyAgreement)
    return stored + " No other orientation fits better: they may belong to other keyframes.";
  return fmt::format("{} The 15 other orientations agree in {} at most.", stored,
                     percent(*std::max_element(shares.begin() + 1, shares.end())));
}

}  // namespace hbev
