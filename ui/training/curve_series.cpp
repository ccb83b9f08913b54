#include "ui/training/curve_series.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace hbev::ui {
namespace {

using Extremes = ExtremeIndex::Extremes;

constexpr double kLeastShare = 20;  // of the points to those that the mean reaches over

void join(std::optional<Extremes>& into, const std::optional<Extremes>& more,
          std::span<const double> values) {
  if (!more) return;
  if (!into) {
    into = more;
    return;
  }
  if (values[more->lowest] < values[into->lowest]) into->lowest = more->lowest;
  if (values[more->highest] > values[into->highest]) into->highest = more->highest;
}

std::optional<Extremes> scan(std::span<const double> values, std::size_t first, std::size_t last) {
  std::optional<Extremes> found;
  for (std::size_t i = first; i < last; ++i) {
    if (std::isfinite(values[i])) join(found, Extremes{i, i}, values);
  }
  return found;
}

}  // namespace

void ExtremeIndex::update(std::span<const double> values, std::size_t from) {
  small_.resize(std::min(small_.size(), from / kSmall));
  large_.resize(std::min(large_.size(), from / kLarge));
  while ((small_.size() + 1) * kSmall <= values.size())
    small_.push_back(scan(values, small_.size() * kSmall, (small_.size() + 1) * kSmall));
  while ((large_.size() + 1) * kLarge <= values.size()) {
    std::optional<Extremes> block;
    const std::size_t first = large_.size() * (kLarge / kSmall);
    for (std::size_t i = first; i < first + kLarge / kSmall; ++i)
      join(block, small_[i], values);
    large_.push_back(block);
  }
}

std::optional<Extremes> ExtremeIndex::find(std::span<const double> values, std::size_t first,
                                           std::size_t last) const {
  std::optional<Extremes> found;
  while (first < last) {
    if (first % kLarge == 0 && first + kLarge <= last && first / kLarge < large_.size()) {
      join(found, large_[first / kLarge], values);
      first += kLarge;
    } else if (first % kSmall == 0 && first + kSmall <= last && first / kSmall < small_.size()) {
      join(found, small_[first / kSmall], values);
      first += kSmall;
    } else {
      const std::size_t end = std::min(last, (first / kSmall + 1) * kSmall);
      join(found, scan(values, first, end), values);
      first = end;
    }
  }
  return found;
}

void CurveSeries::append(std::span<const std::int64_t> steps, std::span<const double> values) {
  if (steps.empty()) return;
  std::size_t changed = steps_.size();
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (!steps_.empty() && steps[i] <= steps_.back()) {
      const std::size_t keep = positionOf(double(steps[i]));
      steps_.resize(keep);
      values_.resize(keep);
      sums_.resize(keep + 1);
      changed = std::min(changed, keep);
    }
    steps_.push_back(steps[i]);
    values_.push_back(values[i]);
    sums_.push_back(sums_.back() + (std::isfinite(values[i]) ? values[i] : 0.0));
  }
  index_.update(values_, changed);
  if (smoothing_ > 0) smoothFrom(changed);
}

void CurveSeries::clear() {
  *this = CurveSeries();
}

void CurveSeries::setSmoothing(double weight) {
  weight = std::clamp(weight, 0.0, 0.9999);
  if (weight == smoothing_) return;
  smoothing_ = weight;
  if (smoothing_ > 0) smoothFrom(0);
}

void CurveSeries::smoothFrom(std::size_t first) {
  const double most = 1 - kLeastShare / std::max(kLeastShare, double(values_.size()));
  if (const double weight = std::min(smoothing_, most); weight != weight_) {
    weight_ = weight;
    first = 0;
  }
  smoothed_.resize(values_.size());
  running_.resize(values_.size());
  Running running = first > 0 ? running_[first - 1] : Running();
  for (std::size_t i = first; i < values_.size(); ++i) {
    if (std::isfinite(values_[i])) {
      running.sum = weight_ * running.sum + (1 - weight_) * values_[i];
      running.weight = weight_ * running.weight + (1 - weight_);
      smoothed_[i] = running.sum / running.weight;
    } else {
      smoothed_[i] = values_[i];  // the line has its gap, the mean stays
    }
    running_[i] = running;
  }
  smoothed_index_.update(smoothed_, first);
}

std::size_t CurveSeries::positionOf(double step) const {
  const auto at = std::ranges::lower_bound(steps_, step, {}, [](std::int64_t each) { return double(each); });
  return std::size_t(at - steps_.begin());
}

std::optional<std::size_t> CurveSeries::nearest(double step) const {
  if (steps_.empty()) return std::nullopt;
  const std::size_t after = positionOf(step);
  if (after == 0) return 0;
  if (after == steps_.size()) return after - 1;
  return double(steps_[after]) - step < step - double(steps_[after - 1]) ? after : after - 1;
}

std::vector<CurveSeries::Point> CurveSeries::drawn(double from, double to, int columns, bool smoothed) const {
  std::vector<Point> points;
  if (steps_.empty() || columns < 1 || !(from < to)) return points;
  const bool smooth = smoothed && smoothing_ > 0;
  const std::vector<double>& values = smooth ? smoothed_ : values_;
  const ExtremeIndex& index = smooth ? smoothed_index_ : index_;
  const auto add = [&](std::size_t i) {
    if (std::isfinite(values[i])) points.push_back({double(steps_[i]), values[i]});
  };
  const std::size_t inside = positionOf(from), beyond = positionOf(std::nextafter(to, HUGE_VAL));
  const std::size_t last = std::min(steps_.size(), beyond + 1);
  if (inside > 0) add(inside - 1);
  if (last - std::min(inside, last) <= 4 * std::size_t(columns)) {
    for (std::size_t i = inside; i < last; ++i)
      add(i);
    return points;
  }
  std::size_t begin = inside;
  for (int column = 1; column <= columns; ++column) {
    const std::size_t end =
        column == columns ? beyond : std::max(begin, positionOf(from + (to - from) * column / columns));
    if (begin == end) continue;
    std::array<std::size_t, 4> chosen{begin, begin, begin, end - 1};
    if (const auto extremes = index.find(values, begin, end)) {
      chosen[1] = std::min(extremes->lowest, extremes->highest);
      chosen[2] = std::max(extremes->lowest, extremes->highest);
    }
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      if (i == 0 || chosen[i] != chosen[i - 1]) add(chosen[i]);
    }
    begin = end;
  }
  if (beyond < last) add(beyond);
  return points;
}

std::optional<CurveSeries::Range> CurveSeries::range(double from, double to, bool smoothed) const {
  const bool smooth = smoothed && smoothing_ > 0;
  const std::vector<double>& values = smooth ? smoothed_ : values_;
  const auto found = (smooth ? smoothed_index_ : index_)
                         .find(values, positionOf(from), positionOf(std::nextafter(to, HUGE_VAL)));
  if (!found) return std::nullopt;
  return Range{values[found->lowest], values[found->highest]};
}

std::optional<double> CurveSeries::mean(double from, double to) const {
  const std::size_t first = positionOf(from), last = positionOf(to);
  if (first >= last) return std::nullopt;
  return (sums_[last] - sums_[first]) / double(last - first);
}

}  // namespace hbev::ui
