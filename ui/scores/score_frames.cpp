#include "ui/scores/score_frames.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "core/base/error.h"
#include "core/eval/statistics.h"

namespace hbev::ui {
namespace {

constexpr double kNoScore = std::numeric_limits<double>::quiet_NaN();

std::vector<std::uint32_t> cellsOf(const Confusion& confusion) {
  const std::span<const std::int64_t> counts = confusion.counts();
  std::vector<std::uint32_t> cells(counts.size());
  std::ranges::transform(counts, cells.begin(), [](std::int64_t count) {
    return std::uint32_t(std::clamp<std::int64_t>(count, 0, std::numeric_limits<std::uint32_t>::max()));
  });
  return cells;
}

std::unordered_map<std::string_view, FrameKey> keysByToken(const Dataset& dataset) {
  std::unordered_map<std::string_view, FrameKey> keys;
  for (std::size_t scene = 0; scene < dataset.scenes().size(); ++scene) {
    const auto& tokens = dataset.scenes()[scene].keyframes;
    for (std::size_t index = 0; index < tokens.size(); ++index)
      keys.emplace(tokens[index], FrameKey{scene, index});
  }
  return keys;
}

}  // namespace

FrameFigures figuresOf(const FrameKey& key, const FrameReport& report) {
  FrameFigures figures{key, kNoScore, kNoScore, kNoScore, kNoScore, {}, {}};
  if (report.rays) {
    const RayScores scores = report.rayScores();
    figures.ray_iou = scores.ray_iou;
    figures.mave_mps = report.truth_has_flow ? scores.mave_mps : kNoScore;
    figures.occ_score = report.truth_has_flow ? scores.occ_score : kNoScore;
    for (std::size_t label = 0; label < scores.ave_mps.size(); ++label) {
      figures.class_iou.push_back(
          float(meanOfKnown(std::array{scores.iou[0][label], scores.iou[1][label], scores.iou[2][label]})));
    }
  }
  const auto camera = report.cameraVoxelScores();
  if (report.voxels) figures.mean_iou = camera ? camera->mean_iou : report.voxelScores().mean_iou;
  if (report.details) figures.cells[std::size_t(CellUnit::Rays)] = cellsOf(report.details->labels);
  if (report.camera_voxels) {
    figures.cells[std::size_t(CellUnit::Voxels)] = cellsOf(*report.camera_voxels);
  } else if (report.voxels) {
    figures.cells[std::size_t(CellUnit::Voxels)] = cellsOf(*report.voxels);
  }
  return figures;
}

std::uint32_t FrameFigures::cell(CellUnit unit, int truth, int predicted, int classes) const {
  const auto& counts = cells[std::size_t(unit)];
  const auto place = std::size_t(truth) * std::size_t(classes) + std::size_t(predicted);
  return place < counts.size() ? counts[place] : 0;
}

std::pair<double, double> Evaluation::quartiles(
    std::size_t source, const std::function<double(const FrameFigures&)>& value) const {
  std::vector<double> values;
  for (const FrameFigures& frame : frames[source]) {
    if (const double number = value(frame); std::isfinite(number)) values.push_back(number);
  }
  if (values.empty()) return {kNoScore, kNoScore};
  std::ranges::sort(values);
  return {values[values.size() / 4], values[(3 * values.size()) / 4]};
}

const FrameFigures* Evaluation::figures(std::size_t source, const FrameKey& key) const {
  if (source >= places.size()) return nullptr;
  const auto found = places[source].find(key);
  return found == places[source].end() ? nullptr : &frames[source][found->second];
}

std::vector<RankedFrame> Evaluation::framesOfCell(std::size_t source, int truth, int predicted,
                                                  CellUnit unit) const {
  std::vector<RankedFrame> ranked;
  if (source >= frames.size()) return ranked;
  for (const FrameFigures& frame : frames[source]) {
    const std::uint32_t count = frame.cell(unit, truth, predicted, classes->size());
    if (count > 0) ranked.push_back({frame.key, double(count)});
  }
  std::ranges::stable_sort(ranked, std::ranges::greater{}, &RankedFrame::value);
  return ranked;
}

const Confusion* confusionOf(const SplitReport& report, CellUnit unit) {
  if (unit == CellUnit::Rays) return report.details() ? &report.details()->labels : nullptr;
  if (report.cameraVoxels()) return &*report.cameraVoxels();
  return report.voxels() ? &*report.voxels() : nullptr;
}

const Confusion* Evaluation::confusion(std::size_t source, CellUnit unit) const {
  return source < summary.sources.size() ? confusionOf(summary.sources[source].total, unit) : nullptr;
}

std::optional<std::pair<const PairSummary*, bool>> Evaluation::pair(std::size_t first,
                                                                    std::size_t second) const {
  for (const PairSummary& pair : summary.pairs) {
    if (pair.first == first && pair.second == second) return std::pair(&pair, true);
    if (pair.first == second && pair.second == first) return std::pair(&pair, false);
  }
  return std::nullopt;
}

std::shared_ptr<const Evaluation> readEvaluation(const std::filesystem::path& file, const Dataset& dataset) {
  return evaluationOf(EvaluationStore::open(file), dataset);
}

std::shared_ptr<const Evaluation> evaluationOf(const EvaluationStore& store, const Dataset& dataset) {
  auto evaluation = std::make_shared<Evaluation>();
  evaluation->file = store.file();
  evaluation->summary = summarise(store);
  evaluation->classes = &store.classes();
  evaluation->frames.resize(store.sources().size());
  evaluation->places.resize(store.sources().size());
  const auto keys = keysByToken(dataset);
  bool any_known = false;
  store.forEachFrame([&](const FrameRecord& record) {
    const auto key = keys.find(record.token);
    if (key == keys.end()) return;
    any_known = true;
    for (std::size_t source = 0; source < record.results.size(); ++source) {
      if (record.results[source].skipped) continue;
      evaluation->places[source].emplace(key->second, evaluation->frames[source].size());
      evaluation->frames[source].push_back(figuresOf(key->second, record.results[source].report));
    }
  });
  for (const SourceSummary& source : evaluation->summary.sources) {
    auto& scenes = evaluation->scene_ray_iou.emplace_back();
    for (const GroupReport& group : source.scenes) {
      const auto scene = std::ranges::find(dataset.scenes(), group.name, &Scene::name);
      const auto rays = group.report.rayScores();
      if (scene != dataset.scenes().end() && rays && std::isfinite(rays->ray_iou))
        scenes.emplace(scene - dataset.scenes().begin(), rays->ray_iou);
    }
  }
  if (!any_known && evaluation->summary.frames > 0) {
    throw Error(
        {"The evaluation is of another data set", store.file(),
         "keyframes of " + dataset.name() + " (" + dataset.version() + ")",
         "keyframes of " + evaluation->summary.facts.dataset + " (" + evaluation->summary.facts.version + ")",
         "Open " + evaluation->summary.facts.dataset_path + " first."});
  }
  return evaluation;
}

}  // namespace hbev::ui
