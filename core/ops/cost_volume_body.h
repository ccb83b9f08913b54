// One thread's part of the stereo cost volume, for the card and for the processor.
#pragma once

#include "core/ops/kernel_arrays.h"
#include "core/ops/kernel_body.h"

namespace hbev {

/// The numbers of kernel_arrays.h's projections, in the order of the reference's arithmetic.
template <class S>
struct StereoProjection {
  S unrotate[9];  // inverse of the image rotation
  S to_other[9];  // rotation of other_from_current times the inverse intrinsics
  S shift_m[3];   // translation of other_from_current
  S intrinsics[9];
  S rotate[9];  // of the image
  S shift[3];   // of the image, pixels
};
static_assert(sizeof(StereoProjection<float>) == kProjectionNumbers * sizeof(float));

constexpr double kNearestToOther_m = 1e-3;  // what is nearer to the other camera's plane counts as behind it
constexpr int kTestedGroup = 4;             // the reference sums its channels in groups of four

template <class S>
struct Triple {
  S x, y, z;
};

template <class S>
HBEV_BODY Triple<S> times(const S* m, const Triple<S>& p) {
  return {m[0] * p.x + m[1] * p.y + m[2] * p.z, m[3] * p.x + m[4] * p.y + m[5] * p.z,
          m[6] * p.x + m[7] * p.y + m[8] * p.z};
}

/// Where a point of the frustum (x, y in pixels, depth in m) is seen in the other feature map.
template <class S>
HBEV_BODY Cell<S> stereoCell(const StereoProjection<S>& camera, const S* point, const StereoCostArrays& a) {
  Triple<S> p = times(camera.unrotate, Triple<S>{point[0] - camera.shift[0], point[1] - camera.shift[1],
                                                 point[2] - camera.shift[2]});
  p = times(camera.to_other, Triple<S>{p.x * p.z, p.y * p.z, p.z});
  p = {p.x + camera.shift_m[0], p.y + camera.shift_m[1], p.z + camera.shift_m[2]};
  if (!(p.z >= S(kNearestToOther_m))) return {};
  p = times(camera.intrinsics, p);
  const S u = p.x / p.z, v = p.y / p.z;
  const S x = camera.rotate[0] * u + camera.rotate[1] * v + camera.shift[0];
  const S y = camera.rotate[3] * u + camera.rotate[4] * v + camera.shift[1];
  // Normalised by the full picture, then spread over the feature map, as the reference's grid sampler does.
  const S across = x / S(a.picture_width - 1) * S(2) - S(1), down = y / S(a.picture_height - 1) * S(2) - S(1);
  return cellAt((across + S(1)) / S(2) * S(a.width - 1), (down + S(1)) / S(2) * S(a.height - 1), int(a.width),
                int(a.height));
}

/// One lane's channels of a pixel: `packs` packs of `count` channels, `lanes` lanes beside each other. The
/// four pixels that the last sample lay between stay in registers: neighbouring depths mostly lie between the
/// same four.
template <class T, int count, int packs>
class StereoLane {
 public:
  using S = Sum<T>;

  /// `first`: the channel that lane 0 begins with.
  HBEV_BODY StereoLane(const StereoCostArrays& a, std::int64_t camera, std::int64_t pixel, std::int64_t first,
                       int lane, int lanes)
      : a_(a),
        previous_(static_cast<const T*>(a.previous) + camera * a.height * a.width * a.channels),
        first_(first + lane * count),
        step_(std::int64_t(lanes) * count) {
    for (int pack = 0; pack < packs; ++pack) {
      if (channel(pack * count) + kTestedInPack == a.channels - kTestedGroup) tested_ = pack;
    }
    load(static_cast<const T*>(a.current) + (camera * a.height * a.width + pixel) * a.channels, current_);
  }

  /// The share of this lane's channels in the cost of a sample.
  HBEV_BODY S cost(const Cell<S>& cell) {
    if (cell.left != left_ || cell.top != top_) {
      left_ = cell.left;
      top_ = cell.top;
      HBEV_UNROLL
      for (int corner = 0; corner < 4; ++corner) {
        const std::int64_t pixel = cornerPixel(cell, corner, int(a_.width), int(a_.height));
        load(pixel < 0 ? nullptr : previous_ + pixel * a_.channels, corner_[corner]);
      }
    }
    const S w0 = cornerWeight(cell, 0), w1 = cornerWeight(cell, 1), w2 = cornerWeight(cell, 2),
            w3 = cornerWeight(cell, 3);
    S sum = 0;
    HBEV_UNROLL
    for (int k = 0; k < count * packs; ++k) {
      const S seen = w0 * corner_[0][k] + w1 * corner_[1][k] + w2 * corner_[2][k] + w3 * corner_[3][k];
      sum += std::abs(current_[k] - seen);
      if (k % count == kTestedInPack && tested_ == k / count && seen == 0) sum += S(a_.bias);
    }
    return sum;
  }

 private:
  /// Rows are whole packs, so that the tested channel is always the same one of its pack.
  static constexpr int kTestedInPack = count > kTestedGroup ? count - kTestedGroup : 0;

  HBEV_BODY std::int64_t channel(int k) const { return first_ + k / count * step_ + k % count; }

  HBEV_BODY void load(const T* pixel, S* into) {
    HBEV_UNROLL
    for (int pack = 0; pack < packs; ++pack) {
      const std::int64_t begin = channel(pack * count);
      const bool there = pixel != nullptr && begin < a_.channels;
      const Pack<T, count> values = there ? loadPack<count>(pixel + begin) : Pack<T, count>{};
      HBEV_UNROLL
      for (int k = 0; k < count; ++k)
        into[pack * count + k] = static_cast<S>(values.values[k]);
    }
  }

  const StereoCostArrays& a_;
  const T* previous_;
  std::int64_t first_, step_;
  int tested_ = -1;           // the pack that holds the tested channel
  int left_ = -2, top_ = -2;  // outside: all corners are zero
  S current_[count * packs];
  S corner_[4][count * packs] = {};
};

}  // namespace hbev
