// Shapes of what is annotated: vehicles, people, cycles, cones and barriers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/synth/shape.h"

namespace hbev::synth {

enum class ActorKind : std::uint8_t {
  Sedan,
  Hatchback,
  Van,
  BoxTruck,
  Tractor,
  Trailer,
  Bus,
  Excavator,
  Cyclist,
  Bicycle,  ///< leaning, nobody on it
  Motorcyclist,
  Motorcycle,
  Pedestrian,
  Cone,
  Barrier,
};
inline constexpr std::size_t kActorKinds = 15;

struct ActorModel {
  std::string_view category;  ///< nuScenes': "vehicle.car"
  std::uint8_t label = 0;     ///< OpenOcc
  std::vector<Shape> phases;  ///< one, or the phases of a step; all have the same size
  double stride_m = 0;        ///< way from one phase to the next
};

/// All kinds, indexed by ActorKind. The same every time.
const std::vector<ActorModel>& actorModels();
const ActorModel& actorModel(ActorKind kind);

}  // namespace hbev::synth
