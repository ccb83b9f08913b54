// The curves of the Training workspace: loss, RayIoU, gradient norm, step time and memory, of one run or of
// several over each other.
#pragma once

#include <array>

#include <QtCore/QTimer>
#include <QtWidgets/QScrollArea>

#include "ui/training/curve_panel.h"
#include "ui/training/run_store.h"

class QLabel;

namespace hbev::ui {

class SegmentedControl;
class ValueSlider;

class TrainCurves : public QScrollArea {
  Q_OBJECT
 public:
  explicit TrainCurves(RunStore& store, QWidget* parent = nullptr);

  enum Plot { Loss, Score, Gradient, Time, Memory };
  static constexpr int kPlots = 5;
  CurvePanel& panel(Plot plot) { return *panels_[std::size_t(plot)]; }
  /// The terms of the current run's loss; else the total, or one term, of all checked runs.
  void setComparing(bool comparing);
  /// New points are drawn twice a second at most, and not while nobody sees them.
  void refreshSoon();
  /// So many steps have room in the plots of a run that has done `done` of `total`: all that have been done,
  /// and of those to come no more than that the curves are seen to move.
  static double spanOf(double done, double total);

 Q_SIGNALS:
  void failed(const hbev::Problem& problem);

 protected:
  void showEvent(QShowEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  void makeLossTools();
  void makeGradientTools();
  /// Which lines there are.
  void rebuild();
  void refresh();
  std::vector<CurveLine> lossLines() const;
  std::vector<CurveLine> memoryLines() const;
  /// One curve of the current run, or of all checked runs where runs are compared: of each run the first of
  /// `names` that it has.
  std::vector<CurveLine> linesOf(const std::vector<std::string>& names, bool compared, int own_color) const;
  void showClipping(const RunData& run);
  void showSmoothing(const RunData& run);
  void showSubjects();
  /// Runs and curves that there are: other lines are needed when it is another.
  QString signature() const;

  RunStore& store_;
  std::array<CurvePanel*, kPlots> panels_{};
  SegmentedControl* mode_;
  SegmentedControl* axis_;
  SegmentedControl* gradient_;  ///< its norm, or the learning rate
  QLabel* smoothing_name_;
  ValueSlider* smoothing_;
  QString signature_;
  QTimer soon_;
  bool comparing_ = false;
};

}  // namespace hbev::ui
