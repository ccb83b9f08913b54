// A cache that loads in the background what is wished for: the first wish first, forgotten wishes never.
#pragma once

#include <algorithm>
#include <functional>
#include <iterator>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "core/base/task_queue.h"

namespace hbev {

/// Where a cache's loads stand among the others of its queue.
struct WishPriorities {
  WishPriorities(int soon_first) : soon(soon_first), later(soon_first) {}
  WishPriorities(int soon_first, int later_first, int step_down)
      : soon(soon_first), later(later_first), step(step_down) {}
  int soon;      ///< of the first wish; each further one is `step` below
  int later;     ///< the same for wishes that are not needed soon
  int step = 1;  ///< two caches of one queue that load for the same moments interleave by it
};

/// Keeps values under a budget of bytes: what is wished for stays, the first wishes longest; of the rest the
/// least recently used go first. Thread-safe. `Key` needs operator<.
template <class Key, class Value>
class WishCache {
 public:
  using Pointer = std::shared_ptr<const Value>;
  /// Runs on the queue's threads. What goes wrong belongs into the value; when an exception leaves it all the
  /// same, nothing is kept and the next wish for the key tries again.
  using Load = std::function<Pointer(const Key&, const std::stop_token&)>;
  using Size = std::function<std::size_t(const Value&)>;
  /// Called from the queue's threads.
  using Loaded = std::function<void(const Key&, const Pointer&)>;

  /// `hits` and `misses` count first wishes: was what somebody turned to there at once?
  struct Stats {
    std::size_t entries = 0, bytes = 0, hits = 0, misses = 0;
  };

  /// `queue` must outlive the cache.
  WishCache(TaskQueue& queue, WishPriorities priorities, Load load, Size size, Loaded loaded,
            std::size_t budget_bytes)
      : queue_(queue), priorities_(priorities), state_(std::make_shared<State>()) {
    state_->load = std::move(load);
    state_->size = std::move(size);
    state_->loaded = std::move(loaded);
    state_->budget_bytes = budget_bytes;
  }

  /// Does not wait for loads in flight, whose results are dropped, but for a call of Loaded that has begun,
  /// so that none comes after the cache is gone. Loaded itself may destroy the cache.
  ~WishCache() {
    const std::lock_guard telling(state_->telling);
    const std::lock_guard lock(state_->mutex);
    state_->loaded = nullptr;
    for (auto& [key, wanted] : state_->pending)
      wanted.task.cancel();
    state_->pending.clear();
  }
  WishCache(const WishCache&) = delete;
  WishCache& operator=(const WishCache&) = delete;

  /// Replaces the former wishes: what is neither here nor cached will be loaded, in this order; what was
  /// wished for and is not in `keys` is cancelled. The list may be longer than what fits: the last ones are
  /// left out. `soon`: how many of them are needed soon; the others wait for work of lower priority.
  void wish(const std::vector<Key>& keys, std::size_t soon = ~std::size_t(0)) {
    const std::lock_guard lock(state_->mutex);
    const bool new_first =
        !keys.empty() && (state_->wished.empty() || state_->wished.front() != keys.front());
    if (new_first) ++(state_->entries.contains(keys.front()) ? state_->stats.hits : state_->stats.misses);
    state_->wished = keys;
    state_->rankWishes();
    const std::size_t fitting = state_->countFitting();
    const auto priorityOf = [&](std::size_t rank) {
      return (rank < soon ? priorities_.soon : priorities_.later) - int(rank) * priorities_.step;
    };
    std::map<Key, Wanted> kept;
    for (std::size_t rank = 0; rank < fitting; ++rank) {
      const auto found = state_->pending.find(keys[rank]);
      // What runs goes on, unless the queue was told to stop it; what waits elsewhere is queued anew at its
      // new place.
      if (found == state_->pending.end() || found->second.task.isCancelled()) continue;
      if (!*found->second.begun && found->second.priority != priorityOf(rank)) continue;
      kept.insert(*found);
      state_->pending.erase(found);
    }
    for (auto& [key, wanted] : state_->pending)
      wanted.task.cancel();
    state_->pending = std::move(kept);
    for (std::size_t rank = 0; rank < fitting; ++rank) {
      if (!state_->entries.contains(keys[rank])) submit(keys[rank], priorityOf(rank));
    }
  }

  /// What is too much goes at once.
  void setBudget(std::size_t budget_bytes) {
    const std::lock_guard lock(state_->mutex);
    state_->budget_bytes = budget_bytes;
    state_->evict();
  }

  /// Forgets the values that `drop` says to: they load anew when they are wished for again.
  void dropIf(const std::function<bool(const Key&, const Value&)>& drop) {
    const std::lock_guard lock(state_->mutex);
    for (auto entry = state_->entries.begin(); entry != state_->entries.end();) {
      const auto next = std::next(entry);
      if (drop(entry->first, *entry->second.value)) state_->erase(entry);
      entry = next;
    }
  }

  /// The value, or null when it is not there (yet). Counts as use.
  Pointer find(const Key& key) {
    const std::lock_guard lock(state_->mutex);
    const auto found = state_->entries.find(key);
    if (found == state_->entries.end()) return nullptr;
    state_->order.splice(state_->order.begin(), state_->order, found->second.place);
    return found->second.value;
  }

  /// Like find(), without touching.
  bool contains(const Key& key) const {
    const std::lock_guard lock(state_->mutex);
    return state_->entries.contains(key);
  }

  Stats stats() const {
    const std::lock_guard lock(state_->mutex);
    Stats stats = state_->stats;
    stats.entries = state_->entries.size();
    stats.bytes = state_->bytes;
    return stats;
  }

 private:
  struct Entry {
    Pointer value;
    std::size_t bytes;
    typename std::list<Key>::iterator place;
  };
  struct Wanted {
    Task task;
    int priority;
    std::shared_ptr<bool> begun;  ///< guarded by State::mutex
  };
  struct State {
    std::recursive_mutex telling;  ///< held during Loaded; always locked before `mutex`
    std::mutex mutex;
    Load load;
    Size size;
    Loaded loaded;
    std::size_t budget_bytes = 0;
    std::size_t bytes = 0;
    std::map<Key, Entry> entries;
    std::list<Key> order;              // to be kept longest first: wishes in their order, then by last use
    std::vector<Key> wished;           // the last wishes
    std::map<Key, std::size_t> ranks;  // of the wishes
    std::map<Key, Wanted> pending;
    Stats stats;

    /// Brings what is wished for and there to the front of `order`, in the wishes' order.
    void rankWishes() {
      ranks.clear();
      for (std::size_t rank = wished.size(); rank-- > 0;) {
        ranks[wished[rank]] = rank;
        const auto found = entries.find(wished[rank]);
        if (found != entries.end()) order.splice(order.begin(), order, found->second.place);
      }
    }

    /// How many of the first wishes fit into the budget, if those not loaded yet have the average size of
    /// those that are.
    std::size_t countFitting() const {
      const std::size_t usual = entries.empty() ? 0 : bytes / entries.size();
      std::size_t sum = 0;
      for (std::size_t rank = 0; rank < wished.size(); ++rank) {
        const auto found = entries.find(wished[rank]);
        sum += found == entries.end() ? usual : found->second.bytes;
        if (rank > 0 && sum > budget_bytes) return rank;
      }
      return wished.size();
    }

    void insert(const Key& key, const Pointer& value) {
      auto place = order.begin();
      const auto ranked = ranks.find(key);
      if (ranked != ranks.end()) {
        const auto isBefore = [&](const Key& other) {
          const auto found = ranks.find(other);
          return found != ranks.end() && found->second < ranked->second;
        };
        place = std::find_if_not(order.begin(), order.end(), isBefore);
      }
      const std::size_t added = size(*value);
      entries[key] = {value, added, order.insert(place, key)};
      bytes += added;
      evict();
    }

    void erase(typename std::map<Key, Entry>::iterator entry) {
      bytes -= entry->second.bytes;
      order.erase(entry->second.place);
      entries.erase(entry);
    }

    void evict() {
      while (bytes > budget_bytes && order.size() > 1) {
        const auto ranked = ranks.find(order.back());
        // A wish must go: what stands behind it in the list would have to go at once too.
        if (ranked != ranks.end()) cancelBehind(ranked->second);
        erase(entries.find(order.back()));
      }
    }

    void cancelBehind(std::size_t rank) {
      for (auto wanted = pending.begin(); wanted != pending.end();) {
        const auto ranked = ranks.find(wanted->first);
        const bool behind = ranked != ranks.end() && ranked->second > rank;
        if (behind) wanted->second.task.cancel();
        wanted = behind ? pending.erase(wanted) : std::next(wanted);
      }
    }
  };

  void submit(const Key& key, int priority) {
    if (state_->pending.contains(key)) return;
    auto begun = std::make_shared<bool>(false);
    Task task = queue_.submit(priority, [state = state_, key, begun](const std::stop_token& stop) {
      {
        const std::lock_guard lock(state->mutex);
        if (stop.stop_requested()) return;
        *begun = true;
      }
      Pointer value;
      try {
        value = state->load(key, stop);
      } catch (...) {
        forget(*state, key, stop);
        throw;
      }
      finish(*state, key, value, stop);
    });
    state_->pending[key] = {std::move(task), priority, std::move(begun)};
  }

  static void forget(State& state, const Key& key, const std::stop_token& stop) {
    const std::lock_guard lock(state.mutex);
    if (!stop.stop_requested()) state.pending.erase(key);  // else the entry, if any, is a later wish's
  }

  static void finish(State& state, const Key& key, const Pointer& value, const std::stop_token& stop) {
    const std::lock_guard telling(state.telling);
    Loaded tell;
    {
      const std::lock_guard lock(state.mutex);
      if (!state.loaded || stop.stop_requested()) return;
      state.pending.erase(key);
      if (!state.entries.contains(key)) state.insert(key, value);
      tell = state.loaded;
    }
    tell(key, value);
  }

  TaskQueue& queue_;
  WishPriorities priorities_;
  std::shared_ptr<State> state_;
};

}  // namespace hbev
