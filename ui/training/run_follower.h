// Follows the runs of a folder, and those attached, without ever waiting for a disk: what does not answer is
// left alone until it does, and the others go on.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "ui/training/run_worker.h"

namespace hbev::ui {

/// Used by one thread; what comes of it is told in another (RunWorker::Listener).
class RunFollower {
 public:
  using Path = std::filesystem::path;
  struct Limits {
    int every_ms = 500;      ///< how often what is going on is read
    int patience_ms = 8000;  ///< how long a disk may take; doubled each time that it did answer after all
  };
  RunFollower(RunWorker::Listener listener, const Limits& limits, Path folder, std::set<Path> attached);
  /// Waits a moment for what was posted.
  ~RunFollower();

  void setFolder(const Path& folder);
  void attach(const Path& run);
  void detach(const Path& run);
  void setWanted(std::set<Path> runs);
  /// The listener hears when it is there, until forget().
  void expect(const Path& run);
  void forget(const Path& run);
  const std::set<Path>& expected() const { return orders_.expected; }
  void wake() { worker_->wake(); }
  /// Done before the next look; what it throws comes to the listener.
  void post(const Path& run, std::function<void()> work) { worker_->post({run, std::move(work)}); }

  /// A folder of runs, or a run, that has ceased to answer or answers again.
  struct Change {
    Path place;
    bool answers = false;
  };
  /// To be called now and then.
  std::vector<Change> supervise();
  const std::set<Path>& unreachable() const { return orders_.unreachable; }

 private:
  struct Held {
    Path place;
    std::unique_ptr<RunWorker> worker;
  };

  RunWorker::Listener listener_;
  Limits limits_;
  RunWorker::Orders orders_;
  std::unique_ptr<RunWorker> worker_;
  std::vector<Held> held_;  ///< left where the disk holds them
  std::map<Path, int> times_held_;
};

}  // namespace hbev::ui
