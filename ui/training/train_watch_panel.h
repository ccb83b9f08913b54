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
class ElidedLabel;
class PanelHeader;
class PanelStack;
class SegmentedControl;
class ViewportArea;

/// Small pictures of what a run predicted: of the checkpoints that were watched, and those that the training
/// wrote itself; a sentence where there are none.
class CheckpointPictures : public QWidget {
  Q_OBJECT
 public:
  struct Picture {
    std::int64_t step = 0;
    QImage image;
    std::optional<double> score;  ///< RayIoU, percent
    bool is_sample = false;       ///< of the training itself, from above
  };
  explicit CheckpointPictures(QWidget* parent = nullptr);
  void setPictures(std::vector<Picture> pictures, std::int64_t shown);
  const std::vector<Picture>& pictures() const { return pictures_; }
  /// In place of pictures, while there are none; empty: then there is no room for them.
  void setSentence(const QString& sentence);
  /// Lower ones, for low windows.
  void setCompact(bool compact);

 Q_SIGNALS:
  void clicked(std::int64_t step);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;

 private:
  QRect placeOf(std::size_t i) const;
  void showAtAll();
  std::vector<Picture> pictures_;
  QString sentence_;
  std::int64_t shown_ = 0;
};

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
