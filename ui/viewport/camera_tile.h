// One camera's picture with its overlay and the marks of voxels, sample points and the probed pixel.
#pragma once

#include <array>
#include <optional>

#include <QtGui/QPixmap>
#include <QtWidgets/QWidget>

#include "ui/state/studio.h"

namespace hbev::ui {

class CameraTile : public QWidget {
  Q_OBJECT
 public:
  CameraTile(Studio& studio, Camera camera, QWidget* parent = nullptr);
  void setPicture(const QPixmap& picture);
  void setOverlay(const QPixmap& overlay, double opacity);
  /// One line in place of the picture; empty for none.
  void setProblem(const QString& text, const QString& details);
  /// A 2 px accent frame: the viewport looks through this camera.
  void setSeenFrom(bool seen_from);
  /// Where a pixel of the data set's picture is drawn.
  QPointF pointOf(const Eigen::Vector2d& pixel) const;
  QSize sizeHint() const override { return {160, 90}; }

 Q_SIGNALS:
  /// To look from the camera's eye.
  void clicked();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  bool event(QEvent* event) override;

 private:
  /// Where the camera sees a voxel, in the tile's pixels.
  std::optional<QPointF> placeOf(const VoxelMark& mark) const;
  void paintMark(QPainter& painter, const std::optional<QPointF>& place) const;
  /// Paints anew where marks were and are: pointing at voxels costs no pictures.
  void moveMarks();
  void paintStages(QPainter& painter) const;
  QSize pictureSize() const;
  bool probes() const;
  void describe();

  Studio& studio_;
  Camera camera_;
  QPixmap picture_, overlay_;
  double opacity_ = 1;
  QString problem_, problem_details_;
  bool seen_from_ = false;
  std::array<std::optional<QPointF>, 2> marks_;  ///< as painted: the hovered voxel, the picked one
};

}  // namespace hbev::ui
