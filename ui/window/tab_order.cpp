#include "ui/window/tab_order.h"

#include <algorithm>
#include <tuple>

#include <QtWidgets/QDockWidget>
#include <QtWidgets/QMainWindow>
#include <QtWidgets/QMenuBar>
#include <QtWidgets/QStatusBar>
#include <QtWidgets/QToolBar>

namespace hbev::ui {
namespace {

/// The bar, dock or central part of the window that a widget is in.
const QWidget* partOfWindow(const QWidget* widget, const QMainWindow& window) {
  while (widget->parentWidget() && widget->parentWidget() != &window)
    widget = widget->parentWidget();
  return widget;
}

bool takesTab(const QWidget& widget, const QMainWindow& window) {
  if ((widget.focusPolicy() & Qt::TabFocus) == 0 || widget.focusProxy() || !widget.isEnabled()) return false;
  if (widget.window() != &window || !widget.isVisibleTo(&window)) return false;
  const QWidget* part = partOfWindow(&widget, window);
  // Panels behind a tab are "visible" beside the window.
  return !qobject_cast<const QDockWidget*>(part) || window.rect().intersects(part->geometry());
}

/// Sorts bars, panels and the status bar.
std::tuple<int, int, int> placeInWindow(const QWidget& widget, const QMainWindow& window) {
  const QWidget* part = partOfWindow(&widget, window);
  if (qobject_cast<const QMenuBar*>(part)) return {0, 0, 0};
  if (qobject_cast<const QToolBar*>(part)) return {1, part->x(), part->y()};
  if (qobject_cast<const QStatusBar*>(part)) return {3, 0, 0};
  return {2, part->x(), part->y()};
}

}  // namespace

std::vector<QWidget*> tabOrder(const QMainWindow& window) {
  std::vector<QWidget*> order;
  for (QWidget* each = window.nextInFocusChain(); each != &window; each = each->nextInFocusChain()) {
    if (each == window.focusWidget() || takesTab(*each, window)) order.push_back(each);
  }
  std::ranges::stable_sort(order, {},
                           [&window](const QWidget* each) { return placeInWindow(*each, window); });
  return order;
}

}  // namespace hbev::ui
