#include "ui/scenes/scene_panel.h"

#include <algorithm>
#include <cmath>

#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QListView>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QScrollBar>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QVBoxLayout>

#include "ui/kit/combo_box.h"
#include "ui/kit/label.h"
#include "ui/kit/notices.h"
#include "ui/kit/painting.h"
#include "ui/kit/panel_header.h"
#include "ui/kit/panel_stack.h"
#include "ui/kit/search_field.h"
#include "ui/kit/theme.h"
#include "ui/scenes/bookmark_list.h"
#include "ui/scenes/scene_filter_bar.h"
#include "ui/scenes/scene_model.h"
#include "ui/scenes/scene_row.h"
#include "ui/scores/score_view.h"
#include "ui/state/scene_class_index.h"

namespace hbev::ui {
namespace {

constexpr int kFooterDelay_ms = 200, kWishDelay_ms = 30, kClassesDelay_ms = 200;
constexpr int kFooterHeight_px = 26;
/// Rows beyond the visible ones whose pictures are loaded as well.
constexpr int kWishAhead = 6;
constexpr qsizetype kTokenLength = 32;

QVBoxLayout* makeColumn(QWidget* parent) {
  auto* column = new QVBoxLayout(parent);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  return column;
}

}  // namespace

ScenePanel::ScenePanel(Studio& studio, Bookmarks& bookmarks, const ScoreView& scores, QWidget* parent)
    : QWidget(parent), studio_(studio), bookmarks_(bookmarks), scores_(scores) {
  classes_ = new SceneClassIndex(studio, this);
  model_ = new SceneModel(studio, bookmarks, scores, this);
  filter_ = new SceneFilter(*model_, *classes_, this);
  auto* layout = makeColumn(this);
  header_ = new PanelHeader(tr("Scenes"), this);
  layout->addWidget(header_);
  pages_ = new QStackedWidget(this);
  pages_->addWidget(makeScenes());
  bookmark_list_ = new BookmarkList(bookmarks, pages_);
  bookmark_stack_ = new PanelStack(pages_);
  bookmark_stack_->setContent(bookmark_list_);
  bookmark_stack_->setEmptyState(
      new EmptyState("bookmark", tr("No bookmarks yet"),
                     tr("B marks the keyframe that is shown. Ctrl+B marks it and writes a note.")));
  pages_->addWidget(bookmark_stack_);
  makeHeader();
  stack_ = new PanelStack(this);
  stack_->setContent(pages_);
  auto* empty = new EmptyState("scene", tr("No data set"), tr("Open a nuScenes folder, or try the demo."));
  connect(empty->setPrimary(tr("Try the demo")), &QPushButton::clicked, this, &ScenePanel::demoRequested);
  connect(empty->setSecondary(tr("Open")), &QPushButton::clicked, this, &ScenePanel::openRequested);
  stack_->setEmptyState(empty);
  stack_->showEmpty();
  layout->addWidget(stack_, 1);
  connectList();
  connectStudio();
  showBookmarkCount();
}

void ScenePanel::makeHeader() {
  bookmark_button_ = header_->addButton(QStringLiteral("bookmark"), tr("Bookmarks in place of the scenes"));
  filter_button_ = header_->addButton(QStringLiteral("filter"), tr("Filter by light, rain and class"));
  for (QToolButton* button : {bookmark_button_, filter_button_})
    button->setCheckable(true);
  filter_button_->setChecked(true);
  connect(bookmark_button_, &QToolButton::toggled, this, &ScenePanel::showBookmarks);
  connect(filter_button_, &QToolButton::toggled, this, [this](bool on) {
    filter_bar_->setVisible(on);
    if (!on) filter_bar_->clear();  // nothing filters that cannot be seen
  });
}

QWidget* ScenePanel::makeTools() {
  auto* tools = new QWidget(this);
  auto* column = new QVBoxLayout(tools);
  column->setContentsMargins(8, 8, 8, 6);
  column->setSpacing(6);
  search_ = new SearchField(tr("Name, description, token"), QKeySequence(QStringLiteral("Ctrl+F")), tools);
  search_->setToolTip(
      tr("Words of name, description or location, or the token of a scene or a keyframe. "
         "Enter goes to the first match."));
  filter_bar_ = new SceneFilterBar(studio_, *classes_, tools);
  auto* order_row = new QHBoxLayout;
  order_row->setSpacing(6);
  order_ = new ComboBox(tools);
  order_->addItems({tr("Name"), tr("RayIoU, worst first"), tr("RayIoU, best first")});
  order_->setAccessibleName(tr("Sort scenes by"));
  order_row->addWidget(makeLabel(tr("Sort"), Role::Text2, TextSize::Small, Weight::Normal, tools));
  order_row->addWidget(order_, 1);
  column->addWidget(search_);
  column->addWidget(filter_bar_);
  column->addLayout(order_row);
  return tools;
}

QWidget* ScenePanel::makeScenes() {
  auto* page = new QWidget(this);
  auto* column = makeColumn(page);
  column->addWidget(makeTools());
  list_ = new QListView(page);
  list_->setModel(filter_);
  rows_ = new SceneRowDelegate(list_);
  list_->setItemDelegate(rows_);
  list_->setFrameShape(QFrame::NoFrame);
  list_->setMouseTracking(true);
  list_->setUniformItemSizes(true);
  list_->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
  list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  list_->setAccessibleName(tr("Scenes"));
  scene_stack_ = new PanelStack(page);
  scene_stack_->setContent(list_);
  auto* none = new EmptyState("filter", tr("No scene matches"), {});
  connect(none->setPrimary(tr("Clear filter")), &QPushButton::clicked, this, &ScenePanel::clearFilters);
  scene_stack_->setEmptyState(none);
  column->addWidget(scene_stack_, 1);
  column->addWidget(makeFooter());
  return page;
}

QWidget* ScenePanel::makeFooter() {
  auto* footer = new QWidget(this);
  footer->setFixedHeight(kFooterHeight_px);
  auto* row = new QHBoxLayout(footer);
  row->setContentsMargins(8, 0, 8, 0);
  footer_left_ = makeLabel({}, Role::Text2, TextSize::Small, Weight::Normal, footer);
  footer_right_ = makeLabel({}, Role::Text2, TextSize::Small, Weight::Normal, footer);
  row->addWidget(footer_left_);
  row->addStretch();
  row->addWidget(footer_right_);
  return footer;
}

void ScenePanel::connectList() {
  connect(search_, &QLineEdit::textChanged, this, &ScenePanel::searchChanged);
  connect(search_, &QLineEdit::returnPressed, this, &ScenePanel::jumpToMatch);
  connect(filter_bar_, &SceneFilterBar::changed, this, &ScenePanel::applyFilter);
  connect(order_, &QComboBox::activated, this, [this](int index) {
    filtering_ = true;
    filter_->setOrder(SceneFilter::Order(index));
    filtering_ = false;
    showCurrent();
  });
  connect(list_->selectionModel(), &QItemSelectionModel::currentChanged, this,
          [this](const QModelIndex& index) {
            if (!filtering_) goTo(index);
          });
  // The current row again: with a keyframe's token in the search that is another place.
  connect(list_, &QListView::clicked, this, &ScenePanel::goTo);
  wish_delay_.setSingleShot(true);
  wish_delay_.setInterval(kWishDelay_ms);
  connect(&wish_delay_, &QTimer::timeout, this, &ScenePanel::wishThumbnails);
  const auto wishSoon = [this] {
    if (!wish_delay_.isActive()) wish_delay_.start();
  };
  connect(list_->verticalScrollBar(), &QScrollBar::valueChanged, this, wishSoon);
  connect(list_->verticalScrollBar(), &QScrollBar::rangeChanged, this, wishSoon);
  connect(filter_, &QAbstractItemModel::layoutChanged, this, wishSoon);
  connect(filter_, &QAbstractItemModel::modelReset, this, wishSoon);
  connect(filter_, &QAbstractItemModel::rowsInserted, this, wishSoon);
  connect(filter_, &QAbstractItemModel::rowsRemoved, this, wishSoon);
  connect(bookmark_list_, &BookmarkList::jumpRequested, this,
          [this](const FrameKey& key) { studio_.setCurrent(key.scene, key.index); });
  connect(bookmark_list_, &BookmarkList::datasetRequested, this, &ScenePanel::bookmarkedDatasetRequested);
}

void ScenePanel::connectStudio() {
  connect(&studio_, &Studio::datasetChanged, this, &ScenePanel::showDataset);
  connect(&studio_, &Studio::currentChanged, this, &ScenePanel::showCurrent);
  connect(&bookmarks_, &Bookmarks::changed, this, &ScenePanel::showBookmarkCount);
  classes_delay_.setSingleShot(true);
  classes_delay_.setInterval(kClassesDelay_ms);
  connect(&classes_delay_, &QTimer::timeout, this, [this] {
    if (filter_->criteria().classes.isEmpty()) return;
    filtering_ = true;
    filter_->refresh();
    filtering_ = false;
    showFooter();
    showCurrent();
  });
  connect(classes_, &SceneClassIndex::changed, this, [this] {
    if (!classes_delay_.isActive()) classes_delay_.start();
  });
  footer_delay_.setSingleShot(true);
  footer_delay_.setInterval(kFooterDelay_ms);
  connect(&footer_delay_, &QTimer::timeout, this, &ScenePanel::showFooter);
  connect(&scores_, &ScoreView::evaluationChanged, this, &ScenePanel::showFooter);
  connect(&studio_, &Studio::reportArrived, this, [this] {
    if (!footer_delay_.isActive()) footer_delay_.start();
  });
  connect(&studio_, &Studio::scoringChanged, this, &ScenePanel::showFooter);
}

void ScenePanel::focusSearch() {
  showBookmarks(false);
  search_->setFocus(Qt::ShortcutFocusReason);
  search_->selectAll();
}

void ScenePanel::setCompact(bool compact) {
  rows_->setCompact(compact);
  list_->doItemsLayout();
  search_->setPlaceholderText(compact ? tr("Name, description") : tr("Name, description, token"));
}

void ScenePanel::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  wish_delay_.start();
}

void ScenePanel::showBookmarks(bool show) {
  bookmark_button_->setChecked(show);
  filter_button_->setVisible(!show);
  header_->setTitle(show ? tr("Bookmarks") : tr("Scenes"));
  pages_->setCurrentWidget(show ? static_cast<QWidget*>(bookmark_stack_) : pages_->widget(0));
  showBookmarkCount();
}

bool ScenePanel::showsBookmarks() const {
  return pages_->currentWidget() == bookmark_stack_;
}

void ScenePanel::editBookmark(const QString& token) {
  showBookmarks(true);
  bookmark_list_->editNote(token);
}

void ScenePanel::showBookmarkCount() {
  bookmarks_.all().empty() ? bookmark_stack_->showEmpty() : bookmark_stack_->showContent();
  if (showsBookmarks()) {
    header_->setCount(QString::number(bookmarks_.all().size()));
  } else if (studio_.dataset()) {
    header_->setCount(groupedNumber(qint64(studio_.dataset()->scenes().size())));
  }
}

void ScenePanel::clearFilters() {
  filter_bar_->clear();
  search_->clear();
  applyFilter();
}

void ScenePanel::searchChanged(const QString& text) {
  applyFilter();
  // A whole token, pasted: there is one place that can be meant.
  if (text.trimmed().size() == kTokenLength && filter_->rowCount() == 1 &&
      filter_->index(0, 0).data(SceneModel::MatchedKeyframe).isValid()) {
    jumpToMatch();
  }
}

void ScenePanel::applyFilter() {
  SceneCriteria criteria;
  criteria.words = search_->text().split(QLatin1Char(' '), Qt::SkipEmptyParts);
  criteria.conditions = filter_bar_->conditions();
  criteria.classes = filter_bar_->classes();
  filtering_ = true;
  filter_->setCriteria(std::move(criteria));
  filtering_ = false;
  showFooter();
  showCurrent();
  list_->viewport()->update();  // which keyframe matches may have changed in rows that stay
}

void ScenePanel::jumpToMatch() {
  if (filter_->rowCount() == 0) return;
  const QModelIndex first = filter_->index(0, 0);
  goTo(first);
  showCurrent();
}

/// To the scene's keyframe that was searched for, else to its first; nowhere when the scene is shown already.
std::vector<std::size_t> ScenePanel::listedScenes() const {
  std::vector<std::size_t> scenes;
  for (int row = 0; row < filter_->rowCount(); ++row)
    scenes.push_back(std::size_t(filter_->mapToSource(filter_->index(row, 0)).row()));
  std::ranges::sort(scenes);
  return scenes;
}

void ScenePanel::goTo(const QModelIndex& index) {
  const int row = filter_->mapToSource(index).row();
  if (row < 0) return;
  const QVariant matched = index.data(SceneModel::MatchedKeyframe);
  if (matched.isValid()) return studio_.setCurrent(std::size_t(row), std::size_t(matched.toInt()));
  if (std::size_t(row) != studio_.current().scene) studio_.setCurrent(std::size_t(row), 0);
}

void ScenePanel::showDataset() {
  showBookmarkCount();
  search_->clear();
  applyFilter();
  stack_->showContent();
  wish_delay_.start();
}

/// The current scene's row is marked and in sight; none is when the filter hides it.
void ScenePanel::showCurrent() {
  if (!studio_.dataset()) return;
  const QModelIndex index = filter_->mapFromSource(model_->index(int(studio_.current().scene)));
  filtering_ = true;
  if (index.isValid()) {
    if (list_->currentIndex() != index) list_->setCurrentIndex(index);
    list_->scrollTo(index);
  } else {
    list_->selectionModel()->clear();
  }
  filtering_ = false;
}

/// Of the rows that are seen, from the top, and a few beyond.
void ScenePanel::wishThumbnails() {
  if (!studio_.dataset() || filter_->rowCount() == 0) return;
  const QRect seen = list_->viewport()->rect();
  const int first = std::max(0, list_->indexAt(seen.topLeft()).row());
  const int row_height = std::max(1, list_->sizeHintForRow(0));
  const int last = std::min(filter_->rowCount() - 1, first + seen.height() / row_height + 1);
  std::vector<std::size_t> scenes;
  const auto wish = [&](int row) {
    if (row >= 0 && row < filter_->rowCount())
      scenes.push_back(std::size_t(filter_->mapToSource(filter_->index(row, 0)).row()));
  };
  for (int row = first; row <= last; ++row)
    wish(row);
  for (int beyond = 1; beyond <= kWishAhead; ++beyond) {
    wish(last + beyond);
    wish(first - beyond);
  }
  model_->wishThumbnails(scenes);
}

void ScenePanel::showFooter() {
  if (!studio_.dataset()) return;
  const int shown = filter_->rowCount(), all = model_->rowCount();
  footer_left_->setText(tr("%1 of %2 shown").arg(groupedNumber(shown), groupedNumber(all)));
  const std::optional<double> mean = scores_.meanScore();
  footer_right_->setText(mean ? tr("mean %1").arg(decimal(*mean, 1)) : QString());
  if (shown > 0 || all == 0) return scene_stack_->showContent();
  const QString words = search_->text().trimmed();
  const bool by_words_only = filter_bar_->conditions().empty() && filter_bar_->classes().isEmpty();
  scene_stack_->emptyState()->setText(
      by_words_only ? tr("No scene matches “%1”").arg(words.left(40)) : tr("No scene matches the filter"),
      (classes_->isCounting() ? tr("%1 scenes are hidden. Classes are still being counted.")
                              : tr("%1 scenes are hidden."))
          .arg(groupedNumber(all)));
  scene_stack_->showEmpty();
}

}  // namespace hbev::ui
