// A thread that reads runs, again and again, and writes what people wish of them. A disk that does not answer
// (a remote mount) may hold it for ever: its owner sees where, leaves it there, and begins another.
#pragma once

#include <chrono>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <thread>

#include "core/base/error.h"
#include "ui/training/run_data.h"

namespace hbev::ui {

class RunWorker {
 public:
  using Path = std::filesystem::path;
  /// Everything was looked at once more.
  struct Look {
    Path named, folder;          ///< the folder of runs as it was ordered, and its canonical path
    std::set<Path> runs;         ///< that are there, by their canonical paths
    std::set<Path> unreachable;  ///< as ordered: of these it says nothing
  };
  /// What is called in the worker's thread.
  struct Listener {
    std::function<void(RunUpdate)> updated;
    /// A folder that somebody named holds no run.
    std::function<void(Path, Problem)> refused;
    std::function<void(Look)> looked;
    /// A run that is expected is there: as it was ordered, and its canonical path. Told while it is ordered.
    std::function<void(Path, Path)> arrived;
    /// An errand's.
    std::function<void(Problem)> failed;
  };
  struct Orders {
    Path folder;                 ///< the folder whose folders are looked at for runs; it need not exist
    std::set<Path> attached;     ///< runs outside of it
    std::set<Path> wanted;       ///< whose curves are wanted whole; of the others only those of evaluations
    std::set<Path> expected;     ///< runs that may not be there yet
    std::set<Path> unreachable;  ///< left alone
  };
  /// Something to write into a run. `work` may throw Error.
  struct Errand {
    Path run;
    std::function<void()> work;
  };

  /// Looks at once.
  RunWorker(const Listener& listener, int every_ms, Orders orders, std::deque<Errand> errands = {});
  /// Nothing more is heard of it. Does not wait for a thread that is held.
  ~RunWorker();

  /// Looks again with these.
  void setOrders(Orders orders);
  void wake();
  void post(Errand errand);
  /// The folder or run in which it has been held for longer than `patience(place)`.
  std::optional<Path> heldAt(const std::function<std::chrono::milliseconds(const Path&)>& patience) const;
  /// Nothing more is heard of it, and it ends when what holds it lets go. Those it has not begun.
  std::deque<Errand> leave();
  bool hasEnded() const;
  /// Does what was posted and ends; false when it has not within the limit.
  bool finish(std::chrono::milliseconds limit);

 private:
  struct State;
  class Reading;
  std::shared_ptr<State> state_;
  std::thread thread_;
};

}  // namespace hbev::ui
