#include "core/data/predictions/source.h"

#include <algorithm>
#include <utility>

#include "core/base/error.h"
#include "core/data/predictions/dump.h"
#include "core/data/predictions/formats.h"

namespace hbev {

const std::vector<PredictionFormat>& predictionFormats() {
  static const std::vector<PredictionFormat> formats{
      hbevoccFormat(),    resultsPickleFormat(), sparseOccFormat(),     cvpr2023Format(),
      flashOccFormat(),   cvprBaselineFormat(),  fbOccFormat(),         raySubmissionFormat(),
      alOccFormat(),      surroundOccFormat(),   openOccupancyFormat(), uniOccFormat(),
      frameFilesFormat(), labelsFormat()};
  return formats;
}

std::vector<PredictionLayout> predictionLayouts() {
  std::vector<PredictionLayout> layouts;
  for (const PredictionFormat& format : predictionFormats())
    layouts.push_back({format.name, format.layout});
  return layouts;
}

std::shared_ptr<const PredictionSource> openPredictions(const std::filesystem::path& path,
                                                        const OpenOptions& options) {
  const Listing listing = listFiles(path);
  std::optional<RecognisedDump> recognised = recogniseDump(listing);
  if (!recognised) throw noPredictions(path, listing);
  return std::make_shared<Dump>(std::move(*recognised), options);
}

std::vector<PredictionName> listPredictions(const std::filesystem::path& path) {
  std::vector<PredictionName> names;
  try {
    if (const auto recognised = recogniseDump(listFiles(path))) {
      for (const DumpEntry& entry : recognised->dump.entries)
        names.push_back(entry.name);
    }
  } catch (const Error&) {
    return {};
  }
  std::sort(names.begin(), names.end(), [](const PredictionName& a, const PredictionName& b) {
    return std::pair(a.scene, a.token) < std::pair(b.scene, b.token);
  });
  return names;
}

}  // namespace hbev
