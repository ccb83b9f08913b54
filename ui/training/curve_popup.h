// What hovers beside the pointer in a plot: the step, and each line's value there.
#pragma once

#include <vector>

#include <QtWidgets/QWidget>

#include "ui/training/curve_plot.h"

namespace hbev::ui {

class CurvePopup : public QWidget {
  Q_OBJECT
 public:
  explicit CurvePopup(QWidget* plot);
  /// Right of `at` (the plot's pixels), left of it where there is no room.
  void show(const QString& title, std::vector<CurvePlot::Reading> readings, const QPoint& at);
  void hide() { QWidget::hide(); }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  QString title_;
  std::vector<CurvePlot::Reading> readings_;
  int raw_width_ = 0;  ///< of the values as they were; 0: nothing is smoothed
};

}  // namespace hbev::ui
