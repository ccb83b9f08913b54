// How many processors a process may use.
#pragma once

namespace hbev {

/// Of those, what this process is bound to (taskset, srun, containers) counts; at least 1.
int usableProcessors();

/// Of the machine, whatever this process is bound to; at least 1.
int machineProcessors();

}  // namespace hbev
