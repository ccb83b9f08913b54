#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "core/base/error.h"
#include "core/data/dataset.h"
#include "core/data/predictions/source.h"
#include "core/doctor/doctor.h"
#include "core/doctor/findings.h"

namespace hbev {
namespace doctor {
namespace {

constexpr const char* kArea = "Predictions";

std::vector<Finding> findingsOf(const ImportReport& report, bool compared) {
  std::vector<Finding> findings;
  const std::size_t refused = report.refused.size();
  const std::string first = refused == 0 ? ""
                                         : fmt::format("{}: {}", report.refused.front().file.string(),
                                                       report.refused.front().reason);
  if (report.format.empty() || report.accepted == 0) {
    findings.push_back(failure(
        kArea, report.format.empty() ? "No known layout of predictions" : "No prediction can be used",
        first.empty() ? report.path.string() : first, "hbevocc predictions tells which layouts are read."));
    return findings;
  }
  findings.push_back(
      good(kArea, fmt::format("{}: {}", report.format, counted(report.accepted, "prediction", "predictions")),
           report.path.string()));
  if (refused > 0) {
    findings.push_back(warning(kArea, fmt::format("{} are refused", counted(refused, "file", "files")), first,
                               "hbevocc predictions lists them all."));
  }
  if (report.classes == nullptr)
    findings.push_back(warning(kArea, "The class set is unknown", report.classes_because,
                               "Name it when you open them: --classes occ3d or --classes openocc."));
  else
    findings.push_back(
        good(kArea, fmt::format("Class set {}", report.classes->name()), report.classes_because));
  if (report.better_orientation) {
    findings.push_back(warning(kArea, "They lie another way than the truth", report.orientation,
                               "Open them with the other orientation."));
  } else if (!report.orientation.empty()) {
    findings.push_back(good(kArea, "They lie as expected", report.orientation));
  }
  for (const std::string& text : report.notes)
    findings.push_back(note(kArea, text));
  if (report.unknown_tokens > 0) {
    findings.push_back(warning(kArea,
                               fmt::format("{} belong to no keyframe of this data set",
                                           counted(report.unknown_tokens, "prediction", "predictions")),
                               {}, "Check that they were made for this data set and version."));
  }
  if (compared && report.keyframes_without > 0) {
    findings.push_back(note(kArea, fmt::format("{} of this data set have no prediction",
                                               counted(report.keyframes_without, "keyframe", "keyframes"))));
  }
  return findings;
}

}  // namespace
}  // namespace doctor

std::vector<Finding> inspectPredictionFolder(const std::filesystem::path& path,
                                             const std::filesystem::path& dataset, Progress* progress,
                                             const DoctorOptions& options) {
  try {
    std::shared_ptr<const Dataset> opened;
    try {
      if (!dataset.empty()) opened = Dataset::open(dataset, options.version, progress);
    } catch (const Error&) {
      // inspectDataset() tells of it; the predictions are looked at without it
    }
    return doctor::findingsOf(inspectPredictions(path, opened.get(), progress), opened != nullptr);
  } catch (const Error& error) {
    return {doctor::fromProblem(Finding::State::Failure, doctor::kArea, error.problem())};
  }
}

}  // namespace hbev
