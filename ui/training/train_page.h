// The Training workspace: runs at the left, the current one's head and curves in the middle, and what it has
// learned at the right.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include <QtWidgets/QWidget>

#include "ui/state/background_job.h"
#include "ui/training/run_store.h"
#include "ui/training/train_backend.h"
#include "ui/training/train_start.h"
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
  /// Makes the run's folder and starts `hbevocc train`; failed() says why not. Waits for the folder's disk.
  void start(const TrainRequest& request);
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
  /// A process that was started and has not written to its run yet.
  struct Starting {
    QString folder;
    qint64 since_ms = 0;
    qint64 said_before = 0;  ///< bytes of what earlier processes of the run have said
    bool goes_on = false;    ///< the run was there before
    QString words;           ///< the last line that the process has said
  };
  void showState();
  void resume(const RunData& run, qint64 steps);
  void askForSteps(const RunData& run);
  void watchStart(const QString& folder, bool goes_on, qint64 said_before);
  bool hasBegun(const Starting& starting) const;
  void lookAtStarting();
  void hear();
  QString reachableFolder() const;
  void adaptToSize();

  Studio& studio_;
  Predicting& predicting_;
  TrainBackend backend_;
  RunStore store_;
  TrainWatch watch_;
  RunsPanel* runs_;
  PanelStack* stack_;
  RunHead* head_;
  TrainCurves* curves_;
  TrainWatchPanel* watch_panel_;
  QSplitter* splitter_;
  QTimer starting_timer_;
  std::optional<Starting> starting_;
  BackgroundJob hearing_;
  std::shared_ptr<QString> heard_;  ///< written by the job until it has finished
  int width_class_ = -1;
};

}  // namespace hbev::ui
