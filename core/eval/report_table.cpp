#include "core/eval/report_table.h"

#include <cmath>

#include <fmt/format.h>

#include "core/base/json_text.h"
#include "core/eval/report_object.h"
#include "core/eval/score_tables.h"

namespace hbev {

nlohmann::ordered_json confusionObject(const Confusion& confusion) {
  auto rows = nlohmann::ordered_json::array();
  for (int truth = 0; truth < confusion.classes(); ++truth) {
    const auto row = confusion.counts().subspan(std::size_t(truth * confusion.classes()),
                                                std::size_t(confusion.classes()));
    rows.push_back(std::vector<std::int64_t>(row.begin(), row.end()));
  }
  return rows;
}

namespace {

/// "-" has no unit.
std::string withUnit(double value, Unit unit, const char* words) {
  return shown(value, unit) + (std::isnan(value) ? "" : words);
}

std::string withoutFlow(std::int64_t count, const std::string& word) {
  return counted(count, word) + (count == 1 ? " has no flow" : " have no flow");
}

std::vector<std::pair<std::string, std::string>> headlines(const SplitReport& report) {
  std::vector<std::pair<std::string, std::string>> lines;
  if (const auto rays = report.rayScores()) {
    lines.emplace_back("RayIoU", withUnit(rays->ray_iou, Unit::Percent, " %"));
    lines.emplace_back("mAVE", withUnit(rays->mave_mps, Unit::MetresPerSecond, " m/s"));
    lines.emplace_back("OccScore", withUnit(rays->occ_score, Unit::Percent, " %"));
    lines.emplace_back("mAVE (server)",
                       std::isnan(rays->server_mave_mps)
                           ? "-"
                           : fmt::format("{} m/s, OccScore {} %: as the CVPR 2024 server defines them",
                                         shown(rays->server_mave_mps, Unit::MetresPerSecond),
                                         shown(rays->server_occ_score, Unit::Percent)));
  }
  if (const auto voxels = report.voxelScores()) {
    lines.emplace_back("mIoU", shown(voxels->mean_iou, Unit::Percent) + " %, all voxels");
  }
  if (const auto voxels = report.cameraVoxelScores()) {
    lines.emplace_back("mIoU in camera",
                       shown(voxels->mean_iou, Unit::Percent) + " %, voxels of the camera mask");
  }
  return lines;
}

// What the figures are of, and what to keep in mind when reading them.
std::vector<std::pair<std::string, std::string>> circumstances(const SplitReport& report,
                                                               const ReportProvenance& provenance) {
  std::vector<std::pair<std::string, std::string>> lines;
  lines.emplace_back("Data set",
                     provenance.dataset + (provenance.version.empty() ? "" : ", " + provenance.version));
  lines.emplace_back("Labels", provenance.labels);
  lines.emplace_back("Predictions",
                     fmt::format("{} ({})", provenance.predictions, provenance.prediction_format));
  lines.emplace_back("Scenes", !provenance.split.empty() ? provenance.split
                               : provenance.scenes.empty()
                                   ? "all"
                                   : fmt::format("{}", fmt::join(provenance.scenes, ", ")));
  lines.emplace_back("Keyframes",
                     fmt::format("{} scored of {}; {} without truth, {} without prediction, {} unusable",
                                 report.frames(), provenance.keyframes, provenance.without_truth,
                                 provenance.without_prediction, provenance.unusable));
  if (report.rays()) {
    lines.emplace_back("Rays", fmt::format("{} met something in the truth, from {}",
                                           report.rays()->valid_rays, counted(report.origins(), "origin")));
    if (report.framesWithoutPredictedFlow() > 0 && report.framesWithoutTrueFlow() < report.frames()) {
      lines.emplace_back("Note", withoutFlow(report.framesWithoutPredictedFlow(), "prediction") +
                                     ": scored as standing still");
    }
    if (report.framesWithoutTrueFlow() > 0) {
      lines.emplace_back(
          "Note", report.framesWithoutTrueFlow() == report.frames()
                      ? "the labels have no flow: neither velocities nor OccScore can be scored"
                      : withoutFlow(report.framesWithoutTrueFlow(), "label") +
                            ": AVE is only the size of the predicted flow there, and OccScore depends on it");
    }
  }
  if (report.framesWithCameraMask() > 0 && report.framesWithCameraMask() < report.frames()) {
    lines.emplace_back(
        "Note", fmt::format("only {} {} a camera mask", counted(report.framesWithCameraMask(), "label"),
                            report.framesWithCameraMask() == 1 ? "has" : "have"));
  }
  if (!provenance.weights.empty()) lines.emplace_back("Weights", provenance.weights);
  if (!provenance.order.empty()) {
    lines.emplace_back("Order", provenance.order == "reference"
                                    ? "reference: rays start at the lidar places that the reference's "
                                      "evaluator takes, often another scene's"
                                    : provenance.order);
  }
  lines.emplace_back("Program", provenance.program);
  return lines;
}

nlohmann::ordered_json jsonOf(const RayScores& scores, const RayCounts& counts) {
  return {{"ray_iou", scores.ray_iou},
          {"mean_iou", scores.mean_iou},
          {"mave_mps", scores.mave_mps},
          {"occ_score", scores.occ_score},
          {"valid_rays", counts.valid_rays},
          {"thresholds_m", kRayThresholds_m},
          {"iou", scores.iou},
          {"ave_mps", scores.ave_mps},
          {"ave_spread_mps", scores.ave_spread_mps},
          {"server_mave_mps", scores.server_mave_mps},
          {"server_occ_score", scores.server_occ_score},
          {"server_ave_mps", scores.server_ave_mps},
          {"truth_rays", counts.truth},
          {"predicted_rays", counts.predicted},
          {"true_positives", counts.hits}};
}

nlohmann::ordered_json jsonOf(const VoxelScores& scores, const Confusion& confusion) {
  return {{"mean_iou", scores.mean_iou},
          {"iou", scores.iou},
          {"confusion_rows_are_truth", confusionObject(confusion)}};
}

nlohmann::ordered_json jsonOf(const ReportProvenance& provenance) {
  return {{"dataset", provenance.dataset},
          {"version", provenance.version},
          {"labels", provenance.labels},
          {"predictions", provenance.predictions},
          {"prediction_format", provenance.prediction_format},
          {"scenes", provenance.scenes},
          {"keyframes", provenance.keyframes},
          {"without_truth", provenance.without_truth},
          {"without_prediction", provenance.without_prediction},
          {"unusable", provenance.unusable},
          {"weights", provenance.weights},
          {"program", provenance.program}};
}

}  // namespace

std::string reportText(const SplitReport& report, const ReportProvenance& provenance) {
  std::string text = tableText(classTable(report)) + '\n';
  for (const auto& [name, value] : headlines(report))
    text += fmt::format("{:<15} {}\n", name, value);
  text += '\n';
  for (const auto& [name, value] : circumstances(report, provenance))
    text += fmt::format("{:<15} {}\n", name, value);
  return text;
}

std::string reportMarkdown(const SplitReport& report, const ReportProvenance& provenance) {
  std::string text = "| score | |\n|---|---|\n";
  for (const auto& [name, value] : headlines(report))
    text += fmt::format("| {} | {} |\n", name, value);
  text += '\n' + tableMarkdown(classTable(report)) + '\n';
  for (const auto& [name, value] : circumstances(report, provenance))
    text += fmt::format("- {}: {}\n", name, value);
  return text;
}

std::string reportCsv(const SplitReport& report) {
  return tableCsv(classTable(report));
}

nlohmann::ordered_json reportObject(const SplitReport& report, const ReportProvenance& provenance) {
  nlohmann::ordered_json json;
  json["provenance"] = jsonOf(provenance);
  json["frames"] = report.frames();
  json["origins"] = report.origins();
  json["frames_without_predicted_flow"] = report.framesWithoutPredictedFlow();
  json["frames_without_true_flow"] = report.framesWithoutTrueFlow();
  json["frames_with_camera_mask"] = report.framesWithCameraMask();
  auto classes = nlohmann::ordered_json::array();
  for (const ClassInfo& info : report.classes().classes())
    classes.push_back(std::string(info.id));
  json["classes"] = std::move(classes);
  if (const auto scores = report.rayScores()) json["rays"] = jsonOf(*scores, *report.rays());
  if (const auto scores = report.voxelScores()) json["voxels"] = jsonOf(*scores, *report.voxels());
  if (const auto scores = report.cameraVoxelScores()) {
    json["camera_voxels"] = jsonOf(*scores, *report.cameraVoxels());
  }
  return json;
}

std::string reportJson(const SplitReport& report, const ReportProvenance& provenance) {
  return dumped(reportObject(report, provenance)) + '\n';
}

std::vector<std::pair<std::string, std::string>> reportHeadlines(const SplitReport& report) {
  return headlines(report);
}

std::vector<std::pair<std::string, std::string>> reportCircumstances(const SplitReport& report,
                                                                     const ReportProvenance& provenance) {
  return circumstances(report, provenance);
}

}  // namespace hbev
