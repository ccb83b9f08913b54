// The last things that were made of files, as many as a budget has room for.
#pragma once

#include <cstddef>
#include <list>
#include <string>
#include <unordered_map>
#include <utility>

namespace hbev {

/// Not for several threads at once.
template <class Value>
class RecentFiles {
 public:
  /// `budget`: of the costs of what is kept; the last one is kept at any cost.
  explicit RecentFiles(std::size_t budget) : budget_(budget) {}

  /// The file's, which is now the last that was used; null when it is not kept. Good until the next keep().
  const Value* find(const std::string& file) {
    const auto found = index_.find(file);
    if (found == index_.end()) return nullptr;
    kept_.splice(kept_.begin(), kept_, found->second);
    return &kept_.front().value;
  }

  /// Does nothing when the file's is kept already.
  void keep(const std::string& file, Value value, std::size_t cost) {
    if (index_.contains(file)) return;
    kept_.push_front({file, std::move(value), cost});
    index_[file] = kept_.begin();
    for (cost_ += cost; cost_ > budget_ && kept_.size() > 1; kept_.pop_back()) {
      cost_ -= kept_.back().cost;
      index_.erase(kept_.back().file);
    }
  }

 private:
  struct Kept {
    std::string file;
    Value value;
    std::size_t cost;
  };
  std::size_t budget_, cost_ = 0;
  std::list<Kept> kept_;  // the last used first
  std::unordered_map<std::string, typename std::list<Kept>::iterator> index_;
};

}  // namespace hbev
