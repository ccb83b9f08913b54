#include "core/synth/map_mask.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "core/base/error.h"
#include "core/base/files.h"

namespace hbev::synth {
namespace {

constexpr double kCoarse_m = 0.5;  // kerbs are straight enough to be enlarged from this
constexpr int kBlock = 16;         // pixels of the coarse mask
constexpr int kPixelsPerMetre = 10;

}  // namespace

void writeMapMask(const std::filesystem::path& file, const Ground& ground, double extent_m) {
  const int coarse = int(extent_m / kCoarse_m);
  cv::Mat mask(coarse, coarse, CV_8U);
  const auto placeOf = [&](double row, double column) {
    return Eigen::Vector2d(column * kCoarse_m, extent_m - row * kCoarse_m);
  };
  for (int top = 0; top < coarse; top += kBlock) {
    for (int left = 0; left < coarse; left += kBlock) {
      const cv::Rect block(left, top, std::min(kBlock, coarse - left), std::min(kBlock, coarse - top));
      const double edge = ground.roadEdge(placeOf(top + kBlock / 2.0, left + kBlock / 2.0));
      // Most blocks are far from a kerb.
      if (std::abs(edge) > kBlock * kCoarse_m) {
        mask(block) = edge < 0 ? 255 : 0;
        continue;
      }
      for (int row = block.y; row < block.br().y; ++row) {
        for (int column = block.x; column < block.br().x; ++column) {
          mask.at<std::uint8_t>(row, column) =
              ground.roadEdge(placeOf(row + 0.5, column + 0.5)) < 0 ? 255 : 0;
        }
      }
    }
  }
  const int fine = int(extent_m) * kPixelsPerMetre;
  cv::resize(mask, mask, cv::Size(fine, fine), 0, 0, cv::INTER_NEAREST);
  std::vector<std::uint8_t> bytes;
  if (!cv::imencode(
          ".png", mask, bytes,
          {cv::IMWRITE_PNG_COMPRESSION, 1, cv::IMWRITE_PNG_STRATEGY, cv::IMWRITE_PNG_STRATEGY_RLE})) {
    throw Error({"A map cannot be encoded", file, {}, {}, {}});
  }
  writeFile(file, std::as_bytes(std::span(bytes)));
}

}  // namespace hbev::synth
