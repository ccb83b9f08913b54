// The loops of convolution_loops.h for vectors of `lanes` numbers. Included by one file for each kind of
// vector unit.
#pragma once

#include <algorithm>
#include <array>
#include <vector>

#include "core/ops/convolution_loops.h"

namespace hbev {
namespace {

/// GCC wants literal sizes here.
template <int lanes>
struct Vectors;
template <>
struct Vectors<4> {
  typedef float Vec __attribute__((vector_size(16)));
  typedef float Loose __attribute__((vector_size(16), aligned(4), may_alias));
};
template <>
struct Vectors<8> {
  typedef float Vec __attribute__((vector_size(32)));
  typedef float Loose __attribute__((vector_size(32), aligned(4), may_alias));
};
template <>
struct Vectors<16> {
  typedef float Vec __attribute__((vector_size(64)));
  typedef float Loose __attribute__((vector_size(64), aligned(4), may_alias));
};

template <int lanes>
struct Loops {
  using Vec = typename Vectors<lanes>::Vec;
  using Loose = typename Vectors<lanes>::Loose;

  static Vec load(const float* p) { return *reinterpret_cast<const Loose*>(p); }
  static void store(float* p, Vec v) { *reinterpret_cast<Loose*>(p) = v; }

  static constexpr float kA = kPlaceA, kB = kPlaceB;

  /// The transposed inverse of the polynomials' values: six cells in a row.
  static void spread(const Vec* d, int step, Vec* out) {
    constexpr float product = kA * kA * kB * kB, sum = kA * kA + kB * kB;
    const Vec d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step], d4 = d[4 * step], d5 = d[5 * step];
    const Vec even_a = d4 - kB * kB * d2, odd_a = kA * (d3 - kB * kB * d1);
    const Vec even_b = d4 - kA * kA * d2, odd_b = kB * (d3 - kA * kA * d1);
    out[0] = product * d0 - sum * d2 + d4;
    out[1] = even_a + odd_a;
    out[2] = even_a - odd_a;
    out[3] = even_b + odd_b;
    out[4] = even_b - odd_b;
    out[5] = product * d1 - sum * d3 + d5;
  }

  /// The values at the six places become four cells.
  static void gather(const Vec* m, int step, Vec* out) {
    const Vec m0 = m[0], m1 = m[step], m2 = m[2 * step], m3 = m[3 * step], m4 = m[4 * step], m5 = m[5 * step];
    const Vec sum_a = m1 + m2, odd_a = m1 - m2, sum_b = m3 + m4, odd_b = m3 - m4;
    out[0] = m0 + sum_a + sum_b;
    out[1] = kA * odd_a + kB * odd_b;
    out[2] = kA * kA * sum_a + kB * kB * sum_b;
    out[3] = kA * kA * kA * odd_a + kB * kB * kB * odd_b + m5;
  }

  struct Place {
    std::int64_t picture, y, x;  // of the tile's first output cell
  };
  static Place placeOf(std::int64_t tile, const TiledMap& map) {
    const std::int64_t in_picture = tile % (map.tiles_down * map.tiles_across);
    return {tile / (map.tiles_down * map.tiles_across), in_picture / map.tiles_across * 4,
            in_picture % map.tiles_across * 4};
  }

  static void input(const float* maps, const TiledMap& map, std::int64_t begin, std::int64_t end,
                    float* transformed, std::int64_t stride) {
    const std::vector<float> zeros(std::size_t(map.channels), 0.0F);
    for (std::int64_t tile = begin; tile < end; ++tile) {
      const Place place = placeOf(tile, map);
      const float* picture = maps + place.picture * map.height * map.width * map.channels;
      std::array<const float*, 36> cells{};
      for (int i = 0; i < 36; ++i) {
        const std::int64_t y = place.y + i / 6 - 1, x = place.x + i % 6 - 1;
        const bool inside = y >= 0 && y < map.height && x >= 0 && x < map.width;
        cells[std::size_t(i)] = inside ? picture + (y * map.width + x) * map.channels : zeros.data();
      }
      float* out = transformed + (tile - begin) * map.channels;
      for (std::int64_t c = 0; c < map.channels; c += lanes) {
        Vec rows[36], columns[6];
        for (int y = 0; y < 6; ++y) {
          Vec d[6];
          for (int x = 0; x < 6; ++x)
            d[x] = load(cells[std::size_t(y * 6 + x)] + c);
          spread(d, 1, rows + y * 6);
        }
        for (int x = 0; x < 6; ++x) {
          spread(rows + x, 6, columns);
          for (int y = 0; y < 6; ++y)
            store(out + (y * 6 + x) * stride + c, columns[y]);
        }
      }
    }
  }

  static Vec finished(Vec v, const Finish& finish, std::int64_t cell, std::int64_t c) {
    if (finish.bias) v += load(finish.bias + c);
    if (finish.added) v += load(finish.added + cell + c);
    if (finish.relu) v = v < 0.0F ? Vec{} : v;  // what is not a number stays so
    return v;
  }

  static void output(const float* transformed, std::int64_t stride, const TiledMap& map, std::int64_t begin,
                     std::int64_t end, const Finish& finish, float* maps) {
    for (std::int64_t tile = begin; tile < end; ++tile) {
      const Place place = placeOf(tile, map);
      const std::int64_t picture = place.picture * map.height * map.width * map.channels;
      const float* in = transformed + (tile - begin) * map.channels;
      const std::int64_t rows = std::min<std::int64_t>(4, map.height - place.y);
      const std::int64_t columns = std::min<std::int64_t>(4, map.width - place.x);
      for (std::int64_t c = 0; c < map.channels; c += lanes) {
        Vec half[24], cells[4];  // [4][6]
        for (int x = 0; x < 6; ++x) {
          Vec m[6], out[4];
          for (int y = 0; y < 6; ++y)
            m[y] = load(in + (y * 6 + x) * stride + c);
          gather(m, 1, out);
          for (int y = 0; y < 4; ++y)
            half[y * 6 + x] = out[y];
        }
        for (std::int64_t y = 0; y < rows; ++y) {
          gather(half + y * 6, 1, cells);
          for (std::int64_t x = 0; x < columns; ++x) {
            const std::int64_t cell = picture + ((place.y + y) * map.width + place.x + x) * map.channels;
            store(maps + cell + c, finished(cells[x], finish, cell, c));
          }
        }
      }
    }
  }

  /// Where a cell of the large map lies in the small one: corners on corners.
  struct Source {
    std::int64_t first, second;
    float weight_first, weight_second;
  };
  static Source sourceOf(std::int64_t large, std::int64_t large_size, std::int64_t size) {
    const float scale = large_size > 1 ? float(size - 1) / float(large_size - 1) : 0.0F;
    const float place = scale * float(large);
    const std::int64_t first = std::min(std::int64_t(place), size - 1);
    const float second = place - float(first);
    return {first, std::min(first + 1, size - 1), 1.0F - second, second};
  }

  static void row(const UpsampledRow& r, const Finish& finish, float* out) {
    const std::int64_t channels = r.channels, wide = 3 * channels;
    // First down, then across: each kernel row has two rows of the small map.
    std::fill(r.scratch, r.scratch + r.width * wide, 0.0F);
    for (int ky = 0; ky < 3; ++ky) {
      const std::int64_t y = r.y + ky - 1;
      if (y < 0 || y >= r.large_height) continue;
      const Source s = sourceOf(y, r.large_height, r.height);
      for (std::int64_t x = 0; x < r.width; ++x) {
        const float* first = r.products + ((s.first * r.width + x) * 3 + ky) * wide;
        const float* second = r.products + ((s.second * r.width + x) * 3 + ky) * wide;
        float* sum = r.scratch + x * wide;
        for (std::int64_t c = 0; c < wide; c += lanes) {
          store(sum + c,
                load(sum + c) + s.weight_first * load(first + c) + s.weight_second * load(second + c));
        }
      }
    }
    const std::int64_t begin = r.y * r.large_width * channels;
    for (std::int64_t x = 0; x < r.large_width; ++x) {
      const float *firsts[3] = {}, *seconds[3] = {};
      float weights[3][2] = {};
      for (int kx = 0; kx < 3; ++kx) {
        const std::int64_t place = std::clamp<std::int64_t>(x + kx - 1, 0, r.large_width - 1);
        const Source s = sourceOf(place, r.large_width, r.width);
        firsts[kx] = r.scratch + s.first * wide + kx * channels;
        seconds[kx] = r.scratch + s.second * wide + kx * channels;
        if (place != x + kx - 1) continue;  // outside: weights stay zero
        weights[kx][0] = s.weight_first;
        weights[kx][1] = s.weight_second;
      }
      const std::int64_t cell = begin + x * channels;
      for (std::int64_t c = 0; c < channels; c += lanes) {
        Vec sum = weights[0][0] * load(firsts[0] + c) + weights[0][1] * load(seconds[0] + c);
        sum += weights[1][0] * load(firsts[1] + c) + weights[1][1] * load(seconds[1] + c);
        sum += weights[2][0] * load(firsts[2] + c) + weights[2][1] * load(seconds[2] + c);
        store(out + cell + c, finished(sum, finish, cell, c));
      }
    }
  }

  static constexpr ConvolutionLoops table() { return {&input, &output, &row}; }
};

}  // namespace
}  // namespace hbev
