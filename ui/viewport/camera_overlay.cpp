#include "ui/viewport/camera_overlay.h"

#include <algorithm>

#include <QtGui/QPainter>

#include "render/depth_view.h"

namespace hbev::ui {
namespace {

// Voxel overlays are drawn at this width: sharp enough for the strip, and six of them in a few hundredths of
// a second.
constexpr int kOverlayWidth = 480;

/// Lidar points or boxes as a transparent picture, painted with Qt so that lines are smooth.
QImage paintLidarOverlay(const Frame& frame, Camera camera, QSize size) {
  QImage image(size, QImage::Format_ARGB32_Premultiplied);
  image.fill(Qt::transparent);
  QPainter painter(&image);
  for (const OverlayPoint& point :
       projectLidar(frame.lidar, frame.keyframe, camera, size.width(), size.height())) {
    const Rgb color = depthColor(point.depth_m);
    painter.fillRect(QRectF(point.pixel.x() - 0.8, point.pixel.y() - 0.8, 1.7, 1.7),
                     QColor(color.r, color.g, color.b));
  }
  return image;
}

QImage paintBoxOverlay(const Frame& frame, Camera camera, QSize size, Palette palette) {
  QImage image(size, QImage::Format_ARGB32_Premultiplied);
  image.fill(Qt::transparent);
  QPainter painter(&image);
  painter.setRenderHint(QPainter::Antialiasing);
  for (const OverlayLine& line : projectBoxes(frame.keyframe, camera, size.width(), size.height(), palette)) {
    painter.setPen(QPen(QColor(line.color.r, line.color.g, line.color.b), 1.5));
    painter.drawLine(QPointF(line.from.x(), line.from.y()), QPointF(line.to.x(), line.to.y()));
  }
  return image;
}

QImage toQImage(const OverlayImage& image) {
  if (image.rgba.empty()) return {};
  return QImage(image.rgba.data(), image.width, image.height, image.width * 4, QImage::Format_RGBA8888)
      .copy();
}

QImage paintVoxelOverlay(const OverlayWish& wish, Camera camera, QSize size) {
  const OverlayStyle style{wish.view.palette, 1.0F, wish.view.filter(*wish.occupancy->classes)};
  return toQImage(
      drawVoxelOverlay(*wish.occupancy, wish.frame->keyframe, camera, size.width(), size.height(), style));
}

}  // namespace

QImage paintOverlay(const OverlayWish& wish, Camera camera) {
  const CameraModel& model = wish.frame->keyframe.cameras[std::size_t(camera)]->model;
  const QSize size(kOverlayWidth, kOverlayWidth * model.height / std::max(1, model.width));
  if (wish.view.overlay == OverlayKind::Voxels) return paintVoxelOverlay(wish, camera, size);
  if (wish.view.overlay == OverlayKind::Depth)
    return toQImage(drawDepthOverlay(*wish.inspection, camera, size.width(), size.height()));
  // Twice as fine: points and lines are thin.
  return wish.view.overlay == OverlayKind::Lidar
             ? paintLidarOverlay(*wish.frame, camera, size * 2)
             : paintBoxOverlay(*wish.frame, camera, size * 2, wish.view.palette);
}

}  // namespace hbev::ui
