// The headline figures of a report: RayIoU, mAVE, OccScore and mIoU in a row.
#pragma once

#include <optional>
#include <vector>

#include <QtWidgets/QWidget>

#include "core/eval/split_report.h"

class QLabel;

namespace hbev::ui {

/// Value and name of each.
class ScoreHead : public QWidget {
  Q_OBJECT
 public:
  explicit ScoreHead(QWidget* parent = nullptr);
  /// Nothing shows middle dots. Those at the end give way where room is short.
  void setReport(const std::optional<SplitReport>& report);
  QSize sizeHint() const override;  ///< with all figures

 protected:
  void resizeEvent(QResizeEvent* event) override;
  QSize minimumSizeHint() const override { return {60, 24}; }

 private:
  struct Figure {
    QWidget* box;
    QLabel* value;
    QString name;
  };
  std::vector<Figure> figures_;
};

}  // namespace hbev::ui
