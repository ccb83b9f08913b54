// The catalogue of scenes: where and when each plays, in what light, and what is special about it.
#pragma once

#include <cstdint>
#include <string>

namespace hbev::synth {

enum class Look : std::uint8_t { Day, Dusk, Rain, Night };

struct Scenario {
  std::string name;         ///< "demo-0103": the same for every number of scenes and every seed
  std::string description;  ///< as nuScenes writes them
  std::string location;     ///< "old-town", "harbour", "ring-road"
  Look look = Look::Day;
  double start_m = 0;            ///< station on the main road
  double speed_mps = 7;          ///< of the ego car
  bool trailer_crosses = false;  ///< a truck with a trailer drives through the next junction
  bool road_works = false;       ///< excavator, cones and barriers beside the lane
  bool bus_ahead = false;
  bool turns_right = false;  ///< the ego car, at the next junction; the main road is straight up to it
};

/// Scene number `index` (from 0) of the demo world. Any index is valid: the catalogue is gone round with
/// other traffic.
Scenario scenarioOf(int index);

}  // namespace hbev::synth
