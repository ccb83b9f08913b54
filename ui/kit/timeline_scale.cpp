#include "ui/kit/timeline_scale.h"

#include <algorithm>
#include <cmath>

namespace hbev::ui {

void TimelineScale::setCount(int count) {
  count_ = std::max(0, count);
  reset();
}

void TimelineScale::setExtent(double left_px, double width_px) {
  left_ = left_px;
  width_ = std::max(1.0, width_px);
}

int TimelineScale::keyframeAt(double x) const {
  if (count_ == 0) return -1;
  return std::clamp(int(std::floor(slotAt(x))), 0, count_ - 1);
}

void TimelineScale::reset() {
  first_ = 0;
  span_ = std::max(1, count_);
}

void TimelineScale::place(double first) {
  first_ = std::clamp(first, 0.0, std::max(0.0, count_ - span_));
}

void TimelineScale::zoom(double factor, double x) {
  const double all = std::max(1, count_), slot = slotAt(x);
  const double share = (x - left_) / width_;
  span_ = std::clamp(span_ / factor, std::min(kFewestShown, all), all);
  place(slot - share * span_);
}

void TimelineScale::reveal(int keyframe) {
  if (keyframe < first_)
    place(keyframe);
  else if (keyframe + 1 > first_ + span_)
    place(keyframe + 1 - span_);
}

double TimelineScale::slotOfTime(const std::vector<double>& times_s, double time_s) {
  if (times_s.empty()) return 0;
  if (times_s.size() == 1) return 0.5;
  const auto after = std::ranges::upper_bound(times_s, time_s);
  const auto right =
      std::clamp(after - times_s.begin(), std::ptrdiff_t(1), std::ptrdiff_t(times_s.size()) - 1);
  const double t0 = times_s[std::size_t(right) - 1], t1 = times_s[std::size_t(right)];
  return double(right) - 0.5 + (t1 > t0 ? (time_s - t0) / (t1 - t0) : 0);
}

}  // namespace hbev::ui
