// Which class set somebody's class numbers are in, and how one can tell.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "core/data/classes.h"

namespace hbev {

/// Counted for voxels that a file leaves out because they are free. Where it is not the most frequent number
/// it means "unknown" and says nothing of the set.
inline constexpr std::size_t kUnnumberedFree = 255;

/// How often each class number occurs.
struct LabelCounts {
  std::array<std::size_t, 256> counts{};

  void add(std::span<const std::uint8_t> labels);
  std::size_t total() const;
  int largest() const;       ///< -1 without any
  int mostFrequent() const;  ///< -1 without any
};

struct ClassSetGuess {
  const ClassSet* classes = nullptr;  ///< null: it cannot be told
  std::string because;                ///< one sentence either way
  /// Numbers that no set explains, whatever its name: the one that all voxels have, or the largest.
  std::optional<int> only_number{}, too_large{};
};

/// 17 occurs only in Occ3D (free); 16 as the most frequent is OpenOcc's free. Where the voxels do not decide,
/// the names of the folders in `path` do ("openocc", "occ3d").
ClassSetGuess guessClassSet(const LabelCounts& counts, const std::string& path);

}  // namespace hbev
