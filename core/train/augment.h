// What training changes at random: pictures, and left and right of the scene. And lidar as depth maps of the
// changed pictures.
// Source: HBEVOcc's PrepareImageInputs, BEVAug and PointToMultiViewDepth.
#pragma once

#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "core/data/lidar.h"
#include "core/data/occupancy.h"
#include "core/model/config.h"
#include "core/model/image_pipeline.h"
#include "core/model/network_input.h"

namespace hbev {

using Random = std::mt19937_64;

/// The random numbers of one sample: they depend on nothing but these three, so that neither threads nor a
/// stop change them.
Random sampleRandom(std::uint64_t seed, std::uint64_t step, std::uint64_t place);

/// What is drawn for a picture.
struct ImageDraw {
  double resize_added = 0;  ///< to the scale that makes the picture as wide as the network's
  double crop_share = 0;    ///< 0 to below 1: where the crop begins, of the width that is too much
  bool mirrored = false;
  double turn_deg = 0;
  bool operator==(const ImageDraw&) const = default;
};

/// Resize and turn evenly between their bounds, mirrored every other time.
ImageDraw drawImage(const TrainingConfig& config, Random& random);
/// The change of a picture of that size. It is cropped to its lower part; sizes are rounded down.
ImageChange imageChange(const ImageConfig& config, int picture_width, int picture_height,
                        const ImageDraw& draw);

/// The scene mirrored: x to -x, y to -y.
BevChange drawBev(const TrainingConfig& config, Random& random);
/// Mirrors all arrays, also the masks (which the reference forgets). Flow changes its sign; 255, which marks
/// flow that is not known, stays 255.
void mirror(Occupancy& occupancy, const BevChange& change);

/// The depth of the nearest point in each pixel, m, 0 without one: [height, width]. `image_from_lidar` has
/// the picture's change in it. Points are rounded to the nearest pixel, half to even; depths outside of
/// [lower, upper) do not count. The reference sorts by pixel + depth / 100 in single precision, so that it
/// may take a farther point of the same pixel; this takes the nearest.
std::vector<float> lidarDepthMap(std::span<const LidarPoint> points, const Eigen::Matrix4f& image_from_lidar,
                                 int width, int height, const AxisRange& depth);

}  // namespace hbev
