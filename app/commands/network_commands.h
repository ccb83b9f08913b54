// The commands that need the network. They live in its library, so that LibTorch is loaded for them alone.
#pragma once

#include <array>

#include "app/commands/commands.h"
#include "core/model/network_library.h"

namespace hbev {

/// What the list of commands says of them while the library is not loaded.
struct CommandTitle {
  const char *name, *about;
};
inline constexpr CommandTitle kPredictTitle{"predict",
                                            "Predicts occupancy and flow with the HBEVOcc network"};
inline constexpr CommandTitle kTrainTitle{"train", "Trains the HBEVOcc network; Ctrl+C saves and stops"};
inline constexpr CommandTitle kBenchTitle{"bench", "Measures how fast a network is here, part by part"};
inline constexpr std::array kNetworkCommands{kPredictTitle, kTrainTitle, kBenchTitle};

void addBenchCommand(CLI::App& app);
void addPredictCommand(CLI::App& app);
void addTrainCommand(CLI::App& app);

}  // namespace hbev

/// The library's entry that adds all three, for networkLibraryEntry().
extern "C" void hbevAddNetworkCommands(CLI::App& app);
