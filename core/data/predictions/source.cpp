#include "core/data/predictions/source.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "core/base/error.h"
#include "core/data/predictions/dump.h"
#include "core/data/predictions/formats.h"

namespace hbev {

const std::vector<PredictionFormat>& predictionFormats() {
  static const std::vector<PredictionFormat> formats{
      hbevoccFormat(),  resultsPickleFormat(), sparseOccFormat(),     cvpr2023Format(),
      flashOccFormat(), cvprBaselineFormat(),  fbOccFormat(),         raySubmissionFormat(),
      alOccFormat(),    surroundOccFormat(),   openOccupancyFormat(), uniOccFormat(),
      cam4DOccFormat(), frameFilesFormat(),    labelsFormat()};
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

namespace {

bool isNumber(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char letter) { return std::isdigit(letter); });
}

/// Time steps are numbers: 2 comes before 10.
bool comesBefore(const std::string& a, const std::string& b) {
  if (isNumber(a) && isNumber(b) && a.size() != b.size()) return a.size() < b.size();
  return a < b;
}

}  // namespace

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
    return a.scene != b.scene ? a.scene < b.scene : comesBefore(a.token, b.token);
  });
  return names;
}

}  // namespace hbev
