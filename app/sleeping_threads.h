// How the network's threads wait for each other.
#pragma once

namespace hbev {

/// Lets OpenMP's threads sleep while they wait (OMP_WAIT_POLICY=passive) unless the user has chosen
/// otherwise: by its default they spin, which takes the processor from the window's and the evaluator's own
/// threads. libgomp reads the policy when it is loaded, which is before main() as other libraries bring it
/// along; therefore the program starts once more, as itself, which takes a fifth of a second. Call before
/// anything is begun: nothing of the process but its arguments and environment is kept. Goes on without when
/// it cannot start again.
void useSleepingThreads(char** argv);

}  // namespace hbev
