// What a training writes into its run's folder: events, heartbeat, and wishes that it takes.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "core/runs/run_folder.h"
#include "core/runs/tensorboard.h"

namespace hbev {

using RunValue = std::variant<double, std::int64_t, bool, std::string>;
using RunFields = std::vector<std::pair<std::string, RunValue>>;

/// One process per run: the folder is locked while this lives, also by a process that is killed.
class RunWriter {
 public:
  /// Makes the folder and writes run.json and config.toml, or with `resumed_step` >= 0 goes on in the folder
  /// that is there. Throws Error: there is a run in it already, another process trains it, it cannot be
  /// written.
  RunWriter(const std::filesystem::path& folder, const RunFacts& facts, std::string_view config_toml,
            std::int64_t resumed_step = -1);
  /// Without end() before, the run counts as lost.
  ~RunWriter();
  RunWriter(const RunWriter&) = delete;
  RunWriter& operator=(const RunWriter&) = delete;

  /// One line of events.jsonl, in one write. `kind` as RunReader has it. Numbers of "step" and "evaluate" go
  /// to TensorBoard's file too. Throws Error when it cannot be written.
  void event(std::string_view kind, std::int64_t step, const RunFields& fields);
  RunActivity activity();
  /// What process.json says from now on.
  void setActivity(RunActivity activity, std::string sentence = {});
  /// For process.json.
  void setProgress(std::int64_t step, double loss, double seconds_per_step);
  void setScore(std::int64_t step, double ray_iou, bool best);
  /// Those that were sent, which are then gone.
  std::vector<RunWish> takeWishes();
  /// The last event: Done, Stopped or Failed. Does not throw: a full disk may be why it ends.
  void end(RunActivity activity, std::int64_t step, const std::string& sentence) noexcept;

  const RunPaths& paths() const { return paths_; }

 private:
  void beat(const std::stop_token& stop);
  void writeProcess();

  RunPaths paths_;
  int events_ = -1;  // the open file, locked
  std::unique_ptr<TensorBoardWriter> tensorboard_;
  std::mutex mutex_;  // of process_
  RunProcess process_;
  std::mutex writing_;  // of process.json: who reads process_ later writes it later
  std::atomic<bool> activity_changed_{false};  // then the heartbeat comes early
  std::mutex wait_mutex_;
  std::condition_variable_any wake_;
  std::jthread heartbeat_;  // last: joins before the members that it uses go
};

}  // namespace hbev
