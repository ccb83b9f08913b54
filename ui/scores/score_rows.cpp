#include "ui/scores/score_rows.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <QtCore/QCoreApplication>

#include "core/eval/score_tables.h"
#include "core/eval/statistics.h"
#include "ui/kit/painting.h"
#include "ui/state/text.h"

namespace hbev::ui {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

QString tr(const char* text) {
  return QCoreApplication::translate("Scores", text);
}

ScoreRow classRow(const ClassSet& classes, int label, Palette palette) {
  const Rgb color = classes.color(label, palette);
  return {toQString(classes[label].name), QColor(color.r, color.g, color.b), label, -1, {}};
}

ScoreColumn rayIouColumn() {
  return {"ray_iou", tr("RayIoU"), tr("Mean of ray IoU within 1, 2 and 4 m, %"), ScoreKind::Bar, 0};
}

std::vector<ScoreColumn> thresholdColumns() {
  return {{"at_1", tr("1 m"), tr("Ray IoU within 1 m, %"), ScoreKind::Percent, 5},
          {"at_2", tr("2 m"), tr("Ray IoU within 2 m, %"), ScoreKind::Percent, 6},
          {"at_4", tr("4 m"), tr("Ray IoU within 4 m, %"), ScoreKind::Percent, 7}};
}

ScoreColumn changeColumn(const QString& title) {
  return {"change", tr("to %1").arg(title), tr("RayIoU less that of %1, in points").arg(title),
          ScoreKind::Change, 1};
}

/// Scores of a class, or (label -1) the means, as fractions and m/s.
struct Figures {
  double ray_iou = kNone, ave_mps = kNone, spread_mps = kNone, hits = kNone, voxel_iou = kNone;
  std::array<double, 3> at{kNone, kNone, kNone};
};

/// Scores of a report, asked for once.
class Scores {
 public:
  explicit Scores(const SplitReport& report)
      : report_(report),
        rays_(report.rayScores()),
        voxels_(report.cameraVoxelScores() ? report.cameraVoxelScores() : report.voxelScores()) {}

  Figures of(int label) const {
    Figures figures;
    const bool mean = label < 0;
    const auto i = std::size_t(std::max(0, label));
    if (rays_) {
      for (std::size_t t = 0; t < figures.at.size(); ++t)
        figures.at[t] = mean ? rays_->mean_iou[t] : rays_->iou[t][i];
      figures.ray_iou = mean ? rays_->ray_iou : meanOfKnown(figures.at);
      if (report_.framesWithoutTrueFlow() == 0) {
        figures.ave_mps = mean ? rays_->mave_mps : rays_->ave_mps[i];
        if (!mean) figures.spread_mps = rays_->ave_spread_mps[i];
      }
      figures.hits = hits(label);
    }
    if (voxels_) figures.voxel_iou = mean ? voxels_->mean_iou : voxels_->iou[i];
    return figures;
  }

 private:
  double hits(int label) const {
    const auto& hits = report_.rays()->hits[kFlowThreshold];
    if (label >= 0) return double(hits[std::size_t(label)]);
    double sum = 0;
    for (std::size_t i = 0; i + 1 < hits.size(); ++i)
      sum += double(hits[i]);
    return sum;
  }

  const SplitReport& report_;
  std::optional<RayScores> rays_;
  std::optional<VoxelScores> voxels_;
};

/// A band table of core/eval in the order of our columns.
ScoreTable bandRows(const std::optional<Table>& table, const std::optional<Table>& own,
                    const std::optional<Table>& reference, const QString& reference_title,
                    const QString& row_title) {
  enum { Rays, At1, At2, At4, RayIou };
  ScoreTable rows{row_title, {rayIouColumn()}, {}, {}};
  for (const ScoreColumn& column : thresholdColumns())
    rows.columns.push_back(column);
  if (reference && own) rows.columns.push_back(changeColumn(reference_title));
  rows.columns.push_back({"rays", tr("rays"), tr("Rays whose truth ends in the band"), ScoreKind::Count, 4});
  for (std::size_t band = 0; table && band < table->rows.size(); ++band) {
    const auto& values = table->rows[band].values;
    ScoreRow row{toQString(table->rows[band].title), {}, -1, int(band), {}};
    row.values = {100 * values[RayIou], 100 * values[At1], 100 * values[At2], 100 * values[At4]};
    if (reference && own) {
      row.values.push_back(100 * (own->rows[band].values[RayIou] - reference->rows[band].values[RayIou]));
    }
    row.values.push_back(values[Rays]);
    rows.rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

ScoreTable classRows(const SplitReport& report, const std::optional<ScoreReference>& reference,
                     Palette palette) {
  ScoreTable table{tr("Class"), {rayIouColumn()}, {}, {}};
  for (const ScoreColumn& column : thresholdColumns())
    table.columns.push_back(column);
  if (reference) table.columns.push_back(changeColumn(reference->title));
  table.columns.push_back({"ave", tr("AVE m/s"), tr("Mean velocity error of rays right within 2 m, m/s"),
                           ScoreKind::Velocity, 2});
  table.columns.push_back({"ave_spread", tr("±"),
                           tr("Spread of the velocity errors: their standard deviation, m/s"),
                           ScoreKind::Velocity, 9});
  table.columns.push_back({"hits", tr("hits"),
                           tr("Rays right within 2 m: AVE rests on those of classes that move"),
                           ScoreKind::Count, 3});
  table.columns.push_back({"voxel_iou", tr("IoU"),
                           tr("Voxel IoU, %; within the camera mask where the truth has one"),
                           ScoreKind::Percent, 8});
  const Scores scores(report);
  std::optional<Scores> compared, others;
  if (reference) {
    compared.emplace(*reference->own);
    others.emplace(*reference->report);
  }
  const auto valuesOf = [&](int label) {
    const Figures own = scores.of(label);
    std::vector<double> values{100 * own.ray_iou, 100 * own.at[0], 100 * own.at[1], 100 * own.at[2]};
    if (compared && others) values.push_back(100 * (compared->of(label).ray_iou - others->of(label).ray_iou));
    values.insert(values.end(), {own.ave_mps, own.spread_mps, own.hits, 100 * own.voxel_iou});
    return values;
  };
  const ClassSet& classes = report.classes();
  for (int label = 0; label + 1 < classes.size(); ++label) {
    ScoreRow row = classRow(classes, label, palette);
    row.values = valuesOf(label);
    table.rows.push_back(std::move(row));
  }
  table.footer = ScoreRow{tr("Mean"), {}, -1, -1, valuesOf(-1)};
  return table;
}

ScoreTable rangeRows(const SplitReport& report, const std::optional<ScoreReference>& reference) {
  return bandRows(rangeTable(report), reference ? rangeTable(*reference->own) : std::nullopt,
                  reference ? rangeTable(*reference->report) : std::nullopt,
                  reference ? reference->title : QString(), tr("Range"));
}

ScoreTable heightRows(const SplitReport& report, const std::optional<ScoreReference>& reference) {
  return bandRows(heightTable(report), reference ? heightTable(*reference->own) : std::nullopt,
                  reference ? heightTable(*reference->report) : std::nullopt,
                  reference ? reference->title : QString(), tr("Height"));
}

ScoreTable groupRows(const std::vector<GroupReport>& groups, const std::optional<GroupReference>& reference,
                     const QString& row_title) {
  ScoreTable table{row_title, {rayIouColumn()}, {}, {}};
  if (reference) table.columns.push_back(changeColumn(reference->title));
  table.columns.push_back(
      {"ave", tr("mAVE m/s"), tr("Mean over classes of the velocity error, m/s"), ScoreKind::Velocity, 2});
  table.columns.push_back(
      {"occ_score", tr("OccScore"), tr("0.9 RayIoU + 0.1 max(1 - mAVE, 0), %"), ScoreKind::Percent, 4});
  table.columns.push_back({"voxel_iou", tr("mIoU"),
                           tr("Of voxels, %; within the camera mask where the truth has one"),
                           ScoreKind::Percent, 3});
  table.columns.push_back({"frames", tr("keyframes"), tr("Keyframes scored"), ScoreKind::Count, 5});
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const Figures own = Scores(groups[i].report).of(-1);
    ScoreRow row{toQString(groups[i].name), {}, -1, int(i), {100 * own.ray_iou}};
    if (reference) {
      const auto ours = std::ranges::find(*reference->own, groups[i].name, &GroupReport::name);
      const auto theirs = std::ranges::find(*reference->reference, groups[i].name, &GroupReport::name);
      const bool both = ours != reference->own->end() && theirs != reference->reference->end();
      row.values.push_back(
          both ? 100 * (Scores(ours->report).of(-1).ray_iou - Scores(theirs->report).of(-1).ray_iou) : kNone);
    }
    const auto rays = groups[i].report.rayScores();
    row.values.insert(row.values.end(),
                      {own.ave_mps, rays && !std::isnan(own.ave_mps) ? 100 * rays->occ_score : kNone,
                       100 * own.voxel_iou, double(groups[i].report.frames())});
    table.rows.push_back(std::move(row));
  }
  return table;
}

ScoreTable compareRows(const SplitReport& a, const SplitReport& b, const PairSummary* pair, bool is_first,
                       Palette palette) {
  ScoreTable table{
      tr("Class"),
      {{"ray_iou", tr("RayIoU"), tr("RayIoU of the source that is shown, %"), ScoreKind::Bar, 0},
       {"ray_iou_b", tr("other"), tr("RayIoU of the source that it is compared with, %"), ScoreKind::Percent,
        3},
       {"change", tr("less"), tr("The first less the second, in points"), ScoreKind::Change, 1},
       {"ave_change", tr("AVE"), tr("AVE of the first less that of the second, m/s: less is better"),
        ScoreKind::VelocityChange, 5},
       {"voxel_change", tr("IoU"), tr("Voxel IoU of the first less that of the second, in points"),
        ScoreKind::Change, 6},
       {"only_a", tr("only this"), tr("Rays that only the source that is shown has right within 2 m"),
        ScoreKind::Count, 2},
       {"only_b", tr("only other"), tr("Rays that only the other source has right within 2 m"),
        ScoreKind::Count, 2}},
      {},
      {}};
  const Scores first(a), second(b);
  const auto valuesOf = [&](int label) {
    const Figures own = first.of(label), other = second.of(label);
    double only_a = kNone, only_b = kNone;
    if (pair) {
      const RightRays rays = label < 0 ? pair->total() : pair->classes[std::size_t(label)];
      only_a = double(is_first ? rays.only_first : rays.only_second);
      only_b = double(is_first ? rays.only_second : rays.only_first);
    }
    return std::vector<double>{100 * own.ray_iou,
                               100 * other.ray_iou,
                               100 * (own.ray_iou - other.ray_iou),
                               own.ave_mps - other.ave_mps,
                               100 * (own.voxel_iou - other.voxel_iou),
                               only_a,
                               only_b};
  };
  for (int label = 0; label + 1 < a.classes().size(); ++label) {
    ScoreRow row = classRow(a.classes(), label, palette);
    row.values = valuesOf(label);
    table.rows.push_back(std::move(row));
  }
  table.footer = ScoreRow{tr("Mean, rays: sum"), {}, -1, -1, valuesOf(-1)};
  return table;
}

QString scoreText(double value, ScoreKind kind) {
  if (std::isnan(value)) return QStringLiteral("·");
  switch (kind) {
    case ScoreKind::Count:
      return groupedNumber(qint64(value));
    case ScoreKind::Velocity:
    case ScoreKind::VelocityChange:
      return decimal(value, 2);
    default:
      return decimal(value, 1);
  }
}

}  // namespace hbev::ui
