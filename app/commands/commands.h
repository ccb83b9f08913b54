// The commands of `hbevocc`. Each adds itself to the command line and does its work when it was chosen.
#pragma once

#include <array>

#include <CLI/CLI.hpp>

namespace hbev {

/// What the list of commands says of those that need the network. They live in its library
/// (core/model/network_library.h).
struct CommandTitle {
  const char *name, *about;
};
inline constexpr CommandTitle kPredictTitle{"predict",
                                            "Predicts occupancy and flow with the HBEVOcc network"};
inline constexpr CommandTitle kTrainTitle{"train", "Trains the HBEVOcc network; Ctrl+C saves and stops"};
inline constexpr CommandTitle kBenchTitle{"bench", "Measures how fast a network is here, part by part"};
inline constexpr std::array kNetworkCommands{kPredictTitle, kTrainTitle, kBenchTitle};

void addInfoCommand(CLI::App& app);
void addInfosCommand(CLI::App& app);
void addDoctorCommand(CLI::App& app);
void addEvaluateCommand(CLI::App& app);
void addMergeCommand(CLI::App& app);
void addPredictionsCommand(CLI::App& app);
void addPrepareCommand(CLI::App& app);
void addCheckpointCommand(CLI::App& app);
void addRunsCommand(CLI::App& app);
#ifdef HBEV_HAS_TORCH
void addBenchCommand(CLI::App& app);
void addPredictCommand(CLI::App& app);
void addTrainCommand(CLI::App& app);
#endif
#ifdef HBEV_HAS_STUDIO
void addRenderCommand(CLI::App& app);
void addDemoDataCommand(CLI::App& app);
#endif

}  // namespace hbev
