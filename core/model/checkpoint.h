// Weights from a checkpoint into a network, and how well they fit. The file itself is read by
// core/io/checkpoint_file.
#pragma once

#include <filesystem>

#include "core/base/progress.h"
#include "core/io/checkpoint_file.h"
#include "core/model/fit_report.h"
#include "core/model/torch_headers.h"

namespace hbev {

/// The rule is the one under which most names agree: as they are, without "module." (what data-parallel
/// training adds), with "forward_projection." (weights of BEVDet, which is that part of HBEVOcc), or both.
FitReport fitOf(const CheckpointFile& checkpoint, const torch::nn::Module& network);

struct WeightOptions {
  bool allow_mismatch = false;   ///< take what fits and leave the rest of the network as it is
  bool averaged = false;         ///< see CheckpointFile::Part; of a file that is not opened yet
  Progress* progress = nullptr;  ///< is advanced by the bytes that were read, and can cancel the reading
};

/// Copies the weights into `network`, in its own types and on its device. Throws WeightsMisfit when a part of
/// them fits and that is not allowed, Error when nothing fits or the file is damaged, and Cancelled; then
/// nothing was changed.
FitReport loadCheckpoint(const CheckpointFile& checkpoint, torch::nn::Module& network,
                         const WeightOptions& options = {});
FitReport loadCheckpoint(const std::filesystem::path& file, torch::nn::Module& network,
                         const WeightOptions& options = {});

/// A tensor of a checkpoint in memory: of the state, or of what tensorOf() gives for an optimizer's.
torch::Tensor readTensor(const CheckpointFile& checkpoint, const CheckpointTensor& tensor);

}  // namespace hbev
