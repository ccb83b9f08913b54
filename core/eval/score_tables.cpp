#include "core/eval/score_tables.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include <fmt/format.h>

#include "core/eval/statistics.h"

namespace hbev {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// A column with its values by class, free left out, and what stands below them.
class ClassColumns {
 public:
  explicit ClassColumns(const ClassSet& classes, Table& table) : table_(table) {
    table_.row_title = table_.row_id = "class";
    for (int label = 0; label + 1 < classes.size(); ++label)
      table_.rows.push_back({std::string(classes[label].name), std::string(classes[label].id), {}});
    table_.footer = TableRow{"mean", "mean", {}};
  }
  void add(TableColumn column, const std::vector<double>& values, double below) {
    table_.columns.push_back(std::move(column));
    for (std::size_t c = 0; c < table_.rows.size(); ++c)
      table_.rows[c].values.push_back(values[c]);
    table_.footer->values.push_back(below);
  }

 private:
  Table& table_;
};

std::vector<double> meanOverThresholds(const RayScores& scores) {
  std::vector<double> means;
  for (std::size_t c = 0; c < scores.ave_mps.size(); ++c)
    means.push_back(meanOfKnown(std::array{scores.iou[0][c], scores.iou[1][c], scores.iou[2][c]}));
  return means;
}

void addRayColumns(const SplitReport& report, ClassColumns& columns) {
  const std::optional<RayScores> scores = report.rayScores();
  if (!scores) return;
  for (std::size_t t = 0; t < kRayThresholds_m.size(); ++t) {
    const std::string metres = fmt::format("{:.0f}", kRayThresholds_m[t]);
    columns.add({"IoU@" + metres, "iou_" + metres + "m", Unit::Percent}, scores->iou[t], scores->mean_iou[t]);
  }
  columns.add({"RayIoU", "ray_iou", Unit::Percent}, meanOverThresholds(*scores), scores->ray_iou);
  columns.add({"AVE", "ave_mps", Unit::MetresPerSecond}, scores->ave_mps, scores->mave_mps);
  columns.add({"spread", "ave_spread_mps", Unit::MetresPerSecond}, scores->ave_spread_mps, kNone);
  const std::vector<std::int64_t>& hits = report.rays()->hits[kFlowThreshold];
  std::vector<double> true_positives(hits.begin(), hits.end() - 1);
  double sum = 0;
  for (const double count : true_positives)
    sum += count;
  columns.add({"TP@2", "true_positives_2m", Unit::Count}, true_positives, sum);
  columns.add({"AVE server", "server_ave_mps", Unit::MetresPerSecond}, scores->server_ave_mps,
              scores->server_mave_mps);
}

void addVoxelColumn(const std::optional<VoxelScores>& scores, TableColumn column, ClassColumns& columns) {
  if (!scores) return;
  columns.add(std::move(column), {scores->iou.begin(), scores->iou.end() - 1}, scores->mean_iou);
}

/// The metric's counts of the zones that `wanted` picks; of velocities only the sums of their errors.
template <class Wanted>
RayCounts countsOfZones(const RayDetails& details, const Wanted& wanted) {
  RayCounts counts(details.classes());
  for (std::size_t zone = 0; zone < kZones; ++zone) {
    if (!wanted(zone)) continue;
    for (int label = 0; label < details.classes(); ++label) {
      const ClassRays& rays = details.zone(zone, label);
      const auto c = std::size_t(label);
      counts.valid_rays += rays.truth;
      counts.truth[c] += rays.truth;
      counts.predicted[c] += rays.predicted;
      for (std::size_t t = 0; t < rays.hits.size(); ++t)
        counts.hits[t][c] += rays.hits[t];
      counts.velocity_error_mps[c] += 1e-6 * double(rays.velocity_error_umps);
    }
  }
  return counts;
}

std::vector<TableColumn> bandColumns() {
  return {{"rays", "rays", Unit::Count},        {"IoU@1", "iou_1m", Unit::Percent},
          {"IoU@2", "iou_2m", Unit::Percent},   {"IoU@4", "iou_4m", Unit::Percent},
          {"RayIoU", "ray_iou", Unit::Percent}, {"mAVE", "mave_mps", Unit::MetresPerSecond}};
}

TableRow bandRow(const SplitReport& report, const RayCounts& counts, std::string title, std::string id) {
  const RayScores scores = report.scoresOf(counts);
  return {std::move(title),
          std::move(id),
          {double(counts.valid_rays), scores.mean_iou[0], scores.mean_iou[1], scores.mean_iou[2],
           scores.ray_iou, scores.mave_mps}};
}

std::vector<TableColumn> scoreColumns() {
  return {{"frames", "frames", Unit::Count},        {"RayIoU", "ray_iou", Unit::Percent},
          {"@1", "ray_iou_1m", Unit::Percent},      {"@2", "ray_iou_2m", Unit::Percent},
          {"@4", "ray_iou_4m", Unit::Percent},      {"mAVE", "mave_mps", Unit::MetresPerSecond},
          {"OccScore", "occ_score", Unit::Percent}, {"mAVE server", "server_mave_mps", Unit::MetresPerSecond},
          {"mIoU", "miou", Unit::Percent},          {"mIoU camera", "miou_camera", Unit::Percent}};
}

std::vector<double> scoresOf(const SplitReport& report) {
  std::vector<double> values{double(report.frames())};
  if (const auto rays = report.rayScores()) {
    values.insert(values.end(), {rays->ray_iou, rays->mean_iou[0], rays->mean_iou[1], rays->mean_iou[2],
                                 rays->mave_mps, rays->occ_score, rays->server_mave_mps});
  } else {
    values.insert(values.end(), 7, kNone);
  }
  const auto voxels = report.voxelScores(), camera = report.cameraVoxelScores();
  values.push_back(voxels ? voxels->mean_iou : kNone);
  values.push_back(camera ? camera->mean_iou : kNone);
  return values;
}

/// Leaves out columns without any number.
void dropEmptyColumns(Table& table) {
  for (std::size_t i = table.columns.size(); i-- > 0;) {
    const auto is_empty = [i](const TableRow& row) { return std::isnan(row.values[i]); };
    if (table.rows.empty() || !std::all_of(table.rows.begin(), table.rows.end(), is_empty)) continue;
    table.columns.erase(table.columns.begin() + std::ptrdiff_t(i));
    for (TableRow& row : table.rows)
      row.values.erase(row.values.begin() + std::ptrdiff_t(i));
  }
}

/// Rows about keyframes: what people and programs call them.
class FrameRows {
 public:
  explicit FrameRows(const EvaluationSummary& summary) {
    for (const StoredScene& scene : summary.scenes) {
      std::vector<std::string_view> conditions;
      for (const SceneCondition condition : conditionsOf(scene.description))
        conditions.push_back(conditionName(condition));
      scenes_[scene.scene] = {scene.name, scene.description, fmt::format("{}", fmt::join(conditions, " "))};
    }
  }
  static std::vector<std::string> detailIds() { return {"scene", "keyframe", "description", "condition"}; }

  TableRow row(const EvaluatedFrame& frame, const std::string& token, std::vector<double> values) const {
    const auto found = scenes_.find(frame.scene);
    const Words words = found == scenes_.end() ? Words{} : found->second;
    const std::string number = std::to_string(frame.index_in_scene + 1);
    return {fmt::format("{} keyframe {} {}", words.name, number, token),
            token,
            std::move(values),
            {words.name, number, words.description, words.conditions}};
  }

 private:
  struct Words {
    std::string name, description, conditions;
  };
  std::map<std::size_t, Words> scenes_;
};

std::vector<TableColumn> frameColumns() {
  return {{"RayIoU", "ray_iou", Unit::Percent},
          {"mAVE", "mave_mps", Unit::MetresPerSecond},
          {"mIoU", "miou", Unit::Percent}};
}

const Confusion* shownConfusion(const SplitReport& report) {
  if (report.details()) return &report.details()->labels;
  if (report.cameraVoxels()) return &*report.cameraVoxels();
  return report.voxels() ? &*report.voxels() : nullptr;
}

}  // namespace

Table classTable(const SplitReport& report) {
  Table table{"By class", "classes", {}, {}, {}, {}, {}, {}};
  ClassColumns columns(report.classes(), table);
  addRayColumns(report, columns);
  addVoxelColumn(report.voxelScores(), {"voxel IoU", "voxel_iou", Unit::Percent}, columns);
  addVoxelColumn(report.cameraVoxelScores(), {"in camera", "voxel_iou_camera", Unit::Percent}, columns);
  table.footer->title = "mean (TP: sum)";
  table.note = "IoU in %, AVE and its spread in m/s, TP@2: rays of the right class within 2 m";
  return table;
}

std::optional<Table> rangeTable(const SplitReport& report) {
  if (!report.details()) return std::nullopt;
  Table table{"By range", "ranges", "distance from the car", "range_m", bandColumns(), {}, {}, {}};
  for (std::size_t band = 0; band < kRangeBands; ++band) {
    const auto counts =
        countsOfZones(*report.details(), [&](std::size_t zone) { return zone / kHeightBands == band; });
    const bool last = band + 1 == kRangeBands;
    table.rows.push_back(
        bandRow(report, counts,
                last ? fmt::format("beyond {:.0f} m", kRangeEdges_m[band])
                     : fmt::format("{:.0f} to {:.0f} m", kRangeEdges_m[band], kRangeEdges_m[band + 1]),
                fmt::format("{:.0f}-{:.0f}", kRangeEdges_m[band], kRangeEdges_m[band + 1])));
  }
  table.note = "rays by where the truth's ray ends; IoU in %, AVE in m/s";
  return table;
}

std::optional<Table> heightTable(const SplitReport& report) {
  if (!report.details()) return std::nullopt;
  Table table{"By height", "heights", "height above the car's origin", "height_m", bandColumns(), {}, {}, {}};
  for (std::size_t band = 0; band < kHeightBands; ++band) {
    const auto counts =
        countsOfZones(*report.details(), [&](std::size_t zone) { return zone % kHeightBands == band; });
    table.rows.push_back(bandRow(
        report, counts, fmt::format("{:.1f} to {:.1f} m", kHeightEdges_m[band], kHeightEdges_m[band + 1]),
        fmt::format("{:.1f}..{:.1f}", kHeightEdges_m[band], kHeightEdges_m[band + 1])));
  }
  table.note = "rays by where the truth's ray ends; IoU in %, AVE in m/s";
  return table;
}

Table groupTable(const std::vector<GroupReport>& groups, std::string title, std::string id,
                 std::string row_title) {
  Table table{std::move(title), std::move(id), row_title, row_title, scoreColumns(), {}, {}, {}};
  for (const GroupReport& group : groups)
    table.rows.push_back({group.name, group.name, scoresOf(group.report)});
  dropEmptyColumns(table);
  table.note = "IoU and OccScore in %, AVE in m/s";
  return table;
}

Table conditionTable(const std::vector<GroupReport>& conditions) {
  Table table = groupTable(conditions, "By condition", "conditions", "condition");
  table.note += "; a keyframe counts under every condition that its scene's description names";
  return table;
}

std::optional<Table> confusionTable(const SplitReport& report, ConfusionUnit unit) {
  const Confusion* confusion = shownConfusion(report);
  if (!confusion) return std::nullopt;
  const ClassSet& classes = report.classes();
  const std::string what = report.details() ? "rays" : "voxels";
  Table table{"Which class was taken for which", "confusion", "true class", "true_class", {}, {}, {}, {}};
  const bool shares = unit == ConfusionUnit::Share;
  for (int label = 0; label < classes.size(); ++label) {
    table.columns.push_back({std::string(classes[label].name), std::string(classes[label].id),
                             shares ? Unit::Percent : Unit::Count});
  }
  for (int truth = 0; truth < classes.size(); ++truth) {
    TableRow row{std::string(classes[truth].name), std::string(classes[truth].id), {}};
    std::int64_t sum = 0;
    for (int label = 0; label < classes.size(); ++label)
      sum += confusion->at(truth, label);
    for (int label = 0; label < classes.size(); ++label) {
      const auto count = double(confusion->at(truth, label));
      row.values.push_back(!shares ? count : sum > 0 ? count / double(sum) : kNone);
    }
    table.rows.push_back(std::move(row));
  }
  table.note = shares ? "rows: the true class; of its " + what + " so many % were given the column's class"
                      : "rows: the true class; so many of its " + what + " were given the column's class";
  return table;
}

Table sourceTable(const EvaluationSummary& summary) {
  std::vector<GroupReport> groups;
  for (const SourceSummary& source : summary.sources)
    groups.push_back({source.facts.title, "", source.total});
  Table table = groupTable(groups, "Scores", "sources", "source");
  const bool differ = std::any_of(summary.pairs.begin(), summary.pairs.end(),
                                  [](const PairSummary& pair) { return pair.frames != pair.either; });
  if (differ)
    table.note += "; each source over its own keyframes, which differ: what follows compares the common ones";
  return table;
}

Table differenceTable(const EvaluationSummary& summary, const PairSummary& pair) {
  const SourceSummary &first = summary.sources[pair.first], &second = summary.sources[pair.second];
  Table table{fmt::format("A: {}, B: {}", first.facts.title, second.facts.title),
              "difference",
              {},
              {},
              {},
              {},
              {},
              {}};
  ClassColumns columns(first.total.classes(), table);
  const SplitReport &ours = pair.first_common.total, &theirs = pair.second_common.total;
  const auto addBoth = [&](const std::string& title, const std::string& id, Unit unit, Unit difference_unit,
                           std::vector<double> a, std::vector<double> b, double mean_a, double mean_b) {
    columns.add({title + " A", id + "_a", unit}, a, mean_a);
    columns.add({title + " B", id + "_b", unit}, b, mean_b);
    for (std::size_t c = 0; c < a.size(); ++c)
      b[c] -= a[c];
    columns.add({"B - A", id + "_difference", difference_unit}, b, mean_b - mean_a);
  };
  const auto a = ours.rayScores(), b = theirs.rayScores();
  if (a && b) {
    addBoth("RayIoU", "ray_iou", Unit::Percent, Unit::PercentPoints, meanOverThresholds(*a),
            meanOverThresholds(*b), a->ray_iou, b->ray_iou);
    addBoth("AVE", "ave_mps", Unit::MetresPerSecond, Unit::MetresPerSecondMore, a->ave_mps, b->ave_mps,
            a->mave_mps, b->mave_mps);
  }
  const auto addRays = [&](const std::string& title, const std::string& id, std::int64_t RightRays::*member) {
    std::vector<double> values;
    for (const RightRays& rays : pair.classes)
      values.push_back(double(rays.*member));
    columns.add({title, id, Unit::Count}, values, double(pair.total().*member));
  };
  addRays("both right", "both_right", &RightRays::both);
  addRays("only A right", "only_a_right", &RightRays::only_first);
  addRays("only B right", "only_b_right", &RightRays::only_second);
  addRays("both wrong", "both_wrong", &RightRays::neither);
  table.footer->title = "mean (rays: sum)";
  table.note = "over " + pair.framesText() +
               "; right: rays of the true class that end within 2 m with the right class";
  return table;
}

Table changeTable(const EvaluationSummary& summary, const PairSummary& pair, std::size_t count) {
  const SourceSummary &first = summary.sources[pair.first], &second = summary.sources[pair.second];
  Table table{"Keyframes that differ most",
              "changes",
              "keyframe",
              "token",
              {{"RayIoU A", "ray_iou_a", Unit::Percent},
               {"RayIoU B", "ray_iou_b", Unit::Percent},
               {"B - A", "ray_iou_difference", Unit::PercentPoints}},
              {},
              {},
              {}};
  const FrameRows rows(summary);
  table.detail_ids = FrameRows::detailIds();
  std::map<std::int64_t, const FrameScores*> by_ordinal;
  for (const FrameScores& frame : second.frames)
    by_ordinal[frame.frame.ordinal] = &frame;
  for (const FrameScores& frame : first.frames) {
    const auto other = by_ordinal.find(frame.frame.ordinal);
    if (other == by_ordinal.end()) continue;
    const double difference = other->second->ray_iou - frame.ray_iou;
    if (std::isnan(difference)) continue;
    table.rows.push_back(
        rows.row(frame.frame, frame.token, {frame.ray_iou, other->second->ray_iou, difference}));
  }
  std::stable_sort(table.rows.begin(), table.rows.end(), [](const TableRow& a, const TableRow& b) {
    return std::abs(a.values[2]) > std::abs(b.values[2]);
  });
  if (table.rows.size() > count) table.rows.resize(count);
  return table;
}

Table worstTable(const EvaluationSummary& summary, const SourceSummary& source, std::size_t count) {
  Table table = frameTable(summary, source);
  table.title = "Worst keyframes";
  table.id = "worst";
  const auto keyOf = [](const TableRow& row) {
    const double key = std::isnan(row.values[0]) ? row.values[2] : row.values[0];
    return std::isnan(key) ? std::numeric_limits<double>::infinity() : key;
  };
  std::stable_sort(table.rows.begin(), table.rows.end(),
                   [&](const TableRow& a, const TableRow& b) { return keyOf(a) < keyOf(b); });
  if (table.rows.size() > count) table.rows.resize(count);
  return table;
}

Table frameTable(const EvaluationSummary& summary, const SourceSummary& source) {
  Table table{"Keyframes", "frames", "keyframe", "token", frameColumns(), {}, {}, {}};
  const FrameRows rows(summary);
  table.detail_ids = FrameRows::detailIds();
  for (const FrameScores& frame : source.frames)
    table.rows.push_back(rows.row(frame.frame, frame.token, {frame.ray_iou, frame.mave_mps, frame.mean_iou}));
  return table;
}

}  // namespace hbev
