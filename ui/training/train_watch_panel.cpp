#include "ui/training/train_watch_panel.h"

#include <algorithm>
#include <array>
#include <chrono>

#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QLabel>
#include <QtWidgets/QMenu>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QTableWidget>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QVBoxLayout>

#include "core/base/size_text.h"
#include "ui/kit/actions.h"
#include "ui/kit/buttons.h"
#include "ui/kit/elided_label.h"
#include "ui/kit/label.h"
#include "ui/kit/notices.h"
#include "ui/kit/painting.h"
#include "ui/kit/panel_header.h"
#include "ui/kit/panel_stack.h"
#include "ui/kit/progress_line.h"
#include "ui/kit/segmented_control.h"
#include "ui/kit/theme.h"
#include "ui/state/text.h"
#include "ui/training/checkpoint_pictures.h"
#include "ui/viewport/viewport_area.h"

namespace hbev::ui {
namespace {

/// Long enough for a viewport to have drawn what came.
constexpr int kPictureSoon_ms = 500;
constexpr std::size_t kMostImages = 48;
constexpr int kLowHeight = 720;

double nowSeconds() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace

TrainWatchPanel::TrainWatchPanel(Studio& studio, RunStore& store, TrainWatch& watch, ActionRegistry& actions,
                                 QWidget* parent)
    : QWidget(parent), studio_(studio), store_(store), watch_(watch) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  header_ = new PanelHeader(tr("Watch it learn"), this);
  for (const char* id : {"view.link", "picture.save"})
    header_->addButton(actions[QString::fromLatin1(id)]);
  column->addWidget(header_);
  column->addWidget(makeShow());
  stack_ = new PanelStack(this);
  place_ = new QWidget(stack_);
  auto* place = new QVBoxLayout(place_);
  place->setContentsMargins(0, 0, 0, 0);
  stack_->setContent(place_);
  auto* empty = new EmptyState("voxel", tr("No data set"),
                               tr("Open one to see what the checkpoints predict of its keyframes."));
  connect(empty->setPrimary(tr("Open")), &QPushButton::clicked, actions["data.open"], &QAction::trigger);
  connect(empty->setSecondary(tr("Try the demo")), &QPushButton::clicked, actions["demo.open"],
          &QAction::trigger);
  stack_->setEmptyState(empty);
  column->addWidget(stack_, 1);
  column->addWidget(makeCheckpoints(actions));
  picture_soon_.setSingleShot(true);
  picture_soon_.setInterval(kPictureSoon_ms);
  connect(&picture_soon_, &QTimer::timeout, this, [this] { keepPicture(picture_step_); });
  connect(&watch, &TrainWatch::predicted, this, [this](std::int64_t step) {
    picture_step_ = step;
    picture_soon_.start();
  });
  connect(&watch, &TrainWatch::changed, this, &TrainWatchPanel::refresh);
  connect(&store, &RunStore::currentChanged, this, &TrainWatchPanel::refresh);
  connect(&store, &RunStore::runChanged, this, [this](const std::filesystem::path& folder) {
    if (store_.current() && store_.current()->folder == folder) refresh();
  });
  for (const auto signal : {&Studio::datasetChanged, &Studio::currentChanged, &Studio::frameChanged})
    connect(&studio, signal, this, &TrainWatchPanel::refresh);
  connect(&studio, &Studio::reportArrived, this, &TrainWatchPanel::showSentence);
  refresh();
}

QWidget* TrainWatchPanel::makeShow() {
  auto* box = new QWidget(this);
  auto* column = new QVBoxLayout(box);
  column->setContentsMargins(12, 8, 12, 6);
  column->setSpacing(4);
  auto* row = new QHBoxLayout;
  row->setSpacing(8);
  show_ = new SegmentedControl(box);
  show_->setAccessibleName(tr("Show"));
  show_->setObjectName(QStringLiteral("watchShow"));
  show_->addSegment(tr("Newest"), {}, tr("The checkpoint that was written last."));
  show_->addSegment(tr("Best"), {}, tr("The checkpoint with the best RayIoU."));
  connect(show_, &SegmentedControl::currentChanged, this, [this](int index) {
    watch_.setShow(index == 1 ? TrainWatch::Show::Best : TrainWatch::Show::Newest);
  });
  row->addWidget(show_);
  weights_ = new SegmentedControl(box);
  weights_->setObjectName(QStringLiteral("watchWeights"));
  weights_->setAccessibleName(tr("Weights"));
  weights_->addSegment(tr("Raw"), {}, tr("The weights of the checkpoint's step: they change fast."));
  weights_->addSegment(tr("EMA"), {},
                       tr("The running average of the weights: what RayIoU is measured with."));
  connect(weights_, &SegmentedControl::currentChanged, this,
          [this](int index) { watch_.setAveraged(index == 1); });
  row->addWidget(weights_);
  row->addStretch(1);
  column->addLayout(row);
  auto* words = new QHBoxLayout;
  words->setSpacing(8);
  sentence_ = new ElidedLabel({}, Qt::ElideRight, box);
  sentence_->setObjectName(QStringLiteral("watchSentence"));
  sentence_->setRole(Role::Text2);
  sentence_->setMostLines(2);
  words->addWidget(sentence_, 1);
  next_ = makeLabel({}, Role::Text2, TextSize::Small, Weight::Normal, box);
  words->addWidget(next_);
  column->addLayout(words);
  return box;
}

/// From the curves to the scores: what the checkpoint that is shown predicts can be evaluated and compared.
QToolButton* TrainWatchPanel::makeUse(ActionRegistry& actions) {
  QToolButton* use = kept_->addButton(QStringLiteral("predict"), tr("Predict with this checkpoint"));
  use->setObjectName(QStringLiteral("useCheckpoint"));
  auto* menu = new QMenu(use);
  for (const char* id : {"predict.scene", "predict.listed"}) {
    QAction* action = actions[QString::fromLatin1(id)];
    QAction* entry = menu->addAction(action->icon(), action->text(), this, [this, action] {
      if (watch_.useForPredicting()) action->trigger();
    });
    entry->setEnabled(action->isEnabled());
    connect(action, &QAction::enabledChanged, entry, &QAction::setEnabled);
  }
  use->setMenu(menu);
  use->setPopupMode(QToolButton::InstantPopup);
  return use;
}

QWidget* TrainWatchPanel::makeCheckpoints(ActionRegistry& actions) {
  auto* box = new QWidget(this);
  auto* column = new QVBoxLayout(box);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  kept_ = new PanelHeader(tr("Checkpoints"), box);
  use_ = makeUse(actions);
  column->addWidget(kept_);
  pictures_ = new CheckpointPictures(box);
  connect(pictures_, &CheckpointPictures::clicked, this, [this](std::int64_t step) {
    const auto run = store_.current();
    // Samples stay when their checkpoints have made room for others.
    if (run && std::ranges::find(run->checkpoints, step, &RunCheckpoint::step) != run->checkpoints.end())
      watch_.choose(step);
  });
  column->addWidget(pictures_);
  checkpoints_ = new QTableWidget(0, 3, box);
  checkpoints_->setObjectName(QStringLiteral("checkpoints"));
  checkpoints_->setHorizontalHeaderLabels({tr("Step"), tr("What it is"), tr("RayIoU")});
  checkpoints_->horizontalHeader()->hide();
  checkpoints_->verticalHeader()->hide();
  checkpoints_->verticalHeader()->setDefaultSectionSize(Theme::current().sizes().table_row);
  checkpoints_->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
  checkpoints_->horizontalHeader()->setSectionResizeMode(1, QHeaderView::Stretch);
  checkpoints_->setEditTriggers(QAbstractItemView::NoEditTriggers);
  checkpoints_->setSelectionBehavior(QAbstractItemView::SelectRows);
  checkpoints_->setSelectionMode(QAbstractItemView::SingleSelection);
  checkpoints_->setShowGrid(false);
  checkpoints_->setFrameShape(QFrame::NoFrame);
  checkpoints_->setTabKeyNavigation(false);
  checkpoints_->setAccessibleName(tr("Checkpoints"));
  for (const auto chosen : {&QTableWidget::cellClicked, &QTableWidget::cellActivated})
    connect(checkpoints_, chosen, this, [this](int row, int) {
      watch_.choose(checkpoints_->item(row, 0)->data(Qt::UserRole).toLongLong());
    });
  column->addWidget(checkpoints_);
  return box;
}

/// The viewports have the first claim on the height.
void TrainWatchPanel::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  const bool low = height() < kLowHeight;
  pictures_->setCompact(low);
  checkpoints_->setFixedHeight((low ? 3 : 5) * Theme::current().sizes().table_row);
}

void TrainWatchPanel::takeViewports(ViewportArea& viewports) {
  viewports_ = &viewports;
  place_->layout()->addWidget(&viewports);
  viewports.show();
  refresh();
}

QString TrainWatchPanel::sentence() const {
  return sentence_->text();
}

void TrainWatchPanel::refresh() {
  const auto& dataset = studio_.dataset();
  if (dataset) {
    const FrameKey key = studio_.current();
    header_->setCount(QStringLiteral("%1 \u00B7 %2")
                          .arg(QString::fromStdString(dataset->scenes()[key.scene].name))
                          .arg(key.index + 1));
    stack_->showContent();
  } else {
    header_->setCount({});
    stack_->showEmpty();
  }
  if (watch_.show() != TrainWatch::Show::Chosen) {
    const QSignalBlocker quiet(show_);
    show_->setCurrentIndex(watch_.show() == TrainWatch::Show::Best ? 1 : 0);
  }
  show_->setEnabled(store_.current() != nullptr);
  weights_->setEnabled(store_.current() != nullptr);
  next_->setText(nextText());
  showSentence();
  showCheckpoints();
}

void TrainWatchPanel::showSentence() {
  const auto step = watch_.shownStep();
  QString text = studio_.dataset() ? watch_.sentence() : QString();  // else the empty state says it
  sentence_->setRole(watch_.problem() ? Role::Error : Role::Text2);
  if (text.isEmpty() && step) {
    text = tr("Step %1").arg(groupedNumber(*step));
    const auto report = studio_.report(studio_.current().scene, studio_.current().index);
    const OccupancySource* scored = studio_.scoredSide() ? studio_.source(*studio_.scoredSide()) : nullptr;
    const bool is_ours = scored && std::dynamic_pointer_cast<const CheckpointSource>(scored->prediction);
    SplitReport sum(scored ? scored->classes() : ClassSet::openocc());
    if (report && is_ours) {
      sum.add(*report);
      if (const auto rays = sum.rayScores())
        text += tr(" \u00B7 RayIoU here %1").arg(decimal(100 * rays->ray_iou, 1));
    }
  }
  sentence_->setText(text);
}

/// When the next checkpoint is due, from when the last two were written.
QString TrainWatchPanel::nextText() const {
  const auto run = store_.current();
  if (!run || run->state != RunState::Running || run->checkpoints.size() < 2) return {};
  const RunCheckpoint& last = run->checkpoints.back();
  const RunCheckpoint& before = run->checkpoints[run->checkpoints.size() - 2];
  const double left = last.time + (last.time - before.time) - nowSeconds();
  if (left < 60) return left > 0 ? tr("new in under 1 min") : QString();
  return tr("new in %1 min").arg(int(left / 60 + 0.5));
}

void TrainWatchPanel::showCheckpoints() {
  const auto run = store_.current();
  const std::vector<RunCheckpoint> none;
  const auto& checkpoints = run ? run->checkpoints : none;
  kept_->setCount(
      checkpoints.empty()
          ? QString()
          : tr("%1 kept \u00B7 %2").arg(checkpoints.size()).arg(toQString(sizeText(run->checkpoint_bytes))));
  const RunCheckpoint* wanted = watch_.wanted();
  const RunCheckpoint* best = run ? run->bestCheckpoint() : nullptr;
  use_->setEnabled(wanted && studio_.dataset());
  const std::int64_t wanted_step = wanted ? wanted->step : 0;
  QString rows = run ? QString::fromStdString(run->folder.string()) : QString();
  for (auto each = checkpoints.rbegin(); each != checkpoints.rend(); ++each)
    rows += QStringLiteral("/%1%2%3")
                .arg(each->step)
                .arg(&*each == best)
                .arg(run->scoreAt(each->step).value_or(-1));
  if (rows != shown_rows_) {
    shown_rows_ = rows;
    checkpoints_->setRowCount(0);
    checkpoints_->setRowCount(int(checkpoints.size()));
    int row = 0;
    for (auto each = checkpoints.rbegin(); each != checkpoints.rend(); ++each, ++row) {
      QStringList words;
      if (&*each == best) words << tr("best");
      if (row == 0) words << tr("newest");
      const auto score = run->scoreAt(each->step);
      const std::array<QString, 3> texts{
          QStringLiteral("  ") + tr("step %1").arg(groupedNumber(each->step)),
          words.join(QStringLiteral(", ")),
          (score ? decimal(*score, 1) : QStringLiteral("\u00B7")) + QStringLiteral("  ")};
      for (int column = 0; column < 3; ++column) {
        auto* item = new QTableWidgetItem(texts[std::size_t(column)]);
        if (column != 1) item->setFont(Theme::current().mono(TextSize::Body));
        if (column == 2) item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
        item->setData(Qt::UserRole, qlonglong(each->step));
        item->setToolTip(QString::fromStdString(each->file.string()).toHtmlEscaped());
        checkpoints_->setItem(row, column, item);
      }
    }
  }
  for (int row = 0; row < checkpoints_->rowCount(); ++row) {
    if (checkpoints_->item(row, 0)->data(Qt::UserRole).toLongLong() == wanted_step)
      checkpoints_->selectRow(row);
  }
  showPictures();
}

void TrainWatchPanel::showPictures() {
  const auto run = store_.current();
  std::map<std::int64_t, CheckpointPictures::Picture> by_step;
  if (run) {
    for (const RunSample& each : run->samples)
      by_step[each.step] = {each.step, each.image, run->scoreAt(each.step), true};
    for (const auto& [step, image] : images_[run->folder])
      by_step[step] = {step, image, run->scoreAt(step), false};
  }
  std::vector<CheckpointPictures::Picture> pictures;
  for (auto& [step, picture] : by_step)
    pictures.push_back(std::move(picture));
  // First, middle and last tell how it learned.
  if (pictures.size() > CheckpointPictures::kMost)
    pictures = {pictures.front(), pictures[pictures.size() / 2], pictures.back()};
  pictures_->setPictures(std::move(pictures), watch_.shownStep().value_or(0));
  // Samples are read with the curves.
  const bool is_over = run && run->has_curves && !run->isGoing() && !run->trouble();
  pictures_->setSentence(
      is_over ? tr("No pictures: the run wrote none, and none of its checkpoints was watched here.")
              : QString());
}

void TrainWatchPanel::keepPicture(std::int64_t step) {
  const auto run = store_.current();
  if (!run || !viewports_ || !isVisible() || watch_.shownStep() != step) return;
  const OccupancySource* source = studio_.source(Side::A);
  if (!source || !std::dynamic_pointer_cast<const CheckpointSource>(source->prediction)) return;
  if (studio_.content(Side::A).state != SideContent::State::Ready || !studio_.isFrameCurrent()) {
    picture_soon_.start();
    return;
  }
  const QImage image = viewports_->viewport(Side::A).grabFramebuffer();
  if (image.isNull()) return;
  auto& images = images_[run->folder];
  images[step] = image.scaled(240, 240, Qt::KeepAspectRatioByExpanding, Qt::SmoothTransformation);
  if (images.size() > kMostImages) images.erase(std::next(images.begin()));
  showPictures();
}

}  // namespace hbev::ui
