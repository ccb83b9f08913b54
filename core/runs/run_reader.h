// Follows a run while another process, perhaps on another machine, writes it: curves, log and checkpoints.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/runs/run_folder.h"

namespace hbev {

/// One curve. Valid until the next poll().
struct RunSeries {
  std::span<const std::int64_t> steps;  ///< ascending; the first step of a run is 1
  std::span<const double> times;        ///< unix seconds
  std::span<const double> values;       ///< NaN where this step has none
};

/// A line of the log: starts, evaluations, saves, notes, warnings, ends.
struct RunLogLine {
  std::string kind;  ///< "start", "evaluate", "save", "note", "warning", "end", "sample"
  double time = 0;   ///< unix seconds
  std::int64_t step = 0;
  std::string text;  ///< a sentence
};

struct RunCheckpoint {
  std::int64_t step = 0;
  double time = 0;
  std::filesystem::path file;  ///< may have been removed since: the last few and the best are kept
  bool best = false;           ///< the best of the run so far
};

/// Not for several threads at once. Never throws for what another process has half written.
class RunReader {
 public:
  RunReader() = default;
  /// Throws Error when there is no run in the folder.
  explicit RunReader(const std::filesystem::path& folder) { open(folder); }
  /// Throws Error when there is no run in the folder. Nothing is read of its events before poll().
  void open(const std::filesystem::path& folder);

  /// Reads what was appended since, at most about `most_bytes` of it; true when anything changed: call it
  /// again until it is false to have all. A last line without its end waits for the rest. When the file has
  /// become shorter or another one, all is read anew.
  bool poll(std::size_t most_bytes = std::size_t(64) << 20);

  const std::filesystem::path& folder() const { return folder_; }
  const RunFacts& facts() const { return facts_; }
  const RunLabels& labels() const { return labels_; }
  const RunProcess& process() const { return process_; }
  RunState state() const { return state_; }
  /// Why it ended; empty while it runs.
  const std::string& endSentence() const { return process_.sentence; }

  /// Names of all curves, sorted: "loss", "loss_occ", "learning_rate", "gradient_norm", "seconds",
  /// "data_seconds", "forward_seconds", "backward_seconds", "memory_bytes", and of evaluations "ray_iou",
  /// "mave_mps", "miou", "keyframes".
  std::vector<std::string> seriesNames() const;
  /// Empty when there is none of that name. When a run goes on from a checkpoint, what came after it is cut
  /// off.
  RunSeries series(const std::string& name) const;

  const std::vector<RunLogLine>& log() const { return log_; }
  /// By step, the oldest first.
  const std::vector<RunCheckpoint>& checkpoints() const { return checkpoints_; }
  /// The last step that was reported; 0 before the first.
  std::int64_t lastStep() const;
  /// Lines of the event log that could not be understood.
  std::size_t damagedLines() const { return damaged_lines_; }

 private:
  /// The rows of one kind of event, column by column.
  struct Table {
    std::vector<std::int64_t> steps;
    std::vector<double> times;
    std::map<std::string, std::vector<double>, std::less<>> columns;  // each as long as steps, or shorter
    std::size_t holes = 0;                                            // NaNs in the columns
    void cutAfter(std::int64_t step);
  };
  struct Parser;  // run_reader.cpp: it keeps what parsing needs out of this header

  void forget();
  bool readEvents(std::size_t most_bytes);
  void takeLine(std::string_view line, Parser& parser);
  bool readSmallFiles();

  std::filesystem::path folder_;
  RunFacts facts_;
  RunLabels labels_;
  RunProcess process_;
  RunState state_ = RunState::Lost;
  Table steps_, evaluations_;
  std::vector<RunLogLine> log_;
  std::vector<RunCheckpoint> checkpoints_;
  std::size_t damaged_lines_ = 0;
  std::uint64_t offset_ = 0, inode_ = 0,
                device_ = 0;  // of the event log: how far it was read, and which file
};

}  // namespace hbev
