#include "ui/scores/confusion_panel.h"

#include <array>
#include <cmath>
#include <set>

#include <QtGui/QPainter>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QVBoxLayout>

#include "core/base/files.h"
#include "ui/kit/buttons.h"
#include "ui/kit/elided_label.h"
#include "ui/kit/label.h"
#include "ui/kit/notices.h"
#include "ui/kit/painting.h"
#include "ui/kit/panel_stack.h"
#include "ui/kit/segmented_control.h"
#include "ui/kit/theme.h"
#include "ui/scores/confusion_view.h"
#include "ui/state/studio.h"
#include "ui/state/text.h"

namespace hbev::ui {
namespace {

constexpr int kConfusionToolRow_px = 36, kDetailWidth_px = 132, kRoomForDetail_px = 420;
/// The last band holds the grid's corners alone: few rays end there.
constexpr std::size_t kBandsShown = 4;

/// Of the truth's rays of a class those that were taken for another; NaN without any.
double shareOf(const Confusion& confusion, const ClassPair& pair) {
  std::int64_t all = 0;
  for (int predicted = 0; predicted < confusion.classes(); ++predicted)
    all += confusion.at(pair.truth, predicted);
  return all > 0 ? double(confusion.at(pair.truth, pair.predicted)) / double(all) : NAN;
}

}  // namespace

/// A share for every range band, as bars.
class ConfusionBands : public QWidget {
 public:
  using QWidget::QWidget;
  void setShares(const std::array<double, kBandsShown>& shares) {
    shares_ = shares;
    update();
  }
  QSize sizeHint() const override { return {100, int(kBandsShown) * kRow}; }

 protected:
  void paintEvent(QPaintEvent*) override {
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(theme.mono(TextSize::Tiny));
    for (std::size_t band = 0; band < kBandsShown; ++band) {
      const QRect line(0, int(band) * kRow, width(), kRow);
      painter.setPen(theme.color(Role::Text2));
      painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter,
                       QStringLiteral("%1-%2").arg(kRangeEdges_m[band]).arg(kRangeEdges_m[band + 1]));
      if (std::isnan(shares_[band])) continue;
      paintBar(painter, QRectF(kLabel, line.center().y() - 2, width() - kLabel, 5), shares_[band],
               theme.color(Role::WrongClass));
    }
  }

 private:
  static constexpr int kRow = 14, kLabel = 42;
  std::array<double, kBandsShown> shares_{};
};

ConfusionPanel::ConfusionPanel(Studio& studio, ScoreView& view, QWidget* parent)
    : QWidget(parent), studio_(studio), view_(view) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  auto* tools = new QWidget(this);
  tools->setFixedHeight(kConfusionToolRow_px);
  auto* row = new QHBoxLayout(tools);
  row->setContentsMargins(12, 0, 4, 0);
  row->setSpacing(8);
  row->addWidget(makeLabel(tr("Confusion"), Role::Text, TextSize::Body, Weight::Semibold, tools));
  caption_ = new ElidedLabel({}, Qt::ElideRight, tools);
  caption_->setRole(Role::Text2);
  row->addWidget(caption_, 1);
  units_ = new SegmentedControl(tools);
  units_->addSegment(tr("Rays"));
  units_->addSegment(tr("Voxels"));
  units_->setAccessibleName(tr("What cells count"));
  row->addWidget(units_);
  auto* export_button = makeIconButton(QStringLiteral("export"), tr("Export the confusion table"), tools);
  row->addWidget(export_button);
  layout->addWidget(tools);
  layout->addWidget(makeLine(false, this));
  auto* content = new QWidget(this);
  auto* columns = new QHBoxLayout(content);
  columns->setContentsMargins(0, 0, 0, 0);
  columns->setSpacing(0);
  matrix_ = new ConfusionView(content);
  columns->addWidget(matrix_, 1);
  columns->addWidget(makeDetail());
  stack_ = new PanelStack(this);
  stack_->setContent(content);
  stack_->setEmptyState(
      new EmptyState(QStringLiteral("confusion"), tr("Nothing is counted yet"),
                     tr("Show a prediction beside its truth, or evaluate the whole split.")));
  stack_->showEmpty();
  layout->addWidget(stack_, 1);

  connect(units_, &SegmentedControl::currentChanged, this,
          [this](int index) { view_.setUnit(CellUnit(index)); });
  connect(export_button, &QToolButton::clicked, this, &ConfusionPanel::exportTable);
  connect(frames_button_, &QPushButton::clicked, this, &ConfusionPanel::framesRequested);
  connect(matrix_, &ConfusionView::cellChosen, this,
          [this](const std::optional<ClassPair>& cell) { studio_.errors().setPair(cell); });
  connect(&view, &ScoreView::changed, this, &ConfusionPanel::show);
  connect(&studio.errors(), &ErrorView::changed, this, &ConfusionPanel::showDetail);
}

QWidget* ConfusionPanel::makeDetail() {
  detail_ = new QWidget(this);
  detail_->setFixedWidth(kDetailWidth_px);
  auto* column = new QVBoxLayout(detail_);
  column->setContentsMargins(12, 10, 10, 8);
  column->setSpacing(8);
  pair_ = makeLabel({}, Role::Text, TextSize::Body, Weight::Semibold, detail_);
  share_ = makeLabel({}, Role::Text2, TextSize::Small, Weight::Normal, detail_);
  share_->setObjectName(QStringLiteral("cellShare"));
  found_ = makeLabel({}, Role::Text2, TextSize::Small, Weight::Normal, detail_);
  bands_title_ = makeLabel({}, Role::Text3, TextSize::Small, Weight::Normal, detail_);
  for (QLabel* label : {pair_, share_, found_, bands_title_}) {
    label->setWordWrap(true);
    column->addWidget(label);
  }
  bands_ = new ConfusionBands(detail_);
  column->addWidget(bands_);
  frames_button_ = makeButton(tr("Show keyframes"), ButtonKind::Normal, {}, detail_, true);
  column->addWidget(frames_button_);
  column->addStretch();
  return detail_;
}

void ConfusionPanel::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  detail_->setVisible(width() >= kRoomForDetail_px);
}

void ConfusionPanel::show() {
  const std::optional<SplitReport> report = view_.report();
  const Confusion* confusion = report ? confusionOf(*report, view_.unit()) : nullptr;
  units_->setCurrentIndex(int(view_.unit()));
  if (!confusion) return stack_->showEmpty();
  matrix_->setConfusion(*confusion, report->classes(), studio_.view().palette);
  caption_->setText(view_.unit() == CellUnit::Rays ? tr("rays, % of truth, row = truth, column = prediction")
                    : report->cameraVoxels()
                        ? tr("voxels in the camera mask, % of truth, row = truth, column = prediction")
                        : tr("voxels, % of truth, row = truth, column = prediction"));
  caption_->setShorter(tr("% of each row"));
  stack_->showContent();
  showDetail();
}

void ConfusionPanel::showDetail() {
  const auto pair = studio_.errors().filter().pair;
  matrix_->setChosen(pair);
  const std::optional<SplitReport> report = pair ? view_.report() : std::nullopt;
  const Confusion* confusion = report ? confusionOf(*report, view_.unit()) : nullptr;
  const bool known =
      confusion && pair->truth + 1 < confusion->classes() && pair->predicted < confusion->classes();
  for (QWidget* widget : std::array<QWidget*, 5>{share_, found_, bands_title_, bands_, frames_button_})
    widget->setVisible(known);
  pair_->setVisible(known);
  if (!known) {
    share_->setText(tr("Choose a cell: the keyframes, rays and voxels behind it are shown."));
    return share_->show();
  }
  const ClassSet& classes = report->classes();
  const QString truth = toQString(classes[pair->truth].shortName());
  pair_->setText(truth + QStringLiteral(" → ") + toQString(classes[pair->predicted].shortName()));
  const double share = matrix_->share(*pair);
  const std::int64_t count = confusion->at(pair->truth, pair->predicted);
  const QString unit = view_.unit() == CellUnit::Rays ? tr("rays") : tr("voxels");
  share_->setText(std::isnan(share) ? tr("no %1 %2 in the truth").arg(truth, unit)
                                    : tr("%1 % of %2 %3: %4")
                                          .arg(decimal(100 * share, share < 0.1 ? 1 : 0), truth, unit,
                                               groupedNumber(count)));
  if (const Evaluation* all = view_.evaluation()) {
    const auto frames = all->framesOfCell(view_.source(), pair->truth, pair->predicted, view_.unit());
    std::set<std::size_t> scenes;
    for (const RankedFrame& frame : frames)
      scenes.insert(frame.key.scene);
    found_->setText(tr("Found in %1 keyframes of %2 scenes").arg(frames.size()).arg(scenes.size()));
  } else {
    found_->hide();
    frames_button_->hide();
  }
  const bool banded = view_.unit() == CellUnit::Rays && report->details();
  bands_title_->setVisible(banded);
  bands_->setVisible(banded);
  if (!banded) return;
  bands_title_->setText(tr("% of %1 rays, by range, m").arg(truth));
  std::array<double, kBandsShown> shares{};
  for (std::size_t band = 0; band < kBandsShown; ++band)
    shares[band] = shareOf(report->details()->ranges[band], *pair);
  bands_->setShares(shares);
}

void ConfusionPanel::exportTable() {
  const std::optional<SplitReport> report = view_.report();
  const Confusion* confusion = report ? confusionOf(*report, view_.unit()) : nullptr;
  if (!confusion) return;
  const QString path = QFileDialog::getSaveFileName(this, tr("Export the confusion table"),
                                                    QStringLiteral("confusion.csv"), tr("CSV (*.csv)"));
  if (path.isEmpty()) return;
  std::string text = "truth";
  for (const ClassInfo& info : report->classes().classes())
    text.append(1, ',').append(info.id);
  for (int truth = 0; truth < confusion->classes(); ++truth) {
    text.append(1, '\n').append(report->classes()[truth].id);
    for (int predicted = 0; predicted < confusion->classes(); ++predicted)
      text.append(1, ',').append(std::to_string(confusion->at(truth, predicted)));
  }
  try {
    writeFile(path.toStdString(), text.append(1, '\n'));
  } catch (const Error& error) {
    Q_EMIT failed(error.problem());
  }
}

}  // namespace hbev::ui
