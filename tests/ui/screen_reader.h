// What a screen reader would stumble over.
#pragma once

#include <QtCore/QStringList>
#include <QtWidgets/QWidget>

namespace hbev::ui::test {

/// Of the visible controls in `whole`: those without a name, tables whose columns have no header, and buttons
/// whose checked state is not told. A sentence each; viewports are looked at elsewhere.
QStringList untold(QWidget& whole);

}  // namespace hbev::ui::test
