// How somebody's voxel array lies: x and y exchanged, axes counted from the other end.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/data/occupancy.h"

namespace hbev {

/// What has to be done to a stored array [i, j, k] to get ours [x, y, z]: first exchange, then mirror.
struct Orientation {
  bool swap_xy = false;
  bool flip_x = false, flip_y = false, flip_z = false;

  bool isIdentity() const { return *this == Orientation{}; }
  /// A turn about z, as opposed to a mirror image.
  bool isRotation() const { return ((int(swap_xy) + int(flip_x) + int(flip_y)) % 2) == 0 && !flip_z; }
  bool operator==(const Orientation&) const = default;
};

/// All sixteen: the eight symmetries of the square, each upright and upside down. The first is as stored.
const std::vector<Orientation>& allOrientations();

/// The command line's word: "as-stored", or the steps joined by "+": "swap-xy+flip-y".
std::string orientationName(const Orientation& orientation);
std::optional<Orientation> findOrientation(std::string_view name);
/// For people: "as stored", "x and y exchanged, y mirrored".
std::string orientationTitle(const Orientation& orientation);

/// The occupancy brought to our order. The grid must be square in x and y when axes are exchanged (throws
/// Error). Flow turns with a rotation (the whole frame was turned); under a mirror image it stays as written
/// (only the array was laid out differently).
Occupancy oriented(Occupancy occupancy, const Orientation& orientation);

/// For every voxel of the result (C order) the index of the stored voxel that belongs there. Throws Error
/// like oriented().
std::vector<std::size_t> orientedIndices(const GridSpec& grid, const Orientation& orientation);

}  // namespace hbev
