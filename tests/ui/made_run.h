// A run as a training writes it, without a training: for the tests of the window.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "core/runs/run_writer.h"

namespace hbev::ui::test {

struct MadeRunOptions {
  std::string name = "run-01";
  std::int64_t total_steps = 400;
  double learning_rate = 2e-4;
  std::uint64_t seed = 7;
  double created = 1.7e9;
  double speed = 1;                  ///< how fast its curves fall
  std::int64_t evaluate_every = 40;  ///< as it was told; evaluate() does it
  std::string device = "CPU, 2 threads";
  double card_bytes = 0;  ///< that its tensors take of a card; 0: it has none
};

/// Writes losses that fall, scores that rise, and checkpoints that are no networks.
class MadeRun {
 public:
  MadeRun(const std::filesystem::path& folder, const MadeRunOptions& options = {});
  /// Up to and with this step.
  void train(std::int64_t to);
  void evaluate(bool best = true);
  void save(bool best = true);
  void warn(const std::string& sentence);
  void end(RunActivity activity, const std::string& sentence);
  /// The process is gone without a word.
  void vanish();
  RunWriter& writer() { return *writer_; }
  const std::filesystem::path& folder() const { return folder_; }
  std::int64_t step() const { return step_; }

 private:
  std::filesystem::path folder_;
  MadeRunOptions options_;
  std::unique_ptr<RunWriter> writer_;
  std::int64_t step_ = 0;
};

}  // namespace hbev::ui::test
