// What speaks against a training before it begins: its folder, data, settings, weights, memory, disk and
// time.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "core/base/progress.h"
#include "core/data/dataset.h"
#include "core/doctor/doctor.h"
#include "ui/predict/predict_backend.h"
#include "ui/training/run_store.h"
#include "ui/training/train_backend.h"
#include "ui/training/train_request.h"

namespace hbev::ui {

/// What earlier runs tell about a new one: the newest of its configuration and batch.
struct TrainExperience {
  struct Measured {
    double value = 0;
    QString run;
  };
  struct OnDevice {
    std::optional<Measured> seconds_per_step;
    std::optional<Measured> memory_bytes;  ///< of the process; on a card what tensors take of the card's
  };
  OnDevice on_processor, on_card;
};
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
