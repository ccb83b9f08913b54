// A cache that loads in the background what is wished for: the first wish first, forgotten wishes never.
#pragma once

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "core/base/task_queue.h"

namespace hbev {

/// Keeps values under a budget of bytes, the least recently used go first. Thread-safe. `Key` needs
/// operator<.
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

  struct Stats {
    std::size_t entries = 0, bytes = 0, hits = 0, misses = 0;
  };

  /// `queue` must outlive the cache. `priority` of the first wish; later ones of a list come after it.
  WishCache(TaskQueue& queue, int priority, Load load, Size size, Loaded loaded, std::size_t budget_bytes)
      : queue_(queue), priority_(priority), state_(std::make_shared<State>()) {
    state_->load = std::move(load);
    state_->size = std::move(size);
    state_->loaded = std::move(loaded);
    state_->budget_bytes = budget_bytes;
  }

  /// Does not wait for loads under way, what they bring is dropped; but for a call of Loaded that has begun,
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
  /// wished for and is not in `keys` is cancelled.
  void wish(const std::vector<Key>& keys) {
    const std::lock_guard lock(state_->mutex);
    std::map<Key, Wanted> kept;
    int priority = priority_ + 1;
    for (const Key& key : keys) {
      --priority;
      const auto found = state_->pending.find(key);
      // What runs goes on, unless the queue was told to stop it; what waits elsewhere is queued anew at its
      // new place.
      if (found == state_->pending.end() || found->second.task.isCancelled()) continue;
      if (!*found->second.begun && found->second.priority != priority) continue;
      kept.insert(*found);
      state_->pending.erase(found);
    }
    for (auto& [key, wanted] : state_->pending)
      wanted.task.cancel();
    state_->pending = std::move(kept);
    priority = priority_;
    for (const Key& key : keys) {
      if (!state_->entries.contains(key)) submit(key, priority);
      --priority;
    }
  }

  /// The value, or null when it is not there (yet).
  Pointer find(const Key& key) {
    const std::lock_guard lock(state_->mutex);
    const auto found = state_->entries.find(key);
    if (found == state_->entries.end()) {
      ++state_->stats.misses;
      return nullptr;
    }
    ++state_->stats.hits;
    state_->order.splice(state_->order.begin(), state_->order, found->second.place);
    return found->second.value;
  }

  /// Like find(), without counting or touching.
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
    std::list<Key> order;  // most recently used first
    std::map<Key, Wanted> pending;
    Stats stats;

    void insert(const Key& key, const Pointer& value) {
      order.push_front(key);
      const std::size_t added = size(*value);
      entries[key] = {value, added, order.begin()};
      bytes += added;
      while (bytes > budget_bytes && order.size() > 1) {
        const auto oldest = entries.find(order.back());
        bytes -= oldest->second.bytes;
        entries.erase(oldest);
        order.pop_back();
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
  int priority_;
  std::shared_ptr<State> state_;
};

}  // namespace hbev
