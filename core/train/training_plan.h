// What one training is to do (data, configuration, where the run goes), and runTraining(). Knows no Torch.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/runs/run_folder.h"
#include "core/train/launch.h"

namespace hbev {

/// What a run may do otherwise when it goes on; -1: as before.
struct RhythmChange {
  std::int64_t checkpoint_every = -1, evaluate_every = -1;
  int keep = -1, evaluate_keyframes = -1;
};

struct TrainingPlan {
  std::filesystem::path data;
  std::string version;                ///< of the data set; empty: the largest
  std::string config_toml;            ///< as run
  std::filesystem::path config_file;  ///< for messages
  std::filesystem::path out;          ///< the run's folder
  std::string name;                   ///< empty: the folder's
  std::filesystem::path weights;      ///< to begin with; empty: random ones
  std::filesystem::path boost;        ///< see boost.h; empty: none
  bool resume = false;                ///< all that makes the numbers comes from the run
  std::string split = "train", evaluate_split = "val";
  std::int64_t steps = 0;  ///< in all; 0: as many as the configuration's epochs take
  int accumulate = 1;      ///< batches per step
  std::uint64_t seed = 0;
  int threads = 0;  ///< 0: all processors
  int workers = 2;  ///< threads that make batches
  std::string device = "auto";
  bool exact_images = false;
  std::int64_t checkpoint_every = 200;    ///< steps
  int keep = 3;                           ///< checkpoints beside the best
  std::int64_t evaluate_every = 0;        ///< steps; 0: never
  int evaluate_keyframes = 20;            ///< evenly out of the split; 0: all
  bool evaluate_if_possible = false;      ///< where nothing can be evaluated, train without
  RhythmChange change;                    ///< with `resume`
  std::vector<std::string> command_line;  ///< for the record
  Launch launch;                          ///< the batch of the configuration is that of each process
  double patience_s = 300;                ///< how long another process may be silent
};

struct TrainingHooks {
  std::function<bool()> stop_wanted = [] { return false; };  ///< asked between steps
  std::function<void(const std::string& line)> tell = [](const std::string&) {};
  /// LocalProcesses::failure(), where this process has started others.
  std::function<std::string()> local_failure = [] { return std::string(); };
};

struct TrainingOutcome {
  RunActivity activity = RunActivity::Done;  ///< Done or Stopped
  std::int64_t step = 0;
  std::string sentence;
};

/// Trains until the steps are done or somebody stops it. With many processes the first alone writes the run's
/// folder, evaluates and tells; the folder and the data must be visible to all. Throws Error when it cannot
/// begin or go on; then the run's folder says why, and its last checkpoint is good.
TrainingOutcome runTraining(const TrainingPlan& plan, const TrainingHooks& hooks);

}  // namespace hbev
