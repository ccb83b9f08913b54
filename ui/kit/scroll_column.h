// A column of widgets that scrolls up and down where it does not fit: sections, lists, reports.
#pragma once

#include <QtWidgets/QScrollArea>

class QVBoxLayout;

namespace hbev::ui {

class ScrollColumn : public QScrollArea {
  Q_OBJECT
 public:
  explicit ScrollColumn(QWidget* parent = nullptr);
  /// Below what is there. The column owns it.
  void add(QWidget* widget);
  /// Lets go of all of them; safe in the click of a button among them.
  void clear();

 private:
  QVBoxLayout* rows_;  ///< the last one is the stretch
};

}  // namespace hbev::ui
