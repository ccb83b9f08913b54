#include "ui/training/runs_panel.h"

#include <algorithm>
#include <iterator>

#include <QtCore/QFile>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListView>
#include <QtWidgets/QMenu>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QSplitter>
#include <QtWidgets/QTableWidget>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QVBoxLayout>

#include "core/base/files.h"
#include "ui/kit/actions.h"
#include "ui/kit/buttons.h"
#include "ui/kit/label.h"
#include "ui/kit/notices.h"
#include "ui/kit/panel_header.h"
#include "ui/kit/panel_stack.h"
#include "ui/kit/search_field.h"
#include "ui/kit/section.h"
#include "ui/kit/theme.h"
#include "ui/training/run_compare.h"
#include "ui/training/run_log.h"
#include "ui/training/run_row.h"
#include "ui/training/runs_model.h"

namespace hbev::ui {
namespace {

// Differences are cut off after so many rows, or after that share of the panel's height; the first column has
// that share of the width.
constexpr int kFewDifferences = 5;
constexpr double kDifferencesHeight = 0.22, kKeyWidth = 0.44;

/// Without what config.toml says.
RunSettings factsOf(RunSettings settings) {
  std::erase_if(settings, [](const auto& each) { return !each.first.starts_with("run."); });
  return settings;
}

/// The name of the one whose config.toml cannot be read; empty: both can.
QString unreadableConfig(const RunData& a, const RunData& b) {
  for (const RunData* each : {&a, &b}) {
    if (settingsOfToml(each->config_toml).empty()) return each->name();
  }
  return {};
}

QVBoxLayout* makeColumn(QWidget* widget) {
  auto* column = new QVBoxLayout(widget);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  return column;
}

}  // namespace

RunsPanel::RunsPanel(RunStore& store, ActionRegistry& actions, QWidget* parent)
    : QWidget(parent), store_(store), actions_(actions), model_(new RunsModel(store, this)) {
  auto* column = makeColumn(this);
  header_ = new PanelHeader(tr("Runs"), this);
  header_->addButton(actions["train.attach"]);
  QToolButton* more = header_->addButton(QStringLiteral("more"), tr("Folders of runs"));
  more->setMenu(makeMoreMenu(actions));
  more->setPopupMode(QToolButton::InstantPopup);
  auto* make = makeButton(tr("New run"), ButtonKind::Primary, QStringLiteral("plus"), header_, true);
  make->setToolTip(actions["train.new"]->toolTip());
  connect(make, &QPushButton::clicked, actions["train.new"], &QAction::trigger);
  header_->addWidget(make);
  column->addWidget(header_);
  stack_ = new PanelStack(this);
  auto* splitter = new QSplitter(Qt::Vertical, stack_);
  splitter->setChildrenCollapsible(false);
  splitter->setHandleWidth(1);
  splitter->addWidget(makeList());
  auto* below = new QWidget(splitter);
  auto* lower = makeColumn(below);
  lower->addWidget(makeNote());
  lower->addWidget(makeDifferences());
  lower->addWidget(makeLog(), 1);
  splitter->addWidget(below);
  splitter->setSizes({380, 420});
  splitter->setStretchFactor(0, 1);
  splitter->setStretchFactor(1, 1);
  stack_->setContent(splitter);
  auto* empty = new EmptyState("train", tr("No runs yet"),
                               tr("Those of the runs folder appear here, and those you attach."));
  stack_->setEmptyState(empty);
  column->addWidget(stack_, 1);
  connect(&store, &RunStore::listChanged, this, &RunsPanel::showCount);
  connect(model_, &QAbstractItemModel::modelReset, this, &RunsPanel::showCurrent);
  connect(&store, &RunStore::currentChanged, this, &RunsPanel::showCurrent);
  connect(&store, &RunStore::checkedChanged, this, &RunsPanel::showDifferences);
  connect(&Theme::current(), &Theme::changed, this, &RunsPanel::showDifferences);
  connect(&store, &RunStore::runChanged, this, [this](const std::filesystem::path& folder) {
    if (store_.current() && store_.current()->folder == folder) showState();
  });
  showCount();
  showCurrent();
}

QMenu* RunsPanel::makeMoreMenu(ActionRegistry& actions) {
  auto* menu = new QMenu(this);
  menu->addAction(actions["train.attach"]);
  menu->addAction(actions["train.folder"]);
  menu->addSeparator();
  menu->addAction(actions["train.detach"]);
  menu->addAction(actions["train.open_folder"]);
  return menu;
}

QWidget* RunsPanel::makeList() {
  auto* page = new QWidget(this);
  auto* column = makeColumn(page);
  auto* tools = new QWidget(page);
  auto* row = new QHBoxLayout(tools);
  row->setContentsMargins(8, 8, 8, 8);
  search_ = new SearchField(tr("Name, tag, setting"), {}, tools);
  search_->setObjectName(QStringLiteral("runSearch"));
  search_->setToolTip(tr("Words of name, tags, note or settings: \"batch_size=2\"."));
  connect(search_, &QLineEdit::textChanged, this, [this](const QString& text) {
    model_->setFilter(text);
    showCount();
  });
  row->addWidget(search_);
  column->addWidget(tools);
  list_ = new QListView(page);
  list_->setObjectName(QStringLiteral("runs"));
  list_->setModel(model_);
  list_->setItemDelegate(new RunRowDelegate(list_));
  list_->setFrameShape(QFrame::NoFrame);
  list_->setMouseTracking(true);
  list_->setUniformItemSizes(true);
  list_->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
  list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  list_->setAccessibleName(tr("Runs"));
  connect(list_->selectionModel(), &QItemSelectionModel::currentChanged, this,
          [this](const QModelIndex& index) {
            if (const auto run = model_->runAt(index)) store_.setCurrent(run->folder);
          });
  list_stack_ = new PanelStack(page);
  list_stack_->setContent(list_);
  auto* none = new EmptyState("filter", tr("No run matches"), {});
  connect(none->setPrimary(tr("Clear search")), &QPushButton::clicked, search_, &QLineEdit::clear);
  list_stack_->setEmptyState(none);
  list_stack_->setMinimumHeight(54);
  column->addWidget(list_stack_, 1);
  return page;
}

QWidget* RunsPanel::makeNote() {
  auto* row = new QWidget(this);
  row->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
  auto* layout = new QHBoxLayout(row);
  layout->setContentsMargins(8, 6, 8, 6);
  note_ = new QLineEdit(row);
  note_->setObjectName(QStringLiteral("note"));
  note_->setAccessibleName(tr("Note"));
  connect(note_, &QLineEdit::editingFinished, this, [this] {
    const auto run = store_.find(note_of_);
    if (!run) return;
    RunLabels labels = run->labels;
    labels.note = note_->text().trimmed().toStdString();
    store_.setLabels(run->folder, labels);
  });
  layout->addWidget(note_);
  return row;
}

QWidget* RunsPanel::makeDifferences() {
  differs_ = new Section(tr("Differs"), this);
  differs_->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
  differences_ = new QTableWidget(0, 3, differs_);
  differences_->setObjectName(QStringLiteral("differences"));
  differences_->verticalHeader()->hide();
  differences_->verticalHeader()->setDefaultSectionSize(Theme::current().sizes().table_row);
  differences_->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
  differences_->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Fixed);
  differences_->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  differences_->horizontalHeader()->setHighlightSections(false);
  differences_->horizontalHeader()->setTextElideMode(Qt::ElideRight);
  differences_->setEditTriggers(QAbstractItemView::NoEditTriggers);
  differences_->setSelectionBehavior(QAbstractItemView::SelectRows);
  differences_->setShowGrid(false);
  differences_->setWordWrap(false);
  differences_->setTextElideMode(Qt::ElideLeft);
  differences_->setFrameShape(QFrame::NoFrame);
  differences_->setTabKeyNavigation(false);
  differences_->setAccessibleName(tr("Settings that differ"));
  differs_->setContent(differences_);
  return differs_;
}

QWidget* RunsPanel::makeLog() {
  auto* section = new Section(tr("Log"), this);
  section->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Expanding);
  auto* save = makeIconButton(QStringLiteral("export"), tr("Save the log"), section);
  connect(save, &QToolButton::clicked, this, &RunsPanel::saveLog);
  section->setHeaderWidget(save);
  log_ = new RunLog(section);
  log_->setObjectName(QStringLiteral("log"));
  log_->setMinimumHeight(60);
  section->setContent(log_);
  return section;
}

void RunsPanel::focusSearch() {
  search_->setFocus(Qt::ShortcutFocusReason);
}

void RunsPanel::focusList() {
  QWidget* where = list_->isVisible() ? static_cast<QWidget*>(list_) : this;
  where->setFocus(Qt::OtherFocusReason);
}

void RunsPanel::showCount() {
  const std::size_t all = store_.runs().size();
  const int shown = model_->rowCount();
  header_->setCount(all == 0                   ? QString()
                    : std::size_t(shown) < all ? tr("%1 of %2").arg(shown).arg(all)
                                               : QString::number(all));
  if (all == 0) {
    if (!store_.isFolderReachable()) return stack_->showError(doesNotAnswer(store_.folder().toStdString()));
    return store_.wasLookedAt() ? stack_->showEmpty() : stack_->setLoading(true);
  }
  stack_->showContent();
  shown == 0 ? list_stack_->showEmpty() : list_stack_->showContent();
}

void RunsPanel::showCurrent() {
  const auto run = store_.current();
  {
    const QSignalBlocker quiet(list_->selectionModel());
    const QModelIndex index = run ? model_->indexOf(run->folder) : QModelIndex();
    list_->setCurrentIndex(index);
    if (index.isValid()) list_->scrollTo(index);
  }
  list_->viewport()->update();
  showState();
  showDifferences();
}

void RunsPanel::showState() {
  const auto run = store_.current();
  log_->setLines(run ? run->log : std::vector<RunLogLine>());
  note_->setEnabled(run != nullptr);
  const std::filesystem::path folder = run ? run->folder : std::filesystem::path();
  if (note_->hasFocus() && note_of_ == folder) return;  // somebody is writing
  note_of_ = folder;
  note_->setPlaceholderText(run ? tr("Note on %1").arg(run->name()) : QString());
  note_->setText(run ? QString::fromStdString(run->labels.note) : QString());
}

std::shared_ptr<RunData> RunsPanel::reference() const {
  const auto current = store_.current();
  for (const auto& each : store_.checked()) {
    if (each != current) return each;
  }
  // The one that was made before it, else the one after it; of what cannot be read nothing is known.
  const auto& runs = store_.runs();
  const auto at = std::ranges::find(runs, current);
  const auto isKnown = [](const auto& each) { return !each->trouble(); };
  if (at == runs.end()) return nullptr;
  if (const auto before = std::find_if(at + 1, runs.end(), isKnown); before != runs.end()) return *before;
  const auto after = std::find_if(std::make_reverse_iterator(at), runs.rend(), isKnown);
  return after != runs.rend() ? *after : nullptr;
}

void RunsPanel::showDifferences() {
  const auto run = store_.current(), other = reference();
  const bool is_known = run && other && !run->unreadable && !other->unreadable;
  differs_->setVisible(is_known);
  if (!is_known) return;
  RunSettings a = model_->settings(*other), b = model_->settings(*run);
  const QString unreadable = unreadableConfig(*other, *run);
  if (!unreadable.isEmpty()) {
    a = factsOf(std::move(a));
    b = factsOf(std::move(b));
  }
  const auto differences = differencesOf(a, b);
  differs_->setTitle(tr("Differs from %1").arg(other->name()));
  differs_->setSummary(unreadable.isEmpty()
                           ? tr("%1 of %2 settings").arg(differences.size()).arg(std::max(a.size(), b.size()))
                           : tr("%1: no config").arg(unreadable));
  differences_->setToolTip(
      unreadable.isEmpty()
          ? QString()
          : tr("config.toml of %1 cannot be read: only what run.json says is compared.").arg(unreadable));
  differences_->setHorizontalHeaderLabels({tr("Setting"), other->name(), run->name()});
  for (int column = 1; column < 3; ++column)
    differences_->horizontalHeaderItem(column)->setToolTip(
        (column == 1 ? other : run)->name().toHtmlEscaped());
  differences_->setRowCount(int(differences.size()));
  const Theme& theme = Theme::current();
  fitDifferences();
  for (int row = 0; row < int(differences.size()); ++row) {
    const SettingDifference& each = differences[std::size_t(row)];
    const std::array<const std::string*, 3> texts{&each.key, &each.a, &each.b};
    for (int column = 0; column < 3; ++column) {
      const std::string& text = *texts[std::size_t(column)];
      auto* item = new QTableWidgetItem(text.empty() ? tr("none") : QString::fromStdString(text));
      item->setFont(theme.mono(TextSize::Small));
      item->setToolTip(item->text().toHtmlEscaped());
      if (column > 0) item->setTextAlignment(Qt::AlignLeft | Qt::AlignVCenter);
      if (column == 1) item->setForeground(theme.color(Role::Text2));
      differences_->setItem(row, column, item);
    }
  }
}

void RunsPanel::fitDifferences() {
  const Sizes& sizes = Theme::current().sizes();
  const int most = std::max(kFewDifferences, int(kDifferencesHeight * height() / sizes.table_row));
  const int rows = std::clamp(differences_->rowCount(), 1, most);
  differences_->setFixedHeight(sizes.table_header + rows * sizes.table_row + 2);
  differences_->setColumnWidth(0, int(kKeyWidth * width()));
}

void RunsPanel::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  fitDifferences();
}

void RunsPanel::saveLog() {
  const auto run = store_.current();
  if (!run) return;
  const QString path =
      QFileDialog::getSaveFileName(this, tr("Save the log"), run->name() + QStringLiteral(".log"));
  if (path.isEmpty()) return;
  try {
    writeFile(path.toStdString(), std::string_view(log_->text().toStdString()));
  } catch (const Error& error) {
    Q_EMIT store_.failed(error.problem());
  }
}

}  // namespace hbev::ui
