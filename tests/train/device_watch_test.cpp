// Prediction and training name the device of every tensor that they make: one that they leave to LibTorch
// would lie in the processor's memory, where the rest of a card's work cannot use it.
#include <algorithm>
#include <set>
#include <string>

#include <ATen/core/dispatch/Dispatcher.h>
#include <gtest/gtest.h>
#include <torch/library.h>

#include "core/data/keyframe.h"
#include "core/model/made_drive.h"
#include "core/train/losses/height.h"
#include "core/train/losses/training_loss.h"
#include "tests/model/formula.h"
#include "tests/model/goldens.h"

namespace hbev::test {
namespace {

thread_local std::set<std::string>* watched = nullptr;

/// Takes down operations that make a tensor and are not told where.
void watchOperation(const c10::OperatorHandle& operation, torch::jit::Stack* stack) {
  const auto& arguments = operation.schema().arguments();
  const auto isTensor = [](const c10::Argument& argument) {
    return argument.type()->isSubtypeOf(*c10::TensorType::get()) ||
           argument.type()->str().starts_with("Tensor[");
  };
  const auto device =
      std::ranges::find(arguments, "device", [](const c10::Argument& argument) { return argument.name(); });
  if (watched && device != arguments.end() && std::ranges::none_of(arguments, isTensor)) {
    const std::size_t place = std::size_t(device - arguments.begin());
    if ((*stack)[stack->size() - arguments.size() + place].isNone())
      watched->insert(operation.schema().name());
  }
  const c10::impl::ExcludeDispatchKeyGuard on(c10::DispatchKey::TESTING_ONLY_GenericMode);
  operation.callBoxed(stack);
}

TORCH_LIBRARY_IMPL(_, TESTING_ONLY_GenericMode, library) {
  library.fallback(torch::CppFunction::makeFromBoxedFunction<&watchOperation>());
}

template <class Work>
std::set<std::string> madeAnywhere(const Work& work) {
  std::set<std::string> found;
  watched = &found;
  {
    const c10::impl::IncludeDispatchKeyGuard watch(c10::DispatchKey::TESTING_ONLY_GenericMode);
    work();
  }
  watched = nullptr;
  return found;
}

using Names = std::set<std::string>;

TEST(Device, TheWatchSeesATensorWithoutOne) {
  EXPECT_EQ(madeAnywhere([] { at::arange(3); }), Names{"aten::arange"});
  EXPECT_EQ(madeAnywhere([] { at::arange(3, at::device(at::kCPU)); }), Names{});
  const at::Tensor numbers = at::ones({3});
  EXPECT_EQ(madeAnywhere([&] { at::zeros_like(numbers) + 1; }), Names{});
}

TEST(Device, PredictionsNameItOfEveryTensor) {
  const ModelConfig config = tinyParityConfig();
  HbevOcc network(config);
  network->eval();
  const at::NoGradGuard no_gradient;
  const NetworkInput input = madeDrive(config, 0, config.frames());
  network->forward(input);  // a processor's prepared weights are no card's
  EXPECT_EQ(madeAnywhere([&] { network->forward(input); }), Names{});
  StreamMemory memory;
  EXPECT_EQ(madeAnywhere([&] {
              network->forwardStreaming(input, memory);
              network->forwardStreaming(input, memory);
            }),
            Names{});
}

TEST(Device, LossesAndGradientsNameItOfEveryTensor) {
  const ModelConfig config = tinyParityConfig();
  HbevOcc network(config);
  network->setRecompute(true);
  const NetworkInput input = madeDrive(config, 0, config.frames(), 2);
  const std::vector<std::int64_t> voxels{2, config.lift.x.cells(), config.lift.y.cells(),
                                         config.head.heights};
  TrainingTargets targets;
  targets.labels = at::randint(config.classSet().size(), voxels, at::kByte);
  targets.flow = at::ones({voxels[0], voxels[1], voxels[2], voxels[3], 2});
  targets.depth = at::full({2, kCameraCount, config.image.height, config.image.width}, 9.3);
  const at::Tensor columns = at::arange(100).repeat({2, 1});
  EXPECT_EQ(madeAnywhere(
                [&] { trainingLoss(network->forward(input), targets, config, columns).total().backward(); }),
            Names{});
}

}  // namespace
}  // namespace hbev::test
