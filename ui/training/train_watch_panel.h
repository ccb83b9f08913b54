// The right of the Training workspace: the newest checkpoint's prediction beside the truth, and the
// checkpoints.
#pragma once

#include <map>

#include <QtGui/QImage>
#include <QtWidgets/QWidget>

#include "ui/training/train_watch.h"

class QLabel;
class QTableWidget;
class QToolButton;
class QVBoxLayout;

namespace hbev::ui {

class ActionRegistry;
class CheckpointPictures;
class ElidedLabel;
class PanelHeader;
class PanelStack;
class SegmentedControl;
class ViewportArea;

class TrainWatchPanel : public QWidget {
  Q_OBJECT
 public:
  TrainWatchPanel(Studio& studio, RunStore& store, TrainWatch& watch, ActionRegistry& actions,
                  QWidget* parent = nullptr);
  /// Shows the window's viewports, the prediction above the truth, until they are taken elsewhere.
  void takeViewports(ViewportArea& viewports);
  QTableWidget& checkpoints() { return *checkpoints_; }
  QString sentence() const;

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  QWidget* makeShow();
  QWidget* makeCheckpoints(ActionRegistry& actions);
  QToolButton* makeUse(ActionRegistry& actions);
  void refresh();
  void showCheckpoints();
  void showSentence();
  void showPictures();
  void keepPicture(std::int64_t step);
  QString nextText() const;

  Studio& studio_;
  RunStore& store_;
  TrainWatch& watch_;
  ViewportArea* viewports_ = nullptr;
  PanelHeader* header_;
  SegmentedControl* show_;
  SegmentedControl* weights_;
  QLabel* next_;
  ElidedLabel* sentence_;
  PanelStack* stack_;
  QWidget* place_;
  PanelHeader* kept_;
  QToolButton* use_;
  CheckpointPictures* pictures_;
  QTableWidget* checkpoints_;
  /// By run and step.
  std::map<std::filesystem::path, std::map<std::int64_t, QImage>> images_;
  QTimer picture_soon_;
  std::int64_t picture_step_ = 0;
  QString shown_rows_;
};

}  // namespace hbev::ui
