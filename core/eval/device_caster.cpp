#include "core/eval/device_caster.h"

#include <cstring>
#include <utility>

#include "core/base/error.h"
#include "core/eval/device_launch.h"
#include "core/eval/ray_setup.h"
#include "core/eval/rays.h"

namespace hbev {

#ifndef HBEV_EVAL_CUDA
RayCard cudaRayCard() {
  return {[] { return "this program was built without CUDA"; }, nullptr};
}
#endif

std::shared_ptr<const DeviceCaster> DeviceCaster::open(std::string& why) {
  return open(cudaRayCard(), why);
}

std::shared_ptr<const DeviceCaster> DeviceCaster::open(const RayCard& card, std::string& why) {
  if (const char* problem = card.problem()) {
    why = problem;
    return nullptr;
  }
  return std::shared_ptr<const DeviceCaster>(new DeviceCaster(card.makeWork));
}

DeviceCaster::DeviceCaster(MakeWork make_work) : make_work_(make_work) {}
DeviceCaster::~DeviceCaster() = default;

FrameRays DeviceCaster::cast(const Occupancy& occupancy, std::span<const Eigen::Vector3d> origins) const {
  using cast_body::Answer;
  static_assert(sizeof(Eigen::Vector3d) == 3 * sizeof(double) &&
                sizeof(Eigen::Vector3f) == 3 * sizeof(float));
  const std::span<const std::uint8_t> semantics = requireMetricGrid(occupancy);
  for (const Eigen::Vector3d& origin : origins)
    ray_setup::requireUsable(origin, 0, 0);
  std::unique_ptr<DeviceWork> work = takeWork();
  const std::vector<Eigen::Vector3f>& rays = lidarRays();
  std::vector<Answer> answers(origins.size() * rays.size());
  const char* problem = work->cast({semantics.data(), occupancy.classes->free()},
                                   reinterpret_cast<const double*>(origins.data()), origins.size(),
                                   reinterpret_cast<const float*>(rays.data()), rays.size(), answers.data());
  if (problem)
    throw Error({"The card cannot cast rays", {}, {}, problem, "Evaluate on the processor: --device cpu."});
  FrameRays frame{origins.size(), std::vector<RayHit>(answers.size())};
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const Answer& answer = answers[i];
    frame.hits[i] = {answer.distance_vox, {answer.x, answer.y, answer.z}, answer.label};
  }
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(work));
  return frame;
}

std::unique_ptr<DeviceWork> DeviceCaster::takeWork() const {
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) return make_work_();
  std::unique_ptr<DeviceWork> work = std::move(idle_.back());
  idle_.pop_back();
  return work;
}

std::shared_ptr<const DeviceCaster> deviceCasterFor(CastDevice device) {
  if (device == CastDevice::Cpu) return nullptr;
  std::string why;
  auto caster = DeviceCaster::open(why);
  if (!caster && device == CastDevice::Cuda) {
    throw Error({"Rays cannot be cast on a card",
                 {},
                 "an NVIDIA card with its driver",
                 why,
                 "Leave the choice to the program: --device auto."});
  }
  return caster;
}

}  // namespace hbev
