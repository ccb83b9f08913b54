// How a process finds the first one of its launch over the network, before LibTorch takes over.
#pragma once

#include <functional>
#include <string>

namespace hbev {

struct MeetingOptions {
  std::string host;  ///< a name or an address
  int port = 0;
  double patience_s = 300;             ///< for somebody who listens there
  double name_patience_s = 30;         ///< for a name that the network does not know yet
  std::function<void()> look = [] {};  ///< called several times a second; may throw to end the waiting
};

/// Waits until somebody listens there. The address that answered, in numbers. Throws Error: nobody knows the
/// name, or nobody listens.
std::string awaitListener(const MeetingOptions& options);

/// Throws Error when a process of this machine listens at that port already.
void demandFreePort(int port);

/// This machine's address, in numbers, that a machine at `host` sees; where that is a loopback address, the
/// first of another kind. Empty when there is none.
std::string addressTowards(const std::string& host);

}  // namespace hbev
