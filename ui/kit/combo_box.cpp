#include "ui/kit/combo_box.h"

#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtGui/QWheelEvent>
#include <QtWidgets/QAbstractItemView>
#include <QtWidgets/QStyleOptionComboBox>
#include <QtWidgets/QStylePainter>
#include <QtWidgets/QStyledItemDelegate>

#include "ui/kit/painting.h"
#include "ui/kit/theme.h"

namespace hbev::ui {
namespace {

constexpr int kBoxPadding = 9, kBoxSwatch = 10;

/// A row of the popup: swatch or icon, text.
class RowDelegate : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;

  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    return {QStyledItemDelegate::sizeHint(option, index).width() + 2 * kBoxPadding,
            Theme::current().sizes().menu_item};
  }
  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    const Theme& theme = Theme::current();
    const bool enabled = option.state.testFlag(QStyle::State_Enabled);
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    painter->fillRect(option.rect, theme.color(selected && enabled ? Role::Selection : Role::Raised));
    QRect text = option.rect.adjusted(kBoxPadding, 0, -kBoxPadding, 0);
    const QVariant decoration = index.data(Qt::DecorationRole);
    if (const QColor color = decoration.value<QColor>(); decoration.metaType().id() == QMetaType::QColor) {
      paintSwatch(*painter,
                  QRectF(text.left(), text.center().y() - kBoxSwatch / 2.0 + 0.5, kBoxSwatch, kBoxSwatch),
                  color);
      text.setLeft(text.left() + kBoxSwatch + 8);
    } else if (const QIcon mark = decoration.value<QIcon>(); !mark.isNull()) {
      const int side = theme.sizes().icon_small;
      mark.paint(painter, QRect(text.left(), text.center().y() - side / 2 + 1, side, side), Qt::AlignCenter,
                 enabled ? selected ? QIcon::Active : QIcon::Normal : QIcon::Disabled);
      text.setLeft(text.left() + side + 8);
    }
    painter->setPen(theme.color(enabled ? Role::Text : Role::Disabled));
    painter->drawText(text, Qt::AlignVCenter,
                      option.fontMetrics.elidedText(index.data().toString(), Qt::ElideRight, text.width()));
  }
};

}  // namespace

ComboBox::ComboBox(QWidget* parent) : QComboBox(parent) {
  setItemDelegate(new RowDelegate(this));
  setFocusPolicy(Qt::TabFocus);
  setFixedHeight(Theme::current().sizes().combo);
  setSizeAdjustPolicy(QComboBox::AdjustToContents);
}

void ComboBox::paintEvent(QPaintEvent*) {
  QStylePainter painter(this);
  QStyleOptionComboBox option;
  initStyleOption(&option);
  painter.drawComplexControl(QStyle::CC_ComboBox, option);
  const QVariant decoration = currentData(Qt::DecorationRole);
  if (decoration.metaType().id() == QMetaType::QColor) {
    paintSwatch(painter, QRectF(kBoxPadding, (height() - kBoxSwatch) / 2.0, kBoxSwatch, kBoxSwatch),
                decoration.value<QColor>());
    option.currentIcon = {};
    option.rect.setLeft(option.rect.left() + kBoxSwatch + 7);
  }
  painter.drawControl(QStyle::CE_ComboBoxLabel, option);
}

/// Home, End, PageUp and PageDown go through the scene: who comes here by chance must not change a choice.
void ComboBox::keyPressEvent(QKeyEvent* event) {
  const int key = event->key();
  const bool jumps =
      key == Qt::Key_Home || key == Qt::Key_End || key == Qt::Key_PageUp || key == Qt::Key_PageDown;
  if (jumps && !isEditable()) return event->ignore();
  QComboBox::keyPressEvent(event);
}

void ComboBox::wheelEvent(QWheelEvent* event) {
  if (hasFocus())
    QComboBox::wheelEvent(event);
  else
    event->ignore();
}

}  // namespace hbev::ui
