#include "core/model/predictor.h"

#include <algorithm>
#include <new>
#include <utility>
#include <xxhash.h>

#include <ATen/Parallel.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/hash_text.h"
#include "core/io/mapped_file.h"
#include "core/model/checkpoint.h"
#include "core/model/compute_device.h"
#include "core/model/half_precision.h"
#include "core/model/hbevocc.h"
#include "core/model/inspection_recorder.h"
#include "core/model/network_input.h"
#include "core/model/network_loading.h"
#include "core/model/picture_cache.h"
#include "core/model/stage_clock.h"
#include "core/model/stream_place.h"
#include "core/model/torch_errors.h"
#include "core/model/voxel_output.h"
#include "core/ops/card_memory.h"
#include "core/ops/memory.h"

namespace hbev {
namespace {

constexpr std::uint64_t kUntrainedSeed = 20250718;
constexpr std::uint64_t kMaxWeightsBytes = std::uint64_t(64) << 30;
constexpr std::size_t kNamesShown = 3, kHashedAtOnce = std::size_t(16) << 20;

std::string hashOf(const std::filesystem::path& file, Progress& progress) {
  const MappedFile mapped(file, kMaxWeightsBytes);
  const std::span<const std::byte> bytes = mapped.bytes();
  const std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state(XXH3_createState(), &XXH3_freeState);
  if (!state) throw std::bad_alloc();
  XXH3_64bits_reset(state.get());
  for (std::size_t begin = 0; begin < bytes.size(); begin += kHashedAtOnce) {
    const auto part = bytes.subspan(begin, std::min(kHashedAtOnce, bytes.size() - begin));
    XXH3_64bits_update(state.get(), part.data(), part.size());
    progress.throwIfCancelled();
    progress.advance(std::int64_t(part.size()));
  }
  return hexText(XXH3_64bits_digest(state.get()));
}

void demandFinite(const FitReport& fit, const std::filesystem::path& file) {
  if (fit.not_finite.empty()) return;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < std::min(kNamesShown, fit.not_finite.size()); ++i)
    names.push_back(fmt::format("{} ({} value{})", fit.not_finite[i].name, fit.not_finite[i].count,
                                fit.not_finite[i].count == 1 ? "" : "s"));
  if (fit.not_finite.size() > kNamesShown)
    names.push_back(fmt::format("{} more", fit.not_finite.size() - kNamesShown));
  throw Error({"The weights are not all numbers", file, "finite values",
               fmt::format("NaN or infinite values in {}", fmt::join(names, ", ")),
               "The training that made them has diverged: take an earlier checkpoint."});
}

class NetworkPredictor : public Predictor {
 public:
  NetworkPredictor(const ModelConfig& config, const WeightsChoice& weights, const PredictorOptions& options,
                   Progress& progress);

  const ModelConfig& config() const override { return config_; }
  const PredictorOptions& options() const override { return options_; }
  const PredictorFacts& facts() const override { return facts_; }
  PredictedFrame predict(const Dataset& dataset, const FrameKey& key, const PredictWish& wish) override;

 private:
  void load(const WeightsChoice& weights, Progress& progress);
  StreamMemory pastOf(StreamStep::Kind kind) const;
  PredictedFrame predictNow(const Dataset& dataset, const FrameKey& key, const PredictWish& wish);

  ModelConfig config_;
  PredictorOptions options_;
  PredictorFacts facts_;
  torch::Device device_{at::kCPU};
  MemoryReuse reuse_;  // between predictions too: fresh memory costs a third of one's time
  HbevOcc network_{nullptr};
  PictureCache pictures_;
  StreamPlace place_;
  StreamMemory memory_, memory_before_;  // with the last keyframe in it, and without
  std::vector<double> moments_;          // of the last prediction's stages
  std::size_t frames_of_moments_ = 0;
};

NetworkPredictor::NetworkPredictor(const ModelConfig& config, const WeightsChoice& weights,
                                   const PredictorOptions& options, Progress& progress)
    : config_(config),
      options_(options),
      pictures_(config.image, options.exact_images, std::size_t(config.frames()) * kCameraCount) {
  const DeviceInfo device = findDevice(options.device);
  device_ = torchDevice(device);
  const int threads = useThreads(options.threads);
  facts_.device =
      device_.is_cuda() ? device.title : fmt::format("CPU, {} thread{}", threads, threads == 1 ? "" : "s");
  if (options.half) facts_.device += ", half precision";
  translated(config_, 0, device_, [&] {
    if (!device_.is_cuda()) demandMemory(config_, threads);
    load(weights, progress);
  });
}

void NetworkPredictor::load(const WeightsChoice& weights, Progress& progress) {
  const at::NoGradGuard no_gradient;
  std::error_code none;
  const auto bytes = weights.file.empty() ? 0 : std::filesystem::file_size(weights.file, none);
  // The file is read twice: its weights, and the hash that tells it from others.
  progress.start("Loading weights", none ? 0 : std::int64_t(2 * bytes));
  progress.throwIfCancelled();
  at::manual_seed(kUntrainedSeed);
  HbevOcc network(config_);  // gone before memory is given back that was too little
  for (const torch::Tensor& parameter : network->parameters())
    facts_.parameters += parameter.requires_grad() ? std::uint64_t(parameter.numel()) : 0;
  if (weights.file.empty()) {
    facts_.untrained = true;
    facts_.weights = "untrained weights";
    facts_.weights_hash = "untrained";
    facts_.fit = "No weights were loaded: what is predicted means nothing.";
  } else {
    const FitReport fit = loadCheckpoint(
        weights.file, *network,
        {.allow_mismatch = weights.despite_mismatch, .averaged = weights.averaged, .progress = &progress});
    demandFinite(fit, weights.file);
    facts_.weights = lastName(weights.file) + (weights.averaged ? ", averaged" : "");
    facts_.weights_hash = hashOf(weights.file, progress) + (weights.averaged ? "-averaged" : "");
    facts_.fit = fit.summary();
  }
  network->eval();
  network->to(device_);
  network_ = network;
}

/// What the keyframe's past is in memory; empty when none of it belongs to the keyframe.
StreamMemory NetworkPredictor::pastOf(StreamStep::Kind kind) const {
  if (kind == StreamStep::Kind::Next) return memory_;
  if (kind == StreamStep::Kind::Repeat) return memory_before_;
  return {};
}

PredictedFrame NetworkPredictor::predict(const Dataset& dataset, const FrameKey& key,
                                         const PredictWish& wish) {
  return translated(config_, facts_.parameters * 4, device_, [&] { return predictNow(dataset, key, wish); });
}

PredictedFrame NetworkPredictor::predictNow(const Dataset& dataset, const FrameKey& key,
                                            const PredictWish& wish) {
  const at::NoGradGuard no_gradient;
  useThreads(options_.threads);
  resetPeakMemory();
  resetPeakCardMemory(device_);
  PredictedFrame frame;
  const Keyframe current = dataset.keyframe(key.scene, key.index);
  const bool streaming = options_.mode == PredictMode::Streaming;
  const StreamStep step = streaming ? place_.step(dataset, key, current) : StreamStep{};
  const StreamMemory past = pastOf(step.kind);
  StreamMemory with_this = past;
  frame.used_memory = !past.empty();
  // The past of a scene's first keyframe is itself: its pictures need to be encoded once only.
  const bool alone = streaming && (frame.used_memory || key.index == 0);
  const std::vector<std::size_t> indices = frameIndices(key.index, alone ? 1 : config_.frames());
  StageClock clock(wish, int(indices.size()),
                   indices.size() == frames_of_moments_ ? moments_ : std::vector<double>(), device_);
  clock.begin("pictures");
  std::vector<Keyframe> frames;
  for (const std::size_t index : indices)
    frames.push_back(index == key.index ? current : dataset.keyframe(key.scene, index));
  std::vector<CameraPicture> cameras;
  const NetworkInput input = onDevice(networkInput(frames, config_, pictures_, &cameras, wish.stop), device_);
  clock.end();

  InspectionRecorder recorder(config_);
  const Stages stages(
      [&](const std::string& name, const torch::Tensor& result) {
        clock.stage(name);
        if (wish.inspection) recorder.stage(name, result);
      },
      /*extras=*/false);
  clock.begin("image encoder");
  const HalfPrecision half(device_, options_.half);
  const NetworkOutput output =
      streaming ? network_->forwardStreaming(input, with_this, stages) : network_->forward(input, stages);
  clock.begin("voxels");
  frame.occupancy = std::make_shared<const Occupancy>(occupancyOf(output.voxels, config_));
  if (wish.probabilities)
    frame.probabilities = std::make_shared<const ClassProbabilities>(probabilitiesOf(output.voxels, config_));
  if (wish.inspection) frame.inspection = recorder.finish(output.depth, cameras);
  clock.end();
  if (streaming) {
    place_.arrived(dataset, key, current);
    memory_before_ = past;
    memory_ = std::move(with_this);
  }
  frame.times = clock.times();
  frame.seconds = clock.seconds();
  moments_ = clock.moments();
  frames_of_moments_ = indices.size();
  if (!step.note.empty()) frame.notes.push_back(step.note);
  if (facts_.untrained) frame.notes.push_back("The weights are untrained: these voxels mean nothing.");
  facts_.peak_bytes = std::max(facts_.peak_bytes, device_.is_cuda() ? peakCardMemory(device_) : peakMemory());
  return frame;
}

}  // namespace

std::string_view modeName(PredictMode mode) {
  return mode == PredictMode::Exact ? "exact" : "streaming";
}

std::unique_ptr<Predictor> makePredictor(const ModelConfig& config, const WeightsChoice& weights,
                                         const PredictorOptions& options) {
  Progress unwatched;
  return loadPredictor(config, weights, options, unwatched);
}

std::unique_ptr<Predictor> loadPredictor(const ModelConfig& config, const WeightsChoice& weights,
                                         const PredictorOptions& options, Progress& progress) {
  return std::make_unique<NetworkPredictor>(config, weights, options, progress);
}

PredictionDifference& PredictionDifference::operator+=(const PredictionDifference& other) {
  voxels += other.voxels;
  different += other.different;
  occupied += other.occupied;
  occupied_different += other.occupied_different;
  return *this;
}

PredictionDifference differenceOf(const Occupancy& a, const Occupancy& b) {
  if (a.classes != b.classes || a.grid != b.grid || a.semantics.size() != b.semantics.size()) {
    throw Error({.summary = "Two predictions of different kinds cannot be compared",
                 .file = {},
                 .expected = fmt::format("{} voxels, {}", a.semantics.size(), a.classes->name()),
                 .found = fmt::format("{} voxels, {}", b.semantics.size(), b.classes->name()),
                 .advice = {}});
  }
  PredictionDifference difference;
  difference.voxels = a.semantics.size();
  for (std::size_t i = 0; i < a.semantics.size(); ++i) {
    const bool differs = a.semantics[i] != b.semantics[i];
    const bool occupied = !a.isFree(i) || !b.isFree(i);
    difference.different += differs ? 1 : 0;
    difference.occupied += occupied ? 1 : 0;
    difference.occupied_different += differs && occupied ? 1 : 0;
  }
  return difference;
}

}  // namespace hbev
