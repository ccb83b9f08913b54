// Pillow's antialiased bicubic resize of RGB pictures in its own fixed-point arithmetic: every byte is equal.
// Source: Pillow 9.4, src/libImaging/Resample.c.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/data/images.h"

namespace hbev {

/// The part of the resized picture that is wanted; what lies outside of it stays untouched.
struct ResizeWindow {
  int left = 0, top = 0, width = 0, height = 0;
};

/// Weights for one pair of sizes. Immutable: several threads may resize rows with it.
class ResizePlan {
 public:
  /// Rows that are worth a task of their own: the rows that they read stay in the processor's cache.
  static constexpr int kRowsPerBlock = 32;

  /// All sizes above 0.
  ResizePlan(int width, int height, int new_width, int new_height, const ResizeWindow& window);

  /// Rows [begin, end) of the window into `result`, whose size is the window's. Pixels of the window outside
  /// of the resized picture are left as they are.
  void resizeRows(const Image& picture, int begin, int end, Image& result) const;

 private:
  /// Along one axis: every target takes `count` neighbours from `first` on, with weights of 22 bits.
  struct Taps {
    int first = 0, count = 0;
    std::size_t weights = 0;  ///< where they begin in Axis::weights
  };
  struct Axis {
    int begin = 0, end = 0;  ///< the targets that are wanted, all inside the resized picture
    bool copies = false;     ///< the sizes are the same
    std::vector<Taps> taps;
    std::vector<std::int32_t> weights;
  };
  static Axis axisOf(int size, int new_size, int window_begin, int window_size);
  void resizeAcross(const std::uint8_t* row, std::uint8_t* target) const;

  ResizeWindow window_;
  int width_;
  Axis across_, down_;
};

}  // namespace hbev
