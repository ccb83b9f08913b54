// The processes of one training, joined by LibTorch's c10d: NCCL between cards where LibTorch has it, Gloo
// elsewhere.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/model/peers.h"
#include "core/train/launch.h"

namespace hbev {

struct JoinOptions {
  Launch launch;
  torch::Device device{at::kCPU};  ///< of the tensors that are summed
  double meeting_s = 300;          ///< how long to wait until all have come
  double answer_s = 30;     ///< what rank 0's answer may take while they meet, and when this process ends
  double connect_s = 60;    ///< to reach each other over the network, once all have come
  double patience_s = 300;  ///< how long one may be silent from then on
  std::function<bool()> stop_wanted = [] { return false; };  ///< asked while it waits for the others
  /// What is known of the processes that this one has started: LocalProcesses::failure().
  std::function<std::string()> local_failure = [] { return std::string(); };
  /// Called on its own thread, once, when this process waits in vain inside LibTorch for another one that has
  /// died or fallen silent. Must end the program.
  std::function<void(const std::string& sentence)> stuck = [](const std::string&) {};
};

/// Peers that can leave. Every process beats in a thread of its own; when one falls silent or gives up, the
/// functions of the others throw an Error that names it.
class JoinedPeers : public Peers {
 public:
  /// True everywhere when it is true anywhere.
  virtual bool any(bool mine) = 0;
  /// This process ends early; the others say so.
  virtual void giveUp(const std::string& sentence) noexcept = 0;
  /// All have done their work. Waits for them.
  virtual void leave() = 0;
};

/// Empty when this build can train with many processes, else why not.
std::string whyOneProcess();

/// Waits until all processes of the launch are here. Throws Error: they do not come, or this build cannot.
std::shared_ptr<JoinedPeers> joinPeers(const JoinOptions& options);

}  // namespace hbev
