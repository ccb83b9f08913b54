#include "core/data/predictions/source.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/data/predictions/hbevocc.h"

namespace hbev {

const std::vector<PredictionFormat>& predictionFormats() {
  static const std::vector<PredictionFormat> formats{hbevoccFormat()};
  return formats;
}

std::shared_ptr<const PredictionSource> openPredictions(const std::filesystem::path& path) {
  const PredictionFormat* best = nullptr;
  for (const PredictionFormat& format : predictionFormats()) {
    if (format.canRead(path) && (!best || format.priority > best->priority)) best = &format;
  }
  if (best) return best->open(path);
  throw Error({lastName(path) + " holds no predictions", path, "<scene>/<token>.npz with semantics and flow",
               "no such files", "Choose the folder that holds one folder for each scene."});
}

}  // namespace hbev
