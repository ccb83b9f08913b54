#include "ui/scores/score_panel.h"

#include <algorithm>
#include <tuple>

#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QMenu>
#include <QtWidgets/QTableView>
#include <QtWidgets/QVBoxLayout>

#include "ui/kit/badge.h"
#include "ui/kit/buttons.h"
#include "ui/kit/combo_box.h"
#include "ui/kit/elided_label.h"
#include "ui/kit/flow_layout.h"
#include "ui/kit/label.h"
#include "ui/kit/notices.h"
#include "ui/kit/painting.h"
#include "ui/kit/panel_stack.h"
#include "ui/kit/segmented_control.h"
#include "ui/kit/theme.h"
#include "ui/scores/evaluating.h"
#include "ui/scores/score_head.h"
#include "ui/scores/score_model.h"
#include "ui/scores/score_tables.h"
#include "ui/state/error_view.h"
#include "ui/state/studio.h"

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

}  // namespace

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
  tables_ = new ScoreTables(content);
  column->addWidget(tables_, 1);
  stack_ = new PanelStack(this);
  stack_->setContent(content);
  stack_->setEmptyState(new EmptyState(QStringLiteral("evaluate"), {}, {}));
  stack_->showEmpty();
  layout->addWidget(stack_, 1);

  connect(notice_, &NoticeLine::actionTriggered, this, [this] {
    if (const auto action = notice_action_) action();
  });
  connect(tables_, &ScoreTables::rowClicked, this, &ScorePanel::rowClicked);
  connect(tables_, &ScoreTables::meanClicked, this, [this] { studio_.errors().setClassFilter({}); });
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
  auto* columns_button = makeIconButton(QStringLiteral("more"), tr("Columns"), tools);
  for (QToolButton* button : {copy_button, export_button, columns_button})
    row->addWidget(button);
  connect(subjects_, &SegmentedControl::currentChanged, this, [this](int index) {
    if (!showing_) view_.setSubject(ScoreSubject(index));
  });
  connect(copy_button, &QToolButton::clicked, this, &ScorePanel::copy);
  connect(export_button, &QToolButton::clicked, this, &ScorePanel::exportRequested);
  connect(columns_button, &QToolButton::clicked, this, [this, columns_button] {
    QMenu* menu = tables_->makeColumnMenu();
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->popup(columns_button->mapToGlobal(QPoint(0, columns_button->height())));
  });
  return tools;
}

/// Whose scores, the figures and the rows to choose from: no name is cut for a figure, there are further
/// lines.
QWidget* ScorePanel::makeHeadRow() {
  auto* head = new QWidget(this);
  auto* row = new FlowLayout(head, 8);
  row->setContentsMargins(8, 6, 8, 6);
  row->addWidget(makeSources(head));
  head_ = new ScoreHead(head);
  row->addWidget(head_);
  groupings_ = new SegmentedControl(head);
  for (const QString& name : {tr("Class"), tr("Range"), tr("Height"), tr("Scene"), tr("Weather")})
    groupings_->addSegment(name);
  groupings_->addSegment(tr("Compare"), {}, tr("Both sources, and rays that only one of them has right"));
  groupings_->setAccessibleName(tr("Rows"));
  row->addWidget(groupings_);
  connect(groupings_, &SegmentedControl::currentChanged, this, [this] {
    sortAsUsual();
    show();
  });
  return head;
}

/// Whose scores these are.
QWidget* ScorePanel::makeSources(QWidget* parent) {
  auto* sources = new QWidget(parent);
  sources->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
  auto* row = new QHBoxLayout(sources);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(6);
  badge_ = new Badge(Source::A, sources);
  name_ = new ElidedLabel({}, Qt::ElideRight, sources);
  source_ = new ComboBox(sources);
  source_->setAccessibleName(tr("Source"));
  against_ = new ComboBox(sources);
  against_->setAccessibleName(tr("Compared with"));
  for (ComboBox* box : {source_, against_}) {
    box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    box->setMinimumContentsLength(5);  // what it can be squeezed to
  }
  row->addWidget(badge_);
  row->addWidget(name_, 1);
  row->addWidget(source_, 1);
  row->addWidget(against_, 1);
  connect(source_, &QComboBox::activated, this, [this](int index) { view_.setSource(std::size_t(index)); });
  connect(against_, &QComboBox::activated, this,
          [this](int index) { view_.setAgainst(std::size_t(against_->itemData(index).toInt())); });
  return sources;
}

void ScorePanel::sortAsUsual() {
  const Grouping shown = grouping();
  tables_->sortAsUsual(shown == Grouping::Range || shown == Grouping::Height || shown == Grouping::Weather);
}

ScorePanel::Grouping ScorePanel::grouping() const {
  return Grouping(groupings_->currentIndex());
}

void ScorePanel::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  layCaption();
}

/// Of which keyframes and with which mask the figures are is never cut off: it has a further line.
void ScorePanel::layCaption() {
  constexpr int kButtons_px = 104;
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
}

ScoreTable ScorePanel::tableOf(const SplitReport& report) const {
  const auto compared = view_.compared();
  std::optional<ScoreReference> reference;
  if (compared) reference = ScoreReference{&compared->other, view_.againstTitle(), &compared->own};
  const Evaluation* all = view_.evaluation();
  const auto against = view_.against();
  const PairSummary* pair = nullptr;
  bool is_first = false;
  if (all && against && view_.subject() == ScoreSubject::All) {
    if (const auto found = all->pair(view_.source(), *against)) std::tie(pair, is_first) = *found;
  }
  const auto groups = [&](std::vector<GroupReport> SourceSummary::*member,
                          std::vector<GroupReport> GroupedReports::*of_both, const QString& title) {
    if (!all) return ScoreTable{title, {}, {}, {}};
    std::optional<GroupReference> groups_of_both;
    if (pair) {
      const GroupedReports &first = pair->first_common, &second = pair->second_common;
      groups_of_both = GroupReference{&((is_first ? first : second).*of_both),
                                      &((is_first ? second : first).*of_both), view_.againstTitle()};
    }
    return groupRows(all->summary.sources[view_.source()].*member, groups_of_both, title);
  };
  switch (grouping()) {
    case Grouping::Range:
      return rangeRows(report, reference);
    case Grouping::Height:
      return heightRows(report, reference);
    case Grouping::Scene:
      return groups(&SourceSummary::scenes, &GroupedReports::scenes, tr("Scene"));
    case Grouping::Weather:
      return groups(&SourceSummary::conditions, &GroupedReports::conditions, tr("Weather"));
    case Grouping::Compare:
      if (compared) {
        return compareRows(compared->own, compared->other, pair, is_first, studio_.view().palette);
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
  const auto compared = view_.compared();
  caption_->setText(view_.subjectText() + (compared ? compared->note : QString()));
  if (!report) {
    showing_ = false;
    layCaption();
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
  tables_->setTable(tableOf(*report));
  layCaption();
  showNotice();
  showing_ = false;
  markFilter();
}

/// The viewport whose predictions are scored here; nothing where an evaluation is of others.
std::optional<Side> ScorePanel::shownSide() const {
  if (view_.isLive()) return studio_.scoredSide().value_or(Side::A);
  for (const Side side : {Side::A, Side::B}) {
    const OccupancySource* source = studio_.source(side);
    if (source && view_.numberOf(*source) == view_.source()) return side;
  }
  return std::nullopt;
}

void ScorePanel::showSources() {
  const Evaluation* all = view_.evaluation();
  const std::size_t count = all ? all->summary.sources.size() : 0;
  // What is scored live may be none of those that were evaluated.
  const bool can_choose = count > 1 && (!view_.isLive() || view_.isOfEvaluation());
  const std::optional<Side> side = shownSide();
  badge_->setSource(side == Side::B ? Source::B : Source::A);
  badge_->setVisible(side.has_value());
  name_->setText(view_.sourceTitle());
  name_->setVisible(!can_choose);
  source_->setVisible(can_choose);
  against_->setVisible(can_choose);
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

void ScorePanel::rowClicked(const QModelIndex& row) {
  if (!row.isValid()) return studio_.errors().setClassFilter({});
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
  const QAbstractItemModel& shown = *tables_->table()->model();
  for (int i = 0; i < shown.rowCount(); ++i) {
    const QModelIndex row = shown.index(i, 0);
    const int label = row.data(ScoreModel::Label).toInt(), group = row.data(ScoreModel::Group).toInt();
    const bool is_band = grouping() == Grouping::Range && filter.range_band == group;
    if ((label >= 0 && filter.classes.contains(label)) || (label < 0 && is_band))
      selection.select(row, row.siblingAtColumn(shown.columnCount() - 1));
  }
  tables_->table()->selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect);
}

void ScorePanel::copy() const {
  QGuiApplication::clipboard()->setText(tables_->model().text(tables_->selectedRows()));
}

}  // namespace hbev::ui
