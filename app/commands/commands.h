// The commands of `hbevocc`. Each adds itself to the command line and does its work when it was chosen.
#pragma once

#include <CLI/CLI.hpp>

namespace hbev {

void addInfoCommand(CLI::App& app);
void addInfosCommand(CLI::App& app);
void addDoctorCommand(CLI::App& app);
void addEvaluateCommand(CLI::App& app);
void addMergeCommand(CLI::App& app);
void addPredictionsCommand(CLI::App& app);
void addPrepareCommand(CLI::App& app);
void addCheckpointCommand(CLI::App& app);
void addRunsCommand(CLI::App& app);
#ifdef HBEV_HAS_STUDIO
void addRenderCommand(CLI::App& app);
void addDemoDataCommand(CLI::App& app);
#endif

}  // namespace hbev
