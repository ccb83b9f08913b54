// Threads that nobody has waited for: what computes sees soon that it is not wanted, what hangs in a disk
// would hold the process for ever.
#pragma once

#include <chrono>
#include <functional>

namespace hbev::ui {

/// `wait_until` waits until then at most for one detached thread, and says whether it has ended.
using LeftThread = std::function<bool(std::chrono::steady_clock::time_point wait_until)>;

/// From any thread.
void addLeftThread(LeftThread thread);
/// Waits for all of them, a second at most. False: some still run, and what is destroyed when the process
/// ends may be what they use.
bool waitForLeftThreads();

}  // namespace hbev::ui
