// Every ray of one lidar origin as a pixel: azimuth across, pitch up; pointing at one highlights it
// everywhere.
#pragma once

#include <optional>

#include <QtGui/QImage>
#include <QtWidgets/QWidget>

#include "ui/viewport/ray_drawing.h"

namespace hbev::ui {

class PanoramaView : public QWidget {
  Q_OBJECT
 public:
  explicit PanoramaView(ErrorView& errors, QWidget* parent = nullptr);

  PanoramaMode mode() const { return mode_; }
  void setMode(PanoramaMode mode);
  /// The origin that is shown: the chosen one, or that of the picked ray while all are chosen.
  std::size_t origin() const;
  /// The ray at a logical pixel; nothing beside the picture.
  std::optional<std::size_t> rayAt(const QPointF& pixel) const;
  /// The middle of a ray's cell.
  QPointF pixelOf(std::size_t ray) const;
  QSize sizeHint() const override { return {480, 150}; }
  QSize minimumSizeHint() const override { return {240, 96}; }

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  bool event(QEvent* event) override;

 private:
  QRectF area() const;
  void paintAxes(QPainter& painter) const;
  void paintMark(QPainter& painter, std::size_t ray) const;
  /// "Wrong class  31°, 0°" and what both hit, as rich text.
  QString tooltipOf(std::size_t ray) const;
  void forgetPicture();

  ErrorView& errors_;
  PanoramaMode mode_ = PanoramaMode::Outcome;
  QImage image_;  ///< empty: to be made at the next painting
};

}  // namespace hbev::ui
