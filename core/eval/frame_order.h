// Which keyframes an evaluation takes, in which order, and from whose lidar places their rays start.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/data/dataset.h"

namespace hbev {

enum class FrameOrder {
  Token,      ///< every keyframe with the lidar places of its own scene
  Reference,  ///< by positions in two lists, as the reference does: see orderedFrames()
};
std::string_view frameOrderName(FrameOrder order);  ///< "token", "reference"
std::optional<FrameOrder> findFrameOrder(std::string_view name);

struct EvaluatedFrame {
  std::int64_t ordinal = 0;                                 ///< its place among all frames of the selection
  std::size_t scene = 0, index_in_scene = 0;                ///< whose prediction and truth
  std::size_t origin_scene = 0, origin_index_in_scene = 0;  ///< around which rays start
  bool operator==(const EvaluatedFrame&) const = default;
};

/// Keyframes of `scenes` (indices, ascending). By token in the data set's order. In the reference's order the
/// i-th keyframe by time meets the lidar places of the i-th keyframe by the data set's order, because the
/// reference sorts predictions and labels by time and lidar places by scene (HBEVOcc and STCOcc,
/// evaluate_rayioU; parity notes, section 7): published figures may rest on it.
std::vector<EvaluatedFrame> orderedFrames(const Dataset& dataset, const std::vector<std::size_t>& scenes,
                                          FrameOrder order);

/// One of several workers that share an evaluation.
struct Shard {
  std::size_t index = 0, count = 1;
  bool operator==(const Shard&) const = default;
};

/// "2/8": the third of eight. Throws Error.
Shard parseShard(const std::string& text);

/// Every count-th frame, beginning with the index-th.
std::vector<EvaluatedFrame> shardOf(const std::vector<EvaluatedFrame>& frames, const Shard& shard);

}  // namespace hbev
