// A run's folder: which files of a training lie where, what is known of the run, and what people wish of it.
// Knows no Torch, so that the window reads runs wherever it is built.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hbev {

/// Where things lie in a run's folder.
struct RunPaths {
  explicit RunPaths(std::filesystem::path run_folder) : folder(std::move(run_folder)) {}

  std::filesystem::path folder;
  std::filesystem::path facts() const { return folder / "run.json"; }
  std::filesystem::path config() const { return folder / "config.toml"; }
  std::filesystem::path events() const { return folder / "events.jsonl"; }
  std::filesystem::path process() const { return folder / "process.json"; }
  std::filesystem::path labels() const { return folder / "labels.json"; }
  std::filesystem::path boost() const { return folder / "boost.json"; }
  std::filesystem::path wishes() const { return folder / "wishes"; }
  std::filesystem::path samples() const { return folder / "samples"; }
  std::filesystem::path checkpoints() const { return folder / "checkpoints"; }
  /// checkpoints/step-00000200.pth
  std::filesystem::path checkpoint(std::int64_t step) const;
};

/// What a run is, as it was started. In run.json.
struct RunFacts {
  std::string name;    ///< the folder's, when nobody chose another
  std::string config;  ///< the configuration's name
  std::string program, torch, device;
  int threads = 0;
  std::uint64_t seed = 0;
  std::string data, version, split, evaluate_split;
  std::string weights;  ///< what it began with; empty: random weights
  std::vector<std::string> command_line;
  double created = 0;  ///< unix seconds
  std::int64_t total_steps = 0;
  int batch_size = 1, accumulate = 1;  ///< keyframes per process and batch; batches per step
  int processes = 1;
  std::int64_t checkpoint_every = 0, evaluate_every = 0;  ///< steps; 0: never
  int keep = 0;                                           ///< checkpoints beside the best
  int evaluate_keyframes = 0;
  bool exact_images = false;
  std::int64_t keyframes = 0;   ///< that it trains on
  std::int64_t parameters = 0;  ///< values that training changes
};

/// Throws Error: absent or no run.json.
RunFacts readRunFacts(const std::filesystem::path& folder);
void writeRunFacts(const std::filesystem::path& folder, const RunFacts& facts);

/// What people write on a run. In labels.json.
struct RunLabels {
  std::vector<std::string> tags;
  std::string note;
  bool operator==(const RunLabels&) const = default;
};

/// Empty when there are none or the file is damaged.
RunLabels readRunLabels(const std::filesystem::path& folder);
void writeRunLabels(const std::filesystem::path& folder, const RunLabels& labels);

/// What somebody wishes of a running training: a small file each in wishes/, which it deletes when it has
/// taken it.
enum class RunWish { Stop, Checkpoint, Pause, GoOn };
std::string_view wishName(RunWish wish);  ///< "stop", "checkpoint", "pause", "go-on": the files' names

/// Throws Error when the folder cannot be written.
void sendWish(const std::filesystem::path& folder, RunWish wish);
/// Those that were sent and not taken yet.
std::vector<RunWish> pendingWishes(const std::filesystem::path& folder);

/// What the training process is doing, or how it ended.
enum class RunActivity { Starting, Training, Evaluating, Saving, Paused, Done, Stopped, Failed };
std::string_view activityName(RunActivity activity);  ///< "starting", "training", ...

/// The process behind a run. In process.json, written anew every two seconds.
struct RunProcess {
  std::int64_t pid = 0;
  std::string host;
  std::uint64_t process_started = 0;  ///< the system's clock ticks: tells a pid that was given again
  double started = 0;                 ///< unix seconds, of this process
  double heartbeat = 0;               ///< unix seconds
  double seconds_before = 0;          ///< that earlier processes of this run have worked
  RunActivity activity = RunActivity::Starting;
  std::string sentence;  ///< what ended it, or what it is doing
  std::int64_t step = 0, total_steps = 0;
  std::optional<double> loss, seconds_per_step, ray_iou, best_ray_iou;
  std::int64_t best_step = 0;
};

/// How long the run's processes have worked together; NaN where nobody knows.
double workedSeconds(const RunProcess& process);

/// Nothing when there is none or it is damaged.
std::optional<RunProcess> readRunProcess(const std::filesystem::path& folder);
void writeRunProcess(const std::filesystem::path& folder, const RunProcess& process);

enum class RunState { Running, Paused, Stopped, Done, Failed, Lost };
std::string_view runStateName(RunState state);  ///< "running", "paused", "stopped", "done", "failed", "lost"

/// Lost: it did not say how it ended, and on this machine there is no such process any more, or on another
/// one its heartbeat is older than a minute.
RunState stateOf(const std::optional<RunProcess>& process);

/// A run without its curves.
struct RunSummary {
  std::filesystem::path folder;
  RunFacts facts;
  RunLabels labels;
  RunProcess process;
  RunState state = RunState::Lost;
  std::string problem;  ///< why its run.json cannot be read; then nothing else of it is known but its folder
};

/// The run in `folder`; one without a readable process.json shows what its last events say. Throws Error when
/// there is none.
RunSummary readRunSummary(const std::filesystem::path& folder);
/// The runs directly in `folder` (and `folder` itself, when it is one), the newest first, those with a
/// `problem` last. Folders that are no runs are left out.
std::vector<RunSummary> listRuns(const std::filesystem::path& folder);

}  // namespace hbev
