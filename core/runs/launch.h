// Which of how many processes this one is, as torchrun and Slurm tell it: for whatever is shared among them.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace hbev {

/// Which of how many processes this is, and where they meet.
struct Launch {
  int rank = 0, count = 1;              ///< of all
  int local_rank = 0, local_count = 1;  ///< on this machine
  std::string host = "127.0.0.1";       ///< of rank 0
  int port = 0;
};

/// Out of torchrun's variables (RANK, WORLD_SIZE, LOCAL_RANK, LOCAL_WORLD_SIZE, MASTER_ADDR, MASTER_PORT),
/// else of srun's (SLURM_STEP_ID, SLURM_PROCID, SLURM_NTASKS, SLURM_LOCALID, SLURM_JOB_NODELIST,
/// SLURM_JOB_ID); one process where there are none, and in a batch script that srun did not start. `variable`
/// gives a variable's text, empty when it is not set. Throws Error when they make no sense.
Launch launchOf(const std::function<std::string(const char* name)>& variable);
/// Of this process's environment.
Launch launchOfEnvironment();

/// The first of Slurm's node list: "gpu[03-05,07],login1" is gpu03.
std::string firstNode(std::string_view node_list);

}  // namespace hbev
