// How a training came to be several processes: by torchrun, by Slurm, or started by itself. Knows no Torch.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hbev {

/// Which of how many processes this is, and where they meet.
struct Launch {
  int rank = 0, count = 1;              ///< of all
  int local_rank = 0, local_count = 1;  ///< on this machine
  std::string host = "127.0.0.1";       ///< of rank 0
  int port = 0;
};

/// Out of torchrun's variables (RANK, WORLD_SIZE, LOCAL_RANK, LOCAL_WORLD_SIZE, MASTER_ADDR, MASTER_PORT),
/// else of srun's (SLURM_PROCID, SLURM_NTASKS, SLURM_LOCALID, SLURM_JOB_NODELIST, SLURM_JOB_ID); one process
/// where there are none. `variable` gives a variable's text, empty when it is not set. Throws Error when they
/// make no sense.
Launch launchOf(const std::function<std::string(const char* name)>& variable);
/// Of this process's environment.
Launch launchOfEnvironment();

/// The first of Slurm's node list: "gpu[03-05,07],login1" is gpu03.
std::string firstNode(std::string_view node_list);

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
  Launch launch_;
  std::vector<std::unique_ptr<Child>> children_;
};

}  // namespace hbev
