// The program's log: what happened inside, for the person who reports a problem. Not for results.
#pragma once

#include <spdlog/logger.h>

namespace hbev {

/// The logger, to standard error. Level from the environment variable HBEV_LOG (trace, debug, info, warn,
/// error, off); "warn" without it.
spdlog::logger& log();

}  // namespace hbev
