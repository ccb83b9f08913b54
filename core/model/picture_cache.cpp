#include "core/model/picture_cache.h"

#include <cmath>
#include <mutex>
#include <optional>
#include <unordered_map>

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include "core/base/error.h"
#include "core/data/ppm.h"

namespace hbev {
namespace {

constexpr double kAspectTolerance = 0.01;

void demandShape(const ImageConfig& config, const CameraReading& reading, int width, int height) {
  const double expected = double(config.source_width) / config.source_height;
  if (std::abs(double(width) / height / expected - 1) <= kAspectTolerance) return;
  throw Error({"A picture has another shape than the configuration is made for", reading.file,
               fmt::format("{} x {} pixels or the same shape in another size", config.source_width,
                           config.source_height),
               fmt::format("{} x {} pixels", width, height),
               "Choose a configuration whose image.source_width and image.source_height have this shape."});
}

}  // namespace

#ifdef HBEV_HAS_OPENCV
Image decodedPicture(const CameraReading& reading, int min_width) {
  return readImage(reading.file, min_width);
}
#else
Image decodedPicture(const CameraReading& reading, int) {
  return readPpm(reading.file);
}
#endif

PictureCache::PictureCache(const ImageConfig& config, bool exact, std::size_t most)
    : config_(config), exact_(exact), kept_(most) {}

PreparedPicture PictureCache::prepare(const CameraReading& reading) const {
  const bool size_known = reading.model.width > 0 && reading.model.height > 0;
  const Image picture = decodedPicture(reading, exact_ || !size_known ? 0 : config_.width);
  PreparedPicture prepared;
  // A picture that was decoded smaller counts as large as the tables say it is.
  prepared.width = exact_ || !size_known ? picture.width : reading.model.width;
  prepared.height = exact_ || !size_known ? picture.height : reading.model.height;
  demandShape(config_, reading, picture.width, picture.height);
  demandShape(config_, reading, prepared.width, prepared.height);
  prepared.change = testChange(config_, prepared.width, prepared.height);
  prepared.image = std::make_shared<const Image>(changedImage(picture, prepared.change));
  return prepared;
}

std::vector<PreparedPicture> PictureCache::get(std::span<const CameraReading* const> readings,
                                               const std::stop_token& stop) {
  std::vector<PreparedPicture> pictures(readings.size());
  // At the beginning of a scene the same picture stands for several keyframes.
  std::unordered_map<std::string, std::vector<std::size_t>> absent;
  std::vector<const std::string*> files;
  for (std::size_t i = 0; i < readings.size(); ++i) {
    const std::string& file = readings[i]->file.native();
    if (const PreparedPicture* kept = kept_.find(file)) {
      pictures[i] = *kept;
      continue;
    }
    auto& places = absent[file];
    if (places.empty()) files.push_back(&file);
    places.push_back(i);
  }
  std::mutex mutex;
  std::optional<Problem> problem;
  std::size_t first_bad = files.size();  // the same file is told every time, and the current keyframe's first
  tbb::parallel_for(std::size_t(0), files.size(), [&](std::size_t i) {
    if (stop.stop_requested()) return;
    const std::vector<std::size_t>& places = absent.at(*files[i]);
    try {
      const PreparedPicture prepared = prepare(*readings[places.front()]);
      for (const std::size_t place : places)
        pictures[place] = prepared;
    } catch (const Error& error) {
      const std::lock_guard lock(mutex);
      if (i > first_bad) return;
      problem = error.problem();
      first_bad = i;
    }
  });
  if (stop.stop_requested()) throw Cancelled();
  if (problem) throw Error(*problem);
  for (const std::string* file : files)
    kept_.keep(*file, pictures[absent.at(*file).front()], 1);
  return pictures;
}

}  // namespace hbev
