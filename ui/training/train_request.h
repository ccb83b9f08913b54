// What somebody wants to be trained: data, network, weights and how long.
#pragma once

#include <QtCore/QStringList>

namespace hbev::ui {

struct RunData;

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

/// Another run of the same data, configuration and settings that begins with what `run` has learned: its
/// best checkpoint, else its newest one, else what it began with. Without a folder.
TrainRequest requestLike(const RunData& run);

}  // namespace hbev::ui
