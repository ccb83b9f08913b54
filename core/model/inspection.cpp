#include "core/model/inspection.h"

#include <algorithm>
#include <cmath>

#include <Eigen/LU>

namespace hbev {
namespace {

/// The cell of `range` that `value` lies in, or nothing.
std::optional<int> cellOf(const AxisRange& range, double value) {
  const double cell = std::floor((value - range.lower) / range.step);
  if (!(cell >= 0) || cell >= range.cells()) return std::nullopt;
  return int(cell);
}

/// Feature cells are spread evenly from the first to the last pixel, as in the network's own frustum.
double pixelsPerCell(int pixels, int cells) {
  return cells > 1 ? double(pixels - 1) / (cells - 1) : double(pixels);
}

Eigen::Vector2d mapped(const Eigen::Matrix3d& matrix, const Eigen::Vector2d& pixel) {
  return (matrix * pixel.homogeneous()).hnormalized();
}

}  // namespace

std::vector<float> StageInspection::expectedDepth(Camera camera) const {
  const auto cells = std::size_t(depth.rows) * std::size_t(depth.columns);
  std::vector<float> expected(cells, 0.0F);
  for (int bin = 0; bin < depth.bins; ++bin) {
    const float* share = depth.distribution.data() +
                         (std::size_t(camera) * std::size_t(depth.bins) + std::size_t(bin)) * cells;
    const auto at_m = float(depth.range.lower + bin * depth.range.step);
    for (std::size_t cell = 0; cell < cells; ++cell)
      expected[cell] += share[cell] * at_m;
  }
  return expected;
}

std::optional<std::array<int, 2>> StageInspection::cellAt(Camera camera,
                                                          const Eigen::Vector2d& picture_pixel) const {
  const InspectedCamera& seen = cameras.at(std::size_t(camera));
  const Eigen::Vector2d pixel = mapped(seen.network_from_picture, picture_pixel);
  const bool inside =
      pixel.x() > -0.5 && pixel.y() > -0.5 && pixel.x() < depth.width - 0.5 && pixel.y() < depth.height - 0.5;
  if (!inside) return std::nullopt;
  const auto nearest = [](double value, int pixels, int cells) {
    return std::clamp(int(std::lround(value / pixelsPerCell(pixels, cells))), 0, cells - 1);
  };
  return std::array{nearest(pixel.y(), depth.height, depth.rows),
                    nearest(pixel.x(), depth.width, depth.columns)};
}

Eigen::Vector2d StageInspection::picturePixelOf(Camera camera, int row, int column) const {
  const Eigen::Vector2d pixel(column * pixelsPerCell(depth.width, depth.columns),
                              row * pixelsPerCell(depth.height, depth.rows));
  return mapped(cameras.at(std::size_t(camera)).network_from_picture.inverse(), pixel);
}

std::vector<float> StageInspection::distributionAt(Camera camera,
                                                   const Eigen::Vector2d& picture_pixel) const {
  const auto cell = cellAt(camera, picture_pixel);
  if (!cell) return {};
  const auto cells = std::size_t(depth.rows) * std::size_t(depth.columns);
  const auto place = std::size_t((*cell)[0]) * std::size_t(depth.columns) + std::size_t((*cell)[1]);
  std::vector<float> along(std::size_t(depth.bins));
  for (std::size_t bin = 0; bin < along.size(); ++bin)
    along[bin] = depth.distribution[(std::size_t(camera) * along.size() + bin) * cells + place];
  return along;
}

std::vector<SamplePoint> StageInspection::samplesOf(const Eigen::Vector2d& ego_xy) const {
  const auto row = cellOf(query_y, ego_xy.y()), column = cellOf(query_x, ego_xy.x());
  if (!row || !column || heights_m.empty()) return {};
  const int query = *row * query_columns + *column;
  std::vector<SamplePoint> samples;
  for (const AttentionInspection& seen : attention) {
    const auto found = std::ranges::lower_bound(seen.queries, query);
    if (found == seen.queries.end() || *found != query) continue;
    const auto first = std::size_t(found - seen.queries.begin()) * std::size_t(heads * points);
    const Eigen::Matrix3d picture_from_network =
        cameras.at(std::size_t(seen.camera)).network_from_picture.inverse();
    for (int i = 0; i < heads * points; ++i) {
      const std::size_t at = first + std::size_t(i);
      const Eigen::Vector2d pixel(double(seen.places[2 * at]) * depth.width,
                                  double(seen.places[2 * at + 1]) * depth.height);
      samples.push_back({seen.camera, mapped(picture_from_network, pixel), seen.weights[at], seen.layer,
                         i / points, heights_m[std::size_t(i % points) % heights_m.size()]});
    }
  }
  return samples;
}

std::size_t StageInspection::bytes() const {
  std::size_t bytes = sizeof(*this) + depth.distribution.size() * sizeof(float);
  for (const BevMap& map : bev)
    bytes += map.norms.size() * sizeof(float);
  for (const AttentionInspection& seen : attention) {
    bytes += seen.queries.size() * sizeof(int) + (seen.places.size() + seen.weights.size()) * sizeof(float);
  }
  return bytes;
}

}  // namespace hbev
