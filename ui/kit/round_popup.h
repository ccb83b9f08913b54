// Windows with round corners: menus and everything else that pops up and paints itself with paintPopup().
#pragma once

#include <QtGui/QRegion>

class QWidget;

namespace hbev::ui {

/// All pixels that a rounded box of `size` touches, the corners' half covered ones too.
QRegion roundedRegion(const QSize& size, double radius);

/// Its corners are see-through where the screen is composited, and cut off where it is not: there they would
/// be black. Calling it again changes nothing.
void roundCorners(QWidget* popup);

}  // namespace hbev::ui
