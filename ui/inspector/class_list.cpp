#include "ui/inspector/class_list.h"

#include <QtGui/QKeyEvent>
#include <QtGui/QMouseEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QStyledItemDelegate>

#include "ui/kit/painting.h"
#include "ui/kit/theme.h"
#include "ui/state/studio.h"
#include "ui/state/text.h"

namespace hbev::ui {
namespace {

constexpr int kClassRow_px = 22, kClassSwatch_px = 9, kClassIndent_px = 4;
constexpr int kClassId = Qt::UserRole;

/// As a row of the legend: a full swatch while the class is shown, else its outline.
class ClassRowDelegate : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;

  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    const Theme& theme = Theme::current();
    const bool shown = index.data(Qt::CheckStateRole).toInt() == Qt::Checked;
    const QRectF row = option.rect;
    painter->save();
    if (option.state & QStyle::State_MouseOver) painter->fillRect(row, theme.color(Role::Hover));
    const QRectF swatch(row.left() + kClassIndent_px, row.center().y() - kClassSwatch_px / 2.0,
                        kClassSwatch_px, kClassSwatch_px);
    const auto color = index.data(Qt::DecorationRole).value<QColor>();
    painter->setRenderHint(QPainter::Antialiasing);
    if (shown) {
      paintSwatch(*painter, swatch, color);
    } else {
      painter->setPen(QPen(color, 1));
      painter->drawRoundedRect(swatch.adjusted(0.5, 0.5, -0.5, -0.5), 2, 2);
    }
    painter->setPen(theme.color(shown ? Role::Text : Role::Text2));
    const QRectF text = row.adjusted(kClassIndent_px + kClassSwatch_px + 7, 0, -2, 0);
    painter->drawText(
        text, Qt::AlignVCenter | Qt::AlignLeft,
        option.fontMetrics.elidedText(index.data().toString(), Qt::ElideRight, int(text.width())));
    if (option.state & QStyle::State_HasFocus) paintFocusRing(*painter, row.adjusted(3, 3, -3, -3), 3);
    painter->restore();
  }
};

bool isListKey(const QKeyEvent& event) {
  const Qt::KeyboardModifiers keys = event.modifiers() & ~Qt::KeypadModifier;
  if (event.key() == Qt::Key_Space)
    return keys == Qt::NoModifier || keys == Qt::AltModifier || keys == Qt::ShiftModifier;
  const bool moves = event.key() >= Qt::Key_Home && event.key() <= Qt::Key_Down;  // Home, End, arrows
  return moves && keys == Qt::NoModifier;
}

}  // namespace

ClassList::ClassList(Studio& studio, QWidget* parent) : QListWidget(parent), studio_(studio) {
  setAccessibleName(tr("Shown classes"));
  setToolTip(tr("Space or a click hides a class or shows it; with Alt held it is shown only."));
  setItemDelegate(new ClassRowDelegate(this));
  setFlow(QListView::TopToBottom);
  setWrapping(true);
  setUniformItemSizes(true);
  setSelectionMode(QAbstractItemView::NoSelection);
  setEditTriggers(QAbstractItemView::NoEditTriggers);
  setFrameShape(QFrame::NoFrame);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setMouseTracking(true);
  setTabKeyNavigation(false);
  connect(&studio, &Studio::sourcesChanged, this, &ClassList::fill);
  connect(&studio, &Studio::viewChanged, this, [this](const ViewSettings& before) {
    if (studio_.view().palette != before.palette) return fill();
    if (studio_.view().hidden_classes != before.hidden_classes) show();
  });
  fill();
}

/// Those of A's class set; the row that has the focus keeps it.
void ClassList::fill() {
  const OccupancySource* source = studio_.source(Side::A);
  const ClassSet& classes = source ? source->classes() : ClassSet::openocc();
  const int row = std::max(0, currentRow());
  clear();
  for (int label = 0; label < classes.size() - 1; ++label) {
    const Rgb color = classes.color(label, studio_.view().palette);
    auto* item = new QListWidgetItem(toQString(classes[label].shortName()), this);
    item->setData(Qt::AccessibleTextRole, toQString(classes[label].name));
    item->setToolTip(toQString(classes[label].name) + QLatin1Char('\n') + toolTip());
    item->setData(kClassId, toQString(classes[label].id));
    item->setData(Qt::DecorationRole, QColor(color.r, color.g, color.b));
    item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
  }
  setCurrentRow(std::min(row, count() - 1));
  fit();
  show();
}

void ClassList::show() {
  for (int i = 0; i < count(); ++i) {
    const bool hidden = studio_.view().hidden_classes.contains(item(i)->data(kClassId).toString());
    item(i)->setCheckState(hidden ? Qt::Unchecked : Qt::Checked);
  }
}

QString ClassList::summary() const {
  int shown = 0;
  for (int i = 0; i < count(); ++i)
    shown += item(i)->checkState() == Qt::Checked;
  return tr("%1 of %2 on").arg(shown).arg(count());
}

void ClassList::use(const QListWidgetItem& item, bool solo) {
  const QString id = item.data(kClassId).toString();
  solo ? studio_.soloClass(id) : studio_.toggleClass(id);
}

/// Keys of a list are no shortcuts here: Space would play, arrows would move along the scene.
bool ClassList::event(QEvent* event) {
  if (event->type() == QEvent::ShortcutOverride && isListKey(*static_cast<QKeyEvent*>(event))) {
    event->accept();
    return true;
  }
  return QListWidget::event(event);
}

void ClassList::keyPressEvent(QKeyEvent* event) {
  if (event->key() != Qt::Key_Space || !currentItem()) return QListWidget::keyPressEvent(event);
  use(*currentItem(), event->modifiers() & (Qt::AltModifier | Qt::ShiftModifier));
}

void ClassList::mouseReleaseEvent(QMouseEvent* event) {
  const QListWidgetItem* under = itemAt(event->position().toPoint());
  if (event->button() == Qt::LeftButton && under) use(*under, event->modifiers() & Qt::AltModifier);
}

void ClassList::resizeEvent(QResizeEvent* event) {
  QListWidget::resizeEvent(event);
  fit();
}

void ClassList::fit() {
  setGridSize({std::max(1, (viewport()->width() - 1) / 2), kClassRow_px});
  setFixedHeight((count() + 1) / 2 * kClassRow_px + 2);
}

}  // namespace hbev::ui
