#include "core/synth/scenario.h"

#include <array>

#include <fmt/format.h>

namespace hbev::synth {
namespace {

struct Entry {
  const char* description;
  const char* location;
  Look look;
  double start_m;
  double speed_mps;
  bool trailer_crosses = false, road_works = false, bus_ahead = false, turns_right = false;
};

constexpr std::array<Entry, 6> kCatalogue{{
    {"Dusk, ring road bending left, bus ahead, road works", "ring-road", Look::Dusk, 84, 7.6, false, true,
     true, false},
    {"Crossing, trailer truck, parked cars", "old-town", Look::Day, 116, 6.2, true, false, false, false},
    {"Rain, quay street, parked cars, cyclists", "harbour", Look::Rain, 132, 6.6, false, true, false, false},
    {"Day, ring road, dense traffic, trailer truck", "ring-road", Look::Day, 240, 7.2, true, false, true,
     false},
    {"Night, narrow street, pedestrians, bus ahead", "old-town", Look::Night, 196, 6.0, false, true, true,
     false},
    {"Day, harbour crossing, turning right, cyclists", "harbour", Look::Day, 98, 4.6, false, false, false,
     true},
}};

}  // namespace

Scenario scenarioOf(int index) {
  const Entry& entry = kCatalogue[std::size_t(index) % kCatalogue.size()];
  Scenario scenario;
  scenario.name = fmt::format("demo-{:04d}", 101 + 2 * index);
  scenario.description = entry.description;
  scenario.location = entry.location;
  scenario.look = entry.look;
  scenario.start_m = entry.start_m;
  scenario.speed_mps = entry.speed_mps;
  scenario.trailer_crosses = entry.trailer_crosses;
  scenario.road_works = entry.road_works;
  scenario.bus_ahead = entry.bus_ahead;
  scenario.turns_right = entry.turns_right;
  return scenario;
}

}  // namespace hbev::synth
