// The library that the programs load when the network is first wanted: what core's programs take from it
// (core/model/network_library.h), and the command line's commands (app/commands/network_commands.h).
#include "app/commands/network_commands.h"
#include "core/model/checkpoint.h"
#include "core/model/hbevocc.h"
#include "core/model/network_library.h"
#include "core/model/network_loading.h"

namespace {

hbev::FitReport fitOfConfig(const hbev::CheckpointFile& checkpoint, const hbev::ModelConfig& config) {
  const hbev::HbevOcc network(config);
  return hbev::fitOf(checkpoint, *network);
}

std::unique_ptr<hbev::Predictor> load(const hbev::ModelConfig& config, const hbev::WeightsChoice& weights,
                                      const hbev::PredictorOptions& options, hbev::Progress& progress) {
  return hbev::loadPredictor(config, weights, options, progress);
}

constexpr hbev::NetworkLibrary kLibrary{.version = HBEV_VERSION,
                                        .load_predictor = &load,
                                        .devices = &hbev::predictorDevices,
                                        .fit_of = &fitOfConfig};

}  // namespace

extern "C" const hbev::NetworkLibrary* hbevNetworkLibrary() {
  return &kLibrary;
}

extern "C" void hbevAddNetworkCommands(CLI::App& app) {
  hbev::addPredictCommand(app);
  hbev::addTrainCommand(app);
  hbev::addBenchCommand(app);
}
