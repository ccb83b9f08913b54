// Where keyframes lie along the timeline, and which part of the scene is shown. Plain arithmetic.
#pragma once

#include <vector>

namespace hbev::ui {

/// Keyframe k owns the slot [k, k + 1) of a line that starts at 0; the slot's middle stands for its moment.
class TimelineScale {
 public:
  void setCount(int count);
  int count() const { return count_; }
  /// The pixels that the shown part fills.
  void setExtent(double left_px, double width_px);

  double xOfSlot(double slot) const { return left_ + (slot - first_) / span_ * width_; }
  double xOf(int keyframe) const { return xOfSlot(keyframe + 0.5); }
  double slotAt(double x) const { return first_ + (x - left_) / width_ * span_; }
  /// Clamped to what exists; -1 without keyframes.
  int keyframeAt(double x) const;
  double slotWidth() const { return width_ / span_; }

  /// `factor` over 1 shows less; what lies under x stays there. At least kFewestShown slots are shown, at
  /// most all.
  void zoom(double factor, double x);
  void reset();
  bool isZoomed() const { return span_ < count_; }
  /// Moves the shown part just so far that `keyframe` is inside it.
  void reveal(int keyframe);

  /// The fractional slot of a moment between keyframes at `times_s` (ascending); outside, by the nearest
  /// spacing.
  static double slotOfTime(const std::vector<double>& times_s, double time_s);

  static constexpr double kFewestShown = 4;

 private:
  void place(double first);

  int count_ = 0;
  double left_ = 0, width_ = 1;
  double first_ = 0, span_ = 1;
};

}  // namespace hbev::ui
