#include "ui/score_panel.h"

#include <cmath>
#include <limits>

#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtGui/QPainter>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QLabel>
#include <QtWidgets/QStyledItemDelegate>
#include <QtWidgets/QTableView>
#include <QtWidgets/QVBoxLayout>

#include "core/base/files.h"
#include "core/eval/report_table.h"
#include "ui/kit/buttons.h"
#include "ui/kit/label.h"
#include "ui/kit/notices.h"
#include "ui/kit/painting.h"
#include "ui/kit/panel_stack.h"
#include "ui/kit/segmented_control.h"
#include "ui/kit/theme.h"
#include "ui/score_curve.h"

namespace hbev::ui {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
enum Scope { KeyframeScope, SceneScope, SplitScope };

QString toQString(std::string_view text) {
  return QString::fromUtf8(text.data(), qsizetype(text.size()));
}

/// First column with its swatch, figures right in Mono, the mean row under a strong line.
class ScoreDelegate : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;

  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    const Theme& theme = Theme::current();
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const bool selected = option.state & QStyle::State_Selected,
               hovered = option.state & QStyle::State_MouseOver;
    const bool mean = index.data(ScoreModel::IsMean).toBool();
    painter->fillRect(option.rect, theme.color(selected  ? Role::Selection
                                               : hovered ? Role::Hover
                                                         : Role::Panel));
    if (mean)
      painter->fillRect(QRect(option.rect.left(), option.rect.top(), option.rect.width(), 1),
                        theme.color(Role::BorderStrong));
    if (!mean) paintBottomLine(*painter, option.rect, theme.color(Role::Border, 0.45));
    painter->setPen(theme.color(Role::Text));
    QRect cell = option.rect.adjusted(8, 0, -8, 0);
    if (index.column() == ScoreModel::Class) {
      const QVariant color = index.data(Qt::DecorationRole);
      if (color.isValid()) {
        paintSwatch(*painter, QRectF(cell.left(), cell.center().y() - 4, 9, 9), color.value<QColor>());
        cell.adjust(16, 0, 0, 0);
      }
      painter->setFont(theme.font(TextSize::Body, mean ? Weight::Semibold : Weight::Normal));
      painter->drawText(
          cell, Qt::AlignLeft | Qt::AlignVCenter,
          painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight, cell.width()));
    } else {
      painter->setFont(theme.mono(TextSize::Small, mean ? Weight::Semibold : Weight::Normal));
      painter->drawText(cell, Qt::AlignRight | Qt::AlignVCenter, index.data().toString());
    }
    painter->restore();
  }
};

/// The mean row stays last however the table is sorted; what has no value stands before it.
class ScoreSorter : public QSortFilterProxyModel {
 public:
  using QSortFilterProxyModel::QSortFilterProxyModel;

 protected:
  bool lessThan(const QModelIndex& left, const QModelIndex& right) const override {
    const bool ascending = sortOrder() == Qt::AscendingOrder;
    const bool left_mean = left.data(ScoreModel::IsMean).toBool(),
               right_mean = right.data(ScoreModel::IsMean).toBool();
    if (left_mean != right_mean) return ascending == right_mean;
    if (left.column() == ScoreModel::Class) return left.row() < right.row();
    const double a = left.data(ScoreModel::SortValue).toDouble(),
                 b = right.data(ScoreModel::SortValue).toDouble();
    if (std::isnan(a) != std::isnan(b)) return ascending == std::isnan(b);
    return a < b;
  }
};

}  // namespace

void ScoreModel::setReport(const SplitReport& report, Palette palette) {
  beginResetModel();
  report_ = report;
  rays_ = report.rayScores();
  voxels_ = report.cameraVoxelScores() ? report.cameraVoxelScores() : report.voxelScores();
  palette_ = palette;
  rows_ = report.classes().size();  // the free class's row is the mean's
  endResetModel();
}

int ScoreModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() || !rays_ ? 0 : rows_;
}
int ScoreModel::columnCount(const QModelIndex&) const {
  return ColumnCount;
}

double ScoreModel::value(int row, int column) const {
  const bool mean = row == rows_ - 1;
  const auto i = std::size_t(row);
  const auto& counts = report_->rays();
  switch (column) {
    case RayIou:
      return 100 * (mean ? rays_->ray_iou : (rays_->iou[0][i] + rays_->iou[1][i] + rays_->iou[2][i]) / 3);
    case At1:
    case At2:
    case At4: {
      const auto threshold = std::size_t(column - At1);
      return 100 * (mean ? rays_->mean_iou[threshold] : rays_->iou[threshold][i]);
    }
    case Ave:
      if (report_->framesWithoutTrueFlow() > 0) return kNone;
      return mean ? rays_->mave_mps : rays_->ave_mps[i];
    case TruePositives: {
      if (!counts) return kNone;
      if (!mean) return double(counts->hits[kFlowThreshold][i]);
      double sum = 0;
      for (int label = 0; label + 1 < rows_; ++label)
        sum += double(counts->hits[kFlowThreshold][std::size_t(label)]);
      return sum;
    }
    case VoxelIou:
      if (!voxels_) return kNone;
      return 100 * (mean ? voxels_->mean_iou : voxels_->iou[i]);
    default:
      return kNone;
  }
}

QVariant ScoreModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || !rays_) return {};
  const bool mean = index.row() == rows_ - 1;
  const ClassSet& classes = report_->classes();
  if (role == IsMean) return mean;
  if (role == SortValue) return value(index.row(), index.column());
  if (role == Qt::DecorationRole && index.column() == Class && !mean) {
    const Rgb color = classes.color(index.row(), palette_);
    return QColor(color.r, color.g, color.b);
  }
  if (role == Qt::TextAlignmentRole)
    return int((index.column() == Class ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
  if (role != Qt::DisplayRole) return {};
  if (index.column() == Class) return mean ? tr("Mean") : toQString(classes[index.row()].name);
  const double number = value(index.row(), index.column());
  if (std::isnan(number)) return QStringLiteral("·");
  if (index.column() == TruePositives) return groupedNumber(qint64(number));
  return decimal(number, index.column() == Ave ? 2 : 1);
}

QVariant ScoreModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  static const std::array<QString, ColumnCount> kNames{
      tr("Class"), tr("RayIoU"), tr("1 m"), tr("2 m"), tr("4 m"), tr("AVE"), tr("Rays right"), tr("IoU")};
  static const std::array<QString, ColumnCount> kHelp{
      tr("Class"),
      tr("Mean of the three columns at right, %"),
      tr("Ray IoU within 1 m, %"),
      tr("Ray IoU within 2 m, %"),
      tr("Ray IoU within 4 m, %"),
      tr("Mean velocity error of rays right within 2 m, m/s"),
      tr("Rays right within 2 m: AVE rests on them"),
      tr("Voxel IoU, %; within the camera mask where the truth has one")};
  if (role == Qt::DisplayRole) return kNames[std::size_t(section)];
  if (role == Qt::ToolTipRole) return kHelp[std::size_t(section)];
  if (role == Qt::TextAlignmentRole)
    return int((section == Class ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
  return {};
}

QString ScoreModel::text() const {
  QStringList lines;
  for (int row = -1; row < rowCount(); ++row) {
    QStringList cells;
    for (int column = 0; column < ColumnCount; ++column) {
      cells << (row < 0 ? headerData(column, Qt::Horizontal, Qt::DisplayRole)
                        : data(index(row, column), Qt::DisplayRole))
                   .toString();
    }
    lines << cells.join(QLatin1Char('\t'));
  }
  return lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
}

ScorePanel::ScorePanel(Studio& studio, QWidget* parent) : QWidget(parent), studio_(studio) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  auto* content = new QWidget(this);
  auto* column = new QVBoxLayout(content);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  auto* tools = new QWidget(content);
  tools->setFixedHeight(36);
  auto* row = new QHBoxLayout(tools);
  row->setContentsMargins(8, 0, 4, 0);
  row->setSpacing(4);
  scope_ = new SegmentedControl(tools);
  scope_->addSegment(tr("Keyframe"));
  scope_->addSegment(tr("Scene"));
  scope_->addSegment(tr("All"));
  scope_->setCurrentIndex(SceneScope);
  scope_->setAccessibleName(tr("Scores of"));
  row->addWidget(scope_);
  row->addStretch();
  evaluate_ = makeButton(tr("Evaluate all"), ButtonKind::Quiet, {}, tools, true);
  evaluate_->setToolTip(tr("Scores every keyframe of the data set."));
  row->addWidget(evaluate_);
  auto* copy_button = makeIconButton(QStringLiteral("copy"), tr("Copy the table"), tools);
  auto* export_button = makeIconButton(QStringLiteral("export"), tr("Export the table"), tools);
  row->addWidget(copy_button);
  row->addWidget(export_button);
  column->addWidget(tools);

  model_ = new ScoreModel(this);
  sorted_ = new ScoreSorter(this);
  sorted_->setSourceModel(model_);
  table_ = new QTableView(content);
  table_->setModel(sorted_);
  table_->setItemDelegate(new ScoreDelegate(table_));
  table_->setSortingEnabled(true);
  table_->sortByColumn(ScoreModel::Class, Qt::AscendingOrder);
  table_->setSelectionBehavior(QAbstractItemView::SelectRows);
  table_->setShowGrid(false);
  table_->setFrameShape(QFrame::NoFrame);
  table_->verticalHeader()->hide();
  table_->verticalHeader()->setDefaultSectionSize(Theme::current().sizes().table_row);
  table_->horizontalHeader()->setSectionResizeMode(QHeaderView::Fixed);
  table_->horizontalHeader()->setSectionResizeMode(ScoreModel::Class, QHeaderView::Stretch);
  table_->horizontalHeader()->setMinimumSectionSize(40);
  table_->horizontalHeader()->setFixedHeight(Theme::current().sizes().table_header);
  table_->horizontalHeader()->setHighlightSections(false);
  table_->setMouseTracking(true);
  table_->setAccessibleName(tr("Scores by class"));
  column->addWidget(table_, 1);

  curve_ = new ScoreCurve(content);
  connect(curve_, &ScoreCurve::keyframeChosen, this,
          [this](int keyframe) { studio_.setCurrent(studio_.current().scene, std::size_t(keyframe)); });
  column->addWidget(curve_);
  caption_ = makeLabel({}, Role::Text2, TextSize::Small, Weight::Normal, content);
  caption_->setWordWrap(true);
  auto* caption_row = new QHBoxLayout;
  caption_row->setContentsMargins(12, 4, 12, 8);
  caption_row->addWidget(caption_);
  column->addLayout(caption_row);

  stack_ = new PanelStack(this);
  stack_->setContent(content);
  stack_->setEmptyState(new EmptyState("evaluate", tr("Nothing to score"),
                                       tr("Show a prediction beside a truth of the same class set.")));
  stack_->showEmpty();
  layout->addWidget(stack_);

  delay_.setSingleShot(true);
  delay_.setInterval(120);
  connect(&delay_, &QTimer::timeout, this, &ScorePanel::show);
  const auto later = [this] {
    if (!delay_.isActive()) delay_.start();
  };
  connect(&studio, &Studio::reportArrived, this, later);
  connect(&studio, &Studio::scoringChanged, this, later);
  connect(&studio, &Studio::currentChanged, this, later);
  connect(&studio, &Studio::viewChanged, this, [this](const ViewSettings& before) {
    if (before.palette != studio_.view().palette) show();
  });
  connect(scope_, &SegmentedControl::currentChanged, this, &ScorePanel::show);
  connect(evaluate_, &QPushButton::clicked, this, &ScorePanel::evaluateRequested);
  connect(copy_button, &QToolButton::clicked, this, &ScorePanel::copy);
  connect(export_button, &QToolButton::clicked, this, &ScorePanel::exportTable);
}

/// Columns give way in the order in which people miss them least; the class names never do.
void ScorePanel::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  constexpr int kRoomForEvaluate_px = 336;
  evaluate_->setVisible(width() >= kRoomForEvaluate_px);  // the tool bar has it too
  constexpr int kClassWidth = 132, kFigure = 56, kRays = 84;
  int room = width() - kClassWidth;
  for (const ScoreModel::Column column :
       {ScoreModel::RayIou, ScoreModel::Ave, ScoreModel::VoxelIou, ScoreModel::At1, ScoreModel::At2,
        ScoreModel::At4, ScoreModel::TruePositives}) {
    const int wanted = column == ScoreModel::TruePositives ? kRays
                       : column == ScoreModel::RayIou      ? kFigure + 8
                                                           : kFigure;
    room -= wanted;
    table_->setColumnHidden(column, room < 0);
    table_->setColumnWidth(column, wanted);
  }
}

SplitReport ScorePanel::chosenReport() const {
  if (scope_->currentIndex() == SplitScope) return studio_.splitReport();
  if (scope_->currentIndex() == SceneScope) return studio_.sceneReport(studio_.current().scene);
  const auto frame = studio_.report(studio_.current().scene, studio_.current().index);
  SplitReport single(frame ? *frame->classes : ClassSet::openocc());
  if (frame) single.add(*frame);
  return single;
}

void ScorePanel::show() {
  if (!studio_.canScore()) return stack_->showEmpty();
  stack_->showContent();
  const SplitReport report = chosenReport();
  model_->setReport(report, studio_.view().palette);
  const OccupancySource* prediction = studio_.source(*studio_.scoredSide());
  const OccupancySource* truth = studio_.source(other(*studio_.scoredSide()));
  const auto rays = report.rayScores();
  caption_->setText(
      tr("%1 against %2. %3, %4 rays%5. OccScore %6, mIoU %7.")
          .arg(prediction->title(), truth->title(),
               QString(report.frames() == 1 ? tr("%1 keyframe") : tr("%1 keyframes")).arg(report.frames()),
               groupedNumber(report.rays() ? report.rays()->valid_rays : 0),
               report.framesWithoutPredictedFlow() > 0
                   ? tr("; predictions without flow count as standing still")
                   : QString(),
               rays && std::isfinite(rays->occ_score) && report.framesWithoutTrueFlow() == 0
                   ? decimal(rays->occ_score * 100, 1)
                   : QStringLiteral("·"),
               report.cameraVoxelScores() ? tr("within the camera mask") : tr("over all voxels")));
  showCurve();
}

void ScorePanel::showCurve() {
  std::vector<ScoreCurve::Point> points(studio_.keyframesInScene());
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto report = studio_.report(studio_.current().scene, i);
    if (!report) continue;
    const auto camera = report->cameraVoxelScores();
    points[i] = {report->rayScores().ray_iou * 100,
                 (camera ? camera->mean_iou : report->voxelScores().mean_iou) * 100};
  }
  curve_->setPoints(points);
  curve_->setCurrent(int(studio_.current().index));
}

void ScorePanel::copy() const {
  QGuiApplication::clipboard()->setText(model_->text());
}

void ScorePanel::exportTable() {
  if (!studio_.canScore()) return;
  const QString path = QFileDialog::getSaveFileName(this, tr("Export scores"), QStringLiteral("scores.csv"),
                                                    tr("CSV (*.csv);;Markdown (*.md);;JSON (*.json)"));
  if (path.isEmpty()) return;
  const SplitReport report = chosenReport();
  ReportProvenance provenance;
  provenance.dataset = studio_.dataset()->name();
  provenance.version = studio_.dataset()->version();
  provenance.labels = labelKindName(*studio_.source(other(*studio_.scoredSide()))->truth);
  provenance.predictions = studio_.source(*studio_.scoredSide())->prediction->path().string();
  provenance.prediction_format = studio_.source(*studio_.scoredSide())->prediction->formatName();
  provenance.keyframes = std::size_t(report.frames());
  provenance.program = "hbevocc-studio " HBEV_VERSION;
  if (scope_->currentIndex() != SplitScope)
    provenance.scenes = {studio_.dataset()->scenes()[studio_.current().scene].name};
  try {
    writeFile(path.toStdString(), path.endsWith(QLatin1String(".md"))     ? reportMarkdown(report, provenance)
                                  : path.endsWith(QLatin1String(".json")) ? reportJson(report, provenance)
                                                                          : reportCsv(report));
  } catch (const Error& error) {
    Q_EMIT failed(error.problem());
  }
}

}  // namespace hbev::ui
