// The Training workspace: runs at the left, the current one's head and curves in the middle, and what it has
// learned at the right.
#pragma once

#include <functional>

#include <QtWidgets/QWidget>

#include "ui/training/run_starter.h"
#include "ui/training/run_store.h"
#include "ui/training/train_backend.h"
#include "ui/training/train_watch.h"

class QSplitter;

namespace hbev::ui {

class ActionRegistry;
class PanelStack;
class RunHead;
class RunsPanel;
class TrainCurves;
class TrainDialog;
class TrainWatchPanel;
class ViewportArea;

class TrainPage : public QWidget {
  Q_OBJECT
 public:
  TrainPage(Studio& studio, Predicting& predicting, ActionRegistry& actions, QWidget* parent = nullptr);
  ~TrainPage() override;

  RunStore& store() { return store_; }
  TrainWatch& watch() { return watch_; }
  RunsPanel& runs() { return *runs_; }
  TrainCurves& curves() { return *curves_; }
  TrainWatchPanel& watchPanel() { return *watch_panel_; }
  /// Tests put another one in its place.
  void setBackend(TrainBackend backend) { backend_ = std::move(backend); }

  void takeViewports(ViewportArea& viewports);
  /// The workspace is the one that is shown: only then something is predicted.
  void setActive(bool active);

  /// The dialog; it deletes itself when it is closed.
  TrainDialog* newRun();
  /// With keyframes to see more often, from a file that `hbevocc train --boost` takes.
  void newRunWithBoost(const QString& file);
  /// Like the current run, from what that has learned.
  TrainDialog* newRunLikeCurrent();
  /// Goes on with the current run from its newest checkpoint. One that is done is asked for more steps first.
  void resumeCurrent();
  void send(RunWish wish);
  void chooseAttached();
  void chooseFolder();
  void detachCurrent();
  void openCurrentFolder();

 Q_SIGNALS:
  /// What can be done with the current run is another.
  void changed();
  void failed(const hbev::Problem& problem);

 protected:
  void resizeEvent(QResizeEvent* event) override;
  void paintEvent(QPaintEvent* event) override;

 private:
  void showState();
  void askForSteps(const RunData& run);
  QString reachableFolder() const;
  void adaptToSize();

  Studio& studio_;
  Predicting& predicting_;
  TrainBackend backend_;
  RunStore store_;
  RunStarter starter_;
  TrainWatch watch_;
  RunsPanel* runs_;
  PanelStack* stack_;
  RunHead* head_;
  TrainCurves* curves_;
  TrainWatchPanel* watch_panel_;
  QSplitter* splitter_;
  int width_class_ = -1;
};

}  // namespace hbev::ui
