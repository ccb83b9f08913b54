#include "core/data/sample_loader.h"

#include <mutex>
#include <utility>

#include <tbb/parallel_for.h>

#include "core/base/error.h"

namespace hbev {
namespace {

/// Runs `load` and turns an Error into an entry of the list.
template <class LoadPart>
void collect(std::vector<Problem>& problems, std::mutex& mutex, const LoadPart& load) {
  try {
    load();
  } catch (const Error& error) {
    const std::lock_guard lock(mutex);
    problems.push_back(error.problem());
  }
}

}  // namespace

std::shared_ptr<const Frame> loadFrame(const Dataset& dataset, const FrameKey& key,
                                       const LoadOptions& options, const std::stop_token& stop) {
  auto frame = std::make_shared<Frame>();
  frame->keyframe = dataset.keyframe(key.scene, key.index);
  std::mutex mutex;
  // The truth first: it is what the viewports wait for.
  if (options.truth) {
    for (const LabelKind kind : dataset.labelKinds()) {
      collect(frame->problems, mutex, [&] {
        const auto file = dataset.truthFile(kind, frame->keyframe);
        if (file) frame->truth[kind] = std::make_shared<Occupancy>(readOccupancyNpz(*file, classSetOf(kind)));
      });
    }
  }
  if (stop.stop_requested()) throw Cancelled();
  if (options.lidar && frame->keyframe.lidar) {
    collect(frame->problems, mutex, [&] { frame->lidar = readLidar(frame->keyframe.lidar->file); });
  }
#ifdef HBEV_HAS_OPENCV
  if (options.images) {
    tbb::parallel_for(std::size_t(0), kCameraCount, [&](std::size_t i) {
      if (!frame->keyframe.cameras[i] || stop.stop_requested()) return;
      collect(frame->problems, mutex, [&] {
        frame->images[i] =
            std::make_shared<Image>(readImage(frame->keyframe.cameras[i]->file, options.max_image_width));
      });
    });
  }
#endif
  if (stop.stop_requested()) throw Cancelled();
  return frame;
}

std::size_t frameBytes(const Frame& frame) {
  std::size_t bytes = sizeof(Frame) + frame.lidar.size() * sizeof(LidarPoint);
  for (const auto& image : frame.images)
    bytes += image ? image->rgb.size() : 0;
  for (const auto& [kind, truth] : frame.truth) {
    bytes += truth->semantics.size() + truth->flow.size() * sizeof(float) + truth->mask_camera.size() +
             truth->mask_lidar.size();
  }
  return bytes;
}

std::unique_ptr<SampleLoader> makeSampleLoader(TaskQueue& queue, std::shared_ptr<const Dataset> dataset,
                                               const LoadOptions& options, SampleLoader::Loaded loaded,
                                               std::size_t budget_bytes) {
  auto load = [dataset = std::move(dataset), options](const FrameKey& key, const std::stop_token& stop) {
    return loadFrame(*dataset, key, options, stop);
  };
  return std::make_unique<SampleLoader>(queue, 100, std::move(load), frameBytes, std::move(loaded),
                                        budget_bytes);
}

}  // namespace hbev
