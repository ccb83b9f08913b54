// The score table's rows and columns: by class, range, height, scene, weather, and two sources side by side.
#pragma once

#include <optional>
#include <vector>

#include <QtCore/QString>
#include <QtGui/QColor>

#include "core/data/classes.h"
#include "core/eval/evaluation_summary.h"

namespace hbev::ui {

/// How a column's numbers are written. Changes are in the unit of what changes, better up.
enum class ScoreKind { Percent, Bar, Change, VelocityChange, Velocity, Count };

struct ScoreColumn {
  QString id;  ///< "ray_iou"
  QString title, help;
  ScoreKind kind = ScoreKind::Percent;
  int keep = 0;  ///< columns of the largest number give way first
};

struct ScoreRow {
  QString title;
  QColor color;                ///< of a class; invalid without one
  int label = -1;              ///< class number
  int group = -1;              ///< number of the band or scene
  std::vector<double> values;  ///< by column: percent, m/s or counts; NaN where there is none
};

struct ScoreTable {
  QString row_title;
  std::vector<ScoreColumn> columns;
  std::vector<ScoreRow> rows;
  std::optional<ScoreRow> footer;
};

/// What scores are compared with.
struct ScoreReference {
  const SplitReport* report = nullptr;
  QString title;
  /// What is compared with it: the shown scores over the keyframes that both have.
  const SplitReport* own = nullptr;
};

ScoreTable classRows(const SplitReport& report, const std::optional<ScoreReference>& reference,
                     Palette palette);
/// No rows where rays were not told apart by zone.
ScoreTable rangeRows(const SplitReport& report, const std::optional<ScoreReference>& reference);
ScoreTable heightRows(const SplitReport& report, const std::optional<ScoreReference>& reference);
/// The same by groups of keyframes: `own` and `reference` are over the keyframes that both have.
struct GroupReference {
  const std::vector<GroupReport>*own = nullptr, *reference = nullptr;
  QString title;
};
/// `row_title` is "Scene" or "Weather".
ScoreTable groupRows(const std::vector<GroupReport>& groups, const std::optional<GroupReference>& reference,
                     const QString& row_title);
/// Both sources by class, the first less the second, and rays that only one of them has right. `pair` may be
/// null; `is_first`: the pair's first is `a`.
ScoreTable compareRows(const SplitReport& a, const SplitReport& b, const PairSummary* pair, bool is_first,
                       Palette palette);

/// A cell as it is shown: "38.9", "·".
QString scoreText(double value, ScoreKind kind);

}  // namespace hbev::ui
