#include "core/data/prefetch.h"

#include <algorithm>
#include <numeric>

#include <gtest/gtest.h>

namespace hbev {
namespace {

using Positions = std::vector<std::size_t>;

Positions soonOf(const PrefetchPlan& plan) {
  const PrefetchOrder order = prefetchOrder(plan);
  return {order.positions.begin(), order.positions.begin() + std::ptrdiff_t(order.soon)};
}

TEST(Prefetch, FollowsTheDirectionOfPlay) {
  EXPECT_EQ(soonOf({.current = 5, .count = 20, .ahead = 3, .behind = 1}), (Positions{5, 6, 7, 8, 4}));
  EXPECT_EQ(soonOf({.current = 5, .count = 20, .direction = -1, .ahead = 3, .behind = 1}),
            (Positions{5, 4, 3, 2, 6}));
}

TEST(Prefetch, EndsWithTheScene) {
  EXPECT_EQ(soonOf({.current = 18, .count = 20, .ahead = 5, .behind = 2}), (Positions{18, 19, 17, 16}));
  EXPECT_EQ(soonOf({.current = 0, .count = 1}), Positions{0});
  EXPECT_TRUE(prefetchOrder({.current = 0, .count = 0}).positions.empty());
}

TEST(Prefetch, ALoopGoesOnAtItsBeginning) {
  EXPECT_EQ(soonOf({.current = 8, .count = 20, .ahead = 3, .behind = 0, .loop = std::pair(4, 9)}),
            (Positions{8, 9, 4, 5}));
  EXPECT_EQ(
      soonOf({.current = 4, .count = 20, .direction = -1, .ahead = 2, .behind = 0, .loop = std::pair(4, 9)}),
      (Positions{4, 9, 8}));
  EXPECT_EQ(soonOf({.current = 12, .count = 20, .ahead = 2, .behind = 0, .loop = std::pair(4, 9)}),
            (Positions{12, 13, 14}))
      << "outside of the loop nothing is repeated";
}

TEST(Prefetch, EveryPositionComesOnceAndNearOnesFirst) {
  for (const int direction : {1, -1}) {
    for (std::size_t current = 0; current < 12; ++current) {
      const PrefetchOrder order = prefetchOrder({.current = current,
                                                 .count = 12,
                                                 .direction = direction,
                                                 .ahead = 2,
                                                 .behind = 1,
                                                 .loop = std::pair(3, 7)});
      EXPECT_EQ(order.positions.front(), current);
      Positions sorted = order.positions, all(12);
      std::sort(sorted.begin(), sorted.end());
      std::iota(all.begin(), all.end(), 0);
      EXPECT_EQ(sorted, all);
    }
  }
  const PrefetchOrder order = prefetchOrder({.current = 2, .count = 6, .ahead = 1, .behind = 1});
  EXPECT_EQ(order.positions, (Positions{2, 3, 1, 4, 5, 0}));
}

}  // namespace
}  // namespace hbev
