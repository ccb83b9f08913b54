// Where Tab goes in the window: from bar to bar and panel to panel as they stand, into none behind a tab.
#pragma once

#include <vector>

class QMainWindow;
class QWidget;

namespace hbev::ui {

/// What takes the focus by Tab, bars first, then panels from left to right and from the top down, then the
/// status bar; within each in the order in which it was made. Qt goes through panels as they were made, also
/// through those that a tab hides. What has the focus is among them whether Tab could go there or not.
std::vector<QWidget*> tabOrder(const QMainWindow& window);

}  // namespace hbev::ui
