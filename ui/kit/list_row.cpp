#include "ui/kit/list_row.h"

#include <QtGui/QPainter>
#include <QtWidgets/QStyleOptionViewItem>

#include "ui/kit/painting.h"
#include "ui/kit/theme.h"

namespace hbev::ui {

void paintRowGround(QPainter& painter, const QStyleOptionViewItem& option) {
  const Theme& theme = Theme::current();
  const bool selected = option.state & QStyle::State_Selected;
  const bool hovered = option.state & QStyle::State_MouseOver;
  const QRect& row = option.rect;
  painter.fillRect(row, theme.color(selected ? Role::Selection : hovered ? Role::Hover : Role::Panel));
  if (selected)
    painter.fillRect(QRect(row.left(), row.top(), 2, row.height()), theme.color(Role::Accent));
  else
    paintBottomLine(painter, row, theme.color(Role::Border, 0.45));
}

}  // namespace hbev::ui
