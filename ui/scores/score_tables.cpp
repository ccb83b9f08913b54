#include "ui/scores/score_tables.h"

#include <algorithm>
#include <numeric>

#include <QtCore/QSettings>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QMenu>
#include <QtWidgets/QScrollBar>
#include <QtWidgets/QTableView>
#include <QtWidgets/QVBoxLayout>

#include "ui/kit/theme.h"
#include "ui/scores/score_model.h"

namespace hbev::ui {
namespace {

constexpr int kScoreTitle_px = 132, kMeanRowMore_px = 4, kWidestColumn_px = 110;
/// Of columns that do not fit; else a line's worth of air above the mean.
constexpr int kScrollBar_px = 8;
const QString kShownColumns = QStringLiteral("scores/shownColumns"),
              kHiddenColumns = QStringLiteral("scores/hiddenColumns");

int narrowestOf(ScoreKind kind) {
  switch (kind) {
    case ScoreKind::Bar:
      return 90;
    case ScoreKind::Change:
    case ScoreKind::VelocityChange:
      return 78;
    case ScoreKind::Velocity:
      return 60;
    case ScoreKind::Count:
      return 64;
    case ScoreKind::Percent:
      return 50;
  }
  return 50;
}

QStringList chosenColumns(const QString& key) {
  return QSettings().value(key).toStringList();
}

}  // namespace

ScoreTables::ScoreTables(QWidget* parent) : QWidget(parent) {
  model_ = new ScoreModel(this);
  sorted_ = new ScoreSorter(ScoreSorter::Rows::AllButMean, this);
  means_ = new ScoreSorter(ScoreSorter::Rows::Mean, this);
  table_ = new QTableView(this);
  mean_ = new QTableView(this);
  makeView(*table_, *sorted_);
  makeView(*mean_, *means_);
  const Sizes& sizes = Theme::current().sizes();
  table_->setSortingEnabled(true);
  table_->setSelectionMode(QAbstractItemView::ExtendedSelection);
  table_->verticalHeader()->setDefaultSectionSize(sizes.table_row);
  table_->setAccessibleName(tr("Scores"));
  table_->horizontalHeader()->setContextMenuPolicy(Qt::CustomContextMenu);
  table_->horizontalHeader()->setToolTip(tr("Click to sort; the other button chooses columns."));
  // The row stands still: what is under the pointer is another matter than what sorts.
  mean_->horizontalHeader()->hide();
  mean_->setSelectionMode(QAbstractItemView::NoSelection);
  mean_->setFocusPolicy(Qt::NoFocus);
  mean_->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  mean_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  mean_->verticalHeader()->setDefaultSectionSize(sizes.table_row + kMeanRowMore_px);
  mean_->setFixedHeight(sizes.table_row + kMeanRowMore_px);
  mean_->setAccessibleName(tr("Mean"));
  mean_->hide();
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  // The rows first; what they leave is below the mean.
  constexpr int kRowsFirst = 1000;
  column->addWidget(table_, kRowsFirst);
  column->addWidget(mean_);
  column->addStretch(1);
  connect(table_->horizontalHeader(), &QHeaderView::sectionResized, mean_,
          [this](int section, int, int width) {
            if (width > 0) mean_->setColumnWidth(section, width);
          });
  connect(table_->horizontalScrollBar(), &QScrollBar::valueChanged, mean_->horizontalScrollBar(),
          &QScrollBar::setValue);
  connect(table_->horizontalHeader(), &QWidget::customContextMenuRequested, this, [this](const QPoint& at) {
    QMenu* menu = makeColumnMenu();
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->popup(table_->horizontalHeader()->mapToGlobal(at));
  });
  const auto tell = [this](const QModelIndex& index) { Q_EMIT rowClicked(source(index)); };
  connect(table_, &QTableView::clicked, this, tell);
  connect(table_, &QTableView::activated, this, tell);
  connect(mean_, &QTableView::clicked, this, &ScoreTables::meanClicked);
}

void ScoreTables::makeView(QTableView& view, ScoreSorter& rows) {
  rows.setSourceModel(model_);
  view.setHorizontalHeader(new ScoreHeader(&view));
  view.setModel(&rows);
  view.setItemDelegate(new ScoreDelegate(&view));
  view.setSelectionBehavior(QAbstractItemView::SelectRows);
  view.setShowGrid(false);
  view.setFrameShape(QFrame::NoFrame);
  view.setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
  view.verticalHeader()->hide();
  view.verticalHeader()->setMinimumSectionSize(1);
  view.setMouseTracking(true);
  view.setTabKeyNavigation(false);  // arrows move in it, Tab goes on
}

void ScoreTables::setTable(ScoreTable table) {
  const QHeaderView& header = *table_->horizontalHeader();
  const int sort_column = header.sortIndicatorSection();
  const auto& before = model_->table().columns;
  const bool is_first = before.empty();
  const QString sorted_by = sort_column > 0 && sort_column <= int(before.size())
                                ? before[std::size_t(sort_column - 1)].id
                                : QString();
  model_->setTable(std::move(table));
  if (sort_column > 0) {
    const int now = std::max(0, model_->columnOf(sorted_by));
    if (now != sort_column) table_->sortByColumn(now, header.sortIndicatorOrder());
  }
  if (is_first) sortAsUsual(false);
  const bool has_mean = model_->table().footer.has_value();
  mean_->setVisible(has_mean);
  const int rows = table_->verticalHeader()->defaultSectionSize() * int(model_->table().rows.size());
  const int most = has_mean ? table_->horizontalHeader()->height() + rows + kScrollBar_px : QWIDGETSIZE_MAX;
  table_->setMaximumHeight(most);
  layColumns();
}

void ScoreTables::sortAsUsual(bool ordered) {
  table_->sortByColumn(ordered ? 0 : 1, Qt::AscendingOrder);
}

QModelIndex ScoreTables::source(const QModelIndex& row) const {
  return sorted_->mapToSource(row).siblingAtColumn(0);
}

std::vector<int> ScoreTables::selectedRows() const {
  std::vector<int> rows;
  for (const QModelIndex& index : table_->selectionModel()->selectedRows())
    rows.push_back(sorted_->mapToSource(index).row());
  std::ranges::sort(rows);
  return rows;
}

void ScoreTables::setColumnChosen(const QString& id, bool shown) {
  QSettings settings;
  for (const QString& key : {kShownColumns, kHiddenColumns}) {
    QStringList ids = chosenColumns(key);
    ids.removeAll(id);
    if (shown == (key == kShownColumns)) ids << id;
    settings.setValue(key, ids);
  }
  layColumns();
}

void ScoreTables::forgetChosenColumns() {
  QSettings settings;
  settings.remove(kShownColumns);
  settings.remove(kHiddenColumns);
  layColumns();
}

bool ScoreTables::isColumnShown(const QString& id) const {
  const int column = model_->columnOf(id);
  return column >= 0 && !table_->isColumnHidden(column);
}

QMenu* ScoreTables::makeColumnMenu() {
  auto* menu = new QMenu(this);
  menu->setToolTipsVisible(true);
  for (const ScoreColumn& column : model_->table().columns) {
    QAction* action = menu->addAction(column.title);
    action->setToolTip(column.help);
    action->setCheckable(true);
    action->setChecked(isColumnShown(column.id));
    connect(action, &QAction::toggled, this, [this, id = column.id](bool on) { setColumnChosen(id, on); });
  }
  menu->addSeparator();
  connect(menu->addAction(tr("As room allows")), &QAction::triggered, this,
          &ScoreTables::forgetChosenColumns);
  return menu;
}

void ScoreTables::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  layColumns();
}

int ScoreTables::widthOf(const ScoreColumn& column) const {
  return std::clamp(ScoreHeader::widthOf(column.title), narrowestOf(column.kind), kWidestColumn_px);
}

/// Columns give way in the order in which people miss them least, unless somebody chose them; the titles
/// never do. What was chosen and does not fit is scrolled to.
void ScoreTables::layColumns() {
  const auto& columns = model_->table().columns;
  if (columns.empty()) return;
  const QStringList wanted = chosenColumns(kShownColumns), unwanted = chosenColumns(kHiddenColumns);
  std::vector<std::size_t> order(columns.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(
      order, {}, [&](std::size_t i) { return wanted.contains(columns[i].id) ? -1 : columns[i].keep; });
  int room = width() - kScoreTitle_px;
  bool fits = true;
  for (const std::size_t i : order) {
    const int width = widthOf(columns[i]);
    const bool chosen = wanted.contains(columns[i].id);
    const bool shown = chosen || (room >= width && fits && !unwanted.contains(columns[i].id));
    if (shown) room -= width;
    // A less missed one does not take the place of what had none.
    fits &= shown || unwanted.contains(columns[i].id);
    for (QTableView* view : {table_, mean_}) {
      view->setColumnHidden(int(i) + 1, !shown);
      view->setColumnWidth(int(i) + 1, width);
    }
  }
  table_->setHorizontalScrollBarPolicy(room < 0 ? Qt::ScrollBarAsNeeded : Qt::ScrollBarAlwaysOff);
  table_->horizontalHeader()->setSectionResizeMode(0, room < 0 ? QHeaderView::Fixed : QHeaderView::Stretch);
  if (room < 0) table_->setColumnWidth(0, kScoreTitle_px);
  mean_->setColumnWidth(0, table_->columnWidth(0));
}

}  // namespace hbev::ui
