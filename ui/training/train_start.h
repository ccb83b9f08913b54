// Starting a training: what is asked for, what speaks against it, and the process that then goes on by
// itself.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <QtCore/QStringList>

#include "core/base/progress.h"
#include "core/data/dataset.h"
#include "core/doctor/doctor.h"
#include "ui/predict/predict_backend.h"
#include "ui/training/run_store.h"
#include "ui/training/train_backend.h"

namespace hbev::ui {

struct TrainRequest {
  QString data;
  QString config = QStringLiteral("demo");
  QString weights;  ///< to begin with; empty: random ones
  QString folder;   ///< of the run
  QString split = QStringLiteral("train"), evaluate_split = QStringLiteral("val");
  QString boost;  ///< keyframes to see more often; empty: none
  qint64 steps = 2000;
  int batch = 1;
  double learning_rate = 2e-4;
  quint64 seed = 0;
  qint64 checkpoint_every = 200, evaluate_every = 200;
  int evaluate_keyframes = 20;
  int accumulate = 1;  ///< batches a step
  bool exact_images = false;
  QString device = QStringLiteral("auto");
  QStringList settings;  ///< "training.clip_norm=2"

  /// All that goes into the configuration, `settings` last.
  QStringList allSettings() const;
  /// Of `hbevocc`: "train", DATA, ...
  QStringList arguments() const;
};

/// `hbevocc`: named by the environment variable HBEV_TRAINER, else beside this program, else found in PATH;
/// empty where there is none.
QString trainerProgram();
/// Starts `hbevocc` with `arguments`, on its own: it goes on when the window is closed. What it says goes
/// into `log_file`. Throws Error.
void startTrainer(const QStringList& arguments, const QString& log_file);
/// Goes on with a run from its newest checkpoint, up to `steps` in all; 0: as many as it was to have. Throws
/// Error.
void resumeRun(const RunData& run, qint64 steps = 0);
/// Another run of the same data, configuration and settings that begins with what `run` has learned: its
/// best checkpoint, else its newest one, else what it began with. Without a folder.
TrainRequest requestLike(const RunData& run);

/// What earlier runs tell about a new one.
struct TrainExperience {
  std::optional<double> seconds_per_step, memory_bytes;
  QString run;  ///< where that was measured
};
/// The newest run of this configuration and batch on this kind of device.
TrainExperience experienceOf(const RunStore& store, const TrainRequest& request);

struct Preflight {
  std::vector<Finding> findings;
  /// Nothing speaks against it.
  bool canStart() const { return worstOf(findings) != Finding::State::Failure; }
};
/// Opens the data set unless `dataset` is it, reads the configuration, tries the weights. Throws Cancelled
/// only.
Preflight inspectTraining(const TrainRequest& request, std::shared_ptr<const Dataset> dataset,
                          const PredictBackend& network, const TrainBackend& training,
                          const TrainExperience& experience, Progress& progress);

}  // namespace hbev::ui
