// Reads runs on a thread of its own, again and again: a disk that hangs (a remote mount) never stops the
// window.
#pragma once

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "core/base/error.h"
#include "ui/training/run_data.h"

namespace hbev::ui {

class RunFollower {
 public:
  using Path = std::filesystem::path;
  /// What is called in the follower's thread.
  struct Listener {
    std::function<void(RunUpdate)> updated;
    std::function<void(Path)> gone;
    /// A folder that somebody named holds no run.
    std::function<void(Path, Problem)> refused;
    /// Everything was looked at once more: in which folder.
    std::function<void(Path)> looked;
  };
  /// Looks at once, at the folder and the runs given: its first looked() is of these.
  RunFollower(Listener listener, int every_ms, Path folder = {}, std::set<Path> attached = {});
  ~RunFollower();

  /// The folder whose folders are looked at for runs; it need not exist.
  void setFolder(const Path& folder);
  /// A run outside of it.
  void attach(const Path& run);
  void detach(const Path& run);
  /// Whose curves are wanted whole; of the others only those of evaluations are sent.
  void setWanted(std::set<Path> runs);
  /// Looks now.
  void wake();

 private:
  struct Followed {
    RunReader reader;
    std::string config_toml;
    bool is_open = false, is_complete = false, was_sent = false, was_wanted = false;
    RunState state_sent = RunState::Lost;
    struct Sent {
      std::size_t count = 0;
      std::int64_t last_step = 0;
    };
    std::map<std::string, Sent> sent;
    std::filesystem::file_time_type written;  ///< of a run that has ended: the newest of its files
  };
  struct Orders {
    Path folder;
    std::set<Path> attached, wanted;
  };
  void run(const std::stop_token& stop);
  std::set<Path> runsOf(const Orders& orders) const;
  void follow(const Path& run, bool wanted, bool attached, const std::stop_token& stop);
  RunUpdate updateOf(Followed& followed, bool wanted);

  Listener listener_;
  int every_ms_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  bool is_woken_ = false;
  Orders orders_;
  std::map<Path, Followed> followed_;  ///< the thread's own
  std::set<Path> refused_;
  std::jthread thread_;
};

}  // namespace hbev::ui
