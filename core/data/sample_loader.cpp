#include "core/data/sample_loader.h"

#include <mutex>
#include <utility>

#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

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

/// Asked here, where files are read: whoever shows the frame shall not wait for a disk.
std::set<std::filesystem::path> missingOf(const std::vector<Problem>& problems) {
  std::set<std::filesystem::path> missing;
  for (const Problem& each : problems) {
    std::error_code code;
    if (!each.file.empty() && !std::filesystem::exists(each.file, code)) missing.insert(each.file);
  }
  return missing;
}

using Images = std::array<std::shared_ptr<const Image>, kCameraCount>;
using Readings = std::array<std::optional<CameraReading>, kCameraCount>;

/// Decodes what `readings` name, beside each other; problems of unreadable ones are appended.
Images loadImages([[maybe_unused]] const Readings& readings, [[maybe_unused]] const LoadOptions& options,
                  [[maybe_unused]] std::vector<Problem>& problems,
                  [[maybe_unused]] const std::stop_token& stop) {
  Images images;
#ifdef HBEV_HAS_OPENCV
  std::mutex mutex;
  const auto load = [&](std::size_t i) {
    if (!readings[i] || stop.stop_requested()) return;
    collect(problems, mutex, [&] {
      images[i] = std::make_shared<Image>(
          readImage(readings[i]->file, options.min_image_width, options.image_quality));
    });
  };
  if (options.threads) {
    options.threads->run(kCameraCount, load);
  } else {
    tbb::parallel_for(std::size_t(0), kCameraCount, load);
  }
#endif
  return images;
}

template <class Images>
std::size_t imageBytes(const Images& images) {
  std::size_t bytes = 0;
  for (const auto& image : images)
    bytes += image ? image->rgb.size() : 0;
  return bytes;
}

}  // namespace

struct DecodeThreads::Impl {
  tbb::task_arena arena;
  bool is_single = false;
  std::mutex
      single;  ///< held by the one thread that works: an arena of one lets a second in when callers queue
};

DecodeThreads::DecodeThreads(unsigned limit) : impl_(std::make_unique<Impl>()) {
  if (limit > 0) impl_->arena.initialize(int(limit));
  impl_->is_single = limit == 1;
}

DecodeThreads::~DecodeThreads() = default;

void DecodeThreads::run(std::size_t count, const std::function<void(std::size_t)>& work) {
  if (impl_->is_single) {
    const std::lock_guard lock(impl_->single);
    for (std::size_t i = 0; i < count; ++i)
      work(i);
    return;
  }
  impl_->arena.execute([&] { tbb::parallel_for(std::size_t(0), count, work); });
}

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
  if (options.images) frame->images = loadImages(frame->keyframe.cameras, options, frame->problems, stop);
  if (stop.stop_requested()) throw Cancelled();
  frame->missing = missingOf(frame->problems);
  return frame;
}

std::size_t frameBytes(const Frame& frame) {
  std::size_t bytes = sizeof(Frame) + frame.lidar.size() * sizeof(LidarPoint) + imageBytes(frame.images);
  for (const auto& [kind, truth] : frame.truth) {
    bytes += truth->semantics.size() + truth->flow.size() * sizeof(float) + truth->mask_camera.size() +
             truth->mask_lidar.size();
  }
  return bytes;
}

std::unique_ptr<SampleLoader> makeSampleLoader(TaskQueue& queue, WishPriorities priorities,
                                               std::shared_ptr<const Dataset> dataset,
                                               const LoadOptions& options, SampleLoader::Loaded loaded,
                                               std::size_t budget_bytes) {
  auto load = [dataset = std::move(dataset), options](const FrameKey& key, const std::stop_token& stop) {
    return loadFrame(*dataset, key, options, stop);
  };
  return std::make_unique<SampleLoader>(queue, priorities, std::move(load), frameBytes, std::move(loaded),
                                        budget_bytes);
}

std::unique_ptr<SweepLoader> makeSweepLoader(TaskQueue& queue, WishPriorities priorities,
                                             std::shared_ptr<const std::vector<Moment>> moments,
                                             const LoadOptions& options, SweepLoader::Loaded loaded,
                                             std::size_t budget_bytes) {
  auto load = [moments = std::move(moments), options](
                  std::size_t index, const std::stop_token& stop) -> std::shared_ptr<const SweepPictures> {
    auto pictures = std::make_shared<SweepPictures>();
    Readings there = (*moments)[index].cameras;
    for (auto& reading : there) {
      std::error_code code;
      if (!reading || std::filesystem::exists(reading->file, code)) continue;
      pictures->absent = true;
      reading.reset();
    }
    pictures->images = loadImages(there, options, pictures->problems, stop);
    if (stop.stop_requested()) throw Cancelled();
    return pictures;
  };
  const auto size = [](const SweepPictures& pictures) {
    return sizeof(SweepPictures) + imageBytes(pictures.images);
  };
  return std::make_unique<SweepLoader>(queue, priorities, std::move(load), size, std::move(loaded),
                                       budget_bytes);
}

}  // namespace hbev
