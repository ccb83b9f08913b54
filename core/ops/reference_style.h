// Whether operations run as the reference composes them: the yardstick of the benchmarks.
#pragma once

namespace hbev {

/// While one of these lives, operations of this thread are their plain compositions, and the network folds
/// nothing and keeps no prepared weights.
class ReferenceStyle {
 public:
  explicit ReferenceStyle(bool on = true) : before_(on_) { on_ = on; }
  ~ReferenceStyle() { on_ = before_; }
  ReferenceStyle(const ReferenceStyle&) = delete;
  ReferenceStyle& operator=(const ReferenceStyle&) = delete;

  static bool on() { return on_; }

 private:
  static inline thread_local bool on_ = false;
  bool before_;
};

}  // namespace hbev
