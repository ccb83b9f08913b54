// When a device has done what it was told, without waiting for it where there are events.
#pragma once

#include <chrono>
#include <memory>

#include <c10/core/Device.h>

namespace hbev {

/// The moment at which a device has done all that it was told before: on a processor that is now, on a card
/// later. Where CUDA's kernels were not built the constructor waits for the card.
class DeviceMoment {
 public:
  DeviceMoment() = default;
  explicit DeviceMoment(const c10::Device& device);
  /// Waits until the card has come to both. `earlier` is of the same device.
  double secondsSince(const DeviceMoment& earlier) const;

 private:
  std::chrono::steady_clock::time_point told_{};
  std::shared_ptr<void> event_;  // a card's
};

}  // namespace hbev
