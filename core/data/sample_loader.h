// From the tables' keyframe to a Frame: pictures, lidar and truth, in the background.
#pragma once

#include <compare>
#include <memory>

#include "core/base/wish_cache.h"
#include "core/data/dataset.h"
#include "core/data/frame.h"

namespace hbev {

/// A keyframe's place in a data set.
struct FrameKey {
  std::size_t scene = 0;
  std::size_t index = 0;  ///< in the scene
  auto operator<=>(const FrameKey&) const = default;
};

struct LoadOptions {
  int max_image_width = 0;  ///< pictures may be decoded smaller, but at least this wide; 0: full size
  bool images = true;
  bool lidar = true;
  bool truth = true;
};

/// Loads all there is of a keyframe. What is missing or damaged is listed in Frame::problems; the rest is
/// there. Throws Cancelled only.
std::shared_ptr<const Frame> loadFrame(const Dataset& dataset, const FrameKey& key,
                                       const LoadOptions& options, const std::stop_token& stop = {});

/// Bytes that a frame holds in memory.
std::size_t frameBytes(const Frame& frame);

using SampleLoader = WishCache<FrameKey, Frame>;

/// A loader of `dataset`'s frames on `queue`, newest wish first, under a budget of bytes.
std::unique_ptr<SampleLoader> makeSampleLoader(TaskQueue& queue, std::shared_ptr<const Dataset> dataset,
                                               const LoadOptions& options, SampleLoader::Loaded loaded,
                                               std::size_t budget_bytes);

}  // namespace hbev
