#include "core/base/progress.h"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "core/base/error.h"

namespace hbev {
namespace {

TEST(Progress, TellsEachStep) {
  std::vector<Progress::State> states;
  Progress progress([&](const Progress::State& state) { states.push_back(state); });
  progress.start("Counting", 3);
  progress.advance();
  progress.advance(2);
  ASSERT_EQ(states.size(), 3U);
  EXPECT_EQ(states[0].what, "Counting");
  EXPECT_EQ(states[0].done, 0);
  EXPECT_EQ(states[1].done, 1);
  EXPECT_EQ(states[2].done, 3);
  EXPECT_EQ(states[2].total, 3);
}

TEST(Progress, ForecastsFromThePaceSoFar) {
  Progress progress;
  progress.start("Working", 10);
  EXPECT_FALSE(progress.state().seconds_left);
  progress.advance();
  EXPECT_FALSE(progress.state().seconds_left) << "one step says nothing yet";
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  progress.advance();
  const Progress::State state = progress.state();
  ASSERT_TRUE(state.seconds_left);
  EXPECT_NEAR(*state.seconds_left, state.elapsed.count() / 2 * 8, 1e-9);
  progress.advance(20);  // more than announced
  EXPECT_EQ(*progress.state().seconds_left, 0.0);
}

TEST(Progress, UnknownTotalsHaveNoForecast) {
  Progress progress;
  progress.start("Searching", 0);
  progress.advance(5);
  EXPECT_FALSE(progress.state().seconds_left);
}

TEST(Progress, StartBeginsAnew) {
  Progress progress;
  progress.start("First", 5);
  progress.advance(5);
  progress.start("Second", 2);
  EXPECT_EQ(progress.state().what, "Second");
  EXPECT_EQ(progress.state().done, 0);
  EXPECT_EQ(progress.state().total, 2);
}

TEST(Progress, IsCancelledByItsToken) {
  std::stop_source stop;
  const Progress progress({}, stop.get_token());
  EXPECT_NO_THROW(progress.throwIfCancelled());
  stop.request_stop();
  EXPECT_TRUE(progress.isCancelled());
  EXPECT_THROW(progress.throwIfCancelled(), Cancelled);
  EXPECT_FALSE(Progress().isCancelled());
}

TEST(Progress, ThreadsShareIt) {
  constexpr int kThreads = 8, kSteps = 500;
  int inside = 0, most_inside = 0;
  std::int64_t last = 0;
  bool ordered = true;
  Progress progress([&](const Progress::State& state) {  // needs no lock: one call at a time
    most_inside = std::max(most_inside, ++inside);
    ordered = ordered && state.done >= last;
    last = state.done;
    --inside;
  });
  progress.start("Counting", kThreads * kSteps);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&] {
        for (int step = 0; step < kSteps; ++step)
          progress.advance();
      });
    }
  }
  EXPECT_EQ(progress.state().done, kThreads * kSteps);
  EXPECT_EQ(last, kThreads * kSteps);
  EXPECT_EQ(most_inside, 1);
  EXPECT_TRUE(ordered);
}

}  // namespace
}  // namespace hbev
