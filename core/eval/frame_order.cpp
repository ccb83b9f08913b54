#include "core/eval/frame_order.h"

#include <algorithm>
#include <charconv>

#include "core/base/error.h"

namespace hbev {

std::string_view frameOrderName(FrameOrder order) {
  return order == FrameOrder::Token ? "token" : "reference";
}

std::optional<FrameOrder> findFrameOrder(std::string_view name) {
  for (const FrameOrder order : {FrameOrder::Token, FrameOrder::Reference}) {
    if (name == frameOrderName(order)) return order;
  }
  return std::nullopt;
}

std::vector<EvaluatedFrame> orderedFrames(const Dataset& dataset, const std::vector<std::size_t>& scenes,
                                          FrameOrder order) {
  std::vector<EvaluatedFrame> frames;
  for (const std::size_t scene : scenes) {
    for (std::size_t i = 0; i < dataset.scenes()[scene].keyframes.size(); ++i)
      frames.push_back({0, scene, i, scene, i});
  }
  if (order == FrameOrder::Reference) {
    const std::vector<EvaluatedFrame> by_scene = frames;
    std::stable_sort(frames.begin(), frames.end(), [&](const EvaluatedFrame& a, const EvaluatedFrame& b) {
      return dataset.timestamp_us(a.scene, a.index_in_scene) <
             dataset.timestamp_us(b.scene, b.index_in_scene);
    });
    for (std::size_t i = 0; i < frames.size(); ++i) {
      frames[i].origin_scene = by_scene[i].scene;
      frames[i].origin_index_in_scene = by_scene[i].index_in_scene;
    }
  }
  for (std::size_t i = 0; i < frames.size(); ++i)
    frames[i].ordinal = std::int64_t(i);
  return frames;
}

Shard parseShard(const std::string& text) {
  Shard shard{0, 0};
  const char* const end = text.data() + text.size();
  const auto index = std::from_chars(text.data(), end, shard.index);
  if (index.ec == std::errc() && index.ptr != end && *index.ptr == '/') {
    const auto count = std::from_chars(index.ptr + 1, end, shard.count);
    if (count.ec == std::errc() && count.ptr == end && shard.index < shard.count) return shard;
  }
  throw Error({"This is no shard of an evaluation",
               {},
               "INDEX/COUNT, counted from 0: 0/4, 1/4, 2/4 and 3/4",
               text,
               "Give every worker another index."});
}

std::vector<EvaluatedFrame> shardOf(const std::vector<EvaluatedFrame>& frames, const Shard& shard) {
  std::vector<EvaluatedFrame> own;
  for (std::size_t i = shard.index; i < frames.size(); i += shard.count)
    own.push_back(frames[i]);
  return own;
}

}  // namespace hbev
