// Two processes that train together (here two threads, joined as processes are) compute what one does with
// the double batch; who ends, is missing or belongs to another training is named.
#include <array>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <future>
#include <mutex>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "core/base/error.h"
#include "core/data/keyframe.h"
#include "core/train/distributed.h"
#include "core/train/trainer.h"
#include "tests/base/free_port.h"
#include "tests/model/formula.h"
#include "tests/model/goldens.h"

namespace hbev::test {
namespace {

/// Runs `work` as each of two ranks at the same time.
void asTwo(const std::function<void(const std::shared_ptr<JoinedPeers>&)>& work) {
  const int port = freePort();
  std::vector<std::future<void>> ranks;
  for (int rank = 0; rank < 2; ++rank) {
    ranks.push_back(std::async(std::launch::async, [rank, &work, port] {
      JoinOptions options;
      options.launch = {.rank = rank, .count = 2, .local_rank = rank, .local_count = 2, .port = port};
      options.patience_s = 20;
      const std::shared_ptr<JoinedPeers> peers = joinPeers(options);
      work(peers);
      peers->leave();
    }));
  }
  for (std::future<void>& rank : ranks)
    rank.get();
}

class TwoProcesses : public testing::Test {
 protected:
  void SetUp() override {
    if (!whyOneProcess().empty()) GTEST_SKIP() << whyOneProcess();
  }
};

double farthest(const torch::Tensor& a, const torch::Tensor& b) {
  return a.numel() == 0 ? 0 : (a.to(at::kDouble) - b.to(at::kDouble)).abs().max().item<double>();
}

TEST_F(TwoProcesses, NormOverTheWholeBatch) {
  at::manual_seed(3);
  const torch::Tensor whole = at::randn({4, 3, 5, 2}, at::kDouble) * 3 + 7;
  const torch::Tensor upstream = at::randn_like(whole), weight = at::rand({3}, at::kDouble);
  const auto passThrough = [&](torch::nn::BatchNorm2d norm, const torch::Tensor& x,
                               const torch::Tensor& gradient) {
    norm->to(at::kDouble);
    norm->weight.detach().copy_(weight);
    const torch::Tensor in = x.clone().requires_grad_(true), out = normed(*norm, in);
    out.backward(gradient);
    return std::pair(out.detach(), in.grad());
  };
  torch::nn::BatchNorm2d expected(3);
  const auto [out, slope] = passThrough(expected, whole, upstream);
  std::mutex mutex;
  torch::Tensor weight_gradient = at::zeros({3}, at::kDouble);
  asTwo([&](const std::shared_ptr<JoinedPeers>& peers) {
    // Parts of unequal size.
    const std::int64_t first = peers->rank() == 0 ? 0 : 3, count = peers->rank() == 0 ? 3 : 1;
    torch::nn::BatchNorm2d norm = batchNorm2d(3);
    setPeers(*norm, peers);
    const auto [part, part_slope] =
        passThrough(norm, whole.narrow(0, first, count), upstream.narrow(0, first, count));
    const std::lock_guard lock(mutex);
    EXPECT_LT(farthest(part, out.narrow(0, first, count)), 1e-12);
    EXPECT_LT(farthest(part_slope, slope.narrow(0, first, count)), 1e-12);
    EXPECT_LT(farthest(norm->running_mean, expected->running_mean), 1e-12);
    EXPECT_LT(farthest(norm->running_var, expected->running_var), 1e-12);
    EXPECT_EQ(norm->num_batches_tracked.item<int>(), 1);
    weight_gradient += norm->weight.grad();
  });
  EXPECT_LT(farthest(weight_gradient, expected->weight.grad()), 1e-12);
}

TEST_F(TwoProcesses, GradientsOfWhatOnlySomeUse) {
  asTwo([&](const std::shared_ptr<JoinedPeers>& peers) {
    std::vector<torch::Tensor> parameters;
    for (int i = 0; i < 4; ++i)
      parameters.push_back(at::full({3}, 1. + i).requires_grad_(true));
    GradientSum sum(parameters, peers, 20);  // each in a bucket of its own
    for (int step = 0; step < 2; ++step) {
      for (torch::Tensor& parameter : parameters)
        parameter.mutable_grad() = torch::Tensor();
      // Number 0 is used by both, 1 by one, 2 in the first of two passes only, 3 by none.
      parameters[2].sum().backward();
      sum.begin();
      torch::Tensor loss = (parameters[0] * double(1 + peers->rank())).sum();
      if (peers->rank() == 1) loss = loss + (parameters[1] * 5).sum();
      loss.backward();
      sum.finish();
      EXPECT_EQ(parameters[0].grad()[1].item<float>(), 3);
      EXPECT_EQ(parameters[1].grad()[1].item<float>(), 5);
      EXPECT_EQ(parameters[2].grad()[1].item<float>(), 2);
      EXPECT_FALSE(parameters[3].grad().defined());
    }
  });
}

/// Two samples: cameras of the golden numbers, pictures by formula, labels that differ.
TrainingBatch twoSamples() {
  const ModelConfig config = tinyParityConfig();
  const ForwardGoldens cameras(parityFolder() / "forward_tiny_b2.npz", Tolerance(1));
  torch::Tensor labels = at::full({2, 32, 32, 16}, 16, at::kByte);
  labels.slice(3, 0, 2).fill_(10);
  labels[0].slice(0, 4, 9).slice(1, 12, 14).slice(2, 2, 5).fill_(0);
  labels[1].slice(0, 20, 30).slice(1, 3, 14).slice(2, 2, 9).fill_(4);
  labels[1].slice(0, 0, 3).fill_(255);
  torch::Tensor mask = at::ones({2, 32, 32, 16}, at::kByte);
  mask[0].slice(1, 20).fill_(0);
  const torch::Tensor flow = at::full({2, 32, 32, 16, 2}, 1.5, at::kFloat);
  const torch::Tensor depth = at::zeros({2, kCameraCount, 64, 176}, at::kFloat);
  depth[0].slice(1, 20, 64, 7).slice(2, 3, 176, 11).fill_(12.3);
  depth[1].slice(1, 40, 64, 9).slice(2, 3, 176, 31).fill_(7);
  return {cameras.input(config, at::kDouble), {labels, flow, mask, depth}};
}

TrainingBatch sampleOf(const TrainingBatch& all, std::int64_t number) {
  TrainingBatch sample = all;
  for (torch::Tensor* tensor :
       {&sample.input.pictures, &sample.input.ego_from_camera, &sample.input.global_from_ego,
        &sample.input.intrinsics, &sample.input.image_aug, &sample.input.bev_aug,
        &sample.input.image_from_lidar, &sample.input.lidar_from_ego, &sample.targets.labels,
        &sample.targets.flow, &sample.targets.camera_mask, &sample.targets.depth}) {
    *tensor = tensor->narrow(0, number, 1);
  }
  return sample;
}

/// In double precision, because batch norms of random weights multiply what single precision rounds, and
/// without dropout, whose random numbers two threads would take from each other.
Trainer madeTrainer(const std::shared_ptr<Peers>& peers) {
  HbevOcc network(tinyParityConfig());
  fillByFormula(*network, paritySalt());
  network->to(at::kDouble);
  TrainerOptions options;
  options.schedule = {2e-3, 4, 0.1, {}, 0.1};
  options.seed = 11;
  options.peers = peers;
  Trainer trainer(network, options);
  for (const auto& module : network->modules()) {
    if (dynamic_cast<PeerDropoutImpl*>(module.get())) module->eval();
  }
  return trainer;
}

TEST_F(TwoProcesses, StepsAreThoseOfTheDoubleBatch) {
  const TrainingBatch all = twoSamples();
  constexpr int kSteps = 2;
  Trainer alone = madeTrainer(nullptr);
  std::vector<StepReport> expected;
  for (int step = 0; step < kSteps; ++step)
    expected.push_back(alone.step(all));
  const std::vector<StateEntry> weights = stateOf(*alone.network());
  std::mutex mutex;
  asTwo([&](const std::shared_ptr<JoinedPeers>& peers) {
    Trainer trainer = madeTrainer(peers);
    const TrainingBatch part = sampleOf(all, peers->rank());
    for (const StepReport& wanted : expected) {
      const StepReport report = trainer.step(part);
      const std::lock_guard lock(mutex);
      for (std::size_t i = 0; i < wanted.losses.size(); ++i)
        EXPECT_NEAR(report.losses[i].second, wanted.losses[i].second, 1e-7) << wanted.losses[i].first;
      EXPECT_NEAR(report.gradient_norm, wanted.gradient_norm, 1e-7 * wanted.gradient_norm);
    }
    const std::lock_guard lock(mutex);
    const std::vector<StateEntry> ours = stateOf(*trainer.network());
    for (std::size_t i = 0; i < ours.size(); ++i) {
      EXPECT_LT(farthest(ours[i].tensor, weights[i].tensor), 1e-6) << ours[i].name;
      EXPECT_LT(farthest(trainer.average().entries()[i].tensor, alone.average().entries()[i].tensor), 1e-6);
    }
  });
}

TEST_F(TwoProcesses, WhatTheFirstHasComesToAll) {
  asTwo([&](const std::shared_ptr<JoinedPeers>& peers) {
    Trainer trainer = madeTrainer(nullptr);
    TrainerOptions options;
    options.peers = peers;
    HbevOcc network(tinyParityConfig());
    Trainer ours(network, options);
    if (peers->rank() == 0) network->parameters()[4].detach().fill_(0.25);
    ours.copyFromFirst();
    EXPECT_EQ(network->parameters()[4].flatten()[0].item<float>(), 0.25F);
  });
}

TEST_F(TwoProcesses, WhoGivesUpIsNamed) {
  std::string said;
  const auto work = [&](const std::shared_ptr<JoinedPeers>& peers) {
    if (peers->rank() == 1) {
      peers->giveUp("its disk is on fire");
      throw Error({"It ended", {}, {}, {}, {}});
    }
    const torch::Tensor values = at::ones({4});
    try {
      for (int i = 0; i < 3; ++i)
        peers->sum(values);
    } catch (const Error& error) {
      said = error.what();
      peers->giveUp("so does this one");
      throw;
    }
  };
  EXPECT_THROW(asTwo(work), Error);
  EXPECT_NE(said.find("Rank 1 has ended: its disk is on fire"), std::string::npos) << said;
}

/// What joinPeers() says when it fails; empty when it does not.
std::string failureToJoin(JoinOptions options) {
  try {
    joinPeers(options);
    return {};
  } catch (const Error& error) {
    return error.what();
  }
}

TEST_F(TwoProcesses, WhoIsMissingIsNamed) {
  JoinOptions options;
  options.launch = {.rank = 0, .count = 4, .local_rank = 0, .local_count = 4, .port = freePort()};
  options.meeting_s = 2;  // enough to register itself on a busy machine
  const std::string alone = failureToJoin(options);
  EXPECT_NE(alone.find("Not all processes of the training have come"), std::string::npos) << alone;
  EXPECT_NE(alone.find("4 within 2 s"), std::string::npos) << alone;
  EXPECT_NE(alone.find("1; missing: ranks 1, 2, 3"), std::string::npos) << alone;
  options.launch.rank = 1;
  options.meeting_s = 0.3;
  const std::string early = failureToJoin(options);
  EXPECT_NE(early.find("Rank 0 cannot be met at 127.0.0.1"), std::string::npos) << early;
}

TEST_F(TwoProcesses, WhoHasComeLearnsWhyTheFirstEnds) {
  JoinOptions first;
  first.launch = {.rank = 0, .count = 3, .local_rank = 0, .local_count = 3, .port = freePort()};
  std::atomic<bool> listens{false}, stops{false};
  first.stop_wanted = [&] {
    listens = true;
    return stops.load();
  };
  auto said = std::async(std::launch::async, [&] { return failureToJoin(first); });
  JoinOptions second = first;
  second.launch.rank = second.launch.local_rank = 1;
  int asked = 0;  // some times while it connects, then again and again while it waits for the third
  second.stop_wanted = [&] {
    if (listens && ++asked > 50) stops = true;
    return false;
  };
  const std::string learnt = failureToJoin(second);
  EXPECT_NE(learnt.find("Rank 0 has ended: Stopped before"), std::string::npos) << learnt;
  EXPECT_NE(said.get().find("Stopped before all processes had come"), std::string::npos);
}

TEST_F(TwoProcesses, AStopIsHeardWhileTheyMeet) {
  for (const int rank : {0, 1}) {
    JoinOptions options;
    options.launch = {.rank = rank, .count = 2, .local_rank = rank, .local_count = 2, .port = freePort()};
    int asked = 0;
    options.stop_wanted = [&] { return ++asked > 2; };
    const std::string said = failureToJoin(options);
    EXPECT_NE(said.find("Stopped before all processes had come"), std::string::npos) << said;
  }
}

TEST_F(TwoProcesses, AnotherTrainingAtTheSamePlaceIsToldApart) {
  JoinOptions ours;
  ours.launch = {.rank = 0, .count = 2, .local_rank = 0, .local_count = 2, .port = freePort(), .id = "7.0"};
  std::atomic<bool> met{false};
  ours.stop_wanted = [&] { return met.load(); };
  auto first = std::async(std::launch::async, [&] { return failureToJoin(ours); });
  JoinOptions others = ours;
  others.stop_wanted = [] { return false; };
  others.launch.rank = 1;
  others.launch.id = "8.0";
  const std::string strange = failureToJoin(others);
  EXPECT_NE(strange.find("Another training meets at 127.0.0.1"), std::string::npos) << strange;
  EXPECT_NE(strange.find("start 8.0"), std::string::npos) << strange;
  EXPECT_NE(strange.find("start 7.0"), std::string::npos) << strange;
  others.launch.rank = 0;
  const std::string taken = failureToJoin(others);
  EXPECT_NE(taken.find("cannot meet at port"), std::string::npos) << taken;
  met = true;
  EXPECT_NE(first.get().find("Stopped before"), std::string::npos);
}

TEST_F(TwoProcesses, ANetworkInterfaceThatIsNotThereIsTold) {
  ASSERT_EQ(::setenv("GLOO_SOCKET_IFNAME", "none7", 1), 0);
  std::array<std::future<std::string>, 2> ranks;
  const int port = freePort();
  for (int rank = 0; rank < 2; ++rank) {
    JoinOptions options;
    options.launch = {.rank = rank, .count = 2, .local_rank = rank, .local_count = 2, .port = port};
    ranks[std::size_t(rank)] = std::async(std::launch::async, failureToJoin, options);
  }
  const std::array<std::string, 2> said{ranks[0].get(), ranks[1].get()};
  ASSERT_EQ(::unsetenv("GLOO_SOCKET_IFNAME"), 0);
  for (const std::string& sentence : said)
    EXPECT_NE(sentence.find("network interface none7"), std::string::npos) << sentence;
}

TEST(LocalProcesses, ThatCannotAllBeStartedAreEndedWithOneSentence) {
  // Each needs a pipe, and there is room for a few only.
  const auto open = std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  const rlimit before = limit;
  limit.rlim_cur = rlim_t(open) + 12;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
  std::string said;
  try {
    const LocalProcesses processes(40, {"test", "--gtest_filter=None"});
  } catch (const Error& error) {
    said = error.what();
  }
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_NE(said.find("room for 40 of them"), std::string::npos) << said;
  EXPECT_NE(said.find("--nproc"), std::string::npos) << said;
}

}  // namespace
}  // namespace hbev::test
