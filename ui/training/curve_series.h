// One curve of a run: steps and values as they arrive, smoothed, and what a pixel column of a plot holds of
// them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace hbev::ui {

/// Finds the lowest and the highest of any stretch of a growing list without looking at each value. Values
/// that are not finite are passed over.
class ExtremeIndex {
 public:
  struct Extremes {
    std::size_t lowest = 0, highest = 0;  ///< positions
  };
  /// Values from `from` on are new.
  void update(std::span<const double> values, std::size_t from);
  /// Of [first, last); nothing where no value is finite.
  std::optional<Extremes> find(std::span<const double> values, std::size_t first, std::size_t last) const;

 private:
  static constexpr std::size_t kSmall = 64, kLarge = 64 * kSmall;
  std::vector<std::optional<Extremes>> small_, large_;  ///< of whole blocks
};

class CurveSeries {
 public:
  struct Point {
    double step = 0, value = 0;
    bool operator==(const Point&) const = default;
  };
  struct Range {
    double low = 0, high = 0;
  };

  /// A step at or before the last one takes back what came after it: the run went on from a checkpoint.
  void append(std::span<const std::int64_t> steps, std::span<const double> values);
  void clear();
  /// 0: as it is; towards 1: an ever longer running mean, unbiased at its beginning, as TensorBoard has it. A
  /// short curve is not averaged away: the mean reaches over a twentieth of its points at most, see
  /// usedSmoothing().
  void setSmoothing(double weight);
  double smoothing() const { return smoothing_; }
  /// The weight that TensorBoard would need to draw this line.
  double usedSmoothing() const { return smoothing_ > 0 ? weight_ : 0; }

  std::size_t size() const { return steps_.size(); }
  bool empty() const { return steps_.empty(); }
  std::int64_t step(std::size_t i) const { return steps_[i]; }
  double value(std::size_t i) const { return values_[i]; }
  double smoothed(std::size_t i) const { return smoothing_ > 0 ? smoothed_[i] : values_[i]; }
  /// The position whose step is nearest; nothing in an empty series.
  std::optional<std::size_t> nearest(double step) const;

  /// The points of the line over [from, to], and one beyond each end: of every one of `columns` equal parts
  /// its first, lowest, highest and last, which draws what all points would draw. Values that are not finite
  /// are left out.
  std::vector<Point> drawn(double from, double to, int columns, bool smoothed) const;
  /// Lowest and highest over [from, to]; nothing where there is none.
  std::optional<Range> range(double from, double to, bool smoothed) const;
  /// Mean over steps in [from, to); nothing where there is none. Values that are not finite count as 0.
  std::optional<double> mean(double from, double to) const;

 private:
  std::size_t positionOf(double step) const;  ///< the first at or after it
  void smoothFrom(std::size_t first);

  std::vector<std::int64_t> steps_;
  std::vector<double> values_, smoothed_;
  std::vector<double> sums_{0.0};  ///< of the values before
  struct Running {
    double sum = 0, weight = 0;
  };
  std::vector<Running> running_;  ///< the weighted sum with each value, and the weight that it has gathered
  ExtremeIndex index_, smoothed_index_;
  double smoothing_ = 0;
  double weight_ = 0;  ///< in use
};

}  // namespace hbev::ui
