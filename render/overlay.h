// What is drawn onto a camera picture: voxels, lidar points or boxes, through both ego poses. No GL.
#pragma once

#include <vector>

#include "core/data/frame.h"
#include "render/frame_scene.h"

namespace hbev {

/// Depth is the network's (see depth_view.h).
enum class OverlayKind { None, Voxels, Lidar, Boxes, Depth };

struct OverlayStyle {
  Palette palette = Palette::Studio;
  float opacity = 0.62F;  ///< how strongly whoever shows the overlay mixes it in: its own alpha is 0 or 255
  VoxelFilter filter;
};

/// An RGBA picture, premultiplied alpha off, rows from the top.
struct OverlayImage {
  int width = 0, height = 0;
  std::vector<std::uint8_t> rgba;
};

/// The voxels that `camera` sees, one grid walk per pixel (rows in parallel): class colour, shaded by face,
/// with dark voxel edges, opaque; free pixels are transparent. A voxel that the camera itself is in is not
/// drawn. Throws Error when the camera is missing or the occupancy cannot be drawn. `width` x `height` may be
/// smaller than the camera's picture.
OverlayImage drawVoxelOverlay(const Occupancy& occupancy, const Keyframe& keyframe, Camera camera, int width,
                              int height, const OverlayStyle& style);

struct OverlayPoint {
  Eigen::Vector2d pixel;
  double depth_m;
};
/// Lidar points that fall into the picture, in pixels of a `width` x `height` version of it.
std::vector<OverlayPoint> projectLidar(const std::vector<LidarPoint>& points, const Keyframe& keyframe,
                                       Camera camera, int width, int height);

struct OverlayLine {
  Eigen::Vector2d from, to;
  Rgb color;
};
/// Edges of the annotated boxes in front of the camera, clipped at the image plane; colours by class.
std::vector<OverlayLine> projectBoxes(const Keyframe& keyframe, Camera camera, int width, int height,
                                      Palette palette);

/// Paints any overlay into `image` itself; for the command line.
void composeOverlay(Image& image, const OverlayImage& overlay, float opacity);
void composeLidar(Image& image, const std::vector<OverlayPoint>& points);
void composeLines(Image& image, const std::vector<OverlayLine>& lines);

}  // namespace hbev
