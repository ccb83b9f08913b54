#include "core/synth/map_mask.h"

#include <vector>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "core/base/error.h"
#include "core/base/files.h"

namespace hbev::synth {

void writeMapMask(const std::filesystem::path& file, const Ground& ground, double extent_m) {
  constexpr double kCoarse = 0.5;  // m; kerbs are straight enough to be enlarged from this
  constexpr int kPixelsPerMetre = 10;
  const int coarse = int(extent_m / kCoarse);
  cv::Mat mask(coarse, coarse, CV_8U);
  for (int row = 0; row < coarse; ++row) {
    for (int column = 0; column < coarse; ++column) {
      const Eigen::Vector2d point((column + 0.5) * kCoarse, extent_m - (row + 0.5) * kCoarse);
      mask.at<std::uint8_t>(row, column) = ground.roadEdge(point) < 0 ? 0 : 255;
    }
  }
  const int fine = int(extent_m) * kPixelsPerMetre;
  cv::resize(mask, mask, cv::Size(fine, fine), 0, 0, cv::INTER_NEAREST);
  std::vector<std::uint8_t> bytes;
  if (!cv::imencode(".png", mask, bytes, {cv::IMWRITE_PNG_COMPRESSION, 1})) {
    throw Error({"A map cannot be encoded", file, {}, {}, {}});
  }
  writeFile(file, std::as_bytes(std::span(bytes)));
}

}  // namespace hbev::synth
