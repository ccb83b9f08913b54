// From the tables' keyframe to a Frame: pictures, lidar and truth, in the background; and the pictures
// between keyframes.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <vector>

#include "core/base/wish_cache.h"
#include "core/data/dataset.h"
#include "core/data/frame.h"
#include "core/data/moments.h"

namespace hbev {

/// How many pictures are decoded at the same time, over all loaders that share it.
class DecodeThreads {
 public:
  /// 0: as many as the machine has processors.
  explicit DecodeThreads(unsigned limit);
  ~DecodeThreads();
  /// Runs work(0) to work(count - 1) and returns when all have ended. Any thread may call it.
  void run(std::size_t count, const std::function<void(std::size_t)>& work);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

struct LoadOptions {
  int min_image_width = 0;  ///< pictures may be decoded smaller, but at least this wide; 0: full size
  ImageQuality image_quality = ImageQuality::Fine;
  bool images = true;
  bool lidar = true;
  bool truth = true;
  std::shared_ptr<DecodeThreads> threads = nullptr;  ///< null: all processors
};

/// Loads all there is of a keyframe. What is missing or damaged is listed in Frame::problems; the rest is
/// there. Throws Cancelled only.
std::shared_ptr<const Frame> loadFrame(const Dataset& dataset, const FrameKey& key,
                                       const LoadOptions& options, const std::stop_token& stop = {});

/// Bytes that a frame holds in memory.
std::size_t frameBytes(const Frame& frame);

using SampleLoader = WishCache<FrameKey, Frame>;

/// A loader of `dataset`'s frames on `queue`, newest wish first, under a budget of bytes.
std::unique_ptr<SampleLoader> makeSampleLoader(TaskQueue& queue, WishPriorities priorities,
                                               std::shared_ptr<const Dataset> dataset,
                                               const LoadOptions& options, SampleLoader::Loaded loaded,
                                               std::size_t budget_bytes);

/// The six pictures of a moment between keyframes.
struct SweepPictures {
  std::array<std::shared_ptr<const Image>, kCameraCount> images;  ///< null where absent or unreadable
  bool absent = false;            ///< of at least one the file is not there: sweeps/ was left out
  std::vector<Problem> problems;  ///< files that are there and cannot be read
};
using SweepLoader = WishCache<std::size_t, SweepPictures>;

/// A loader of pictures of one scene's moments, by index into `moments`.
std::unique_ptr<SweepLoader> makeSweepLoader(TaskQueue& queue, WishPriorities priorities,
                                             std::shared_ptr<const std::vector<Moment>> moments,
                                             const LoadOptions& options, SweepLoader::Loaded loaded,
                                             std::size_t budget_bytes);

}  // namespace hbev
