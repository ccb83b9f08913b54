// The network in use: what it gives, what it remembers, how it is stopped, and what it refuses. With the tiny
// network on a drive of a few made pictures.
#include "core/model/predictor.h"

#include <cmath>
#include <limits>
#include <map>

#include <gtest/gtest.h>

#include "core/base/files.h"
#include "core/data/images.h"
#include "core/model/checkpoint_writer.h"
#include "core/model/compute_device.h"
#include "core/model/half_precision.h"
#include "core/model/hbevocc.h"
#include "core/model/network_loading.h"
#include "core/model/prediction_faults.h"
#include "core/model/stage_clock.h"
#include "core/model/torch_errors.h"
#include "tests/base/expect_error.h"
#include "tests/base/temporary_folder.h"
#include "tests/data/made_drive.h"

namespace hbev::test {
namespace {

namespace fs = std::filesystem;

#ifdef HBEV_HAS_OPENCV

class PredictorTest : public testing::Test {
 protected:
  void SetUp() override {
    madeDrive().write(root());
    writePictures(root());
  }
  fs::path root() const { return folder_ / "drive"; }
  std::shared_ptr<const Dataset> open() const { return Dataset::open(root()); }
  static std::unique_ptr<Predictor> tiny(PredictMode mode = PredictMode::Exact,
                                         const WeightsChoice& weights = {}) {
    return makePredictor(findModelConfig("tiny"), weights, {.mode = mode});
  }
  static std::unique_ptr<Predictor> trained(PredictMode mode) {
    return tiny(mode, {.file = fs::path(HBEV_TEST_DATA) / "parity/mmcv_tiny.pth"});
  }
  TemporaryFolder folder_;
};

TEST_F(PredictorTest, GivesVoxelsOnTheMetricsGridAndSaysThatWeightsAreUntrained) {
  const auto predictor = tiny();
  EXPECT_TRUE(predictor->facts().untrained);
  EXPECT_GT(predictor->facts().parameters, 100'000U);
  const PredictedFrame frame = predictor->predict(*open(), {0, 1}, {.probabilities = true});
  const Occupancy& occupancy = *frame.occupancy;
  EXPECT_EQ(occupancy.grid, occ3dGrid());
  ASSERT_EQ(occupancy.semantics.size(), occupancy.grid.size());
  ASSERT_EQ(occupancy.flow.size(), 2 * occupancy.grid.size());
  ASSERT_EQ(frame.notes.size(), 1U);
  EXPECT_NE(frame.notes[0].find("untrained"), std::string::npos);
  EXPECT_FALSE(frame.used_memory);
  EXPECT_GT(predictor->facts().peak_bytes, 0U);
  for (std::size_t i = 0; i < occupancy.semantics.size(); i += 977) {
    const auto shares = frame.probabilities->at(i);
    float sum = 0, most = 0;
    for (const Eigen::half share : shares) {
      sum += float(share);
      most = std::max(most, float(share));
    }
    EXPECT_NEAR(sum, 1, 0.01);
    EXPECT_EQ(float(shares[occupancy.semantics[i]]), most);
    if (!occupancy.classes->moves(occupancy.semantics[i])) {
      EXPECT_EQ(occupancy.flow[2 * i], 0);
    }
  }
}

TEST_F(PredictorTest, TheSameKeyframeGivesTheSameVoxelsWhateverCameBetween) {
  const auto dataset = open();
  const auto predictor = trained(PredictMode::Exact);
  const PredictedFrame first = predictor->predict(*dataset, {0, 2});
  predictor->predict(*dataset, {1, 0});
  EXPECT_EQ(first.occupancy->semantics, predictor->predict(*dataset, {0, 2}).occupancy->semantics);
  // Its pictures matter, and so do those of the past.
  EXPECT_NE(first.occupancy->semantics, predictor->predict(*dataset, {0, 1}).occupancy->semantics);
  EXPECT_EQ(trained(PredictMode::Exact)->facts().weights, "mmcv_tiny.pth");
}

TEST_F(PredictorTest, StreamingRemembersNextKeyframesOnly) {
  const auto dataset = open();
  const auto exact = trained(PredictMode::Exact), streaming = trained(PredictMode::Streaming);
  const auto stream = [&](std::size_t scene, std::size_t index) {
    return streaming->predict(*dataset, {scene, index});
  };
  const auto differs = [&](const PredictedFrame& frame, std::size_t scene, std::size_t index) {
    return differenceOf(*frame.occupancy, *exact->predict(*dataset, {scene, index}).occupancy).share();
  };
  // A scene's first keyframe has no past but itself, in both modes.
  const PredictedFrame first = stream(0, 0);
  EXPECT_FALSE(first.used_memory);
  EXPECT_LT(differs(first, 0, 0), 1e-4);
  const PredictedFrame second = stream(0, 1);
  EXPECT_TRUE(second.used_memory);
  EXPECT_LT(differs(second, 0, 1), 0.05);
  // The same again: the same past.
  const PredictedFrame again = stream(0, 1);
  EXPECT_TRUE(again.used_memory);
  EXPECT_EQ(again.occupancy->semantics, second.occupancy->semantics);
  EXPECT_TRUE(stream(0, 2).used_memory);
  // Another scene, and a jump.
  EXPECT_FALSE(stream(1, 0).used_memory);
  const PredictedFrame jumped = stream(0, 2);
  EXPECT_FALSE(jumped.used_memory);
  ASSERT_EQ(jumped.notes.size(), 1U);
  EXPECT_NE(jumped.notes[0].find("began anew"), std::string::npos);
  EXPECT_EQ(differs(jumped, 0, 2), 0);
}

TEST_F(PredictorTest, StreamingBeginsAnewWhenTheCalibrationChanges) {
  MadeNuscenes made = madeDrive();
  nlohmann::json other = made.row("calibrated_sensor", "calibrated-CAM_BACK");
  other["token"] = "calibrated-anew";
  other["camera_intrinsic"][0][0] = 1010;
  made.table("calibrated_sensor").push_back(other);
  made.row("sample_data", "a1-CAM_BACK")["calibrated_sensor_token"] = "calibrated-anew";
  made.write(root());
  const auto dataset = open();
  const auto streaming = tiny(PredictMode::Streaming);
  streaming->predict(*dataset, {0, 0});
  const PredictedFrame changed = streaming->predict(*dataset, {0, 1});
  EXPECT_FALSE(changed.used_memory);
  EXPECT_NE(changed.notes.at(0).find("calibration"), std::string::npos);
}

TEST_F(PredictorTest, StopsBetweenStagesAndGoesOnAfterwards) {
  const auto dataset = open();
  const auto predictor = tiny(PredictMode::Streaming);
  const PredictedFrame whole = predictor->predict(*dataset, {0, 0});
  for (const std::string part : {"pictures", "depth", "head"}) {
    std::stop_source stop;
    PredictWish wish;
    wish.stop = stop.get_token();
    wish.on_stage = [&](const std::string& stage, double) {
      if (stage == part) stop.request_stop();
    };
    EXPECT_THROW(predictor->predict(*dataset, {0, 1}, wish), Cancelled) << part;
  }
  EXPECT_EQ(whole.occupancy->semantics, predictor->predict(*dataset, {0, 0}).occupancy->semantics);
  EXPECT_TRUE(predictor->predict(*dataset, {0, 1}).used_memory);
}

TEST_F(PredictorTest, TellsHowFarItIsAndHowLongEachPartTook) {
  const auto predictor = tiny();
  const auto dataset = open();
  for (int turn = 0; turn < 2; ++turn) {
    std::vector<std::string> parts;
    double last = 0;
    PredictWish wish;
    wish.on_stage = [&](const std::string& part, double fraction) {
      EXPECT_GE(fraction, last);
      EXPECT_LE(fraction, 1);
      last = fraction;
      if (parts.empty() || parts.back() != part) parts.push_back(part);
    };
    const PredictedFrame frame = predictor->predict(*dataset, {0, 1}, wish);
    EXPECT_GT(last, 0.8);
    EXPECT_EQ(parts.front(), "pictures");
    EXPECT_EQ(parts.back(), "voxels");
    double sum = 0;
    for (const StageTime& time : frame.times)
      sum += time.seconds;
    EXPECT_EQ(frame.times.size(), predictorStages().size());
    EXPECT_NEAR(sum, frame.seconds, 1e-3);
  }
}

TEST_F(PredictorTest, InspectionLooksIntoDepthMapsAndAttention) {
  const auto predictor = trained(PredictMode::Exact);
  const auto frame = predictor->predict(*open(), {0, 1}, {.inspection = true});
  const StageInspection& seen = *frame.inspection;
  EXPECT_EQ(seen.depth.bins, predictor->config().depthBins());
  const Eigen::Vector2d pixel(200, 150);
  const std::vector<float> along = seen.distributionAt(Camera::Front, pixel);
  double sum = 0, expected = 0;
  for (std::size_t i = 0; i < along.size(); ++i) {
    sum += along[i];
    expected += along[i] * (seen.depth.range.lower + double(i) * seen.depth.range.step);
  }
  EXPECT_NEAR(sum, 1, 1e-4);
  const auto cell = seen.cellAt(Camera::Front, pixel).value();
  EXPECT_NEAR(seen.expectedDepth(Camera::Front).at(std::size_t(cell[0] * seen.depth.columns + cell[1])),
              expected, 1e-3);
  EXPECT_LT((seen.picturePixelOf(Camera::Front, cell[0], cell[1]) - pixel).norm(), 25);
  EXPECT_TRUE(seen.distributionAt(Camera::Front, {200, 5}).empty()) << "the sky is cropped";

  EXPECT_EQ(seen.bev.size(), 8U);
  for (const BevMap& map : seen.bev)
    EXPECT_EQ(map.norms.size(), std::size_t(map.rows) * std::size_t(map.columns)) << map.stage;

  // Straight ahead the front camera is looked into, once for every layer, head and point.
  std::map<std::array<int, 3>, float> weights;
  for (const SamplePoint& sample : seen.samplesOf({15, 0.5}))
    weights[{int(sample.camera), sample.layer, sample.head}] += sample.weight;
  ASSERT_EQ(weights.size() % std::size_t(2 * seen.heads), 0U);
  ASSERT_TRUE(weights.contains({int(Camera::Front), 0, 0}));
  for (const auto& [key, weight] : weights)
    EXPECT_NEAR(weight, 1, 1e-4);
  EXPECT_TRUE(seen.samplesOf({100, 0}).empty());
}

TEST_F(PredictorTest, PicturesOfAnotherSizeAreTheSameCamera) {
  const auto dataset = open();
  const auto exact = trained(PredictMode::Exact);
  const PredictedFrame small = exact->predict(*dataset, {1, 0});
  writePictures(root(), 800, 450);
  const auto other = trained(PredictMode::Exact);
  // Nearer to it than another keyframe is: these weights know nothing, so that little changes much.
  const double same = differenceOf(*small.occupancy, *other->predict(*dataset, {1, 0}).occupancy).share();
  const double another = differenceOf(*small.occupancy, *other->predict(*dataset, {0, 1}).occupancy).share();
  EXPECT_LT(same, another);
  // Decoding at half size is nearly the same.
  const auto fast =
      makePredictor(findModelConfig("tiny"), {.file = fs::path(HBEV_TEST_DATA) / "parity/mmcv_tiny.pth"},
                    {.exact_images = false});
  EXPECT_LT(
      differenceOf(*fast->predict(*dataset, {1, 0}).occupancy, *other->predict(*dataset, {1, 0}).occupancy)
          .share(),
      0.1);
}

TEST_F(PredictorTest, UnusableKeyframesAreOneErrorAndTheNextOnesWork) {
  MadeNuscenes made = madeDrive();
  made.row("calibrated_sensor", "calibrated-CAM_BACK")["camera_intrinsic"] = {
      {0, 0, 0}, {0, 0, 0}, {0, 0, 1}};
  made.write(folder_ / "singular");
  writePictures(folder_ / "singular");
  const auto predictor = tiny();
  const Problem singular = problemOf([&] {
    predictor->predict(*Dataset::open(folder_ / "singular"), {0, 0});
  });
  EXPECT_NE((singular.found + toString(singular)).find("CAM_BACK"), std::string::npos) << toString(singular);

  const auto dataset = open();
  const fs::path back = pictureFile(root(), "a0", "CAM_BACK");
  writeFile(back, "no picture");
  const Problem unreadable = problemOf([&] { predictor->predict(*dataset, {0, 0}); });
  EXPECT_EQ(unreadable.file, back);
  fs::remove(back);
  EXPECT_EQ(problemOf([&] { predictor->predict(*dataset, {0, 0}); }).file, back);
  writeImage(back, Image{100, 100, std::vector<std::uint8_t>(30'000, 7)});
  const Problem shape = problemOf([&] { predictor->predict(*dataset, {0, 0}); });
  EXPECT_EQ(shape.found, "100 x 100 pixels");
  EXPECT_NE(shape.expected.find("400 x 225"), std::string::npos);
  EXPECT_EQ(predictor->predict(*dataset, {1, 0}).occupancy->semantics.size(), occ3dGrid().size());

  MadeNuscenes five = madeDrive();
  auto& readings = five.table("sample_data");
  std::erase_if(readings.get_ref<nlohmann::json::array_t&>(),
                [](const nlohmann::json& row) { return row.at("token") == "b0-CAM_FRONT"; });
  five.write(folder_ / "five");
  writePictures(folder_ / "five");
  const Problem absent = problemOf([&] { predictor->predict(*Dataset::open(folder_ / "five"), {1, 0}); });
  EXPECT_NE(absent.found.find("no CAM_FRONT"), std::string::npos) << toString(absent);
}

TEST_F(PredictorTest, PlacesThatSinglePrecisionDoesNotKnowAreOneError) {
  const auto predictor = tiny();
  const auto problemWith = [&](const char* table, const char* token, const nlohmann::json& translation) {
    MadeNuscenes made = madeDrive();
    made.row(table, token)["translation"] = translation;
    made.write(folder_ / "absurd");
    writePictures(folder_ / "absurd");
    return toString(problemOf([&] { predictor->predict(*Dataset::open(folder_ / "absurd"), {0, 0}); }));
  };
  const std::string far = problemWith("calibrated_sensor", "calibrated-CAM_BACK", {1e300, 0, 0});
  EXPECT_NE(far.find("CAM_BACK 1e+300 m away from the vehicle"), std::string::npos) << far;
  const std::string ego = problemWith("ego_pose", "a0-CAM_BACK", {0, 1e18, 0});
  EXPECT_NE(ego.find("1e+18 m away from the map's origin"), std::string::npos) << ego;
}

TEST(PredictionFaults, AFileCountsOnceAndTheFaultOfAllEndsIt) {
  const auto of = [](const std::string& file) { return Problem{"It cannot be read", file, {}, {}, {}}; };
  PredictionFaults one_file;
  for (int i = 0; i < 3; ++i)
    EXPECT_FALSE(one_file.failed(of("a.jpg"), 3)) << i;
  EXPECT_TRUE(one_file.failed(of("a.jpg"), 3)) << "nobody looks at it any more";
  EXPECT_EQ(one_file.inARow(), 4U);
  PredictionFaults all;
  EXPECT_FALSE(all.failed(of("a.jpg"), 10));
  EXPECT_FALSE(all.failed(of("b.jpg"), 10));
  all.succeeded();
  EXPECT_FALSE(all.failed(of("c.jpg"), 10));
  EXPECT_FALSE(all.failed(of("d.jpg"), 10));
  EXPECT_TRUE(all.failed(of("e.jpg"), 10));
}

TEST(OutOfMemory, NamesWhatIsSmallerThanWhatFailed) {
  const Problem tiny = outOfMemory(findModelConfig("tiny"), 0).problem();
  EXPECT_EQ(tiny.advice.find("would fit"), std::string::npos) << tiny.advice;
  const Problem large = outOfMemory(findModelConfig("hbevocc-r50-256x704-1f-openocc"), 0).problem();
  EXPECT_NE(large.advice.find("tiny (0."), std::string::npos) << large.advice;
  EXPECT_EQ(large.advice.find("r50-256x704-1f-openocc"), std::string::npos) << large.advice;
  EXPECT_EQ(large.advice.find("8f"), std::string::npos) << large.advice;
}

TEST(OutOfMemory, OfACardIsToldWithTheCardsFigures) {
  const ModelConfig large = findModelConfig("hbevocc-r50-256x704-1f-openocc");
  const Problem full = outOfMemory(large, 0, CardMemory{800'000'000, 24'000'000'000}).problem();
  EXPECT_NE(full.summary.find("too little memory on the card"), std::string::npos) << full.summary;
  EXPECT_EQ(full.found, "0.8 GB of the card's 24.0 GB free");
  EXPECT_NE(full.advice.find("nvidia-smi"), std::string::npos) << full.advice;
  EXPECT_NE(full.advice.find("tiny (0."), std::string::npos) << full.advice;
  const Problem nothing_left = outOfMemory(large, 0, CardMemory{1000, 24'000'000'000}).problem();
  EXPECT_EQ(nothing_left.advice.find("would fit"), std::string::npos) << nothing_left.advice;
  EXPECT_NE(nothing_left.advice.find("another card"), std::string::npos) << nothing_left.advice;
  EXPECT_EQ(outOfMemory(large, 0, CardMemory{}).problem().found, "the card's memory is full");
}

TEST(OutOfMemory, IsRecognisedByWhatLibTorchSays) {
  for (const char* text :
       {"CUDA out of memory. Tried to allocate 20.00 MiB (GPU 0; 23.70 GiB total capacity)",
        "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 23.70 GiB",
        "CUDA error: out of memory\nCUDA kernel errors might be reported later",
        "a kernel was not launched: CUDA error: out of memory", "CUDA driver error: out of memory",
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
        "cuDNN error: CUDNN_STATUS_ALLOC_FAILED",
        "cuDNN error: CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED",
        "cusolver error: CUSOLVER_STATUS_ALLOC_FAILED, when calling `cusolverDnCreate(handle)`"}) {
    EXPECT_EQ(fullMemoryOf(text), FullMemory::Card) << text;
  }
  EXPECT_EQ(fullMemoryOf("[enforce fail at alloc_cpu.cpp:73] . DefaultCPUAllocator: can't allocate memory"),
            FullMemory::Machine);
  EXPECT_EQ(fullMemoryOf("DefaultCPUAllocator: not enough memory: you tried to allocate 8 bytes."),
            FullMemory::Machine);
  EXPECT_EQ(fullMemoryOf("CUDA error: an illegal memory access was encountered"), FullMemory::None);
  const ModelConfig tiny = findModelConfig("tiny");
  const auto said = [&](const char* error) {
    return problemOf([&] { translated(tiny, 0, at::kCPU, [&] { TORCH_CHECK(false, error); }); });
  };
  EXPECT_NE(said("CUDA error: CUBLAS_STATUS_ALLOC_FAILED").summary.find("on the card"), std::string::npos);
  EXPECT_EQ(said("can't allocate memory").summary, "There is too little memory to predict with tiny");
  EXPECT_EQ(said("something else").found, "something else");
}

TEST_F(PredictorTest, WeightsThatDoNotFitOrAreNoNumbersAreRefused) {
  const fs::path file = fs::path(HBEV_TEST_DATA) / "parity/mmcv_tiny.pth";
  const ModelConfig demo = findModelConfig("demo");
  EXPECT_TRUE(fs::is_regular_file(findWeightsFile("shipped", "demo")));
  EXPECT_EQ(findWeightsFile("epoch_24.pth", "demo"), "epoch_24.pth");
  EXPECT_THROW(makePredictor(demo, {.file = file}), Error);
  EXPECT_THROW(makePredictor(demo, {.file = folder_ / "absent.pth"}), Error);

  const HbevOcc network(findModelConfig("tiny"));
  {
    const at::NoGradGuard no_gradient;
    network->named_parameters()["back_conv.bias"][3] = std::numeric_limits<float>::quiet_NaN();
  }
  CheckpointValue root;
  root.value = CheckpointValue::Dict(stateDictOf(*network));
  writeCheckpoint(folder_ / "nan.pth", root);
  const Problem problem = problemOf([&] { tiny(PredictMode::Exact, {.file = folder_ / "nan.pth"}); });
  EXPECT_NE(problem.found.find("back_conv.bias (1 value)"), std::string::npos) << toString(problem);
}

TEST_F(PredictorTest, DevicesAreNamedAndOthersRefused) {
  EXPECT_EQ(predictorDevices().at(0).id, "cpu");
  EXPECT_EQ(predictorDevices().at(0).memory_bytes, 0U);
  EXPECT_FALSE(torchVersion().empty());
  const ModelConfig config = findModelConfig("tiny");
  EXPECT_EQ(problemOf([&] { makePredictor(config, {}, {.device = "cuda:77"}); }).found, "cuda:77");
  EXPECT_EQ(makePredictor(config, {}, {.device = "cpu", .threads = 1})->facts().device, "CPU, 1 thread");
}

TEST_F(PredictorTest, LoadingTellsHowFarItIsAndCanBeGivenUp) {
  const fs::path file = fs::path(HBEV_TEST_DATA) / "parity/mmcv_tiny.pth";
  std::int64_t last = 0, total = 0;
  Progress watched([&](const Progress::State& state) {
    EXPECT_GE(state.done, last);
    last = state.done, total = state.total;
  });
  EXPECT_TRUE(loadPredictor(findModelConfig("tiny"), {.file = file}, {.device = "cpu"}, watched));
  EXPECT_EQ(total, std::int64_t(2 * fs::file_size(file)));
  EXPECT_GT(last, total / 2);
  // In the middle of the weights.
  std::stop_source stop;
  Progress given_up(
      [&](const Progress::State& state) {
        if (state.done > 100'000) stop.request_stop();
      },
      stop.get_token());
  EXPECT_THROW(loadPredictor(findModelConfig("tiny"), {.file = file}, {.device = "cpu"}, given_up),
               Cancelled);
  EXPECT_LT(given_up.state().done, total / 2);
}

TEST_F(PredictorTest, HalfPrecisionIsNearlyTheSame) {
  Progress unwatched;
  const auto dataset = open();
  const WeightsChoice weights{.file = fs::path(HBEV_TEST_DATA) / "parity/mmcv_tiny.pth"};
  for (const PredictMode mode : {PredictMode::Exact, PredictMode::Streaming}) {
    const PredictorOptions options{.device = "cpu", .mode = mode};
    PredictorOptions halved = options;
    halved.half = true;
    const auto half = loadPredictor(findModelConfig("tiny"), weights, halved, unwatched);
    EXPECT_NE(half->facts().device.find("half precision"), std::string::npos);
    const auto whole = loadPredictor(findModelConfig("tiny"), weights, options, unwatched);
    for (const std::size_t index : {0, 1}) {
      const PredictionDifference difference = differenceOf(*half->predict(*dataset, {0, index}).occupancy,
                                                           *whole->predict(*dataset, {0, index}).occupancy);
      // bfloat16 has eight bits, and the weights of this test know nothing: their classes are close to each
      // other.
      EXPECT_LT(difference.share(), 0.2) << index;
      EXPECT_GT(difference.different, 0U) << "it was computed in float";
    }
  }
  EXPECT_FALSE(HalfPrecision::isOn());
}

TEST_F(PredictorTest, WeightsThatFitInPartAreToldFromThoseOfAnotherNetwork) {
  EXPECT_THROW(makePredictor(findModelConfig("tiny"),
                             {.file = fs::path(HBEV_SOURCE_DIR) / "resources/weights/demo.pth"}),
               WeightsMisfit);
  CheckpointValue root;
  root.value = CheckpointValue::Dict{{{std::string("nobody")}, {torch::zeros({2})}}};
  writeCheckpoint(folder_ / "other.pth", root);
  try {
    makePredictor(findModelConfig("tiny"), {.file = folder_ / "other.pth"});
    ADD_FAILURE() << "nothing of it fits";
  } catch (const WeightsMisfit&) {
    ADD_FAILURE() << "nothing of it could be used";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("another network"), std::string::npos) << error.what();
  }
}

/// What predictions took on the machine of docs/performance.md, GB, exact and streaming, by `hbevocc
/// predict`.
TEST(MemoryNeeded, IsWithinFifteenPercentOfWhatWasMeasured) {
  const std::map<std::string, std::pair<double, double>> measured_gb{
      {"tiny", {0.24, 0.24}},
      {"demo", {0.63, 0.63}},
      {"hbevocc-r50-256x704-1f-openocc", {3.07, 3.21}},
      {"hbevocc-r50-256x704-8f-openocc", {3.43, 3.34}}};
  for (const auto& [name, gigabytes] : measured_gb) {
    const double guessed = double(memoryNeeded(findModelConfig(name), 0)) / 1e9;
    EXPECT_NEAR(guessed / gigabytes.first, 1, 0.15) << name << ": " << guessed << " GB";
    EXPECT_NEAR(guessed / gigabytes.second, 1, 0.15) << name << ", streaming: " << guessed << " GB";
  }
}

#endif

TEST(Probabilities, EntropyAndMarginSayHowSureItIs) {
  const auto half = [](std::initializer_list<float> values) {
    return std::vector<Eigen::half>(values.begin(), values.end());
  };
  EXPECT_EQ(entropyOf(half({0, 1, 0, 0})), 0);
  EXPECT_NEAR(entropyOf(half({0.25F, 0.25F, 0.25F, 0.25F})), 1, 1e-6);
  EXPECT_NEAR(marginOf(half({0.25F, 0.5F, 0.125F, 0.125F})), 0.25, 1e-6);
  EXPECT_EQ(marginOf(half({0.5F, 0.5F})), 0);
}

TEST(StageClock, EveryStageBelongsToAPart) {
  EXPECT_EQ(partOf("backbone.c4.f1"), "image encoder");
  EXPECT_EQ(partOf("depthnet.cost_volume.f0"), "depth");
  EXPECT_EQ(partOf("lss.depth_softmax.f0"), "depth");
  EXPECT_EQ(partOf("lss.bev_pool.f0"), "lift");
  EXPECT_EQ(partOf("bp.l1.out"), "backward projection");
  EXPECT_EQ(partOf("hada_b1.out"), "BEV encoder");
  EXPECT_EQ(partOf("out.occ_logits"), "head");
}

}  // namespace
}  // namespace hbev::test
