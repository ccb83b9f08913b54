#include "core/eval/evaluation_report.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/json_text.h"
#include "core/eval/report_object.h"
#include "core/eval/score_tables.h"

namespace hbev {
namespace {

constexpr std::size_t kWorstFrames = 10;
// More rows than these are for files, not for a terminal.
constexpr std::size_t kScenesOnTerminal = 20;

nlohmann::ordered_json jsonOf(const Table& table) {
  auto rows = nlohmann::ordered_json::array();
  for (const TableRow& row : table.rows) {
    nlohmann::ordered_json json;
    json[table.row_id] = row.id;
    for (std::size_t i = 0; i < table.detail_ids.size(); ++i) {
      const std::string& id = table.detail_ids[i];
      json[id] = row.details[i];
      if (id == "keyframe") json[id] = std::stoll(row.details[i]);
    }
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      const double value = row.values[i];
      if (table.columns[i].unit == Unit::Count && std::isfinite(value)) {
        json[table.columns[i].id] = std::llround(value);
      } else {
        json[table.columns[i].id] = value;
      }
    }
    rows.push_back(std::move(json));
  }
  return rows;
}

nlohmann::ordered_json jsonOf(const EvaluationFacts& facts) {
  return {{"program", facts.program},
          {"created", facts.created},
          {"dataset", facts.dataset},
          {"dataset_path", facts.dataset_path},
          {"version", facts.version},
          {"split", facts.split},
          {"truth", facts.truth},
          {"mask", facts.mask},
          {"order", facts.order},
          {"keyframes", facts.keyframes},
          {"shard", fmt::format("{}/{}", facts.shard.index, facts.shard.count)}};
}

nlohmann::ordered_json jsonOf(const EvaluationSummary& summary, const SourceSummary& source) {
  nlohmann::ordered_json json = reportObject(source.total, provenanceOf(summary, source));
  json["title"] = source.facts.title;
  for (const Table& table : tablesOf(summary, source, 0)) {
    if (table.id != "classes" && table.id != "worst") json[table.id] = jsonOf(table);
  }
  json["keyframes"] = jsonOf(frameTable(summary, source));
  if (const auto& details = source.total.details()) {
    auto errors = nlohmann::ordered_json::array();
    for (auto bins = details->errors.begin(); bins != details->errors.end(); bins += kErrorBins)
      errors.push_back(std::vector<std::int64_t>(bins, bins + kErrorBins));
    json["ray_confusion_rows_are_truth"] = confusionObject(details->labels);
    json["distance_errors"] = {{"first_bin_below_m", -kErrorReach_m},
                               {"bin_m", kErrorStep_m},
                               {"rays_by_class_and_bin", std::move(errors)}};
  }
  auto skipped = nlohmann::ordered_json::array();
  for (const SkippedFrame& frame : source.skipped) {
    skipped.push_back({{"token", frame.token},
                       {"scene", summary.sceneName(frame.frame)},
                       {"reason", std::string(skipReasonTitle(frame.reason))},
                       {"problem", frame.problem}});
  }
  json["skipped"] = std::move(skipped);
  return json;
}

std::string warnings(const EvaluationSummary& summary) {
  if (summary.missing == 0) return {};
  return fmt::format("{} of {} of the selection {} not in this evaluation{}.\n", summary.missing,
                     counted(summary.facts.keyframes, "keyframe"), summary.missing == 1 ? "is" : "are",
                     summary.facts.shard.count > 1
                         ? fmt::format(" (shard {}/{})", summary.facts.shard.index, summary.facts.shard.count)
                         : "");
}

/// One reason why keyframes could not be scored.
struct SkippedReason {
  std::string words;
  std::string first;
  std::int64_t frames = 0;
};

/// A problem's text (toString()) without the file that it names, and that file: texts of the same problem of
/// different files become the same.
std::pair<std::string, std::string> reasonAndFile(const std::string& problem) {
  constexpr std::string_view kFile = " File: ";
  const std::size_t begin = problem.find(kFile);
  if (begin == std::string::npos) return {problem, {}};
  std::size_t end = problem.size();
  for (const char* next : {". Expected ", ". Found "})
    end = std::min(end, problem.find(next, begin));
  if (end == problem.size()) {  // advice may follow, or nothing
    const std::size_t stop = problem.find(". ", begin);
    end = stop == std::string::npos ? problem.size() - 1 : stop;
  }
  const std::string file = problem.substr(begin + kFile.size(), end - begin - kFile.size());
  std::string words = problem.substr(0, begin) + problem.substr(std::min(end + 1, problem.size()));
  const std::string name = std::filesystem::path(file).filename().string();
  for (std::size_t at = words.find(name); !name.empty() && at != std::string::npos; at = words.find(name, at))
    words.replace(at, name.size(), at == 0 ? "The file" : "the file");
  return {words, file};
}

}  // namespace

ReportProvenance provenanceOf(const EvaluationSummary& summary, const SourceSummary& source) {
  ReportProvenance provenance;
  provenance.dataset = summary.facts.dataset;
  provenance.version = summary.facts.version;
  provenance.labels = summary.facts.truth;
  provenance.predictions = source.facts.path;
  provenance.prediction_format = source.facts.format;
  provenance.keyframes = source.frames.size() + source.skipped.size();
  provenance.without_truth = std::size_t(source.skippedFor(SkipReason::NoTruth));
  provenance.without_prediction = std::size_t(source.skippedFor(SkipReason::NoPrediction));
  provenance.unusable = std::size_t(source.skippedFor(SkipReason::Unusable));
  provenance.program = summary.facts.program;
  provenance.split = summary.facts.split;
  provenance.weights = source.facts.weights;
  provenance.order = summary.facts.order;
  return provenance;
}

std::vector<Table> tablesOf(const EvaluationSummary& summary, const SourceSummary& source,
                            std::size_t frames) {
  std::vector<Table> tables{classTable(source.total)};
  for (std::optional<Table>& table : std::array{rangeTable(source.total), heightTable(source.total)}) {
    if (table) tables.push_back(std::move(*table));
  }
  if (!source.conditions.empty()) tables.push_back(conditionTable(source.conditions));
  tables.push_back(groupTable(source.scenes, "By scene", "scenes", "scene"));
  if (frames > 0) tables.push_back(worstTable(summary, source, frames));
  return tables;
}

std::vector<Table> comparisonTables(const EvaluationSummary& summary, std::size_t frames) {
  std::vector<Table> tables;
  if (summary.sources.size() > 1) tables.push_back(sourceTable(summary));
  for (const PairSummary& pair : summary.pairs) {
    tables.push_back(differenceTable(summary, pair));
    Table changes = changeTable(summary, pair, frames);
    std::erase_if(changes.rows, [](const TableRow& row) { return row.values.back() == 0; });
    if (!changes.rows.empty()) tables.push_back(std::move(changes));
  }
  return tables;
}

std::vector<const FrameScores*> worstFrames(const SourceSummary& source, std::size_t count) {
  const auto scoreOf = [](const FrameScores* frame) {
    return std::isnan(frame->ray_iou) ? frame->mean_iou : frame->ray_iou;
  };
  std::vector<const FrameScores*> worst;
  for (const FrameScores& frame : source.frames) {
    if (!std::isnan(scoreOf(&frame))) worst.push_back(&frame);
  }
  std::stable_sort(worst.begin(), worst.end(),
                   [&](const FrameScores* a, const FrameScores* b) { return scoreOf(a) < scoreOf(b); });
  worst.resize(std::min(count, worst.size()));
  return worst;
}

std::string skippedText(const EvaluationSummary& summary) {
  std::string text;
  for (const SourceSummary& source : summary.sources) {
    std::vector<SkippedReason> reasons;
    for (const SkippedFrame& frame : source.skipped) {
      if (frame.reason != SkipReason::Unusable) continue;
      const auto [words, file] = reasonAndFile(frame.problem);
      auto known =
          std::find_if(reasons.begin(), reasons.end(),
                       [&words = words](const SkippedReason& reason) { return reason.words == words; });
      if (known == reasons.end()) {
        reasons.push_back(
            {words, fmt::format("{} keyframe {}{}{}", summary.sceneName(frame.frame),
                                frame.frame.index_in_scene + 1, file.empty() ? "" : ", ", file)});
        known = reasons.end() - 1;
      }
      ++known->frames;
    }
    for (const SkippedReason& reason : reasons) {
      text +=
          fmt::format("{}: {} skipped: {} {}: {}.\n", source.facts.title, counted(reason.frames, "keyframe"),
                      reason.words, reason.frames == 1 ? "It is" : "The first", reason.first);
    }
  }
  return text;
}

std::string evaluationText(const EvaluationSummary& summary) {
  std::string text;
  for (const SourceSummary& source : summary.sources) {
    if (summary.sources.size() > 1)
      text += fmt::format("{}=== {} ===\n\n", text.empty() ? "" : "\n", source.facts.title);
    text += reportText(source.total, provenanceOf(summary, source));
    for (const Table& table : tablesOf(summary, source, summary.sources.size() > 1 ? 0 : kWorstFrames)) {
      if (table.id == "classes" || table.rows.size() > kScenesOnTerminal) continue;
      if (table.id == "conditions" && table.rows.size() < 2) continue;
      text += fmt::format("\n{}\n\n{}", table.title, tableText(table));
    }
  }
  for (const Table& table : comparisonTables(summary, kWorstFrames))
    text += fmt::format("\n{}\n\n{}", table.title, tableText(table));
  const std::string warning = warnings(summary);
  return warning.empty() ? text : text + "\n" + warning;
}

std::string evaluationMarkdown(const EvaluationSummary& summary) {
  std::string text;
  for (const SourceSummary& source : summary.sources) {
    text += fmt::format("# {}\n\n{}", source.facts.title,
                        reportMarkdown(source.total, provenanceOf(summary, source)));
    for (const Table& table : tablesOf(summary, source, kWorstFrames)) {
      if (table.id != "classes") text += fmt::format("\n## {}\n\n{}", table.title, tableMarkdown(table));
    }
    if (const auto table = confusionTable(source.total, ConfusionUnit::Share))
      text += fmt::format("\n## {}\n\n{}", table->title, tableMarkdown(*table));
    text += '\n';
  }
  for (const Table& table : comparisonTables(summary, kWorstFrames))
    text += fmt::format("## {}\n\n{}\n", table.title, tableMarkdown(table));
  return text + warnings(summary);
}

std::string evaluationLatex(const EvaluationSummary& summary) {
  std::string text = "% needs \\usepackage{booktabs}\n";
  for (const SourceSummary& source : summary.sources) {
    for (Table& table : tablesOf(summary, source, 0)) {
      table.title = source.facts.title + ": " + table.title;
      if (summary.sources.size() > 1) table.id += fmt::format("-{}", &source - summary.sources.data() + 1);
      text += '\n' + tableLatex(table);
    }
  }
  for (const Table& table : comparisonTables(summary, kWorstFrames))
    text += '\n' + tableLatex(table);
  return text;
}

std::string evaluationJson(const EvaluationSummary& summary) {
  nlohmann::ordered_json json;
  if (summary.sources.size() == 1) json = jsonOf(summary, summary.sources.front());
  json["evaluation"] = jsonOf(summary.facts);
  json["missing_keyframes"] = summary.missing;
  if (summary.sources.size() > 1) {
    auto sources = nlohmann::ordered_json::array();
    for (const SourceSummary& source : summary.sources)
      sources.push_back(jsonOf(summary, source));
    json["sources"] = std::move(sources);
    auto pairs = nlohmann::ordered_json::array();
    for (const PairSummary& pair : summary.pairs) {
      pairs.push_back({{"a", summary.sources[pair.first].facts.title},
                       {"b", summary.sources[pair.second].facts.title},
                       {"keyframes", pair.frames},
                       {"keyframes_of_either", pair.either},
                       {"classes", jsonOf(differenceTable(summary, pair))},
                       {"changes", jsonOf(changeTable(summary, pair, std::size_t(summary.frames)))}});
    }
    json["comparisons"] = std::move(pairs);
  }
  return dumped(json) + '\n';
}

std::vector<std::pair<std::string, std::string>> evaluationCsv(const EvaluationSummary& summary) {
  std::vector<std::pair<std::string, std::string>> files;
  for (std::size_t i = 0; i < summary.sources.size(); ++i) {
    const SourceSummary& source = summary.sources[i];
    const std::string number = i == 0 ? "" : fmt::format("-{}", i + 1);
    for (const Table& table : tablesOf(summary, source, 0))
      files.emplace_back((table.id == "classes" ? "" : "-" + table.id) + number, tableCsv(table));
    if (const auto table = confusionTable(source.total, ConfusionUnit::Count))
      files.emplace_back("-confusion" + number, tableCsv(*table));
    files.emplace_back("-frames" + number, tableCsv(frameTable(summary, source)));
  }
  if (summary.sources.size() > 1) files.emplace_back("-sources", tableCsv(sourceTable(summary)));
  for (const PairSummary& pair : summary.pairs) {
    const std::string numbers = fmt::format("-{}-{}", pair.first + 1, pair.second + 1);
    files.emplace_back("-difference" + numbers, tableCsv(differenceTable(summary, pair)));
    files.emplace_back("-changes" + numbers,
                       tableCsv(changeTable(summary, pair, std::size_t(summary.frames))));
  }
  return files;
}

}  // namespace hbev
