// What the bodies of the kernels are written with, so that nvcc compiles them for a card and any compiler for
// the processor: there the tests run them (tests/host_card), and the processor's own gradients are made of
// them.
#pragma once

#include <cmath>
#include <cstdint>

#ifdef __CUDACC__
#define HBEV_BODY __host__ __device__ inline
#else
#define HBEV_BODY inline
#endif

#ifdef __CUDA_ARCH__
#define HBEV_UNROLL _Pragma("unroll")  // register arrays must have no index at run time
#else
#define HBEV_UNROLL
#endif

namespace hbev {

/// What products of T are summed in.
template <class T>
struct SumOf {
  using Type = float;
};
template <>
struct SumOf<double> {
  using Type = double;
};
template <class T>
using Sum = typename SumOf<T>::Type;

/// Neighbouring numbers that one instruction reads or writes. Their address is a multiple of the pack's size.
template <class T, int count>
struct [[gnu::may_alias]] alignas(sizeof(T) * count) Pack {
  T values[count];
};

template <int count, class T>
HBEV_BODY Pack<T, count> loadPack(const T* from) {
  return *reinterpret_cast<const Pack<T, count>*>(from);
}

template <int count, class T>
HBEV_BODY void storePack(T* to, const Pack<T, count>& pack) {
  *reinterpret_cast<Pack<T, count>*>(to) = pack;
}

/// How many numbers of T fit into the widest load of a card.
template <class T>
inline constexpr int kWidest = 16 / int(sizeof(T));

/// Whether rows of `length` numbers can be read in the widest loads.
template <class T>
HBEV_BODY bool readsInPacks(const void* data, std::int64_t length) {
  return length % kWidest<T> == 0 && reinterpret_cast<std::uintptr_t>(data) % 16 == 0;
}

/// A place between four pixels of a map. What is outside lies between pixels that the map does not have.
template <class S>
struct Cell {
  int left = -2, top = -2;
  S fx = 0, fy = 0;

  HBEV_BODY bool somewhere() const { return left > -2; }
};

/// (x, y) in pixels. Not a number is outside.
template <class S>
HBEV_BODY Cell<S> cellAt(S x, S y, int width, int height) {
  Cell<S> cell;
  if (!(x > S(-1) && x < S(width) && y > S(-1) && y < S(height))) return cell;
  const S left = std::floor(x), top = std::floor(y);
  cell.left = int(left);
  cell.top = int(top);
  cell.fx = x - left;
  cell.fy = y - top;
  return cell;
}

/// The pixel at a corner (0: left top, 1: right top, 2: left bottom, 3: right bottom), -1 where the map has
/// none.
template <class S>
HBEV_BODY std::int64_t cornerPixel(const Cell<S>& cell, int corner, int width, int height) {
  const int column = cell.left + corner % 2, row = cell.top + corner / 2;
  const bool inside = column >= 0 && column < width && row >= 0 && row < height;
  return inside ? std::int64_t(row) * width + column : -1;
}

template <class S>
HBEV_BODY S cornerWeight(const Cell<S>& cell, int corner) {
  return (corner % 2 == 0 ? 1 - cell.fx : cell.fx) * (corner / 2 == 0 ? 1 - cell.fy : cell.fy);
}

}  // namespace hbev
