// Which machine and which process this is: how a reader tells whether a run's process still lives.
#pragma once

#include <cstdint>
#include <string>

namespace hbev {

std::string hostName();
/// When a process of this machine was started, in clock ticks since the machine's start; 0 when there is none
/// (any more). With it a pid that was given to another process is told from the first one's.
std::uint64_t processStart(std::int64_t pid);
/// Seconds since 1970, as events and heartbeats tell their time.
double unixTime_s();

}  // namespace hbev
