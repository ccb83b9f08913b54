// The processes of a training that starts its own: what torchrun and Slurm do elsewhere. Knows no Torch.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/runs/launch.h"

namespace hbev {

/// The other processes of a training on this machine, started as this one was.
class LocalProcesses {
 public:
  /// Ranks 1 to count-1 of the command `arguments`, with torchrun's variables. What they print comes out of
  /// this process's error stream, each line behind its rank. They end with this process. Throws Error.
  LocalProcesses(int count, const std::vector<std::string>& arguments);
  /// Ends those that still run.
  ~LocalProcesses();
  LocalProcesses(const LocalProcesses&) = delete;
  LocalProcesses& operator=(const LocalProcesses&) = delete;

  /// How this process, rank 0, meets them.
  const Launch& launch() const { return launch_; }
  /// A sentence about the first that has failed; empty while there is none.
  std::string failure() const;
  /// Until all have ended.
  void wait();

 private:
  struct Child;
  void start(int rank, const std::vector<std::string>& arguments);
  void endAll();

  Launch launch_;
  std::vector<std::unique_ptr<Child>> children_;
};

}  // namespace hbev
