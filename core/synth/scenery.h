// Shapes of what stands still: buildings, trees, lamps, signals, signs.
#pragma once

#include <cstdint>

#include "core/synth/shape.h"

namespace hbev::synth {

/// `size` in m; `gabled` gives a tiled roof instead of a flat one.
Shape buildingShape(const Eigen::Vector3d& size, bool gabled, std::uint64_t seed);

inline constexpr int kTreeKinds = 6;
Shape treeShape(int kind, std::uint64_t seed);

/// The arm points along +x.
Shape lampShape();
/// The lights shine along +x.
Shape signalShape();
Shape signShape();

}  // namespace hbev::synth
