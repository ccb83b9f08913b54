// Which class was taken for which, by rays or voxels, and what is behind the cell that is chosen.
#pragma once

#include <QtWidgets/QWidget>

#include "core/base/error.h"
#include "ui/scores/score_view.h"

class QLabel;
class QPushButton;
class QScrollArea;

namespace hbev::ui {

class ConfusionBands;
class ConfusionView;
class ElidedLabel;
class PanelHeader;
class PanelStack;
class SegmentedControl;

class ConfusionPanel : public QWidget {
  Q_OBJECT
 public:
  ConfusionPanel(Studio& studio, ScoreView& view, QWidget* parent = nullptr);
  ConfusionView& matrix() const { return *matrix_; }
  QSize minimumSizeHint() const override { return {260, 120}; }

 Q_SIGNALS:
  /// Show the keyframes behind the chosen cell.
  void framesRequested();
  void failed(const hbev::Problem& problem);

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  QWidget* makeDetail();
  void show();
  void showDetail();
  void exportTable();

  Studio& studio_;
  ScoreView& view_;
  SegmentedControl* units_;
  ElidedLabel* caption_;
  PanelStack* stack_;
  ConfusionView* matrix_;
  QWidget* detail_ = nullptr;
  QLabel* pair_ = nullptr;
  QLabel* share_ = nullptr;
  QLabel* found_ = nullptr;
  QLabel* bands_title_ = nullptr;
  ConfusionBands* bands_ = nullptr;
  QPushButton* frames_button_ = nullptr;
};

}  // namespace hbev::ui
