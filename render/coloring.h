// What a voxel's colour says: its class, right or wrong, which of two predictions is right, height, flow, or
// how sure the network was.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "render/frame_scene.h"

namespace hbev {

enum class Coloring { Class, Outcome, Height, Flow, Probability, Entropy, Margin, Compare };
inline constexpr std::array<Coloring, 8> kColorings{
    Coloring::Class,       Coloring::Outcome, Coloring::Height, Coloring::Flow,
    Coloring::Probability, Coloring::Entropy, Coloring::Margin, Coloring::Compare};
std::string_view coloringName(Coloring coloring);

/// What a voxel of a prediction is against the truth. Order of the outcome colours.
enum class Outcome : std::uint8_t { Right, WrongClass, Phantom, Missed, Outside };
inline constexpr std::uint8_t kReceded =
    5;  ///< in a paint of outcomes: right or wrong, but not what is meant
struct OutcomeColors {
  Rgb right, wrong_class, phantom, missed, outside, receded{};
};

/// Which voxels keep their outcome's colour; all others recede.
struct OutcomeFilter {
  std::uint32_t classes = ~0U;              ///< bit c: class c, true or predicted
  std::optional<std::pair<int, int>> pair;  ///< only what is the first in truth and was taken for the second
  double range_from_m = 0,
         range_to_m = kEverywhere_m;  ///< horizontal distance of the voxel's centre from the car
  bool operator==(const OutcomeFilter&) const = default;
};

/// Colours of `occupancy`. `truth` (same class set and grid) is needed for Outcome only, where the paint
/// covers what is occupied in either, and `filter` says which errors are meant. Height runs through viridis
/// over the grid; flow is the hue wheel of STCOcc (hue = direction, saturation = speed up to 8 m/s; voxels
/// that stand still are grey). The colourings that need the network's probabilities are painted by
/// paintCertainty(), Compare by paintComparison(); here they throw Error.
VoxelPaint paintVoxels(const Occupancy& occupancy, Coloring coloring, Palette palette,
                       const OutcomeColors& outcomes, const Occupancy* truth = nullptr,
                       const OutcomeFilter& filter = {});

/// A prediction merged with what it missed: where it is free and the truth is not, the truth's class. Drawn
/// with Coloring::Outcome so that missed voxels are visible too. It has the truth's camera mask.
Occupancy withMissed(const Occupancy& prediction, const Occupancy& truth);

/// Throws Error unless class sets and grids are the same.
void requireSameGrid(const Occupancy& occupancy, const Occupancy& truth);

/// Which of two predictions is right about a voxel. Order of the comparison's colours.
enum class Comparison : std::uint8_t { BothRight, OnlyA, OnlyB, BothWrong, Outside };
inline constexpr int kComparisons = int(Comparison::Outside) + 1;
using ComparisonColors = std::array<Rgb, kComparisons>;

/// All three of one class set and grid, else Error. Outside: where the truth's camera mask is not set.
VoxelPaint paintComparison(const Occupancy& a, const Occupancy& b, const Occupancy& truth,
                           const ComparisonColors& colors);
/// What is occupied in any of the three: `own` first, then `opposite`, then the truth. To be drawn with a
/// comparison's paint. It has the truth's camera mask.
Occupancy withAny(const Occupancy& own, const Occupancy& opposite, const Occupancy& truth);

/// Where both have the same moving class: the predicted less the true velocity; all else is free. Its
/// flowArrows() show the errors of the velocities that the metric scores. Throws Error like
/// paintComparison(); without velocities on both sides everything is free.
Occupancy flowErrors(const Occupancy& prediction, const Occupancy& truth);

/// One arrow per moving object's cluster of voxels with flow: connected voxels (26 neighbours) of one class,
/// from the cluster's top centre, 0.35 m above it, as long as the way of 0.62 s. Clusters slower than
/// `min_speed_mps` get none.
std::vector<FlowArrow> flowArrows(const Occupancy& occupancy, const VoxelFilter& filter,
                                  double min_speed_mps = 0.2);

}  // namespace hbev
