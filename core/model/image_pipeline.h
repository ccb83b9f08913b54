// From a camera's picture to what the network sees, to the byte as the reference does it: Pillow's
// antialiased bicubic resize, crop, mirroring and turn, then normalisation. Knows no Torch. Source:
// Pillow 9.4 (Resample.c, Geometry.c), HBEVOcc's PrepareImageInputs, mmcv's imnormalize.
#pragma once

#include <span>

#include <Eigen/Core>

#include "core/data/images.h"
#include "core/model/config.h"

namespace hbev {

/// What happens to a picture, in this order.
struct ImageChange {
  double scale = 1;           ///< what the matrix is told; the sizes below are what the picture gets
  int width = 0, height = 0;  ///< resized to, pixels
  int left = 0, top = 0;      ///< of the crop in the resized picture; may lie outside, where it is black
  int crop_width = 0, crop_height = 0;
  bool mirrored = false;  ///< left and right
  double turn_deg = 0;    ///< counterclockwise about the crop's centre
  bool operator==(const ImageChange&) const = default;
};

/// The reference's change for testing: as wide as the network's picture, cropped to its lower part.
ImageChange testChange(const ImageConfig& config, int picture_width, int picture_height);

/// The change as the network's 4 x 4 matrix: [:2, :2] scale and turn, [:2, 2] shift in pixels (in column 2).
/// In single precision, in the reference's order.
Eigen::Matrix4f matrixOf(const ImageChange& change);
/// The same for homogeneous pixels: [:2, :2] scale and turn, [:2, 2] shift.
Eigen::Matrix3d pixelMatrixOf(const ImageChange& change);

/// The changed picture, crop_width x crop_height. Every output pixel is the reference's. Uses all processors.
/// Throws Error when `picture` is empty or its size does not fit its bytes.
Image changedImage(const Image& picture, const ImageChange& change);

/// The network's numbers: `planes` [3, height, width]. Channel 0 is BLUE with the mean of red, as the
/// reference exchanges the channels of pictures that are RGB already. Throws std::invalid_argument when sizes
/// differ.
void normalise(const Image& image, std::span<float> planes);

}  // namespace hbev
