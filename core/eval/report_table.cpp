#include "core/eval/report_table.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/eval/statistics.h"

namespace hbev {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

enum class Unit { Percent, MetresPerSecond, Count };

// A score per class and its mean.
struct TableColumn {
  std::string title;  // for people
  std::string id;     // for machines
  Unit unit;
  std::vector<double> values;  // by class, free left out; a fraction for Percent
  double mean = kNone;         // the total for Count
};

std::vector<double> meanOverThresholds(const RayScores& scores) {
  std::vector<double> means;
  for (std::size_t c = 0; c < scores.ave_mps.size(); ++c) {
    means.push_back(meanOfKnown(std::array{scores.iou[0][c], scores.iou[1][c], scores.iou[2][c]}));
  }
  return means;
}

void addRayColumns(const SplitReport& report, std::vector<TableColumn>& columns) {
  const std::optional<RayScores> scores = report.rayScores();
  if (!scores) return;
  for (std::size_t t = 0; t < kRayThresholds_m.size(); ++t) {
    const std::string metres = fmt::format("{:.0f}", kRayThresholds_m[t]);
    columns.push_back(
        {"IoU@" + metres, "iou_" + metres + "m", Unit::Percent, scores->iou[t], scores->mean_iou[t]});
  }
  columns.push_back({"mean", "ray_iou", Unit::Percent, meanOverThresholds(*scores), scores->ray_iou});
  columns.push_back({"AVE", "ave_mps", Unit::MetresPerSecond, scores->ave_mps, scores->mave_mps});
  TableColumn hits{"TP@2", "true_positives_2m", Unit::Count, {}, 0};
  for (std::size_t c = 0; c < scores->ave_mps.size(); ++c) {
    hits.values.push_back(double(report.rays()->hits[kFlowThreshold][c]));
    hits.mean += hits.values.back();
  }
  columns.push_back(std::move(hits));
}

void addVoxelColumn(const std::optional<VoxelScores>& scores, const std::string& title, const std::string& id,
                    std::vector<TableColumn>& columns) {
  if (!scores) return;
  columns.push_back(
      {title, id, Unit::Percent, {scores->iou.begin(), scores->iou.end() - 1}, scores->mean_iou});
}

std::vector<TableColumn> columnsOf(const SplitReport& report) {
  std::vector<TableColumn> columns;
  addRayColumns(report, columns);
  addVoxelColumn(report.voxelScores(), "voxel IoU", "voxel_iou", columns);
  addVoxelColumn(report.cameraVoxelScores(), "in camera", "voxel_iou_camera", columns);
  return columns;
}

std::string shown(double value, Unit unit) {
  if (std::isnan(value)) return "-";
  switch (unit) {
    case Unit::Percent:
      return fmt::format("{:.2f}", 100.0 * value);
    case Unit::MetresPerSecond:
      return fmt::format("{:.3f}", value);
    case Unit::Count:
      return fmt::format("{:.0f}", value);
  }
  return {};
}

// Rows of cells with a head; the last row holds the means.
struct Table {
  std::vector<std::string> head;
  std::vector<std::vector<std::string>> rows;
};

Table tableOf(const SplitReport& report, const std::vector<TableColumn>& columns) {
  Table table{{"class"}, {}};
  for (const TableColumn& column : columns)
    table.head.push_back(column.title);
  for (int c = 0; c + 1 < report.classes().size(); ++c) {
    table.rows.push_back({std::string(report.classes()[c].name)});
    for (const TableColumn& column : columns) {
      table.rows.back().push_back(shown(column.values[std::size_t(c)], column.unit));
    }
  }
  table.rows.push_back({"mean (TP: sum)"});
  for (const TableColumn& column : columns)
    table.rows.back().push_back(shown(column.mean, column.unit));
  return table;
}

std::vector<std::pair<std::string, std::string>> headlines(const SplitReport& report) {
  std::vector<std::pair<std::string, std::string>> lines;
  if (const auto rays = report.rayScores()) {
    lines.emplace_back("RayIoU", shown(rays->ray_iou, Unit::Percent) + " %");
    lines.emplace_back("mAVE", shown(rays->mave_mps, Unit::MetresPerSecond) + " m/s");
    lines.emplace_back("OccScore", shown(rays->occ_score, Unit::Percent) + " %");
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
  lines.emplace_back(
      "Scenes", provenance.scenes.empty() ? "all" : fmt::format("{}", fmt::join(provenance.scenes, ", ")));
  lines.emplace_back("Keyframes",
                     fmt::format("{} scored of {}; {} without truth, {} without prediction, {} unusable",
                                 report.frames(), provenance.keyframes, provenance.without_truth,
                                 provenance.without_prediction, provenance.unusable));
  if (report.rays()) {
    lines.emplace_back("Rays", fmt::format("{} met something in the truth, from {} origins",
                                           report.rays()->valid_rays, report.origins()));
    if (report.framesWithoutPredictedFlow() > 0) {
      lines.emplace_back("Note", fmt::format("{} predictions have no flow and were scored as standing still",
                                             report.framesWithoutPredictedFlow()));
    }
    if (report.framesWithoutTrueFlow() > 0) {
      lines.emplace_back(
          "Note", fmt::format("{} labels have no flow: AVE is only the size of the predicted flow there, "
                              "and OccScore depends on it",
                              report.framesWithoutTrueFlow()));
    }
  }
  if (report.framesWithCameraMask() > 0 && report.framesWithCameraMask() < report.frames()) {
    lines.emplace_back("Note",
                       fmt::format("only {} labels have a camera mask", report.framesWithCameraMask()));
  }
  lines.emplace_back("Program", provenance.program);
  return lines;
}

// Full precision, nothing for NaN.
std::string exact(double value) {
  return std::isnan(value) ? std::string() : fmt::format("{}", value);
}

nlohmann::ordered_json jsonOf(const Confusion& confusion) {
  auto rows = nlohmann::ordered_json::array();
  for (int truth = 0; truth < confusion.classes(); ++truth) {
    const auto row = confusion.counts().subspan(std::size_t(truth * confusion.classes()),
                                                std::size_t(confusion.classes()));
    rows.push_back(std::vector<std::int64_t>(row.begin(), row.end()));
  }
  return rows;
}

nlohmann::ordered_json jsonOf(const RayScores& scores, const RayCounts& counts) {
  nlohmann::ordered_json json;
  json["ray_iou"] = scores.ray_iou;
  json["mean_iou"] = scores.mean_iou;
  json["mave_mps"] = scores.mave_mps;
  json["occ_score"] = scores.occ_score;
  json["valid_rays"] = counts.valid_rays;
  json["thresholds_m"] = kRayThresholds_m;
  json["iou"] = scores.iou;
  json["ave_mps"] = scores.ave_mps;
  json["truth_rays"] = counts.truth;
  json["predicted_rays"] = counts.predicted;
  json["true_positives"] = counts.hits;
  return json;
}

nlohmann::ordered_json jsonOf(const VoxelScores& scores, const Confusion& confusion) {
  nlohmann::ordered_json json;
  json["mean_iou"] = scores.mean_iou;
  json["iou"] = scores.iou;
  json["confusion_rows_are_truth"] = jsonOf(confusion);
  return json;
}

nlohmann::ordered_json jsonOf(const ReportProvenance& provenance) {
  nlohmann::ordered_json json;
  json["dataset"] = provenance.dataset;
  json["version"] = provenance.version;
  json["labels"] = provenance.labels;
  json["predictions"] = provenance.predictions;
  json["prediction_format"] = provenance.prediction_format;
  json["scenes"] = provenance.scenes;
  json["keyframes"] = provenance.keyframes;
  json["without_truth"] = provenance.without_truth;
  json["without_prediction"] = provenance.without_prediction;
  json["unusable"] = provenance.unusable;
  json["program"] = provenance.program;
  return json;
}

}  // namespace

ReportProvenance provenanceOf(const Dataset& dataset, const PredictionSource& predictions, LabelKind labels,
                              const SplitSelection& selection, const SplitEvaluation& evaluation) {
  return {.dataset = dataset.name(),
          .version = dataset.version(),
          .labels = std::string(labelKindName(labels)),
          .predictions = predictions.path().string(),
          .prediction_format = predictions.formatName(),
          .scenes = selection.scenes,
          .keyframes = evaluation.keyframes.size() + evaluation.skipped.size(),
          .without_truth = evaluation.skippedFor(SkipReason::NoTruth),
          .without_prediction = evaluation.skippedFor(SkipReason::NoPrediction),
          .unusable = evaluation.skippedFor(SkipReason::Unusable),
          .program = "HBEVOcc Studio " HBEV_VERSION};
}

std::string reportText(const SplitReport& report, const ReportProvenance& provenance) {
  const Table table = tableOf(report, columnsOf(report));
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < table.head.size(); ++i) {
    std::size_t width = table.head[i].size();
    for (const auto& row : table.rows)
      width = std::max(width, row[i].size());
    widths.push_back(width);
  }
  std::string text;
  const auto addRow = [&](const std::vector<std::string>& cells) {
    std::string line = fmt::format("{:<{}}", cells[0], widths[0]);
    for (std::size_t i = 1; i < cells.size(); ++i)
      line += fmt::format("  {:>{}}", cells[i], widths[i]);
    text += line + '\n';
  };
  std::size_t whole = widths[0];
  for (std::size_t i = 1; i < widths.size(); ++i)
    whole += 2 + widths[i];
  const std::string rule = std::string(whole, '-') + '\n';

  addRow(table.head);
  text += rule;
  for (std::size_t i = 0; i + 1 < table.rows.size(); ++i)
    addRow(table.rows[i]);
  text += rule;
  addRow(table.rows.back());
  text += "(IoU in %, AVE in m/s, TP@2: rays of the right class within 2 m)\n\n";
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
  const Table table = tableOf(report, columnsOf(report));
  text += fmt::format("\n| {} |\n|---|", fmt::join(table.head, " | "));
  for (std::size_t i = 1; i < table.head.size(); ++i)
    text += "---:|";
  text += '\n';
  for (const auto& row : table.rows)
    text += fmt::format("| {} |\n", fmt::join(row, " | "));
  text += "\nIoU in %, AVE in m/s, TP@2: rays of the right class within 2 m.\n\n";
  for (const auto& [name, value] : circumstances(report, provenance))
    text += fmt::format("- {}: {}\n", name, value);
  return text;
}

std::string reportCsv(const SplitReport& report) {
  const std::vector<TableColumn> columns = columnsOf(report);
  std::string text = "class";
  for (const TableColumn& column : columns)
    text += fmt::format(",{}", column.id);
  text += '\n';
  for (int c = 0; c + 1 < report.classes().size(); ++c) {
    text += report.classes()[c].id;
    for (const TableColumn& column : columns)
      text += fmt::format(",{}", exact(column.values[std::size_t(c)]));
    text += '\n';
  }
  text += "mean";
  for (const TableColumn& column : columns)
    text += fmt::format(",{}", column.unit == Unit::Count ? std::string() : exact(column.mean));
  return text + '\n';
}

std::string reportJson(const SplitReport& report, const ReportProvenance& provenance) {
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
  return json.dump(2) + '\n';
}

}  // namespace hbev
