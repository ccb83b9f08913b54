#include "ui/scene_panel.h"

#include <algorithm>
#include <cmath>

#include <QtGui/QPainter>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QListView>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QStyledItemDelegate>
#include <QtWidgets/QVBoxLayout>

#include "core/data/images.h"
#include "ui/kit/combo_box.h"
#include "ui/kit/icons.h"
#include "ui/kit/label.h"
#include "ui/kit/notices.h"
#include "ui/kit/painting.h"
#include "ui/kit/panel_header.h"
#include "ui/kit/panel_stack.h"
#include "ui/kit/search_field.h"
#include "ui/kit/theme.h"

namespace hbev::ui {
namespace {

constexpr QSize kThumbnail(88, 50), kCompactThumbnail(64, 36);

/// Draws a scene's row as in the design guide, section 5.
class SceneDelegate : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;
  void setCompact(bool compact) { compact_ = compact; }

  QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
    const Sizes& sizes = Theme::current().sizes();
    return {120, compact_ ? sizes.list_row_compact : sizes.list_row};
  }

  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    const Theme& theme = Theme::current();
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const bool selected = option.state & QStyle::State_Selected;
    const bool hovered = option.state & QStyle::State_MouseOver;
    const QRect row = option.rect;
    painter->fillRect(row, theme.color(selected ? Role::Selection : hovered ? Role::Hover : Role::Panel));
    if (selected) painter->fillRect(QRect(row.left(), row.top(), 2, row.height()), theme.color(Role::Accent));
    const QSize size = compact_ ? kCompactThumbnail : kThumbnail;
    const QRect picture(row.left() + 8, row.top() + (row.height() - size.height()) / 2, size.width(),
                        size.height());
    paintThumbnail(*painter, picture, index);
    const QRect text(picture.right() + 9, picture.top(), row.right() - picture.right() - 17, size.height());
    paintText(*painter, text, index, selected || hovered);
    if (!selected) paintBottomLine(*painter, row, theme.color(Role::Border, 0.45));
    painter->restore();
  }

 private:
  static void paintThumbnail(QPainter& painter, const QRect& rect, const QModelIndex& index) {
    const auto pixmap = index.data(SceneModel::Thumbnail).value<QPixmap>();
    if (!pixmap.isNull()) {
      painter.setRenderHint(QPainter::SmoothPixmapTransform);
      painter.drawPixmap(rect, pixmap);
      return;
    }
    painter.fillRect(rect, Theme::current().color(Role::Surface));
    const QRect icon(rect.center().x() - 7, rect.center().y() - 7, 16, 16);
    paintIcon(painter, QStringLiteral("scene"), icon, Theme::current().color(Role::Text3));
  }

  void paintText(QPainter& painter, const QRect& rect, const QModelIndex& index, bool raised) const {
    const Theme& theme = Theme::current();
    const int line = 17;
    const QVariant score = index.data(SceneModel::Score);
    const QString value = score.isValid() ? decimal(score.toDouble(), 1) : QString();
    const QFont name_font = theme.font(TextSize::Body, Weight::Semibold), small = theme.font(TextSize::Small);
    const QFont mono = theme.mono(TextSize::Small);
    painter.setFont(mono);
    const int score_width = value.isEmpty() ? 0 : painter.fontMetrics().horizontalAdvance(value) + 6;
    const auto draw = [&](int row, const QString& text, const QFont& font, Role role, int room) {
      painter.setFont(font);
      painter.setPen(theme.color(role));
      const QRect place(rect.left(), rect.top() + row * line - (compact_ ? 1 : 0), room, line);
      painter.drawText(place, Qt::AlignLeft | Qt::AlignVCenter,
                       painter.fontMetrics().elidedText(text, Qt::ElideRight, room));
    };
    draw(0, index.data(SceneModel::Name).toString(), name_font, Role::Text,
         rect.width() - (compact_ ? score_width : 0));
    draw(1, index.data(SceneModel::Description).toString(), small, Role::Text2, rect.width());
    const Role quiet = raised ? Role::Text2 : Role::Text3;
    const int bar_width = value.isEmpty() || compact_ ? 0 : 32;
    if (!compact_)
      draw(2, index.data(SceneModel::Location).toString(), small, quiet,
           rect.width() - score_width - bar_width);
    if (value.isEmpty()) return;
    const QRect place(rect.right() - score_width, rect.top() + (compact_ ? -1 : 2 * line), score_width, line);
    painter.setFont(mono);
    painter.setPen(theme.color(Role::Text));
    painter.drawText(place, Qt::AlignRight | Qt::AlignVCenter, value);
    if (compact_) return;
    const QRectF bar(place.left() - 27, place.center().y() - 1.5, 26, 4);
    paintBar(painter, bar, score.toDouble() / 100.0, theme.scoreColor(score.toDouble()));
  }

  bool compact_ = false;
};

}  // namespace

SceneModel::SceneModel(Studio& studio, QObject* parent) : QAbstractListModel(parent), studio_(studio) {
  connect(&studio, &Studio::datasetChanged, this, &SceneModel::reset);
  const auto scoresChanged = [this] {
    for (Thumb& thumb : thumbs_)
      thumb.score.reset();
    if (rowCount() > 0) Q_EMIT dataChanged(index(0), index(rowCount() - 1), {Score});
  };
  connect(&studio, &Studio::scoringChanged, this, scoresChanged);
  connect(&studio, &Studio::reportArrived, this, [this](std::size_t scene) {
    thumbs_[scene].score.reset();
    Q_EMIT dataChanged(index(int(scene)), index(int(scene)), {Score});
  });
}

void SceneModel::reset() {
  beginResetModel();
  ++generation_;
  queue_.cancelAll();
  thumbs_.assign(studio_.dataset()->scenes().size(), {});
  endResetModel();
}

int SceneModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : int(thumbs_.size());
}

QVariant SceneModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || !studio_.dataset()) return {};
  const auto row = std::size_t(index.row());
  const Scene& scene = studio_.dataset()->scenes()[row];
  const auto text = [](const std::string& value) { return QString::fromStdString(value); };
  switch (role) {
    case Qt::DisplayRole:
    case Name:
      return text(scene.name);
    case Qt::AccessibleTextRole:
      return text(scene.name + ", " + scene.description);
    case Qt::ToolTipRole:
      return QStringLiteral("<b>%1</b><br>%2<br>%3")
          .arg(text(scene.name).toHtmlEscaped(), text(scene.description).toHtmlEscaped(),
               text(scene.token).toHtmlEscaped());
    case Description:
      return text(scene.description);
    case Location:
      return scene.location.empty()
                 ? QString(scene.keyframes.size() == 1 ? tr("%1 keyframe") : tr("%1 keyframes"))
                       .arg(scene.keyframes.size())
                 : QStringLiteral("%1 · %2").arg(text(scene.location)).arg(scene.keyframes.size());
    case Keyframes:
      return int(scene.keyframes.size());
    case Thumbnail:
      if (!thumbs_[row].wished) wishThumbnail(row);
      return thumbs_[row].picture;
    case Score:
      if (!thumbs_[row].score) thumbs_[row].score = sceneScore(row);
      return *thumbs_[row].score;
    case SearchText:
      return text(scene.name + " " + scene.description + " " + scene.location + " " + scene.token);
    default:
      return {};
  }
}

/// RayIoU in percent over the keyframes evaluated so far, or nothing.
QVariant SceneModel::sceneScore(std::size_t scene) const {
  const std::optional<RayScores> scores =
      studio_.canScore() ? studio_.sceneReport(scene).rayScores() : std::nullopt;
  return scores && std::isfinite(scores->ray_iou) ? QVariant(scores->ray_iou * 100.0) : QVariant();
}

/// The front camera's picture of the scene's first keyframe.
void SceneModel::wishThumbnail(std::size_t scene) const {
  thumbs_[scene].wished = true;
  if (studio_.dataset()->scenes()[scene].keyframes.empty()) return;
  queue_.submit(0, [this, scene, dataset = studio_.dataset(),
                    generation = generation_](const std::stop_token& stop) {
    const Keyframe keyframe = dataset->keyframe(scene, 0);
    const auto& camera = keyframe.cameras[std::size_t(Camera::Front)];
    if (!camera || stop.stop_requested()) return;
    Image image;
    try {
      image = readImage(camera->file, 2 * kThumbnail.width());
    } catch (const Error&) {
      return;  // the row keeps its icon; opening the scene tells what is wrong
    }
    const QImage whole(image.rgb.data(), image.width, image.height, image.width * 3, QImage::Format_RGB888);
    const QImage small =
        whole.scaled(2 * kThumbnail, Qt::KeepAspectRatioByExpanding, Qt::SmoothTransformation);
    auto* model = const_cast<SceneModel*>(this);
    QMetaObject::invokeMethod(
        model,
        [model, scene, generation, small] {
          if (generation != model->generation_) return;
          model->thumbs_[scene].picture = QPixmap::fromImage(small);
          Q_EMIT model->dataChanged(model->index(int(scene)), model->index(int(scene)), {Thumbnail});
        },
        Qt::QueuedConnection);
  });
}

SceneFilter::SceneFilter(QObject* parent) : QSortFilterProxyModel(parent) {
  setDynamicSortFilter(true);
  sort(0);
}

void SceneFilter::setSearch(const QString& text) {
  words_ = text.split(QLatin1Char(' '), Qt::SkipEmptyParts);
  invalidateFilter();
}

void SceneFilter::setOrder(Order order) {
  order_ = order;
  invalidate();
}

bool SceneFilter::filterAcceptsRow(int row, const QModelIndex& parent) const {
  const QString text = sourceModel()->index(row, 0, parent).data(SceneModel::SearchText).toString();
  return std::all_of(words_.begin(), words_.end(),
                     [&](const QString& word) { return text.contains(word, Qt::CaseInsensitive); });
}

bool SceneFilter::lessThan(const QModelIndex& left, const QModelIndex& right) const {
  if (order_ != Order::Name) {
    const QVariant a = left.data(SceneModel::Score), b = right.data(SceneModel::Score);
    if (a.isValid() != b.isValid()) return a.isValid();
    if (a.isValid() && a != b)
      return order_ == Order::WorstFirst ? a.toDouble() < b.toDouble() : a.toDouble() > b.toDouble();
  }
  return left.row() < right.row();
}

ScenePanel::ScenePanel(Studio& studio, QWidget* parent) : QWidget(parent), studio_(studio) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  header_ = new PanelHeader(tr("Scenes"), this);
  layout->addWidget(header_);

  auto* content = new QWidget(this);
  auto* column = new QVBoxLayout(content);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  auto* tools = new QWidget(content);
  auto* tool_column = new QVBoxLayout(tools);
  tool_column->setContentsMargins(8, 8, 8, 6);
  tool_column->setSpacing(6);
  search_ = new SearchField(tr("Name, description, token"), QKeySequence(QStringLiteral("Ctrl+F")), tools);
  auto* order_row = new QHBoxLayout;
  order_row->setSpacing(6);
  auto* sort_label = makeLabel(tr("Sort"), Role::Text2, TextSize::Small, Weight::Normal, tools);
  order_ = new ComboBox(tools);
  order_->addItems({tr("Name"), tr("RayIoU, worst first"), tr("RayIoU, best first")});
  order_->setAccessibleName(tr("Sort scenes by"));
  order_row->addWidget(sort_label);
  order_row->addWidget(order_, 1);
  tool_column->addWidget(search_);
  tool_column->addLayout(order_row);
  column->addWidget(tools);

  model_ = new SceneModel(studio, this);
  filter_ = new SceneFilter(this);
  filter_->setSourceModel(model_);
  list_ = new QListView(content);
  list_->setModel(filter_);
  list_->setItemDelegate(new SceneDelegate(list_));
  list_->setFrameShape(QFrame::NoFrame);
  list_->setMouseTracking(true);
  list_->setUniformItemSizes(true);
  list_->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
  list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  list_->setAccessibleName(tr("Scenes"));
  column->addWidget(list_, 1);

  auto* footer = new QWidget(content);
  footer->setFixedHeight(26);
  auto* footer_row = new QHBoxLayout(footer);
  footer_row->setContentsMargins(8, 0, 8, 0);
  footer_left_ = makeLabel({}, Role::Text2, TextSize::Small, Weight::Normal, footer);
  footer_right_ = makeLabel({}, Role::Text2, TextSize::Small, Weight::Normal, footer);
  footer_row->addWidget(footer_left_);
  footer_row->addStretch();
  footer_row->addWidget(footer_right_);
  column->addWidget(footer);

  stack_ = new PanelStack(this);
  stack_->setContent(content);
  auto* empty = new EmptyState("scene", tr("No data set"), tr("Open a nuScenes folder, or try the demo."));
  connect(empty->setPrimary(tr("Try the demo")), &QPushButton::clicked, this, &ScenePanel::demoRequested);
  connect(empty->setSecondary(tr("Open")), &QPushButton::clicked, this, &ScenePanel::openRequested);
  stack_->setEmptyState(empty);
  stack_->showEmpty();
  layout->addWidget(stack_, 1);

  connect(search_, &QLineEdit::textChanged, this, [this](const QString& text) {
    filter_->setSearch(text);
    showFooter();
  });
  connect(order_, &QComboBox::activated, this,
          [this](int index) { filter_->setOrder(SceneFilter::Order(index)); });
  connect(list_->selectionModel(), &QItemSelectionModel::currentChanged, this,
          [this](const QModelIndex& index) {
            const int row = filter_->mapToSource(index).row();
            if (row >= 0 && std::size_t(row) != studio_.current().scene)
              studio_.setCurrent(std::size_t(row), 0);
          });
  connect(&studio, &Studio::datasetChanged, this, &ScenePanel::showDataset);
  connect(&studio, &Studio::currentChanged, this, &ScenePanel::showCurrent);
  footer_delay_.setSingleShot(true);
  footer_delay_.setInterval(200);
  connect(&footer_delay_, &QTimer::timeout, this, &ScenePanel::showFooter);
  connect(&studio, &Studio::reportArrived, this, [this] {
    if (!footer_delay_.isActive()) footer_delay_.start();
  });
  connect(&studio, &Studio::scoringChanged, this, &ScenePanel::showFooter);
}

void ScenePanel::focusSearch() {
  search_->setFocus(Qt::ShortcutFocusReason);
  search_->selectAll();
}

void ScenePanel::setCompact(bool compact) {
  static_cast<SceneDelegate*>(list_->itemDelegate())->setCompact(compact);
  list_->doItemsLayout();
  search_->setPlaceholderText(compact ? tr("Name, description") : tr("Name, description, token"));
}

void ScenePanel::showDataset() {
  header_->setCount(QString::number(studio_.dataset()->scenes().size()));
  search_->clear();
  stack_->showContent();
  showFooter();
}

void ScenePanel::showCurrent() {
  const QModelIndex index = filter_->mapFromSource(model_->index(int(studio_.current().scene)));
  list_->setCurrentIndex(index);
  list_->scrollTo(index);
}

void ScenePanel::showFooter() {
  if (!studio_.dataset()) return;
  footer_left_->setText(tr("%1 of %2 shown").arg(filter_->rowCount()).arg(model_->rowCount()));
  const std::optional<RayScores> scores =
      studio_.canScore() ? studio_.splitReport().rayScores() : std::nullopt;
  footer_right_->setText(scores && std::isfinite(scores->ray_iou)
                             ? tr("mean %1").arg(decimal(scores->ray_iou * 100, 1))
                             : QString());
}

}  // namespace hbev::ui
