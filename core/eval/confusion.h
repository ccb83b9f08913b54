// Which class was taken for which: voxels counted by true and predicted class.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace hbev {

/// A square table of counts, rows = truth, columns = prediction. Tables of frames add up.
class Confusion {
 public:
  Confusion() = default;
  explicit Confusion(int classes);

  int classes() const { return classes_; }
  std::int64_t at(int truth, int prediction) const { return counts_[place(truth, prediction)]; }
  /// All counts, row by row.
  std::span<const std::int64_t> counts() const { return counts_; }
  std::int64_t total() const;

  void add(int truth, int prediction, std::int64_t voxels) { counts_[place(truth, prediction)] += voxels; }
  /// Throws Error when the numbers of classes differ.
  Confusion& operator+=(const Confusion& other);
  bool operator==(const Confusion&) const = default;

 private:
  std::size_t place(int truth, int prediction) const {
    return std::size_t(truth) * std::size_t(classes_) + std::size_t(prediction);
  }

  int classes_ = 0;
  std::vector<std::int64_t> counts_;
};

/// Counts voxels by true and predicted class. With a `mask` (one byte a voxel) only where it is not zero.
/// True class numbers that are none (255: "not labelled") are passed over, as the reference does. Throws
/// Error when the lengths differ or a prediction that is counted has no class number of the set.
Confusion countVoxels(int classes, std::span<const std::uint8_t> prediction,
                      std::span<const std::uint8_t> truth, std::span<const std::uint8_t> mask = {});

}  // namespace hbev
