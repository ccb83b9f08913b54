#include "core/data/prefetch.h"

#include <cstdint>

namespace hbev {

PrefetchOrder prefetchOrder(const PrefetchPlan& plan) {
  PrefetchOrder order;
  if (plan.current >= plan.count) return order;
  std::vector<bool> taken(plan.count, false);
  const auto take = [&](std::int64_t position) {
    if (position < 0 || position >= std::int64_t(plan.count) || taken[std::size_t(position)]) return;
    taken[std::size_t(position)] = true;
    order.positions.push_back(std::size_t(position));
  };
  const auto current = std::int64_t(plan.current);
  const bool loops = plan.loop && plan.current >= plan.loop->first && plan.current <= plan.loop->second;
  const auto first = loops ? std::int64_t(plan.loop->first) : 0;
  const std::int64_t length = loops ? std::int64_t(plan.loop->second) - first + 1 : 1;
  const auto inDirection = [&](std::int64_t steps) {
    const std::int64_t position = current + steps * plan.direction;
    return loops ? first + ((position - first) % length + length) % length : position;
  };
  take(current);
  for (std::int64_t i = 1; i <= std::int64_t(plan.ahead); ++i)
    take(inDirection(i));
  for (std::int64_t i = 1; i <= std::int64_t(plan.behind); ++i)
    take(current - i * plan.direction);
  order.soon = order.positions.size();
  for (std::int64_t i = 1; i < std::int64_t(plan.count); ++i)
    take(inDirection(i));
  for (std::int64_t i = 1; i < std::int64_t(plan.count); ++i)
    take(current + i * plan.direction);
  for (std::int64_t i = 1; i < std::int64_t(plan.count); ++i)
    take(current - i * plan.direction);
  return order;
}

}  // namespace hbev
