// The network in use: a configuration, weights and a keyframe in; voxels out. Knows no Torch, so that the
// window and the command line can include it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "core/data/dataset.h"
#include "core/data/occupancy.h"
#include "core/model/config.h"
#include "core/model/inspection.h"
#include "core/model/probabilities.h"

namespace hbev {

/// Exact: everything anew for every keyframe, as the reference does. Streaming: what was computed of past
/// keyframes is kept; faster on keyframes in their order, and slightly different (see the README).
enum class PredictMode { Exact, Streaming };
std::string_view modeName(PredictMode mode);  ///< "exact", "streaming"

struct WeightsChoice {
  std::filesystem::path file{};   ///< empty: untrained weights, the same ones every time
  bool despite_mismatch = false;  ///< take what fits and leave the rest untrained
  bool averaged = false;          ///< the running average, where a training's checkpoint has both
};

struct PredictorOptions {
  std::string device = "auto";  ///< "auto", or a DeviceInfo::id
  int threads = 0;              ///< 0: all processors
  PredictMode mode = PredictMode::Exact;
  /// Pictures as the reference prepares them, to the byte. False: JPEGs may be decoded smaller, which is
  /// faster.
  bool exact_images = true;
  /// Convolutions and products of matrices in float16 on a card, in bfloat16 on a processor, where that is
  /// coarser and seldom faster. All else stays in float.
  bool half = false;
};

/// Something that networks can run on.
struct DeviceInfo {
  std::string id;                  ///< "cpu", "cuda:0"
  std::string title;               ///< "CPU, 2 threads", "NVIDIA H100 80GB HBM3"
  std::uint64_t memory_bytes = 0;  ///< of a card, in all; 0: it is the machine's, or not known
};
/// The processor first.
std::vector<DeviceInfo> predictorDevices();
std::string torchVersion();  ///< "1.13.0"

/// The keyframe's way through the network in parts: "pictures", "image encoder", "depth", "lift", "backward
/// projection", "BEV encoder", "head", "voxels".
struct StageTime {
  std::string stage;
  double seconds = 0;
};
/// All names, in order.
const std::vector<std::string>& predictorStages();

/// What somebody wants of one prediction beside the voxels.
struct PredictWish {
  bool probabilities = false;
  bool inspection = false;
  std::stop_token stop{};
  /// Called in the predicting thread when a part begins or gets on; `fraction_done` of the keyframe, 0 to 1.
  std::function<void(const std::string& stage, double fraction_done)> on_stage{};
};

struct PredictedFrame {
  std::shared_ptr<const Occupancy> occupancy;
  std::shared_ptr<const ClassProbabilities> probabilities;  ///< null unless wished for
  std::shared_ptr<const StageInspection> inspection;        ///< null unless wished for
  std::vector<StageTime> times;                             ///< in the order of predictorStages()
  double seconds = 0;
  bool used_memory = false;        ///< streaming took past keyframes out of its memory
  std::vector<std::string> notes;  ///< what is worth knowing of this keyframe, whole sentences
};

/// What a predictor turned out to be. Fixed but for `peak_bytes`.
struct PredictorFacts {
  std::string device;   ///< "CPU, 2 threads"
  std::string weights;  ///< "epoch_24_ema.pth" or "untrained weights"
  bool untrained = false;
  std::string weights_hash;      ///< xxh3 of the file in hexadecimal; "untrained"
  std::string fit;               ///< "693 of 693 weights fit"
  std::uint64_t parameters = 0;  ///< values that training may change
  std::uint64_t peak_bytes = 0;  ///< of memory during predictions so far (of the GPU where it runs there)
};

/// One caller at a time; each call may come from another thread.
class Predictor {
 public:
  virtual ~Predictor() = default;
  virtual const ModelConfig& config() const = 0;
  virtual const PredictorOptions& options() const = 0;
  virtual const PredictorFacts& facts() const = 0;
  /// Throws Error (a camera is absent, a picture or calibration cannot be used, too little memory) and
  /// Cancelled. Either leaves the predictor usable.
  virtual PredictedFrame predict(const Dataset& dataset, const FrameKey& key,
                                 const PredictWish& wish = {}) = 0;
};

/// Builds the network and loads the weights; takes a second or more. Throws Error: a bad configuration,
/// weights that do not fit (unless told) or are not finite, a device that is not there.
std::unique_ptr<Predictor> makePredictor(const ModelConfig& config, const WeightsChoice& weights,
                                         const PredictorOptions& options = {});

/// How two predictions of one keyframe differ.
struct PredictionDifference {
  std::size_t voxels = 0, different = 0;             ///< whose classes differ
  std::size_t occupied = 0, occupied_different = 0;  ///< the same out of those occupied in either
  double share() const { return voxels == 0 ? 0 : double(different) / double(voxels); }
  double occupiedShare() const { return occupied == 0 ? 0 : double(occupied_different) / double(occupied); }
  PredictionDifference& operator+=(const PredictionDifference& other);
};
/// Throws Error when grids or class sets differ.
PredictionDifference differenceOf(const Occupancy& a, const Occupancy& b);

}  // namespace hbev
