// What the network was thinking about one keyframe: depth along every pixel's ray, how strong the features of
// the bird's-eye-view maps are, and where the voxels looked into the six pictures. Knows no Torch.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <Eigen/Core>

#include "core/data/keyframe.h"
#include "core/model/config.h"

namespace hbev {

/// One camera's picture as the network saw it.
struct InspectedCamera {
  int width = 0, height = 0;  ///< of the data set's own picture, pixels
  /// Pixel of the network's picture from pixel of the data set's: scale and crop. Homogeneous.
  Eigen::Matrix3d network_from_picture = Eigen::Matrix3d::Identity();
};

/// The depth that the network gives to the pixels of the six pictures of the current keyframe.
struct DepthInspection {
  AxisRange range;  ///< m; bin i begins at lower + i * step
  int bins = 0;     ///< D
  int rows = 0;     ///< h: of feature cells
  int columns = 0;  ///< w
  int width = 0;    ///< of the network's picture, pixels
  int height = 0;
  std::vector<float> distribution;  ///< [camera, D, h, w], sums to one over D
};

/// The length of the feature vector in every cell of a map.
struct BevMap {
  std::string stage;         ///< "bev_concat": as in the parity notes
  std::string title;         ///< "Lifted features, all keyframes": for people
  int rows = 0;              ///< along y, from the lower border
  int columns = 0;           ///< along x, from the lower border
  AxisRange x, y;            ///< what the map covers, m in ego; step: of one cell
  std::vector<float> norms;  ///< [rows, columns]
};

/// One place in a picture that a voxel column's query read.
struct SamplePoint {
  Camera camera = Camera::Front;
  Eigen::Vector2d picture_pixel{0, 0};  ///< of the data set's own picture; may lie outside
  float weight = 0;                     ///< 0 to 1: the attention; sums to one over the points of a head
  int layer = 0;
  int head = 0;
  double height_m = 0;  ///< of the reference point, in ego
};

/// Where one layer's queries looked in one camera.
struct AttentionInspection {
  int layer = 0;
  Camera camera = Camera::Front;
  std::vector<int> queries;    ///< which are seen by the camera, ascending: y * columns + x
  std::vector<float> places;   ///< [query, head, point, 2], 0 to 1 across the network's picture, x first
  std::vector<float> weights;  ///< [query, head, point]
};

/// Immutable once shared.
struct StageInspection {
  std::array<InspectedCamera, kCameraCount> cameras;
  DepthInspection depth;
  std::vector<BevMap> bev;
  int query_rows = 0, query_columns = 0;  ///< of the grid that looks into the pictures, along y and x
  AxisRange query_x, query_y;             ///< what it covers, m in ego; step: of one query
  int heads = 0, points = 0;
  std::vector<double> heights_m;  ///< of the reference points, in ego; point p belongs to height p % size
  std::vector<AttentionInspection> attention;

  /// The expected depth (m) of every feature cell, [h, w].
  std::vector<float> expectedDepth(Camera camera) const;
  /// Row and column of the feature cell that a pixel of the data set's picture belongs to; nothing where the
  /// network did not see it (the sky that is cropped).
  std::optional<std::array<int, 2>> cellAt(Camera camera, const Eigen::Vector2d& picture_pixel) const;
  /// The pixel of the data set's picture that a feature cell stands for.
  Eigen::Vector2d picturePixelOf(Camera camera, int row, int column) const;
  /// The D probabilities along that pixel's ray; empty where the network did not see it.
  std::vector<float> distributionAt(Camera camera, const Eigen::Vector2d& picture_pixel) const;
  /// Where the query of that place on the ground (m in ego) looked; empty outside of the grid.
  std::vector<SamplePoint> samplesOf(const Eigen::Vector2d& ego_xy) const;
  std::size_t bytes() const;
};

}  // namespace hbev
