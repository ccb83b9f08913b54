// What a voxel's colour says: its class, right or wrong, height, flow, or how sure the network was.
#pragma once

#include <array>
#include <string_view>

#include "render/frame_scene.h"

namespace hbev {

enum class Coloring { Class, Outcome, Height, Flow, Probability, Entropy, Margin };
inline constexpr std::array<Coloring, 7> kColorings{Coloring::Class, Coloring::Outcome,     Coloring::Height,
                                                    Coloring::Flow,  Coloring::Probability, Coloring::Entropy,
                                                    Coloring::Margin};
std::string_view coloringName(Coloring coloring);

/// What a voxel of a prediction is against the truth. Order of the outcome colours.
enum class Outcome : std::uint8_t { Right, WrongClass, Phantom, Missed, Outside };
struct OutcomeColors {
  Rgb right, wrong_class, phantom, missed, outside;
};

/// Colours of `occupancy`. `truth` (same class set and grid) is needed for Outcome only, where the paint
/// covers what is occupied in either. Height runs through viridis over the grid; flow is the hue wheel of
/// STCOcc (hue = direction, saturation = speed up to 8 m/s; voxels that stand still are grey). The colourings
/// that need the network's probabilities are painted by paintCertainty(); here they throw Error.
VoxelPaint paintVoxels(const Occupancy& occupancy, Coloring coloring, Palette palette,
                       const OutcomeColors& outcomes, const Occupancy* truth = nullptr);

/// A prediction merged with what it missed: where it is free and the truth is not, the truth's class. Drawn
/// with Coloring::Outcome so that missed voxels are visible too.
Occupancy withMissed(const Occupancy& prediction, const Occupancy& truth);

/// One arrow per moving object's cluster of voxels with flow: connected voxels (26 neighbours) of one class,
/// from the cluster's top centre, 0.35 m above it, as long as the way of 0.62 s. Clusters slower than
/// `min_speed_mps` get none.
std::vector<FlowArrow> flowArrows(const Occupancy& occupancy, const VoxelFilter& filter,
                                  double min_speed_mps = 0.2);

}  // namespace hbev
