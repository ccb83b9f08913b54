// Casting the metric's rays on an NVIDIA card, with the answers of castFrame() to the last bit.
#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "core/eval/caster.h"

namespace hbev {

class DeviceWork;
struct RayCard;

/// Where an evaluation casts its rays.
enum class CastDevice { Auto, Cpu, Cuda };

/// Used from many threads: each frame gets memory and a stream of its own.
class DeviceCaster {
 public:
  /// Null where no card answers or the program was built without CUDA; `why` says which.
  static std::shared_ptr<const DeviceCaster> open(std::string& why);
  /// The same on a card of another kind, as the tests have one.
  static std::shared_ptr<const DeviceCaster> open(const RayCard& card, std::string& why);
  ~DeviceCaster();
  DeviceCaster(const DeviceCaster&) = delete;
  DeviceCaster& operator=(const DeviceCaster&) = delete;

  /// castFrame() of an occupancy. Throws Error like it, and when the card fails.
  FrameRays cast(const Occupancy& occupancy, std::span<const Eigen::Vector3d> origins) const;

 private:
  using MakeWork = std::unique_ptr<DeviceWork> (*)();
  explicit DeviceCaster(MakeWork make_work);
  std::unique_ptr<DeviceWork> takeWork() const;

  MakeWork make_work_;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<DeviceWork>> idle_;  ///< guarded by mutex_
};

/// The card for Cuda, and for Auto where one answers; else null: the processor. Throws Error when Cuda cannot
/// be had.
std::shared_ptr<const DeviceCaster> deviceCasterFor(CastDevice device);

}  // namespace hbev
