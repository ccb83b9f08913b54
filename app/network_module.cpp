// The library that the programs load when the network is first wanted (core/model/network_library.h).
#include "app/commands/commands.h"
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

void addCommands(CLI::App& app) {
  hbev::addPredictCommand(app);
  hbev::addTrainCommand(app);
  hbev::addBenchCommand(app);
}

constexpr hbev::NetworkLibrary kLibrary{.version = HBEV_VERSION,
                                        .load_predictor = &load,
                                        .devices = &hbev::predictorDevices,
                                        .fit_of = &fitOfConfig,
                                        .add_commands = &addCommands};

}  // namespace

extern "C" const hbev::NetworkLibrary* hbevNetworkLibrary() {
  return &kLibrary;
}
