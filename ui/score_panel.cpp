#include "ui/score_panel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QLabel>
#include <QtWidgets/QTableView>
#include <QtWidgets/QVBoxLayout>

#include "ui/error_view.h"
#include "ui/evaluating.h"
#include "ui/kit/badge.h"
#include "ui/kit/buttons.h"
#include "ui/kit/combo_box.h"
#include "ui/kit/elided_label.h"
#include "ui/kit/label.h"
#include "ui/kit/notices.h"
#include "ui/kit/painting.h"
#include "ui/kit/panel_stack.h"
#include "ui/kit/segmented_control.h"
#include "ui/kit/theme.h"
#include "ui/score_model.h"
#include "ui/studio.h"

namespace hbev::ui {
namespace {

constexpr int kToolRow_px = 36, kCaptionLine_px = 22;

/// A list that is open is left alone when nothing in it has changed.
void fill(ComboBox& box, const QStringList& items, int current) {
  QStringList old;
  for (int i = 0; i < box.count(); ++i)
    old << box.itemText(i);
  if (old != items) {
    box.clear();
    box.addItems(items);
  }
  box.setCurrentIndex(current);
}

int widthOf(ScoreKind kind) {
  switch (kind) {
    case ScoreKind::Bar:
      return 96;
    case ScoreKind::Change:
    case ScoreKind::VelocityChange:
      return 78;
    case ScoreKind::Velocity:
      return 66;
    case ScoreKind::Count:
      return 74;
    case ScoreKind::Percent:
      return 50;
  }
  return 50;
}

}  // namespace

ScoreHead::ScoreHead(QWidget* parent) : QWidget(parent) {
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(12);
  for (const QString& name : {tr("RayIoU"), tr("mAVE"), tr("OccScore"), tr("mIoU")}) {
    auto* box = new QWidget(this);
    auto* pair = new QHBoxLayout(box);
    pair->setContentsMargins(0, 0, 0, 0);
    pair->setSpacing(5);
    auto* value = new QLabel(QStringLiteral("·"), box);
    value->setFont(Theme::current().mono(TextSize::Body, Weight::Semibold));
    pair->addWidget(value);
    pair->addWidget(makeLabel(name, Role::Text3, TextSize::Small, Weight::Normal, box));
    row->addWidget(box);
    figures_.push_back({box, value, name});
  }
  row->addStretch();
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void ScoreHead::setReport(const std::optional<SplitReport>& report) {
  const auto rays = report ? report->rayScores() : std::nullopt;
  const auto voxels = !report                       ? std::nullopt
                      : report->cameraVoxelScores() ? report->cameraVoxelScores()
                                                    : report->voxelScores();
  const bool flow = rays && report->framesWithoutTrueFlow() == 0;
  const double none = std::numeric_limits<double>::quiet_NaN();
  const std::array<QString, 4> texts{scoreText(rays ? 100 * rays->ray_iou : none, ScoreKind::Percent),
                                     scoreText(flow ? rays->mave_mps : none, ScoreKind::Velocity),
                                     scoreText(flow ? 100 * rays->occ_score : none, ScoreKind::Percent),
                                     scoreText(voxels ? 100 * voxels->mean_iou : none, ScoreKind::Percent)};
  for (std::size_t i = 0; i < figures_.size(); ++i) {
    figures_[i].value->setText(texts[i]);
    figures_[i].box->setAccessibleName(figures_[i].name + QLatin1Char(' ') + texts[i]);
  }
  resizeEvent(nullptr);
}

QString ScoreHead::value(const QString& name) const {
  const auto figure = std::ranges::find(figures_, name, &Figure::name);
  return figure == figures_.end() ? QString() : figure->value->text();
}

int ScoreHead::wholeWidth() const {
  int width = 0;
  for (const Figure& figure : figures_)
    width += figure.box->sizeHint().width() + 12;
  return width;
}

void ScoreHead::resizeEvent(QResizeEvent*) {
  int room = width();
  for (const Figure& figure : figures_) {
    room -= figure.box->sizeHint().width() + 12;
    figure.box->setVisible(room >= -12);
  }
}

ScorePanel::ScorePanel(Studio& studio, Evaluating& evaluating, ScoreView& view, QWidget* parent)
    : QWidget(parent), studio_(studio), evaluating_(evaluating), view_(view) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addWidget(makeSubjectRow());
  layout->addWidget(makeLine(false, this));
  auto* content = new QWidget(this);
  auto* column = new QVBoxLayout(content);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(makeHeadRow());
  notice_ = new NoticeLine(NoticeLine::Kind::Warn, {}, tr("Show report"), content);
  notice_->hide();
  column->addWidget(notice_);
  makeTable();
  column->addWidget(table_, 1);
  stack_ = new PanelStack(this);
  stack_->setContent(content);
  stack_->setEmptyState(new EmptyState(QStringLiteral("evaluate"), {}, {}));
  stack_->showEmpty();
  layout->addWidget(stack_, 1);

  connect(notice_, &NoticeLine::actionTriggered, this, &ScorePanel::noticeClicked);
  connect(&view, &ScoreView::changed, this, &ScorePanel::show);
  connect(&evaluating, &Evaluating::diagnosed, this, &ScorePanel::showNotice);
  connect(&evaluating, &Evaluating::progressed, this, [this] {
    if (stack_->page() == PanelStack::Page::Empty) showEmpty();
  });
  connect(&studio.errors(), &ErrorView::changed, this, &ScorePanel::markFilter);
  show();
}

QWidget* ScorePanel::makeSubjectRow() {
  auto* tools = new QWidget(this);
  tools->setFixedHeight(kToolRow_px);
  auto* lines = new QVBoxLayout(tools);
  lines->setContentsMargins(8, 0, 4, 0);
  lines->setSpacing(0);
  auto* row = new QHBoxLayout;
  row->setSpacing(6);
  lines->addLayout(row, 1);
  subjects_ = new SegmentedControl(tools);
  for (const QString& name : {tr("Keyframe"), tr("Scene"), tr("All")})
    subjects_->addSegment(name);
  subjects_->setCurrentIndex(int(view_.subject()));
  subjects_->setAccessibleName(tr("Scores of"));
  row->addWidget(subjects_);
  caption_ = new ElidedLabel({}, Qt::ElideRight, tools);
  caption_->setRole(Role::Text2);
  caption_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  row->addWidget(caption_, 1);
  row->addStretch();  // in the caption's place when that has a line of its own
  auto* copy_button = makeIconButton(QStringLiteral("copy"), tr("Copy the table"), tools);
  auto* export_button = makeIconButton(QStringLiteral("export"), tr("Export the scores"), tools);
  row->addWidget(copy_button);
  row->addWidget(export_button);
  connect(subjects_, &SegmentedControl::currentChanged, this, [this](int index) {
    if (!showing_) view_.setSubject(ScoreSubject(index));
  });
  connect(copy_button, &QToolButton::clicked, this, &ScorePanel::copy);
  connect(export_button, &QToolButton::clicked, this, &ScorePanel::exportRequested);
  return tools;
}

QWidget* ScorePanel::makeHeadRow() {
  auto* head = new QWidget(this);
  head_row_ = new QBoxLayout(QBoxLayout::LeftToRight, head);
  head_row_->setContentsMargins(8, 6, 8, 6);
  head_row_->setSpacing(6);
  auto* figures = new QWidget(head);
  auto* row = new QHBoxLayout(figures);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(8);
  for (Badge*& badge : badges_)
    badge = new Badge(Source::A, figures);
  row->addWidget(badges_[0]);
  source_ = new ComboBox(figures);
  source_->setAccessibleName(tr("Source"));
  against_ = new ComboBox(figures);
  against_->setAccessibleName(tr("Compared with"));
  for (ComboBox* box : {source_, against_}) {
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    box->setMinimumContentsLength(6);
  }
  head_ = new ScoreHead(figures);
  row->addWidget(head_, 1);
  head_row_->addWidget(figures, 1);
  groupings_ = new SegmentedControl(head);
  for (const QString& name : {tr("Class"), tr("Range"), tr("Height"), tr("Scene"), tr("Weather")})
    groupings_->addSegment(name);
  groupings_->addSegment(tr("Compare"), {}, tr("Both sources, and rays that only one of them has right"));
  groupings_->setAccessibleName(tr("Rows"));
  head_row_->addWidget(groupings_, 0, Qt::AlignLeft);
  auto* column = new QWidget(this);
  auto* lines = new QVBoxLayout(column);
  lines->setContentsMargins(0, 0, 0, 0);
  lines->setSpacing(0);
  auto* sources = new QHBoxLayout;
  sources->setContentsMargins(8, 6, 8, 0);
  sources->setSpacing(6);
  sources->addWidget(badges_[1]);
  sources->addWidget(source_, 1);
  sources->addWidget(against_, 1);
  lines->addLayout(sources);
  lines->addWidget(head);
  connect(groupings_, &SegmentedControl::currentChanged, this, [this] {
    sortAsUsual();
    show();
  });
  connect(source_, &QComboBox::activated, this, [this](int index) { view_.setSource(std::size_t(index)); });
  connect(against_, &QComboBox::activated, this,
          [this](int index) { view_.setAgainst(std::size_t(against_->itemData(index).toInt())); });
  return column;
}

void ScorePanel::makeTable() {
  model_ = new ScoreModel(this);
  sorted_ = new ScoreSorter(this);
  sorted_->setSourceModel(model_);
  table_ = new QTableView(this);
  table_->setHorizontalHeader(new ScoreHeader(table_));
  table_->setModel(sorted_);
  table_->setItemDelegate(new ScoreDelegate(table_));
  table_->setSortingEnabled(true);
  table_->setSelectionBehavior(QAbstractItemView::SelectRows);
  table_->setSelectionMode(QAbstractItemView::ExtendedSelection);
  table_->setShowGrid(false);
  table_->setFrameShape(QFrame::NoFrame);
  table_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  table_->verticalHeader()->hide();
  table_->verticalHeader()->setDefaultSectionSize(Theme::current().sizes().table_row);
  table_->setMouseTracking(true);
  table_->setTabKeyNavigation(false);  // arrows move in it, Tab goes on
  table_->setAccessibleName(tr("Scores"));
  connect(table_, &QTableView::clicked, this, &ScorePanel::rowClicked);
  connect(table_, &QTableView::activated, this, &ScorePanel::rowClicked);
}

/// Bands and weather have an order of their own; of the others the worst come first.
void ScorePanel::sortAsUsual() {
  const Grouping shown = grouping();
  const bool ordered = shown == Grouping::Range || shown == Grouping::Height || shown == Grouping::Weather;
  table_->sortByColumn(ordered ? 0 : 1, Qt::AscendingOrder);
}

ScorePanel::Grouping ScorePanel::grouping() const {
  return Grouping(groupings_->currentIndex());
}

void ScorePanel::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  layHead();
  layColumns();
}

/// Of which keyframes and with which mask the figures are is never cut off, and no figure is left out: there
/// are further lines.
void ScorePanel::layHead() {
  constexpr int kButtons_px = 74, kHeadMargins_px = 24;
  QWidget* tools = subjects_->parentWidget();
  auto* lines = qobject_cast<QVBoxLayout*>(tools->layout());
  auto* row = qobject_cast<QHBoxLayout*>(lines->itemAt(0)->layout());
  const bool own_line = caption_->sizeHint().width() > width() - subjects_->sizeHint().width() - kButtons_px;
  if (own_line == (row->indexOf(caption_) >= 0)) {
    own_line ? row->removeWidget(caption_) : lines->removeWidget(caption_);
    own_line ? lines->addWidget(caption_) : row->insertWidget(1, caption_, 1);
    caption_->setAlignment((own_line ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    tools->setFixedHeight(kToolRow_px + (own_line ? kCaptionLine_px : 0));
  }
  const int badge = badges_[0]->isHidden() ? 0 : badges_[0]->sizeHint().width() + 8;
  const bool one_row =
      width() >= badge + head_->wholeWidth() + groupings_->sizeHint().width() + kHeadMargins_px;
  head_row_->setDirection(one_row ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
}

/// Columns give way in the order in which people miss them least; the titles never do.
void ScorePanel::layColumns() {
  if (model_->columnCount() < 2) return;
  constexpr int kTitleWidth = 132;
  std::vector<int> order(model_->table().columns.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    order[i] = int(i);
  std::ranges::stable_sort(order, {}, [&](int i) { return model_->table().columns[std::size_t(i)].keep; });
  int room = width() - kTitleWidth;
  for (const int i : order) {
    const ScoreColumn& column = model_->table().columns[std::size_t(i)];
    const int wanted = std::clamp(ScoreHeader::widthOf(column.title), widthOf(column.kind), 110);
    room -= wanted;
    table_->setColumnHidden(i + 1, room < 0);
    table_->setColumnWidth(i + 1, wanted);
  }
  table_->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
}

ScoreTable ScorePanel::tableOf(const SplitReport& report) const {
  const std::optional<SplitReport> other = view_.reference();
  std::optional<ScoreReference> reference;
  if (other) reference = ScoreReference{&*other, view_.againstTitle()};
  const Evaluation* all = view_.evaluation();
  const auto against = view_.against();
  const auto groups = [&](std::vector<GroupReport> SourceSummary::*member, const QString& title) {
    if (!all) return ScoreTable{title, {}, {}, {}};
    const auto& sources = all->summary.sources;
    return groupRows(sources[view_.source()].*member, against ? &(sources[*against].*member) : nullptr,
                     view_.againstTitle(), title);
  };
  switch (grouping()) {
    case Grouping::Range:
      return rangeRows(report, reference);
    case Grouping::Height:
      return heightRows(report, reference);
    case Grouping::Scene:
      return groups(&SourceSummary::scenes, tr("Scene"));
    case Grouping::Weather:
      return groups(&SourceSummary::conditions, tr("Weather"));
    case Grouping::Compare:
      if (other) {
        const auto pair = all && against && view_.subject() == ScoreSubject::All
                              ? all->pair(view_.source(), *against)
                              : std::nullopt;
        return compareRows(report, *other, pair ? pair->first : nullptr, pair && pair->second,
                           studio_.view().palette);
      }
      [[fallthrough]];
    case Grouping::Class:
      break;
  }
  return classRows(report, reference, studio_.view().palette);
}

void ScorePanel::show() {
  showing_ = true;
  subjects_->setCurrentIndex(int(view_.subject()));
  showSources();
  const std::optional<SplitReport> report = view_.report();
  caption_->setText(view_.subjectText());
  if (!report) {
    showing_ = false;
    layHead();
    return showEmpty();
  }
  const bool all = view_.subject() == ScoreSubject::All;
  for (const Grouping each : {Grouping::Scene, Grouping::Weather})
    groupings_->segment(int(each))->setVisible(all);
  groupings_->segment(int(Grouping::Compare))->setVisible(view_.reference().has_value());
  if (groupings_->segment(groupings_->currentIndex())->isHidden()) groupings_->setCurrentIndex(0);
  stack_->showContent();
  head_->setReport(report);
  head_->setToolTip(tr("%1. %2 rays%3.")
                        .arg(view_.sourceTitle(),
                             groupedNumber(report->rays() ? report->rays()->valid_rays : 0),
                             report->framesWithoutPredictedFlow() > 0
                                 ? tr("; predictions without flow count as standing still")
                                 : QString()));
  const bool is_first = model_->columnCount() < 2;
  const int sort_column = table_->horizontalHeader()->sortIndicatorSection();
  const QString sorted_by = sort_column > 0 && sort_column <= int(model_->table().columns.size())
                                ? model_->table().columns[std::size_t(sort_column - 1)].id
                                : QString();
  model_->setTable(tableOf(*report));
  if (sort_column > 0) {
    const int now = std::max(0, model_->columnOf(sorted_by));
    if (now != sort_column) table_->sortByColumn(now, table_->horizontalHeader()->sortIndicatorOrder());
  }
  if (is_first) sortAsUsual();
  layHead();
  layColumns();
  showNotice();
  showing_ = false;
  markFilter();
}

/// The viewport whose predictions are scored here; nothing where an evaluation is of others.
std::optional<Side> ScorePanel::shownSide() const {
  if (!view_.evaluation()) return studio_.scoredSide().value_or(Side::A);
  for (const Side side : {Side::A, Side::B}) {
    const OccupancySource* source = studio_.source(side);
    if (source && view_.numberOf(*source) == view_.source()) return side;
  }
  return std::nullopt;
}

void ScorePanel::showSources() {
  const Evaluation* all = view_.evaluation();
  const std::size_t count = all ? all->summary.sources.size() : 0;
  source_->setVisible(count > 1);
  against_->setVisible(count > 1);
  const std::optional<Side> side = shownSide();
  for (Badge* badge : badges_)
    badge->setSource(side == Side::B ? Source::B : Source::A);
  badges_[0]->setVisible(side && count < 2);
  badges_[1]->setVisible(side && count > 1);
  QStringList titles, others;
  std::vector<int> numbers;
  int current = -1;
  for (std::size_t i = 0; i < count; ++i) {
    titles << QString::fromStdString(all->summary.sources[i].facts.title);
    if (i == view_.source()) continue;
    if (view_.against() == i) current = int(numbers.size());
    others << tr("to %1").arg(titles.back());
    numbers.push_back(int(i));
  }
  fill(*source_, titles, int(view_.source()));
  fill(*against_, others, current);
  for (std::size_t i = 0; i < numbers.size(); ++i)
    against_->setItemData(int(i), numbers[i]);
}

/// What may be wrong comes before what is missing.
void ScorePanel::showNotice() {
  const auto& suspicions = evaluating_.suspicions();
  if (!suspicions.empty()) {
    QStringList sentences;
    for (const Evaluating::Suspicion& each : suspicions)
      sentences << each.words();
    const QString mending = suspicions.front().mending();
    notice_->setNotice(NoticeLine::Kind::Warn, sentences.front(),
                       mending.isEmpty() ? tr("Show report") : mending);
    notice_->setToolTip(sentences.join(QLatin1Char('\n')));
  } else if (view_.subject() == ScoreSubject::All && evaluating_.isPartial() && !evaluating_.isRunning()) {
    notice_->setNotice(
        NoticeLine::Kind::Info,
        tr("%1 keyframes are not evaluated yet.").arg(groupedNumber(evaluating_.summary()->missing)),
        tr("Go on"));
  } else {
    return notice_->hide();
  }
  notice_->show();
}

void ScorePanel::noticeClicked() {
  const auto& suspicions = evaluating_.suspicions();
  if (suspicions.empty()) return Q_EMIT evaluateRequested();
  const Evaluating::Suspicion& first = suspicions.front();
  first.mending().isEmpty() ? Q_EMIT importReportRequested(first.path) : evaluating_.mend(first);
}

void ScorePanel::setEmptyButton(const QString& text) {
  if (QPushButton* button = stack_->emptyState()->setPrimary(text))
    connect(button, &QPushButton::clicked, this, &ScorePanel::emptyClicked, Qt::UniqueConnection);
}

void ScorePanel::emptyClicked() {
  evaluating_.isRunning() ? evaluating_.cancel() : Q_EMIT evaluateRequested();
}

void ScorePanel::showEmpty() {
  EmptyState& empty = *stack_->emptyState();
  const bool running = evaluating_.isRunning();
  if (view_.subject() == ScoreSubject::All && running) {
    const Progress::State& state = evaluating_.progress();
    empty.setText(tr("Evaluating."),
                  state.total > 0
                      ? tr("%1 of %2 keyframes").arg(groupedNumber(state.done), groupedNumber(state.total))
                      : tr("Looking at the predictions first."));
    setEmptyButton(tr("Stop"));
  } else if (view_.subject() == ScoreSubject::All && evaluating_.whyNot().isEmpty()) {
    empty.setText(tr("Not evaluated yet."), evaluating_.estimate());
    setEmptyButton(tr("Evaluate"));
  } else if (!studio_.canScore()) {
    empty.setText(tr("Nothing to score."), tr("Show a prediction beside a truth of the same class set."));
    setEmptyButton({});
  } else {
    empty.setText(tr("No score yet."),
                  tr("A keyframe needs a prediction, a truth and its lidar to be scored."));
    setEmptyButton({});
  }
  model_->setTable({});
  stack_->showEmpty();
}

void ScorePanel::rowClicked(const QModelIndex& index) {
  const QModelIndex row = sorted_->mapToSource(index).siblingAtColumn(0);
  if (!row.isValid() || row.data(ScoreModel::IsMean).toBool()) return studio_.errors().setClassFilter({});
  const int label = row.data(ScoreModel::Label).toInt(), group = row.data(ScoreModel::Group).toInt();
  ErrorView& errors = studio_.errors();
  if (label >= 0) {
    const bool add = QGuiApplication::keyboardModifiers() & Qt::ControlModifier;
    std::set<int> classes = errors.filter().classes;
    const bool again = classes.contains(label) && (add || classes.size() == 1);
    if (!add) classes.clear();
    again ? void(classes.erase(label)) : void(classes.insert(label));
    errors.setClassFilter(classes);
  } else if (grouping() == Grouping::Range) {
    const bool again = errors.filter().range_band == group;
    errors.setRangeBand(again ? std::nullopt : std::optional(group));
  } else if (grouping() == Grouping::Scene && studio_.dataset()) {
    const auto& scenes = studio_.dataset()->scenes();
    const auto scene = std::ranges::find(scenes, row.data().toString().toStdString(), &Scene::name);
    if (scene != scenes.end()) studio_.setCurrent(std::size_t(scene - scenes.begin()), 0);
  }
}

/// The rows that are selected are those that the viewports show errors of.
void ScorePanel::markFilter() {
  if (showing_ || stack_->page() != PanelStack::Page::Content) return;
  const ErrorFilter& filter = studio_.errors().filter();
  QItemSelection selection;
  for (int i = 0; i < sorted_->rowCount(); ++i) {
    const QModelIndex row = sorted_->index(i, 0);
    const int label = row.data(ScoreModel::Label).toInt(), group = row.data(ScoreModel::Group).toInt();
    const bool is_band = grouping() == Grouping::Range && filter.range_band == group;
    if ((label >= 0 && filter.classes.contains(label)) || (label < 0 && is_band))
      selection.select(row, row.siblingAtColumn(sorted_->columnCount() - 1));
  }
  table_->selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect);
}

void ScorePanel::copy() const {
  std::vector<int> rows;
  for (const QModelIndex& index : table_->selectionModel()->selectedRows())
    rows.push_back(sorted_->mapToSource(index).row());
  std::ranges::sort(rows);
  QGuiApplication::clipboard()->setText(model_->text(rows));
}

}  // namespace hbev::ui
