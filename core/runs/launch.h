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
  std::string id = {};    ///< the same for all processes of one start, another for other starts; may be empty
  int card = 0;           ///< of those that this process sees: its own
  int processors = 0;     ///< that the launcher gave to this process alone; 0: those of a machine are shared
  bool restarts = false;  ///< processes that fail are started again (torchrun --max-restarts)
};

/// Out of torchrun's variables (RANK, WORLD_SIZE, LOCAL_RANK, LOCAL_WORLD_SIZE, MASTER_ADDR, MASTER_PORT),
/// else of srun's (SLURM_STEP_ID, SLURM_PROCID, SLURM_NTASKS, SLURM_LOCALID, SLURM_STEP_NODELIST,
/// SLURM_JOB_ID, SLURM_CPUS_PER_TASK); one process where there are none, and in a batch script that srun did
/// not start. `variable` gives a variable's text, empty when it is not set. Throws Error when they make no
/// sense.
Launch launchOf(const std::function<std::string(const char* name)>& variable);
/// Of this process's environment.
Launch launchOfEnvironment();

/// This process's share of the processors that it may use.
int processorsOf(const Launch& launch);
/// The same where it may use so many of the machine's.
int processorsOf(const Launch& launch, int usable, int machine);

/// The first of Slurm's node list: "gpu[03-05,07],login1" is gpu03.
std::string firstNode(std::string_view node_list);
/// How many tasks the node with this number has, out of Slurm's list: "4(x2),3" is 4, 4, 3. 0: it is not
/// there.
int tasksOfNode(std::string_view tasks_per_node, int node);

}  // namespace hbev
