#include "core/base/wish_cache.h"

#include <atomic>
#include <condition_variable>
#include <latch>
#include <numeric>
#include <set>
#include <stdexcept>

#include <gtest/gtest.h>

#include "core/base/error.h"

namespace hbev {
namespace {

using Cache = WishCache<int, int>;

std::size_t oneByte(const int&) {
  return 1;
}

/// A load that waits until it is let through, key by key.
class Loader {
 public:
  Cache::Load load() {
    return [this](const int& key, const std::stop_token& stop) -> Cache::Pointer {
      std::unique_lock lock(mutex_);
      begun_.push_back(key);
      changed_.notify_all();
      changed_.wait(lock, stop, [&] { return open_ || allowed_.contains(key); });
      if (stop.stop_requested()) throw Cancelled();
      return std::make_shared<int>(10 * key);
    };
  }
  void waitUntilBegun(int key) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return std::find(begun_.begin(), begun_.end(), key) != begun_.end(); });
  }
  void allow(int key) {
    const std::lock_guard lock(mutex_);
    allowed_.insert(key);
    changed_.notify_all();
  }
  void allowAll() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  std::vector<int> begun() {
    const std::lock_guard lock(mutex_);
    return begun_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<int> begun_;
  std::set<int> allowed_;
  bool open_ = false;
};

TEST(WishCache, LoadsInTheOrderOfTheWishes) {
  TaskQueue queue(1);
  Loader loader;
  loader.allowAll();
  std::vector<int> told;
  Cache cache(
      queue, 0, loader.load(), oneByte, [&](int key, const Cache::Pointer&) { told.push_back(key); }, 100);
  std::latch entered(1), open(1);
  queue.submit(1000, [&](const std::stop_token&) {
    entered.count_down();
    open.wait();
  });
  entered.wait();
  cache.wish({3, 1, 2});
  EXPECT_EQ(cache.find(3), nullptr);
  open.count_down();
  queue.drain();
  EXPECT_EQ(loader.begun(), (std::vector{3, 1, 2}));
  EXPECT_EQ(told, (std::vector{3, 1, 2}));
  ASSERT_TRUE(cache.find(1));
  EXPECT_EQ(*cache.find(1), 10);
}

TEST(WishCache, ANewOrderHoldsForWhatAlreadyWaits) {
  TaskQueue queue(1);
  Loader loader;
  Cache cache(
      queue, 0, loader.load(), oneByte, [](int, const Cache::Pointer&) {}, 100);
  cache.wish({1, 2, 3, 4});
  loader.waitUntilBegun(1);
  cache.wish({4, 3, 1});  // 1 runs and goes on, 2 is forgotten
  loader.allowAll();
  queue.drain();
  EXPECT_EQ(loader.begun(), (std::vector{1, 4, 3}));
  EXPECT_TRUE(cache.contains(1));
  EXPECT_FALSE(cache.contains(2));
}

TEST(WishCache, WhatIsNoLongerWishedForIsCancelled) {
  TaskQueue queue(1);
  Loader loader;
  std::vector<int> told;
  Cache cache(
      queue, 0, loader.load(), oneByte, [&](int key, const Cache::Pointer&) { told.push_back(key); }, 100);
  cache.wish({1, 2});
  loader.waitUntilBegun(1);
  loader.allow(3);
  cache.wish({3});  // the running load of 1 sees its token, or the queue would hang here
  queue.drain();
  EXPECT_EQ(told, std::vector{3});
  EXPECT_FALSE(cache.contains(1));
  EXPECT_EQ(loader.begun(), (std::vector{1, 3}));
}

TEST(WishCache, AWishThatComesBackIsLoadedAgain) {
  TaskQueue queue(1);
  Loader loader;
  Cache cache(
      queue, 0, loader.load(), oneByte, [](int, const Cache::Pointer&) {}, 100);
  cache.wish({1});
  loader.waitUntilBegun(1);
  cache.wish({});
  cache.wish({1});
  loader.allowAll();
  queue.drain();
  EXPECT_TRUE(cache.contains(1));
}

TEST(WishCache, CachedValuesAreNotLoadedAgain) {
  TaskQueue queue(2);
  std::atomic<int> loads = 0;
  Cache cache(
      queue, 0, [&](int key, const std::stop_token&) { return ++loads, std::make_shared<const int>(key); },
      oneByte, [](int, const Cache::Pointer&) {}, 100);
  for (int i = 0; i < 5; ++i) {
    cache.wish({1, 2, 3});
    queue.drain();
  }
  EXPECT_EQ(loads, 3);
  EXPECT_EQ(cache.stats().entries, 3U);
}

TEST(WishCache, TheBudgetEvictsTheLeastRecentlyUsed) {
  TaskQueue queue(1);
  Loader loader;
  loader.allowAll();
  Cache cache(
      queue, 0, loader.load(), [](const int&) { return std::size_t(10); }, [](int, const Cache::Pointer&) {},
      30);
  for (int key = 1; key <= 3; ++key) {
    cache.wish({key});
    queue.drain();
  }
  EXPECT_EQ(cache.stats().bytes, 30U);
  ASSERT_TRUE(cache.find(1));      // now 2 is the oldest
  EXPECT_TRUE(cache.contains(2));  // only looks
  cache.wish({4});
  queue.drain();
  EXPECT_TRUE(cache.contains(1));
  EXPECT_FALSE(cache.contains(2));
  EXPECT_TRUE(cache.contains(3));
  EXPECT_TRUE(cache.contains(4));
  EXPECT_EQ(cache.stats().bytes, 30U);
}

TEST(WishCache, AValueAboveTheBudgetIsKeptAlone) {
  TaskQueue queue(1);
  Loader loader;
  loader.allowAll();
  Cache cache(
      queue, 0, loader.load(), [](const int& value) { return std::size_t(value); },
      [](int, const Cache::Pointer&) {}, 15);
  cache.wish({1});
  queue.drain();
  cache.wish({9, 1});
  queue.drain();
  EXPECT_FALSE(cache.contains(1));
  EXPECT_TRUE(cache.contains(9));
  EXPECT_EQ(cache.stats().bytes, 90U);
}

TEST(WishCache, WishesStayAndTheFirstOnesLongest) {
  TaskQueue queue(1);
  Loader loader;
  loader.allowAll();
  Cache cache(
      queue, 0, loader.load(), [](const int&) { return std::size_t(10); }, [](int, const Cache::Pointer&) {},
      40);
  cache.wish({1, 2, 3, 4});
  queue.drain();
  cache.wish({3, 7, 8, 2});  // 1 and 4 are nobody's, 2 is the last wish
  queue.drain();
  for (const int key : {3, 7, 8, 2})
    EXPECT_TRUE(cache.contains(key)) << key;
  cache.setBudget(30);
  EXPECT_FALSE(cache.contains(2)) << "the last wish goes first";
  EXPECT_TRUE(cache.contains(3)) << "the first wish is the last to go, however long ago it was loaded";
  cache.setBudget(0);
  EXPECT_EQ(cache.stats().entries, 1U);
  EXPECT_TRUE(cache.contains(3));
}

TEST(WishCache, AListLongerThanTheBudgetLoadsWhatFits) {
  TaskQueue queue(1);
  Loader loader;
  loader.allowAll();
  Cache cache(
      queue, 0, loader.load(), [](const int&) { return std::size_t(10); }, [](int, const Cache::Pointer&) {},
      50);
  std::vector<int> keys(100);
  std::iota(keys.begin(), keys.end(), 0);
  cache.wish(keys);
  queue.drain();
  EXPECT_LE(loader.begun().size(), 6U) << "one may be loaded to see that it does not fit";
  EXPECT_EQ(cache.stats().entries, 5U);
  const std::size_t before = loader.begun().size();
  for (int round = 0; round < 20; ++round) {
    cache.wish(keys);
    queue.drain();
  }
  EXPECT_EQ(loader.begun().size(), before) << "what cannot be kept must not be loaded again and again";
  std::rotate(keys.begin(), keys.begin() + 1, keys.end());  // the next moment
  cache.wish(keys);
  queue.drain();
  EXPECT_EQ(loader.begun().back(), 5);
  EXPECT_EQ(loader.begun().size(), before + 1);
  EXPECT_FALSE(cache.contains(0));
}

TEST(WishCache, WhatIsNotNeededSoonWaitsForOtherWork) {
  TaskQueue queue(1);
  Loader loader;
  loader.allowAll();
  Cache cache(
      queue, {100, -100, 1}, loader.load(), oneByte, [](int, const Cache::Pointer&) {}, 100);
  std::latch entered(1), open(1);
  queue.submit(1000, [&](const std::stop_token&) {
    entered.count_down();
    open.wait();
  });
  entered.wait();
  std::vector<int> seen_by_other;
  queue.submit(0, [&](const std::stop_token&) { seen_by_other = loader.begun(); });
  cache.wish({1, 2, 3, 4}, 2);
  open.count_down();
  queue.drain();
  EXPECT_EQ(seen_by_other, (std::vector{1, 2}));
  EXPECT_EQ(loader.begun(), (std::vector{1, 2, 3, 4}));
}

TEST(WishCache, CountsWhetherTheFirstWishWasThere) {
  TaskQueue queue(1);
  Loader loader;
  loader.allowAll();
  Cache cache(
      queue, 0, loader.load(), oneByte, [](int, const Cache::Pointer&) {}, 100);
  cache.wish({1, 2});
  queue.drain();
  cache.wish({1, 2, 3});  // still the same position
  cache.wish({2, 3});
  queue.drain();
  cache.wish({9});
  EXPECT_EQ(cache.stats().hits, 1U);
  EXPECT_EQ(cache.stats().misses, 2U);
}

TEST(WishCache, ManyQuickWishesLoadFewAndEndAtTheLast) {
  TaskQueue queue(2);
  std::atomic<int> loads = 0;
  const auto load = [&](int key, const std::stop_token& stop) -> Cache::Pointer {
    ++loads;
    for (int i = 0; i < 50 && !stop.stop_requested(); ++i)
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    if (stop.stop_requested()) throw Cancelled();
    return std::make_shared<int>(key);
  };
  std::vector<int> told;
  std::mutex mutex;
  Cache cache(
      queue, 0, load, oneByte,
      [&](int key, const Cache::Pointer&) {
        const std::lock_guard lock(mutex);
        told.push_back(key);
      },
      1000);
  for (int key = 0; key < 200; ++key)
    cache.wish({key});
  queue.drain();
  EXPECT_TRUE(cache.contains(199));
  EXPECT_EQ(told.back(), 199);
  EXPECT_LT(loads, 50) << "most are cancelled before they begin";
}

TEST(WishCache, DroppedValuesLoadAnew) {
  TaskQueue queue(1);
  Loader loader;
  loader.allowAll();
  Cache cache(
      queue, 0, loader.load(), oneByte, [](int, const Cache::Pointer&) {}, 100);
  cache.wish({1, 2});
  queue.drain();
  cache.dropIf([](int key, int value) { return key == 1 && value == 10; });
  EXPECT_FALSE(cache.contains(1));
  EXPECT_EQ(cache.stats().bytes, 1U);
  cache.wish({1, 2});
  queue.drain();
  EXPECT_EQ(loader.begun(), (std::vector{1, 2, 1}));
}

TEST(WishCache, WhatFailedIsTriedAgainAtTheNextWish) {
  TaskQueue queue(1);
  std::atomic<int> loads = 0;
  const auto load = [&](int key, const std::stop_token&) -> Cache::Pointer {
    if (++loads == 1) throw std::runtime_error("expected in this test");
    return std::make_shared<int>(key);
  };
  Cache cache(
      queue, 0, load, oneByte, [](int, const Cache::Pointer&) {}, 100);
  cache.wish({1});
  queue.drain();
  EXPECT_FALSE(cache.contains(1));
  cache.wish({1});
  queue.drain();
  EXPECT_TRUE(cache.contains(1));
}

TEST(WishCache, WhatTheQueueDroppedIsTriedAgainAtTheNextWish) {
  TaskQueue queue(1);
  Loader loader;
  Cache cache(
      queue, 0, loader.load(), oneByte, [](int, const Cache::Pointer&) {}, 100);
  cache.wish({1, 2});
  loader.waitUntilBegun(1);
  queue.cancelAll();
  queue.drain();
  loader.allowAll();
  cache.wish({1, 2});
  queue.drain();
  EXPECT_TRUE(cache.contains(1));
  EXPECT_TRUE(cache.contains(2));
}

TEST(WishCache, DestructionWhileLoadingNeitherWaitsNorTells) {
  TaskQueue queue(1);
  Loader loader;
  std::atomic<bool> told = false;
  {
    Cache cache(
        queue, 0, loader.load(), oneByte, [&](int, const Cache::Pointer&) { told = true; }, 100);
    cache.wish({1, 2, 3});
    loader.waitUntilBegun(1);
  }
  queue.drain();
  EXPECT_FALSE(told);
  EXPECT_EQ(loader.begun(), std::vector{1});
}

TEST(WishCache, NobodyIsToldAfterDestruction) {
  TaskQueue queue(2);
  for (int round = 0; round < 200; ++round) {
    auto alive = std::make_shared<std::atomic<bool>>(true);
    std::atomic<bool> too_late = false;
    {
      Cache cache(
          queue, 0, [](int key, const std::stop_token&) { return std::make_shared<const int>(key); }, oneByte,
          [&, alive](int, const Cache::Pointer&) {
            std::this_thread::yield();
            if (!*alive) too_late = true;
          },
          100);
      cache.wish({1, 2, 3, 4});
      if (round % 2 == 0) std::this_thread::yield();
    }
    *alive = false;
    queue.drain();
    ASSERT_FALSE(too_late);
  }
}

TEST(WishCache, TheQueueMayEndWithWishesOpen) {
  std::weak_ptr<int> kept;
  {
    TaskQueue queue(1);
    Loader loader;
    auto held = std::make_shared<int>(1);
    kept = held;
    const auto load = [inner = loader.load(), held](int key, const std::stop_token& stop) {
      return inner(key, stop);
    };
    Cache cache(
        queue, 0, load, oneByte, [](int, const Cache::Pointer&) {}, 100);
    cache.wish({1, 2, 3});
    loader.waitUntilBegun(1);
    queue.cancelAll();
    queue.drain();
  }
  EXPECT_TRUE(kept.expired()) << "cache and tasks hold each other";
}

TEST(WishCache, WhoIsToldMayAskAndWish) {
  TaskQueue queue(2);
  std::atomic<int> told = 0;
  std::unique_ptr<Cache> cache;
  const auto loaded = [&](int key, const Cache::Pointer& value) {
    ++told;
    EXPECT_EQ(cache->find(key), value);
    if (key < 20) cache->wish({key + 1});
  };
  cache = std::make_unique<Cache>(
      queue, 0, [](int key, const std::stop_token&) { return std::make_shared<const int>(key); }, oneByte,
      loaded, 100);
  cache->wish({0});
  queue.drain();
  EXPECT_EQ(told, 21);
}

TEST(WishCache, ManyThreadsMayWishAndFind) {
  TaskQueue queue(3);
  Cache cache(
      queue, 0, [](int key, const std::stop_token&) { return std::make_shared<const int>(2 * key); }, oneByte,
      [](int, const Cache::Pointer&) {}, 16);
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 500; ++i) {
          cache.wish({(i + t) % 40, (i * 7 + t) % 40});
          const auto value = cache.find(i % 40);
          EXPECT_TRUE(!value || *value == 2 * (i % 40));
        }
      });
    }
  }
  cache.wish({5});
  queue.drain();
  EXPECT_TRUE(cache.contains(5));
  EXPECT_LE(cache.stats().bytes, 16U);
}

}  // namespace
}  // namespace hbev
