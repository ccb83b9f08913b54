// What a training asks for before its first step: memory, precision, weights, labels, keyframes to see more
// often; and what it says where it cannot begin.
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <new>
#include <string>
#include <vector>

#include <sys/resource.h>

#include "core/data/labels.h"
#include "core/data/occupancy.h"
#include "core/model/process_memory.h"
#include "core/train/boost.h"
#include "core/train/trainer.h"
#include "core/train/training_failures.h"
#include "core/train/training_setup.h"
#include "tests/data/made_nuscenes.h"
#include "tests/train/training_runs.h"

namespace hbev::test {
namespace {

namespace fs = std::filesystem;

/// While it lives, the process may take so much address space more.
class AddressSpaceLimit {
 public:
  explicit AddressSpaceLimit(std::uint64_t more) {
    getrlimit(RLIMIT_AS, &before_);
    rlimit limit = before_;
    limit.rlim_cur = RLIM_INFINITY - 1;  // so that addressSpaceLeft() tells what is taken
    setrlimit(RLIMIT_AS, &limit);
    limit.rlim_cur -= *addressSpaceLeft();
    limit.rlim_cur += more;
    setrlimit(RLIMIT_AS, &limit);
  }
  ~AddressSpaceLimit() { setrlimit(RLIMIT_AS, &before_); }
  AddressSpaceLimit(const AddressSpaceLimit&) = delete;
  AddressSpaceLimit& operator=(const AddressSpaceLimit&) = delete;

 private:
  rlimit before_{};
};

TEST_F(TrainingRuns, ALimitOfTheMemoryIsToldBeforeTheyBegin) {
  rlimit before{};
  getrlimit(RLIMIT_AS, &before);
  if (before.rlim_max != RLIM_INFINITY) GTEST_SKIP() << "the address space is limited already";
  if (machineMemoryAndSwap() < 2'000'000'000) GTEST_SKIP() << "the machine's own memory would be told first";
  const TrainingPlan plan = planFor("run", {"training.batch_size=2", "lift.channels=64"});
  std::string message;
  {
    const AddressSpaceLimit limit(std::uint64_t(300) << 20);
    message = messageOf(plan);
    EXPECT_THROW(demandRoomForTorch(), Error);
  }
  EXPECT_NE(message.find("too little memory to train"), std::string::npos) << message;
  EXPECT_NE(message.find("of address space"), std::string::npos) << message;
  EXPECT_NE(message.find("--accumulate 2"), std::string::npos) << message;
  EXPECT_FALSE(fs::exists(plan.out));
  EXPECT_NO_THROW(demandRoomForTorch());
}

TEST(TrainingMemory, OfManyProcessesIsAddedUp) {
  if (machineMemoryAndSwap() == 0) GTEST_SKIP() << "this machine does not tell its memory";
  const ModelConfig config = findModelConfig("tiny");
  EXPECT_NO_THROW(demandTrainingMemory(config, 1, 1, 1));
  try {
    demandTrainingMemory(config, 1, 1'000'000, 1);
    FAIL() << "a million processes have room";
  } catch (const Error& error) {
    const std::string message = error.what();
    EXPECT_NE(message.find("GB for 1000000 processes"), std::string::npos) << message;
    EXPECT_NE(message.find("Start fewer processes on this machine (--nproc)"), std::string::npos) << message;
  }
}

TEST(TrainingMemory, OfACardIsComparedWithWhatIsFreeThere) {
  ModelConfig config = findModelConfig("hbevocc-r50-256x704-1f-openocc");
  config.training.batch_size = 4;
  EXPECT_NO_THROW(demandCardMemory(config, 1, CardMemory{400'000'000'000, 400'000'000'000}));
  try {
    demandCardMemory(config, 2, CardMemory{500'000'000, 24'000'000'000});
    FAIL() << "half a gigabyte is enough";
  } catch (const Error& error) {
    const std::string message = error.what();
    EXPECT_NE(message.find("too little memory on the card to train"), std::string::npos) << message;
    EXPECT_NE(message.find("0.5 GB of the card's 24.0 GB free"), std::string::npos) << message;
    EXPECT_NE(message.find("training.batch_size=2 --accumulate 4"), std::string::npos) << message;
  }
}

TEST(TrainingMemory, ThatIsFullIsToldWithWhoseItIs) {
  const ModelConfig config = findModelConfig("tiny");
  const auto said = [&](const char* text) -> std::string {
    try {
      withSentences(config, 1, at::kCPU, [&] { TORCH_CHECK(false, text); });
    } catch (const Error& error) {
      return error.what();
    }
    return {};
  };
  for (const char* text : {"CUDA out of memory. Tried to allocate 2.00 GiB", "CUDNN_STATUS_ALLOC_FAILED"})
    EXPECT_NE(said(text).find("too little memory on the card to train"), std::string::npos) << said(text);
  const std::string machine = said("DefaultCPUAllocator: can't allocate memory");
  EXPECT_NE(machine.find("too little memory to train"), std::string::npos) << machine;
  EXPECT_NE(said("shapes differ").find("shapes differ"), std::string::npos);
}

TEST(TrainingDevice, EachProcessHasACardOfItsOwn) {
  const Launch alone, second{.rank = 5, .count = 8, .local_rank = 1, .local_count = 4, .card = 1},
      only{.rank = 5, .count = 8, .local_rank = 0, .local_count = 1, .card = 0};
  EXPECT_EQ(trainingDevice("auto", "cuda:0", alone), "auto");
  EXPECT_EQ(trainingDevice("cuda", "", alone), "cuda");
  EXPECT_EQ(trainingDevice("cuda:3", "", alone), "cuda:3");
  EXPECT_EQ(trainingDevice("auto", "cuda:0", second), "cuda:1");
  EXPECT_EQ(trainingDevice("cuda", "", second), "cuda:1");
  EXPECT_EQ(trainingDevice("auto", "cpu", second), "auto");
  EXPECT_EQ(trainingDevice("cpu", "", second), "cpu");
  EXPECT_EQ(trainingDevice("cuda:3", "", only), "cuda:3") << "a machine's only process shares it with nobody";
  try {
    trainingDevice("cuda:3", "", second);
    FAIL() << "four processes share a card";
  } catch (const Error& error) {
    const std::string message = error.what();
    EXPECT_NE(message.find("4 processes of this machine cannot share one card"), std::string::npos)
        << message;
    EXPECT_NE(message.find("--device cuda,"), std::string::npos) << message;
  }
}

TEST_F(TrainingRuns, AreEvaluatedWhereThatIsPossible) {
  TrainingPlan plan = planFor("run", {"training.batch_size=1"});
  plan.steps = 1;
  plan.evaluate_every = 1;
  plan.evaluate_split = "nobody";
  EXPECT_THROW(runTraining(plan, {}), Error);
  plan.evaluate_if_possible = true;
  EXPECT_EQ(runTraining(plan, {}).activity, RunActivity::Done);
  const RunReader run = read(plan.out);
  EXPECT_EQ(run.facts().evaluate_every, 0);
  EXPECT_NE(warningsOf(run).find("The training is not evaluated"), std::string::npos);
}

TEST_F(TrainingRuns, Float16IsForCards) {
  const TrainingPlan plan = planFor("run", {"training.precision=float16"});
  try {
    runTraining(plan, {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("float16 trains on CUDA devices only"), std::string::npos)
        << error.what();
  }
  EXPECT_FALSE(fs::exists(plan.out));
}

TEST_F(TrainingRuns, WeightsThatAreNoNumbersAreRefused) {
  TrainingPlan plan = planFor("run");
  plan.weights = folder_ / "broken.pth";
  {
    Trainer trainer(HbevOcc(parseModelConfig(plan.config_toml, {})), {});
    const std::vector<StateEntry> state = stateOf(*trainer.network());
    state[7].tensor.detach().flatten()[0] = std::numeric_limits<float>::infinity();
    trainer.save(plan.weights);
    const std::string message = messageOf(plan);
    EXPECT_NE(message.find("infinity in " + state[7].name), std::string::npos) << message;
    EXPECT_NE(message.find("broken.pth"), std::string::npos) << message;
  }
  EXPECT_FALSE(fs::exists(plan.out));
}

TEST_F(TrainingRuns, TooLittleMemoryIsToldWithWhatFits) {
  TrainingHooks hooks;
  hooks.stop_wanted = []() -> bool { throw std::bad_alloc(); };
  TrainingPlan plan = planFor("a", {"training.batch_size=2"});
  std::string message = messageOf(plan, hooks);
  EXPECT_NE(message.find("too little memory"), std::string::npos) << message;
  EXPECT_NE(message.find("--set training.batch_size=1 --accumulate 2"), std::string::npos) << message;
  EXPECT_EQ(read(plan.out).state(), RunState::Failed);

  hooks.stop_wanted = []() -> bool {
    C10_THROW_ERROR(Error, "DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 bytes.");
  };
  plan = planFor("b", {"training.batch_size=1", "training.recompute=false"});
  message = messageOf(plan, hooks);
  EXPECT_NE(message.find("too little memory"), std::string::npos) << message;
  EXPECT_NE(message.find("--set training.recompute=true"), std::string::npos) << message;

  hooks.stop_wanted = []() -> bool {
    C10_THROW_ERROR(Error, "CUDA out of memory. Tried to allocate 2 GiB.");
  };
  plan.out = folder_ / "card";
  message = messageOf(plan, hooks);
  EXPECT_NE(message.find("the card's memory is full"), std::string::npos) << message;

  hooks.stop_wanted = []() -> bool { C10_THROW_ERROR(Error, "something else\nat many places"); };
  plan.out = folder_ / "c";
  message = messageOf(plan, hooks);
  EXPECT_NE(message.find("something else"), std::string::npos) << message;
  EXPECT_EQ(message.find("many places"), std::string::npos) << message;
}

TEST_F(TrainingRuns, WhatCannotBeginSaysWhy) {
  const auto message = [](const TrainingPlan& plan) { return messageOf(plan); };
  TrainingPlan plan = planFor("run");
  plan.split = "nobody";
  EXPECT_NE(message(plan).find("nobody"), std::string::npos);
  EXPECT_FALSE(fs::exists(plan.out));

  plan = planFor("run", {"training.learning_rate=7", "training.batch_size=0", "training.epoch=3"});
  EXPECT_NE(message(plan).find("training.epoch is no key"), std::string::npos) << message(plan);
  plan = planFor("run", {"training.learning_rate=7", "training.batch_size=0"});
  EXPECT_NE(message(plan).find("training.learning_rate is 7, outside 0 to 1"), std::string::npos)
      << message(plan);
  EXPECT_NE(message(plan).find("training.batch_size is 0, outside 1 to 1024"), std::string::npos);
  EXPECT_THROW(planFor("run", {"training"}), Error);

  plan = planFor("run", {"training.batch_size=64"});  // and leaves no folder in the way of the next try
  EXPECT_NE(message(plan).find("training.scene_parts"), std::string::npos) << message(plan);
  EXPECT_FALSE(fs::exists(plan.out));

  plan = planFor("run", {"classes=occ3d", "flow=false"});
  EXPECT_NE(message(plan).find("no Occ3D labels"), std::string::npos) << message(plan);

  plan = planFor("run");
  plan.boost = folder_ / "boost.json";
  writeFile(plan.boost, std::string_view(R"({"tokens": {"nobody": 3}})"));
  EXPECT_NE(message(plan).find("None of the keyframes"), std::string::npos) << message(plan);
  writeFile(plan.boost, std::string_view(R"({"tokens": {"a0": 0.5}})"));
  EXPECT_NE(message(plan).find("0.5 for a0"), std::string::npos) << message(plan);

  plan = planFor("run");
  plan.resume = true;
  EXPECT_NE(message(plan).find("run.json"), std::string::npos) << message(plan);

  Occupancy truth = madeOccupancy(LabelKind::OpenOcc);
  truth.mask_camera.clear();
  writeMadeLabels(folder_ / "data", truth);
  plan = planFor("run", {"training.camera_mask=true"});
  EXPECT_NE(message(plan).find("no camera mask"), std::string::npos) << message(plan);
  EXPECT_FALSE(fs::exists(plan.out));
}

TEST_F(TrainingRuns, KeepTheListOfWhatTheySeeMoreOften) {
  TrainingPlan plan = planFor("run", {"training.batch_size=1"});
  plan.boost = folder_ / "boost.json";
  const std::string message = messageOf(plan);
  EXPECT_NE(message.find("boost.json"), std::string::npos) << message;
  EXPECT_FALSE(fs::exists(plan.out));

  writeFile(plan.boost, std::string_view(R"({"tokens": {"a0": 2, "nobody": 3}})"));
  plan.steps = 1;
  runTraining(plan, {});
  EXPECT_NE(warningsOf(read(plan.out)).find("1 of 2 keyframes to see more often"), std::string::npos);
  fs::remove(plan.boost);
  TrainingPlan resumed;
  resumed.out = plan.out;
  resumed.resume = true;
  resumed.steps = 2;
  EXPECT_EQ(runTraining(resumed, {}).step, 2);
  // The same order of keyframes, as long as the list is there: five a round, not four.
  EXPECT_DOUBLE_EQ(prepareTraining(resumed).steps_per_epoch, 5);
}

TEST_F(TrainingRuns, GoOnWithProcessesThatShareTheStepEvenly) {
  TrainingPlan plan = planFor("run", {"training.batch_size=2"});
  plan.steps = 1;
  runTraining(plan, {});
  TrainingPlan resumed;
  resumed.out = plan.out;
  resumed.resume = true;
  resumed.launch.count = 2;
  EXPECT_EQ(prepareTraining(resumed).config.training.batch_size, 1);
  resumed.launch.count = 3;
  try {
    prepareTraining(resumed);
    FAIL() << "two keyframes are no three processes' share";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("divides the 2 keyframes"), std::string::npos) << error.what();
  }
}

TEST_F(TrainingRuns, LabelsThatLackFlowAreTold) {
  Occupancy truth = madeOccupancy(LabelKind::OpenOcc);
  truth.flow.clear();
  writeMadeLabels(folder_ / "data", truth);
  TrainingPlan plan = planFor("run", {"training.batch_size=1"});
  plan.steps = 1;
  const auto noted = [](const TrainingPlan& asked) {
    std::string all;
    for (const std::string& note : prepareTraining(asked).notes)
      all += note;
    return all;
  };
  EXPECT_NE(noted(plan).find("The labels have no flow"), std::string::npos) << noted(plan);
  EXPECT_NE(noted(plan).find("Take --set flow=false"), std::string::npos) << noted(plan);
  runTraining(plan, {});
  plan.resume = true;  // its configuration cannot change
  EXPECT_NE(noted(plan).find("The labels have no flow"), std::string::npos) << noted(plan);
  EXPECT_EQ(noted(plan).find("--set"), std::string::npos) << noted(plan);
}

TEST_F(TrainingRuns, ACameraMaskMayBeANeighbours) {
  Occupancy truth = madeOccupancy(LabelKind::OpenOcc);
  const TrainingPlan plan = planFor("run", {"training.camera_mask=true"});
  EXPECT_NO_THROW(prepareTraining(plan));
  truth.mask_camera.clear();
  const fs::path first = folder_ / "data" / labelsFile(LabelKind::OpenOcc, "scene-a", "a0");
  ASSERT_TRUE(fs::exists(first));
  writeOccupancyNpz(first, truth, true);
  EXPECT_NO_THROW(prepareTraining(plan));
  writeOccupancyNpz(folder_ / "data" / labelsFile(LabelKind::OpenOcc, "scene-a", "a1"), truth, true);
  EXPECT_THROW(prepareTraining(plan), Error);
}

TEST(Boost, RepeatsKeyframesByTheirWeight) {
  const std::vector<SequencePiece> pieces{{0, 0, 4}, {2, 3, 5}};
  const auto weight = [](std::size_t scene, std::size_t index) {
    if (scene == 0 && (index == 1 || index == 2)) return 3.0;
    return scene == 2 && index == 4 ? 2.4 : 1.0;
  };
  const std::vector<SequencePiece> added = boostPieces(pieces, weight);
  const std::vector<SequencePiece> expected{{0, 1, 3}, {0, 1, 3}, {2, 4, 5}};
  EXPECT_EQ(added, expected);

  // Over whole rounds each keyframe comes as often as it weighs.
  std::vector<SequencePiece> all = pieces;
  all.insert(all.end(), added.begin(), added.end());
  SequenceSampler sampler(all, {.batch_size = 1, .seed = 3});
  std::map<std::pair<std::size_t, std::size_t>, int> seen;
  constexpr int kSamples = 11, kRounds = 4;
  for (int i = 0; i < kSamples * kRounds; ++i) {
    const FrameKey key = sampler.next().front();
    ++seen[{key.scene, key.index}];
  }
  EXPECT_EQ((seen[{0, 0}]), kRounds);
  EXPECT_EQ((seen[{0, 1}]), 3 * kRounds);
  EXPECT_EQ((seen[{2, 3}]), kRounds);
  EXPECT_EQ((seen[{2, 4}]), 2 * kRounds);
}

}  // namespace
}  // namespace hbev::test
