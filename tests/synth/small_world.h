// One street and one moment of it, built once and shared by the tests of the demo world.
#pragma once

#include <memory>
#include <optional>

#include "core/synth/camera_renderer.h"
#include "core/synth/rig.h"
#include "core/synth/world.h"

namespace hbev::synth {

struct SmallWorld {
  explicit SmallWorld(int scene)
      : world(buildWorld(scenarioOf(scene),
                         std::make_shared<City>(buildCity(scenarioOf(scene).location, kSeed)), kSeed,
                         kDuration_s)),
        lighting(lightingOf(world.scenario.look)),
        placements(world.placementsAt(kTime_s)),
        tracer(world.shapes()) {
    tracer.place(placements, std::uint32_t(world.egoObject()));
  }
  static constexpr std::uint64_t kSeed = 1;
  static constexpr double kDuration_s = 4.5;  // as long as ten keyframes
  static constexpr double kTime_s = 1;

  /// Scene 0 or 1 of the catalogue.
  static SmallWorld& get(int scene) {
    static std::array<std::unique_ptr<SmallWorld>, 2> worlds;
    auto& world = worlds.at(std::size_t(scene));
    if (!world) world = std::make_unique<SmallWorld>(scene);
    return *world;
  }

  World world;
  Lighting lighting;
  std::vector<Placement> placements;
  RayTracer tracer;
};

}  // namespace hbev::synth
