// The scene's scores as curves over its keyframes, by QCustomPlot.
#pragma once

#include <optional>
#include <vector>

#include <QtWidgets/QWidget>

class QCustomPlot;

namespace hbev::ui {

/// RayIoU and mIoU in percent, with the current keyframe marked.
class ScoreCurve : public QWidget {
  Q_OBJECT
 public:
  explicit ScoreCurve(QWidget* parent = nullptr);
  struct Point {
    std::optional<double> ray_iou, mean_iou;
  };
  /// One point a keyframe; what lacks a score leaves a gap.
  void setPoints(const std::vector<Point>& points);
  void setCurrent(int keyframe);

 Q_SIGNALS:
  /// Somebody clicked into the plot.
  void keyframeChosen(int keyframe);

 private:
  void wearTheme();

  QCustomPlot* plot_;
  int count_ = 0;
};

}  // namespace hbev::ui
