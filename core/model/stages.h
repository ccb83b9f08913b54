// What happens inside the network, told to whoever listens: the parity tests, the clock, the stage inspector.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "core/model/torch_headers.h"

namespace hbev {

/// Called with a stage's name ("depthnet.cost_volume.f0", as in the parity notes) and its result. May throw
/// to stop the network there.
using StageListener = std::function<void(const std::string& name, const torch::Tensor& result)>;

/// Passed down through the network. Cheap to copy; without a listener it does nothing.
class Stages {
 public:
  Stages() = default;
  /// Without `extras` the listener hears only of what the network computes for itself: enough for a clock.
  explicit Stages(StageListener listener, bool extras = true)
      : listener_(std::move(listener)), extras_(extras) {}

  /// Whether results that the network itself does not need are worth computing.
  bool watched() const { return listener_ && extras_; }
  void operator()(const char* name, const torch::Tensor& result) const {
    if (listener_) listener_(prefix_ + name + suffix_, result);
  }

  Stages in(const std::string& part) const { return {listener_, extras_, prefix_ + part + ".", suffix_}; }
  /// Of one frame: 0 is the current one.
  Stages ofFrame(int frame) const { return {listener_, extras_, prefix_, ".f" + std::to_string(frame)}; }

 private:
  Stages(StageListener listener, bool extras, std::string prefix, std::string suffix)
      : listener_(std::move(listener)),
        extras_(extras),
        prefix_(std::move(prefix)),
        suffix_(std::move(suffix)) {}

  StageListener listener_;
  bool extras_ = true;
  std::string prefix_, suffix_;
};

}  // namespace hbev
