// The network as a library that is loaded when it is first wanted: LibTorch takes half a second to load, for
// which a program that only looks at data shall not wait. Knows no LibTorch.
#pragma once

#include <memory>
#include <vector>

#include "core/base/progress.h"
#include "core/model/fit_report.h"
#include "core/model/predictor.h"

namespace hbev {

class CheckpointFile;

/// What the library gives to the programs that load it. It is built with them, never apart from them, and
/// takes from them what both have, so that there is one of everything.
struct NetworkLibrary {
  const char* version;  ///< of the program it was built with
  std::unique_ptr<Predictor> (*load_predictor)(const ModelConfig&, const WeightsChoice&,
                                               const PredictorOptions&, Progress&);
  std::vector<DeviceInfo> (*devices)();
  /// How the weights of a checkpoint fit a configuration.
  FitReport (*fit_of)(const CheckpointFile&, const ModelConfig&);
};

/// True when the programs were built with the network.
bool hasNetworkLibrary();

/// Loads it at the first call; any thread may call. Throws Error when the programs were built without
/// LibTorch, or when the library is absent, damaged, or of another version.
const NetworkLibrary& networkLibrary();

/// A further entry of the library, by its C name: what the programs put there for themselves, of which core
/// knows nothing. Loads the library; throws Error as networkLibrary(), and when there is no such entry.
void* networkLibraryEntry(const char* name);

/// As NetworkLibrary::devices, without loading it on machines that have no card.
std::vector<DeviceInfo> devicesOfMachine();

}  // namespace hbev
