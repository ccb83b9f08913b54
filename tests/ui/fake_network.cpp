#include "tests/ui/fake_network.h"

#include <chrono>
#include <thread>

#include "core/base/progress.h"
#include "core/model/weights_misfit.h"

namespace hbev::ui::test {
namespace {

using namespace std::chrono_literals;

/// Free but for a box of cars that stands farther ahead with every keyframe.
std::shared_ptr<const Occupancy> boxOf(const FrameKey& key) {
  auto occupancy = std::make_shared<Occupancy>();
  occupancy->semantics.assign(occupancy->grid.size(), std::uint8_t(occupancy->classes->free()));
  for (int x = 0; x < 10; ++x) {
    for (int y = 90; y < 110; ++y) {
      for (int z = 2; z < 6; ++z)
        occupancy->semantics[occupancy->grid.index(105 + 10 * int(key.index) + x, y, z)] = 3;
    }
  }
  return occupancy;
}

class FakePredictor : public Predictor {
 public:
  FakePredictor(std::shared_ptr<FakeControl> control, ModelConfig config, const WeightsChoice& weights,
                PredictorOptions options)
      : control_(std::move(control)), config_(std::move(config)), options_(std::move(options)) {
    facts_.device = "CPU, 2 threads";
    facts_.untrained = weights.file.empty();
    facts_.weights = facts_.untrained ? "untrained weights" : weights.file.filename().string();
    facts_.weights_hash = control_->weights_hash;
    facts_.fit = weights.despite_mismatch ? "690 of 693 weights fit" : "693 of 693 weights fit";
    facts_.parameters = 33558482;
    facts_.peak_bytes = 1600000000;
  }
  const ModelConfig& config() const override { return config_; }
  const PredictorOptions& options() const override { return options_; }
  const PredictorFacts& facts() const override { return facts_; }

  PredictedFrame predict(const Dataset& dataset, const FrameKey& key, const PredictWish& wish) override {
    PredictedFrame frame;
    const std::vector<StageTime> times{
        {"pictures", 0.021},           {"image encoder", 0.154}, {"depth", 1.2},  {"lift", 0.08},
        {"backward projection", 0.19}, {"BEV encoder", 0.06},    {"head", 0.032}, {"voxels", 0.011}};
    for (std::size_t i = 0; i < times.size(); ++i) {
      if (wish.on_stage) wish.on_stage(times[i].stage, double(i) / double(times.size()));
      do {
        if (wish.stop.stop_requested()) {
          ++control_->cancelled;
          throw Cancelled();
        }
        std::this_thread::sleep_for(1ms);
      } while (control_->hold && i == 2);
      frame.seconds += times[i].seconds;
    }
    if (control_->fails_at == key)
      throw Error({.summary = "The picture of the front camera cannot be used",
                   .file = dataset.keyframe(key.scene, key.index).cameras[1]->file,
                   .expected = "a JPEG",
                   .found = "half of one",
                   .advice = "Copy it again."});
    frame.times = times;
    frame.occupancy = boxOf(key);
    if (wish.probabilities) {
      auto probabilities = std::make_shared<ClassProbabilities>();
      probabilities->values.assign(frame.occupancy->semantics.size() * 17, Eigen::half(1.0F / 17));
      frame.probabilities = std::move(probabilities);
    }
    if (wish.inspection) frame.inspection = std::make_shared<StageInspection>();
    const std::lock_guard lock(control_->mutex);
    control_->predicted.push_back(key);
    return frame;
  }

 private:
  std::shared_ptr<FakeControl> control_;
  ModelConfig config_;
  PredictorOptions options_;
  PredictorFacts facts_;
};

}  // namespace

std::size_t FakeControl::count() {
  const std::lock_guard lock(mutex);
  return predicted.size();
}

Problem misfit(const std::filesystem::path& weights) {
  return {"epoch_24_ema.pth does not fit the network: 690 of 693 weights fit, 3 are missing", weights,
          "the 693 weights of the configuration", "missing: pts_bbox_head.conv.weight",
          "Choose the configuration that they were trained with, or allow the mismatch to use what fits."};
}

PredictBackend fakeBackend(const std::shared_ptr<FakeControl>& control) {
  PredictBackend backend;
  backend.configs = [] {
    return std::vector<NamedConfig>{
        {"a-configuration-with-a-name-that-is-longer-than-any-panel-is-wide", "Long", {}},
        {"big", "HBEVOcc with eight past keyframes, as published: OpenOcc's 17 classes and flow", {}},
        {"demo", "A small network that a CPU runs several times a second", {}}};
  };
  backend.config = [](const std::string& name) {
    ModelConfig config;
    config.name = name;
    return config;
  };
  backend.devices = [] { return std::vector<DeviceInfo>{{"cpu", "CPU, 2 threads"}}; };
  backend.make = [control](const ModelConfig& config, const WeightsChoice& weights,
                           const PredictorOptions& options,
                           Progress& progress) -> std::unique_ptr<Predictor> {
    ++control->loads;
    control->averaged = weights.averaged;
    control->half = options.half;
    progress.start("Loading weights", 100);
    while (control->hold_loading) {
      std::this_thread::sleep_for(60ms);
      if (progress.isCancelled()) ++control->cancelled;
      progress.throwIfCancelled();
      progress.advance(progress.state().done < 50 ? 50 : 0);
    }
    if (control->fails_to_load && !weights.despite_mismatch) throw WeightsMisfit(*control->fails_to_load);
    return std::make_unique<FakePredictor>(control, config, weights, options);
  };
  return backend;
}

}  // namespace hbev::ui::test
