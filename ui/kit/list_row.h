// The ground of a row in a list: as it is, under the pointer, or selected.
#pragma once

class QPainter;
class QStyleOptionViewItem;

namespace hbev::ui {

/// Fills the row's level; a selected one has a 2 px accent line at its left, others a faint line below.
void paintRowGround(QPainter& painter, const QStyleOptionViewItem& option);

}  // namespace hbev::ui
