#include "ui/scores/worst_frames.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QListView>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QScrollBar>
#include <QtWidgets/QVBoxLayout>

#include "core/base/files.h"
#include "ui/kit/buttons.h"
#include "ui/kit/chip.h"
#include "ui/kit/combo_box.h"
#include "ui/kit/label.h"
#include "ui/kit/notices.h"
#include "ui/kit/painting.h"
#include "ui/kit/panel_stack.h"
#include "ui/kit/theme.h"
#include "ui/scores/worst_frame_model.h"
#include "ui/state/error_view.h"
#include "ui/state/studio.h"
#include "ui/state/text.h"

namespace hbev::ui {
namespace {

constexpr int kFooter_px = 44, kWishAfter_ms = 60;
constexpr double kLightest = 2, kHeaviest = 5;

/// The one class that errors are filtered by; nothing when it is none or several.
std::optional<int> singleClass(const ErrorFilter& filter) {
  return filter.classes.size() == 1 ? std::optional(*filter.classes.begin()) : std::nullopt;
}

/// Frames of one source by a score, the lowest first; what has none is left out.
std::vector<RankedFrame> lowest(const std::vector<FrameFigures>& frames,
                                const std::function<double(const FrameFigures&)>& score) {
  std::vector<RankedFrame> ranked;
  for (const FrameFigures& frame : frames) {
    const double value = score(frame);
    if (std::isfinite(value)) ranked.push_back({frame.key, 100 * value});
  }
  std::ranges::stable_sort(ranked, {}, &RankedFrame::value);
  return ranked;
}

}  // namespace

WorstFrames::WorstFrames(Studio& studio, ScoreView& view, QWidget* parent)
    : QWidget(parent), studio_(studio), view_(view) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  auto* content = new QWidget(this);
  auto* column = new QVBoxLayout(content);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(makeTools());
  column->addWidget(makeLine(false, content));
  model_ = new WorstFrameModel(studio, this);
  list_ = new QListView(content);
  list_->setModel(model_);
  list_->setItemDelegate(new WorstFrameDelegate(list_));
  list_->setFrameShape(QFrame::NoFrame);
  list_->setUniformItemSizes(true);
  list_->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
  list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  list_->setMouseTracking(true);
  list_->setAccessibleName(tr("Worst frames"));
  column->addWidget(list_, 1);
  column->addWidget(makeFooter());
  stack_ = new PanelStack(this);
  stack_->setContent(content);
  stack_->setEmptyState(new EmptyState(QStringLiteral("sort"), {}, {}));
  stack_->showEmpty();
  layout->addWidget(stack_);

  wish_delay_.setSingleShot(true);
  wish_delay_.setInterval(kWishAfter_ms);
  connect(&wish_delay_, &QTimer::timeout, this, &WorstFrames::wishThumbnails);
  connect(rank_, &QComboBox::currentIndexChanged, this, [this] {
    if (!showing_) show();
  });
  connect(list_->selectionModel(), &QItemSelectionModel::currentChanged, this,
          [this](const QModelIndex& index) {
            if (!showing_) goTo(index);
          });
  connect(list_, &QListView::clicked, this, &WorstFrames::goTo);
  connect(list_->verticalScrollBar(), &QScrollBar::valueChanged, this, [this] { wish_delay_.start(); });
  connect(&view, &ScoreView::changed, this, &WorstFrames::show);
  connect(&studio, &Studio::currentChanged, this, &WorstFrames::showCurrent);
  connect(&studio.errors(), &ErrorView::changed, this, [this] {
    const ErrorFilter& filter = studio_.errors().filter();
    if (filter.pair == pair_ && filter.classes == classes_) return;
    // What was just chosen elsewhere is what the list is ranked by.
    if (filter.pair && filter.pair != pair_) rank_->setCurrentIndex(int(FrameRanking::Cell));
    show();
  });
  setEmptyText();
}

QWidget* WorstFrames::makeTools() {
  auto* tools = new QWidget(this);
  auto* column = new QVBoxLayout(tools);
  column->setContentsMargins(12, 6, 8, 6);
  column->setSpacing(6);
  auto* row = new QHBoxLayout;
  row->setSpacing(8);
  row->addWidget(makeLabel(tr("Rank"), Role::Text2, TextSize::Body, Weight::Normal, tools));
  rank_ = new ComboBox(tools);
  rank_->addItems({tr("Rays in cell"), tr("Class"), tr("RayIoU"), tr("mIoU"), tr("Changed most")});
  rank_->setCurrentIndex(int(FrameRanking::RayIou));
  rank_->setAccessibleName(tr("Rank by"));
  rank_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  rank_->setMinimumContentsLength(6);
  row->addWidget(rank_, 1);
  column->addLayout(row);
  auto* second = new QHBoxLayout;
  second->setSpacing(8);
  chip_ = new Chip({}, tools);
  chip_->setChecked(true);
  chip_->hide();
  second->addWidget(chip_);
  count_ = makeLabel({}, Role::Text2, TextSize::Small, Weight::Normal, tools);
  count_->setWordWrap(true);
  count_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  second->addWidget(count_, 1);
  column->addLayout(second);
  connect(chip_, &QAbstractButton::clicked, this, [this] {
    chip_->setChecked(true);
    studio_.errors().filter().pair ? studio_.errors().setPair(std::nullopt)
                                   : studio_.errors().setClassFilter({});
  });
  return tools;
}

QWidget* WorstFrames::makeFooter() {
  auto* footer = new QWidget(this);
  footer->setFixedHeight(kFooter_px);
  auto* row = new QHBoxLayout(footer);
  row->setContentsMargins(8, 0, 8, 0);
  boost_ = makeButton(tr("See more often"), ButtonKind::Normal, QStringLiteral("train"), footer);
  boost_->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  row->addWidget(boost_, 1);
  auto* save = makeIconButton(QStringLiteral("export"), tr("Export the list"), footer);
  row->addWidget(save);
  connect(boost_, &QPushButton::clicked, this, &WorstFrames::saveBoost);
  connect(save, &QToolButton::clicked, this, &WorstFrames::saveList);
  return footer;
}

FrameRanking WorstFrames::ranking() const {
  return FrameRanking(rank_->currentIndex());
}

void WorstFrames::setRanking(FrameRanking ranking) {
  rank_->setCurrentIndex(int(ranking));
}

void WorstFrames::setEmptyText() {
  EmptyState& empty = *stack_->emptyState();
  const QString when = tr("Every keyframe is ranked once the split is evaluated.");
  if (view_.isEvaluating()) {
    empty.setText(tr("Evaluating"), when);
    empty.setPrimary({});
  } else {
    const QString why_not = view_.whyNot();
    empty.setText(tr("Not evaluated yet"), why_not.isEmpty() ? when : why_not);
    QPushButton* evaluate = empty.setPrimary(tr("Evaluate"));
    connect(evaluate, &QPushButton::clicked, this, &WorstFrames::evaluateRequested, Qt::UniqueConnection);
    evaluate->setVisible(why_not.isEmpty());
  }
}

std::vector<RankedFrame> WorstFrames::ranked() const {
  const Evaluation* all = view_.evaluation();
  if (!all) return {};
  const std::vector<FrameFigures>& frames = all->frames[view_.source()];
  const ErrorFilter& filter = studio_.errors().filter();
  switch (ranking()) {
    case FrameRanking::Cell:
      if (!filter.pair) return {};
      return all->framesOfCell(view_.source(), filter.pair->truth, filter.pair->predicted, view_.unit());
    case FrameRanking::Class: {
      const auto label = singleClass(filter);
      if (!label) return {};
      return lowest(frames, [at = std::size_t(*label)](const FrameFigures& frame) {
        return at < frame.class_iou.size() ? double(frame.class_iou[at]) : NAN;
      });
    }
    case FrameRanking::MeanIou:
      return lowest(frames, [](const FrameFigures& frame) { return frame.mean_iou; });
    case FrameRanking::Change: {
      const auto other = view_.against();
      if (!other) return {};
      std::vector<RankedFrame> ranked = lowest(frames, [&](const FrameFigures& frame) {
        const FrameFigures* theirs = all->figures(*other, frame.key);
        return theirs ? frame.ray_iou - theirs->ray_iou : NAN;
      });
      std::ranges::stable_sort(ranked, std::ranges::greater{},
                               [](const RankedFrame& frame) { return std::abs(frame.value); });
      return ranked;
    }
    case FrameRanking::RayIou:
      break;
  }
  return lowest(frames, [](const FrameFigures& frame) { return frame.ray_iou; });
}

void WorstFrames::show() {
  const ErrorFilter& filter = studio_.errors().filter();
  pair_ = filter.pair;
  classes_ = filter.classes;
  const Evaluation* all = view_.evaluation();
  if (!all) {
    model_->setRows({});
    setEmptyText();
    return stack_->showEmpty();
  }
  stack_->showContent();
  showing_ = true;
  rank_->setItemText(int(FrameRanking::Cell),
                     view_.unit() == CellUnit::Rays ? tr("Rays in cell") : tr("Voxels in cell"));
  const auto label = singleClass(filter);
  rank_->setItemText(
      int(FrameRanking::Class),
      label ? tr("IoU of %1").arg(toQString((*all->classes)[*label].name)) : tr("IoU of a class"));
  std::vector<WorstFrameModel::Row> rows;
  for (const RankedFrame& frame : ranked()) {
    const FrameFigures* figures = all->figures(view_.source(), frame.key);
    QString value;  // by RayIoU every row says it anyway
    if (ranking() == FrameRanking::Cell) {
      value = groupedNumber(qint64(frame.value));
    } else if (ranking() != FrameRanking::RayIou) {
      value = decimal(frame.value, 1);
    }
    rows.push_back({frame.key, value, figures ? 100 * figures->ray_iou : NAN});
  }
  const auto [low, high] =
      all->quartiles(view_.source(), [](const FrameFigures& frame) { return 100 * frame.ray_iou; });
  if (std::isfinite(low)) static_cast<WorstFrameDelegate*>(list_->itemDelegate())->setSteps({low, high});
  model_->setRows(std::move(rows));
  showChip();
  showing_ = false;
  showCurrent();
  wish_delay_.start();
}

/// What the list is limited to, or what it needs to be told.
void WorstFrames::showChip() {
  const ErrorFilter& filter = studio_.errors().filter();
  const Evaluation& all = *view_.evaluation();
  const int count = model_->rowCount();
  count_->setText(count == 1 ? tr("1 keyframe") : tr("%1 keyframes").arg(groupedNumber(count)));
  QString text;
  if (filter.pair) {
    text = toQString((*all.classes)[filter.pair->truth].shortName()) + QStringLiteral(" → ") +
           toQString((*all.classes)[filter.pair->predicted].shortName());
  } else if (const auto label = singleClass(filter)) {
    text = toQString((*all.classes)[*label].name);
  }
  chip_->setText(text);
  chip_->setAccessibleName(tr("Filter %1, click to clear").arg(text));
  chip_->setVisible(!text.isEmpty());
  chip_->updateGeometry();
  if (count == 0) {
    count_->setText(
        ranking() == FrameRanking::Cell && !filter.pair ? tr("Choose a cell of the confusion table")
        : ranking() == FrameRanking::Class && !singleClass(filter) ? tr("Choose a class in Scores")
        : ranking() == FrameRanking::Change && !view_.against()    ? tr("Evaluate two sources")
                                                                   : tr("No keyframes"));
  }
  boost_->setEnabled(count > 0);
  boost_->setToolTip(
      tr("Writes a file that makes these keyframes come more often when a run is given it: %1 of "
         "them, the worst most often.")
          .arg(groupedNumber(qint64(boosted().size()))));
}

void WorstFrames::showCurrent() {
  if (!studio_.dataset()) return;
  showing_ = true;
  const int row = model_->rowOf(studio_.current());
  const QModelIndex index = row >= 0 ? model_->index(row) : QModelIndex();
  list_->setCurrentIndex(index);
  if (!index.isValid()) list_->clearSelection();
  showing_ = false;
}

void WorstFrames::goTo(const QModelIndex& index) {
  if (!index.isValid()) return;
  const FrameKey key = model_->rows()[std::size_t(index.row())].key;
  if (key != studio_.current()) studio_.setCurrent(key.scene, key.index);
}

void WorstFrames::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  wish_delay_.start();
}

void WorstFrames::wishThumbnails() {
  const QModelIndex first = list_->indexAt({4, 2});
  const QModelIndex last = list_->indexAt({4, list_->viewport()->height() - 2});
  if (first.isValid())
    model_->wishThumbnails(first.row(), last.isValid() ? last.row() : model_->rowCount() - 1);
}

/// All that hold the cell; of other rankings, which list every keyframe, the worst quarter.
std::vector<FrameKey> WorstFrames::boosted() const {
  std::vector<FrameKey> keys;
  for (const WorstFrameModel::Row& row : model_->rows())
    keys.push_back(row.key);
  if (ranking() != FrameRanking::Cell) keys.resize((keys.size() + 3) / 4);
  return keys;
}

void WorstFrames::writeBoost(const std::filesystem::path& file) const {
  QJsonObject tokens;
  const std::vector<FrameKey> keys = boosted();
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const double share = keys.size() > 1 ? double(i) / double(keys.size() - 1) : 0;
    const std::string& token = studio_.dataset()->scenes()[keys[i].scene].keyframes[keys[i].index];
    tokens[QString::fromStdString(token)] = kHeaviest - (kHeaviest - kLightest) * share;
  }
  writeFile(file, QJsonDocument(QJsonObject{{QStringLiteral("tokens"), tokens}}).toJson().toStdString());
}

void WorstFrames::writeList(const std::filesystem::path& file) const {
  std::string text = "scene,keyframe,token,value,ray_iou\n";
  std::size_t number = 0;
  for (const RankedFrame& frame : ranked()) {
    const Scene& scene = studio_.dataset()->scenes()[frame.key.scene];
    const double ray_iou = model_->rows()[number++].ray_iou;
    text += scene.name + "," + std::to_string(frame.key.index + 1) + "," + scene.keyframes[frame.key.index] +
            "," + std::to_string(frame.value) + "," +
            (std::isfinite(ray_iou) ? std::to_string(ray_iou) : "") + "\n";
  }
  writeFile(file, text);
}

void WorstFrames::saveBoost() {
  const QString path = QFileDialog::getSaveFileName(this, tr("Keyframes for training"),
                                                    QStringLiteral("boost.json"), tr("JSON (*.json)"));
  if (path.isEmpty()) return;
  try {
    writeBoost(path.toStdString());
    Q_EMIT boostWritten(
        path,
        tr("%1 keyframes to see more often are in %2.").arg(groupedNumber(qint64(boosted().size())), path));
  } catch (const Error& error) {
    Q_EMIT failed(error.problem());
  }
}

void WorstFrames::saveList() {
  const QString path = QFileDialog::getSaveFileName(this, tr("Export the list"), QStringLiteral("frames.csv"),
                                                    tr("CSV (*.csv)"));
  if (path.isEmpty()) return;
  try {
    writeList(path.toStdString());
  } catch (const Error& error) {
    Q_EMIT failed(error.problem());
  }
}

}  // namespace hbev::ui
