// Predictions that somebody saved: a folder becomes a source that finds and reads a keyframe's occupancy.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/data/keyframe.h"
#include "core/data/occupancy.h"

namespace hbev {

/// Thread-safe after opening.
class PredictionSource {
 public:
  virtual ~PredictionSource() = default;
  virtual const std::filesystem::path& path() const = 0;
  virtual std::string title() const = 0;       ///< "results-8f"
  virtual std::string formatName() const = 0;  ///< "HBEVOcc / STCOcc"
  virtual const ClassSet& classes() const = 0;
  /// Keyframes found, as far as opening has counted.
  virtual std::size_t count() const = 0;
  virtual std::optional<std::filesystem::path> find(const Keyframe& keyframe) const = 0;
  /// Throws Error when the keyframe has no file or the file is damaged.
  virtual Occupancy read(const Keyframe& keyframe) const = 0;
};

/// One layout that predictions come in.
struct PredictionFormat {
  std::string name;
  int priority = 0;  ///< the highest that says yes is taken
  bool (*canRead)(const std::filesystem::path& path);
  std::shared_ptr<const PredictionSource> (*open)(const std::filesystem::path& path);
};

/// All layouts that can be read.
const std::vector<PredictionFormat>& predictionFormats();

/// Opens a folder by the best fitting layout. Throws Error when none fits, naming what was looked for.
std::shared_ptr<const PredictionSource> openPredictions(const std::filesystem::path& path);

}  // namespace hbev
