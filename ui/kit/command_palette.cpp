#include "ui/kit/command_palette.h"

#include <algorithm>

#include <QtGui/QAction>
#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtGui/QTextLayout>
#include <QtWidgets/QListView>
#include <QtWidgets/QStyledItemDelegate>
#include <QtWidgets/QVBoxLayout>

#include "ui/kit/actions.h"
#include "ui/kit/badge.h"
#include "ui/kit/fuzzy.h"
#include "ui/kit/label.h"
#include "ui/kit/painting.h"
#include "ui/kit/round_popup.h"
#include "ui/kit/search_field.h"
#include "ui/kit/theme.h"

namespace hbev::ui {
namespace {

constexpr int kWidth = 520, kTop = 64, kFieldHeight = 34, kRow = 25, kMaximumRows = 12, kMaximumRecent = 20;
constexpr int kLeft = 12, kPaletteTextLeft = 32;

/// Icon, name with the matched letters bold, keys at right.
class PaletteDelegate : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;

  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const override {
    return {option.rect.width(), kRow};
  }
  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    const Theme& theme = Theme::current();
    const bool enabled = index.flags().testFlag(Qt::ItemIsEnabled);
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    const QRect row = option.rect;
    if (selected) painter->fillRect(row, theme.color(Role::Selection));
    const int side = theme.sizes().icon_small;
    index.data(Qt::DecorationRole)
        .value<QIcon>()
        .paint(painter, QRect(row.left() + kLeft, row.top() + (row.height() - side) / 2, side, side),
               Qt::AlignCenter, enabled ? QIcon::Normal : QIcon::Disabled);
    QRect text = row.adjusted(kPaletteTextLeft, 0, -kLeft, 0);
    if (const QString keys = index.data(PaletteModel::KeysRole).toString(); !keys.isEmpty())
      text.setRight(text.right() - paintKeyCap(*painter, text, keys) - 8);
    painter->setPen(theme.color(enabled ? Role::Text : Role::Disabled));
    paintName(*painter, text, index.data().toString(),
              index.data(PaletteModel::PositionsRole).value<QList<int>>());
  }

 private:
  static void paintName(QPainter& painter, const QRect& rect, const QString& name, const QList<int>& bold) {
    QTextLayout layout(name, Theme::current().font(TextSize::Body));
    QList<QTextLayout::FormatRange> formats;
    for (const int at : bold) {
      QTextCharFormat format;
      format.setFontWeight(QFont::Bold);
      formats << QTextLayout::FormatRange{at, 1, format};
    }
    layout.setFormats(formats);
    layout.beginLayout();
    QTextLine line = layout.createLine();
    line.setLineWidth(1e6);
    layout.endLayout();
    painter.save();
    painter.setClipRect(rect);
    layout.draw(&painter, QPointF(rect.left(), rect.top() + (rect.height() - line.height()) / 2));
    painter.restore();
  }
};

}  // namespace

PaletteModel::PaletteModel(const ActionRegistry& actions, QObject* parent)
    : QAbstractListModel(parent), actions_(actions) {}

void PaletteModel::search(const QString& pattern) {
  beginResetModel();
  hits_.clear();
  const auto& entries = actions_.entries();
  for (int entry = 0; entry < int(entries.size()); ++entry) {
    const ActionSpec& spec = entries[std::size_t(entry)].spec;
    if (!entries[std::size_t(entry)].action->isVisible()) continue;
    const auto match = fuzzyMatch(pattern, spec.name);
    if (!match) continue;
    const qsizetype place = recent_.indexOf(spec.id);
    hits_.push_back({entry, match->score, place < 0 ? recent_.size() : place,
                     QList<int>(match->positions.begin(), match->positions.end())});
  }
  const bool any = !pattern.trimmed().isEmpty();
  std::ranges::stable_sort(hits_, [any](const Hit& a, const Hit& b) {
    return any && a.score != b.score ? a.score > b.score : a.age < b.age;
  });
  endResetModel();
}

QAction* PaletteModel::actionAt(int row) const {
  if (row < 0 || row >= rowCount()) return nullptr;
  return actions_.entries()[std::size_t(hits_[std::size_t(row)].entry)].action;
}

void PaletteModel::remember(const QAction* action) {
  recent_.removeAll(action->objectName());
  recent_.prepend(action->objectName());
  while (recent_.size() > kMaximumRecent)
    recent_.removeLast();
}

int PaletteModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : int(hits_.size());
}

QVariant PaletteModel::data(const QModelIndex& index, int role) const {
  const Hit& hit = hits_[std::size_t(index.row())];
  const ActionRegistry::Entry& entry = actions_.entries()[std::size_t(hit.entry)];
  switch (role) {
    case Qt::DisplayRole:
      return entry.spec.name;
    case Qt::DecorationRole:
      return entry.action->icon();
    case Qt::ToolTipRole:
      return entry.spec.help;
    case PositionsRole:
      return QVariant::fromValue(hit.positions);
    case KeysRole:
      return keyText(entry.action->shortcut());
    default:
      return {};
  }
}

Qt::ItemFlags PaletteModel::flags(const QModelIndex& index) const {
  const bool enabled = actionAt(index.row())->isEnabled();
  return Qt::ItemIsSelectable | (enabled ? Qt::ItemIsEnabled : Qt::NoItemFlags);
}

CommandPalette::CommandPalette(ActionRegistry& actions, QWidget* window)
    : QFrame(window, Qt::Popup | Qt::FramelessWindowHint | Qt::NoDropShadowWindowHint), window_(window) {
  roundCorners(this);
  setAccessibleName(tr("Search actions"));
  model_ = new PaletteModel(actions, this);
  field_ = new SearchField(tr("Search actions"), {}, this);
  field_->setProperty("bare", true);
  field_->setProperty("noFocusRing", true);
  field_->setFixedHeight(kFieldHeight);
  list_ = new QListView(this);
  list_->setModel(model_);
  list_->setItemDelegate(new PaletteDelegate(list_));
  list_->setFocusPolicy(Qt::NoFocus);
  list_->setMouseTracking(true);
  list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  list_->setProperty("clear", true);
  list_->setAccessibleName(tr("Actions"));
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(1, 1, 1, 5);
  layout->setSpacing(0);
  auto* field_row = new QVBoxLayout;
  field_row->setContentsMargins(5, 0, 5, 0);
  field_row->addWidget(field_);
  layout->addLayout(field_row);
  layout->addWidget(makeLine(false, this));
  layout->addWidget(list_);
  field_->installEventFilter(this);
  connect(field_, &QLineEdit::textChanged, this, &CommandPalette::search);
  connect(list_, &QListView::clicked, this, &CommandPalette::runCurrent);
  connect(list_, &QListView::entered, list_, &QListView::setCurrentIndex);
}

void CommandPalette::open() {
  field_->clear();
  search({});
  show();
  field_->setFocus(Qt::PopupFocusReason);
}

QStringList CommandPalette::shownNames() const {
  QStringList names;
  for (int row = 0; row < model_->rowCount(); ++row)
    names << model_->index(row).data().toString();
  return names;
}

void CommandPalette::search(const QString& pattern) {
  model_->search(pattern);
  list_->setCurrentIndex(model_->index(0));
  layOut();
}

void CommandPalette::layOut() {
  const int rows = std::min(kMaximumRows, model_->rowCount());
  list_->setFixedHeight(rows * kRow);
  const int width = std::min(kWidth, window_->width() - 32);
  setFixedSize(width, kFieldHeight + 1 + rows * kRow + 6);
  const QPoint corner = window_->mapToGlobal(QPoint((window_->width() - width) / 2, kTop));
  move(corner);
}

void CommandPalette::moveCurrent(int steps) {
  const int rows = model_->rowCount();
  if (rows == 0) return;
  const int row = (list_->currentIndex().row() + steps % rows + rows) % rows;
  list_->setCurrentIndex(model_->index(row));
  list_->scrollTo(model_->index(row));
}

void CommandPalette::runCurrent() {
  QAction* action = model_->actionAt(list_->currentIndex().row());
  if (!action || !action->isEnabled()) return;
  model_->remember(action);
  hide();  // First: the action may open a dialog.
  action->trigger();
}

void CommandPalette::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  paintPopup(painter, rect());
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() != QEvent::KeyPress) return QFrame::eventFilter(watched, event);
  switch (static_cast<QKeyEvent*>(event)->key()) {
    case Qt::Key_Down:
      moveCurrent(1);
      return true;
    case Qt::Key_Up:
      moveCurrent(-1);
      return true;
    case Qt::Key_PageDown:
      moveCurrent(std::min(kMaximumRows, model_->rowCount() - 1 - list_->currentIndex().row()));
      return true;
    case Qt::Key_PageUp:
      moveCurrent(-std::min(kMaximumRows, list_->currentIndex().row()));
      return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
      runCurrent();
      return true;
    case Qt::Key_Escape:
      hide();
      return true;
    default:
      return QFrame::eventFilter(watched, event);
  }
}

}  // namespace hbev::ui
