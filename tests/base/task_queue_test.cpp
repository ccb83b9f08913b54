#include "core/base/task_queue.h"

#include <atomic>
#include <latch>
#include <stdexcept>

#include <gtest/gtest.h>

#include "core/base/error.h"

namespace hbev {
namespace {

/// Holds the only worker of a queue until it is opened, so that what is submitted meanwhile piles up.
class Gate {
 public:
  explicit Gate(TaskQueue& queue) {
    task_ = queue.submit(1000, [this](const std::stop_token&) {
      entered_.count_down();
      open_.wait();
    });
    entered_.wait();
  }
  void open() {
    open_.count_down();
    task_.wait();
  }

 private:
  std::latch entered_{1}, open_{1};
  Task task_;
};

TEST(TaskQueue, TheNewestWishOfEqualPriorityRunsFirst) {
  TaskQueue queue(1);
  Gate gate(queue);
  std::vector<int> order;
  for (int i = 0; i < 4; ++i)
    queue.submit(0, [&order, i](const std::stop_token&) { order.push_back(i); });
  EXPECT_EQ(queue.waiting(), 4U);
  gate.open();
  queue.drain();
  EXPECT_EQ(order, (std::vector{3, 2, 1, 0}));
  EXPECT_EQ(queue.waiting(), 0U);
}

TEST(TaskQueue, LargerPrioritiesRunBeforeNewerWishes) {
  TaskQueue queue(1);
  Gate gate(queue);
  std::vector<int> order;
  for (const int priority : {5, -3, 7, 0, 7}) {
    queue.submit(priority, [&order, priority](const std::stop_token&) { order.push_back(priority); });
  }
  gate.open();
  queue.drain();
  EXPECT_EQ(order, (std::vector{7, 7, 5, 0, -3}));
}

TEST(TaskQueue, WhatIsCancelledBeforeItBeginsNeverRuns) {
  TaskQueue queue(1);
  Gate gate(queue);
  bool ran = false;
  const Task task = queue.submit(0, [&](const std::stop_token&) { ran = true; });
  EXPECT_FALSE(task.isCancelled());
  task.cancel();
  EXPECT_TRUE(task.isCancelled());
  gate.open();
  task.wait();
  queue.drain();
  EXPECT_FALSE(ran);
}

TEST(TaskQueue, ARunningTaskSeesThatItIsCancelled) {
  TaskQueue queue(1);
  std::latch begun(1);
  std::atomic<bool> saw = false;
  const Task task = queue.submit(0, [&](const std::stop_token& stop) {
    begun.count_down();
    while (!stop.stop_requested())
      std::this_thread::yield();
    saw = true;
    throw Cancelled();
  });
  begun.wait();
  task.cancel();
  task.wait();
  EXPECT_TRUE(saw);
}

TEST(TaskQueue, ExceptionsDoNotEndTheWorkers) {
  TaskQueue queue(2);
  for (int i = 0; i < 10; ++i) {
    queue.submit(0, [](const std::stop_token&) { throw std::runtime_error("expected in this test"); });
    queue.submit(0, [](const std::stop_token&) { throw 42; });
    queue.submit(0, [](const std::stop_token&) { throw Cancelled(); });
  }
  queue.drain();
  std::atomic<int> ran = 0;
  for (int i = 0; i < 10; ++i)
    queue.submit(0, [&](const std::stop_token&) { ++ran; });
  queue.drain();
  EXPECT_EQ(ran, 10);
}

TEST(TaskQueue, WaitReturnsAfterAThrow) {
  TaskQueue queue(1);
  queue.submit(0, [](const std::stop_token&) { throw std::runtime_error("expected in this test"); }).wait();
  Task().wait();  // no task: nothing to wait for
  EXPECT_FALSE(Task());
  EXPECT_FALSE(Task().isCancelled());
}

TEST(TaskQueue, CancelAllDropsWhatWaitsAndLetsTheQueueGoOn) {
  TaskQueue queue(1);
  std::latch begun(1);
  std::atomic<bool> stopped = false;
  bool ran = false;
  queue.submit(1, [&](const std::stop_token& stop) {
    begun.count_down();
    while (!stop.stop_requested())
      std::this_thread::yield();
    stopped = true;
  });
  begun.wait();
  const Task waiting = queue.submit(0, [&](const std::stop_token&) { ran = true; });
  queue.cancelAll();
  waiting.wait();
  queue.drain();
  EXPECT_TRUE(stopped);
  EXPECT_FALSE(ran);
  bool later = false;
  queue.submit(0, [&](const std::stop_token&) { later = true; }).wait();
  EXPECT_TRUE(later);
}

TEST(TaskQueue, DestructionDropsWhatWaitsStopsWhatRunsAndWakesWhoWaits) {
  bool ran = false;
  Task waiting;
  {
    std::latch begun(1);
    TaskQueue queue(1);
    queue.submit(1, [&](const std::stop_token& stop) {
      begun.count_down();
      while (!stop.stop_requested())
        std::this_thread::yield();
    });
    begun.wait();
    for (int i = 0; i < 5; ++i)
      waiting = queue.submit(0, [&](const std::stop_token&) { ran = true; });
  }
  waiting.wait();
  EXPECT_TRUE(waiting.isCancelled());
  EXPECT_FALSE(ran);
}

TEST(TaskQueue, WhatWorkHoldsIsFreedWithItAndNotWithTheHandle) {
  const auto held = std::make_shared<int>(1);
  TaskQueue queue(1);
  const Task done = queue.submit(0, [held](const std::stop_token&) {});
  done.wait();
  EXPECT_EQ(held.use_count(), 1);
  Gate gate(queue);
  const Task dropped = queue.submit(0, [held](const std::stop_token&) {});
  EXPECT_EQ(held.use_count(), 2);
  queue.cancelAll();
  EXPECT_EQ(held.use_count(), 1);
  gate.open();
}

TEST(TaskQueue, CancelledWishesDoNotPileUp) {
  TaskQueue queue(1);
  Gate gate(queue);
  std::atomic<int> ran = 0;
  for (int i = 0; i < 20'000; ++i) {
    const Task task = queue.submit(i % 7, [&](const std::stop_token&) { ++ran; });
    if (i % 100 != 0) task.cancel();
  }
  EXPECT_LT(queue.waiting(), 1000U);
  gate.open();
  queue.drain();
  EXPECT_EQ(ran, 200);
}

TEST(TaskQueue, TasksMaySubmitTasks) {
  TaskQueue queue(2);
  std::atomic<int> ran = 0;
  for (int i = 0; i < 20; ++i) {
    queue.submit(0, [&](const std::stop_token&) { queue.submit(1, [&](const std::stop_token&) { ++ran; }); });
  }
  queue.drain();
  EXPECT_EQ(ran, 20);
}

TEST(TaskQueue, ManyThreadsMaySubmitAndCancel) {
  TaskQueue queue(4);
  std::atomic<int> ran = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 500; ++i) {
          const Task task = queue.submit(i % 3, [&](const std::stop_token&) { ++ran; });
          if (i % 2 == 1) task.cancel();
        }
      });
    }
  }
  queue.drain();
  EXPECT_GE(ran, 1000);
  EXPECT_LE(ran, 2000);
}

TEST(TaskQueue, ZeroThreadsMeanOne) {
  TaskQueue queue(0);
  bool ran = false;
  queue.submit(0, [&](const std::stop_token&) { ran = true; }).wait();
  EXPECT_TRUE(ran);
}

}  // namespace
}  // namespace hbev
