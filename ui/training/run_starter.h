// Begins runs, and goes on with them: starts `hbevocc train`, and passes on what that says until it has
// written to its run. Never waits for a disk.
#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include <QtCore/QObject>
#include <QtCore/QStringList>
#include <QtCore/QTimer>

#include "ui/state/background_job.h"
#include "ui/training/run_store.h"
#include "ui/training/train_request.h"

namespace hbev::ui {

/// `hbevocc`: named by the environment variable HBEV_TRAINER, else beside this program, else found in PATH;
/// empty where there is none.
QString trainerProgram();

struct RunStartLimits {
  int every_ms = 500;        ///< how often it is looked whether a run has begun
  int patience_ms = 30'000;  ///< how long a start may take
};

class RunStarter : public QObject {
  Q_OBJECT
 public:
  explicit RunStarter(RunStore& store, QObject* parent = nullptr, const RunStartLimits& limits = {});

  /// Makes the run's folder and starts `hbevocc train` on its own: that goes on when the window is closed.
  /// The store expects the run then. failed() says why there is none.
  void start(const TrainRequest& request);
  /// Goes on with a run from its newest checkpoint, up to `steps` in all; 0: as many as it was to have.
  void resume(const RunData& run, qint64 steps = 0);

 Q_SIGNALS:
  void failed(const hbev::Problem& problem);

 private:
  enum class Fate { Waiting, Started, GivenUp };
  /// What was asked for, until the run is seen to go on.
  struct Starting {
    QString folder;
    bool goes_on = false;       ///< the run was there before
    qint64 since_ms = 0;        ///< when it was asked for
    qint64 waits_since_ms = 0;  ///< for what it waits now: the disk, then the process
    bool is_launched = false;   ///< there is a process
    QString words;              ///< the last line that it has said
    /// Whoever moves it from Waiting decides: the thread that starts the process, or the window that gives up
    /// and says so. Closing the window is no reason not to start.
    std::shared_ptr<std::atomic<Fate>> fate = std::make_shared<std::atomic<Fate>>(Fate::Waiting);
  };
  void launch(const QString& folder, const QStringList& arguments, bool goes_on);
  void launched();
  bool hasBegun() const;
  void look();
  void hear();
  /// False where the process is being started at this moment.
  bool giveUp(const char* why);

  RunStore& store_;
  RunStartLimits limits_;
  QTimer timer_;
  std::optional<Starting> starting_;
  BackgroundJob launching_, hearing_;
  std::shared_ptr<qint64> said_before_;  ///< bytes that earlier processes of the run have said; the job's
  std::shared_ptr<QString> heard_;       ///< written by the job until it has finished
};

}  // namespace hbev::ui
