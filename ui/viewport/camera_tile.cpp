#include "ui/viewport/camera_tile.h"

#include <algorithm>
#include <cmath>

#include <QtGui/QKeyEvent>
#include <QtGui/QMouseEvent>
#include <QtGui/QPainter>

#include "ui/kit/theme.h"
#include "ui/kit/wrapping_label.h"
#include "ui/state/stage_view.h"
#include "ui/state/text.h"

namespace hbev::ui {
namespace {

QRectF squareAt(const QPointF& place) {
  return {place.x() - 5, place.y() - 5, 10, 10};
}

}  // namespace

CameraTile::CameraTile(Studio& studio, Camera camera, QWidget* parent)
    : QWidget(parent), studio_(studio), camera_(camera) {
  setFocusPolicy(Qt::TabFocus);
  setAccessibleName(tr("%1 camera").arg(toQString(cameraTitle(camera))));
  setMinimumSize(48, 27);
  describe();
  connect(&studio, &Studio::viewChanged, this, &CameraTile::describe);
  for (const auto signal : {&StageView::probeChanged, &StageView::samplesChanged})
    connect(&studio.stages(), signal, this, qOverload<>(&CameraTile::update));
  connect(&studio.stages(), &StageView::inspectionChanged, this, &CameraTile::describe);
  connect(&studio, &Studio::hoverChanged, this, &CameraTile::moveMarks);
  connect(&studio, &Studio::selectionChanged, this, &CameraTile::moveMarks);
}

void CameraTile::describe() {
  const QString title = tr("%1 camera").arg(toQString(cameraTitle(camera_)));
  QString text = breakable(problem_details_).toHtmlEscaped();
  if (problem_.isEmpty()) {
    text = probes() ? tr("Click to see the depth that the network gives to a pixel, arrow keys move on; "
                         "double click to look from this camera's eye.")
                    : tr("Click to look from this camera's eye.");
    if (!probes() && studio_.stages().inspection())
      text += tr("<br>Ctrl+click: the network's depth of a pixel.");
  }
  setToolTip(QStringLiteral("<b>%1</b><br>%2").arg(title, text));
}

/// Whether a plain click asks for a pixel's depth.
bool CameraTile::probes() const {
  return studio_.view().overlay == OverlayKind::Depth && studio_.stages().inspection();
}

void CameraTile::setPicture(const QPixmap& picture) {
  picture_ = picture;
  update();
}

void CameraTile::setOverlay(const QPixmap& overlay, double opacity) {
  overlay_ = overlay;
  opacity_ = opacity;
  update();
}

void CameraTile::setProblem(const QString& text, const QString& details) {
  problem_ = text;
  problem_details_ = details;
  describe();
  update();
}

void CameraTile::setSeenFrom(bool seen_from) {
  if (seen_from_ == seen_from) return;
  seen_from_ = seen_from;
  update();
}

void CameraTile::paintEvent(QPaintEvent*) {
  const Theme& theme = Theme::current();
  QPainter painter(this);
  painter.setRenderHints(QPainter::SmoothPixmapTransform | QPainter::Antialiasing);
  painter.fillRect(rect(), theme.color(Role::Surface));
  if (!picture_.isNull()) painter.drawPixmap(rect(), picture_);
  if (!overlay_.isNull() && !picture_.isNull()) {
    painter.setOpacity(opacity_);
    painter.drawPixmap(rect(), overlay_);
    painter.setOpacity(1);
  }
  if (picture_.isNull()) {
    painter.setFont(theme.font(TextSize::Small));
    painter.setPen(theme.color(problem_.isEmpty() ? Role::Text3 : Role::Error));
    const QString text = problem_.isEmpty() ? QString() : problem_;
    painter.drawText(rect().adjusted(6, 18, -6, -2), Qt::AlignCenter | Qt::TextWordWrap, text);
  }
  if (!picture_.isNull()) paintStages(painter);
  marks_ = {placeOf(studio_.hover()), placeOf(studio_.selection())};
  for (const auto& place : marks_)
    paintMark(painter, place);
  painter.setFont(theme.font(TextSize::Tiny));
  const QString caption = toQString(cameraTitle(camera_));
  const QRectF plate(4, 4, painter.fontMetrics().horizontalAdvance(caption) + 8, 15);
  painter.setPen(Qt::NoPen);
  painter.setBrush(theme.color(Role::Hud, 0.85));
  painter.drawRoundedRect(plate, 3, 3);
  painter.setPen(theme.color(Role::Text));
  painter.drawText(plate, Qt::AlignCenter, caption);
  if (seen_from_ || hasFocus()) {
    painter.setPen(QPen(theme.color(Role::Accent), 2));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(QRectF(rect()).adjusted(1, 1, -1, -1));
  }
}

std::optional<QPointF> CameraTile::placeOf(const VoxelMark& mark) const {
  const auto& frame = studio_.shownFrame();
  if (!mark || !frame || !frame->keyframe.cameras[std::size_t(camera_)]) return std::nullopt;
  const CameraModel model = frame->keyframe.cameras[std::size_t(camera_)]->model.scaledTo(width(), height());
  const GridSpec grid;
  const auto pixel = model.project(frame->keyframe.camera_from_ego(camera_) * grid.center(*mark), 0.5);
  if (!pixel || !model.contains(*pixel)) return std::nullopt;
  return QPointF(pixel->x(), pixel->y());
}

void CameraTile::moveMarks() {
  const std::array<std::optional<QPointF>, 2> now{placeOf(studio_.hover()), placeOf(studio_.selection())};
  for (std::size_t i = 0; i < now.size(); ++i) {
    if (now[i] == marks_[i]) continue;
    for (const auto& place : {marks_[i], now[i]}) {
      if (place) update(squareAt(*place).adjusted(-2, -2, 2, 2).toAlignedRect());  // its line and smooth edge
    }
  }
}

void CameraTile::paintMark(QPainter& painter, const std::optional<QPointF>& place) const {
  if (!place) return;
  const QRectF square = squareAt(*place);
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(QColor(13, 16, 19, 160), 3.5));
  painter.drawRect(square);
  painter.setPen(QPen(Qt::white, 1.5));
  painter.drawRect(square);
}

/// Of the data set's picture; empty without the camera.
QSize CameraTile::pictureSize() const {
  const auto& frame = studio_.frame();
  if (!frame || !frame->keyframe.cameras[std::size_t(camera_)]) return {};
  const CameraModel& model = frame->keyframe.cameras[std::size_t(camera_)]->model;
  return {model.width, model.height};
}

QPointF CameraTile::pointOf(const Eigen::Vector2d& pixel) const {
  const QSize size = pictureSize();
  if (size.isEmpty()) return {};
  return {(pixel.x() + 0.5) / size.width() * width(), (pixel.y() + 0.5) / size.height() * height()};
}

/// Where the picked voxel's query looked, and the pixel whose depth is asked for. They belong to the
/// keyframe: its neighbours' pictures have none.
void CameraTile::paintStages(QPainter& painter) const {
  StageView& stages = studio_.stages();
  if (studio_.shownFrame() != studio_.frame() || pictureSize().isEmpty()) return;
  const Theme& theme = Theme::current();
  constexpr double kLargest = 5;
  for (const SamplePoint& sample : stages.samples()) {
    if (!stages.showsSamples() || sample.camera != camera_) continue;
    // The area is the weight.
    const double radius = std::max(0.8, kLargest * std::sqrt(std::clamp(double(sample.weight), 0.0, 1.0)));
    const std::size_t color = std::size_t(std::max(0, sample.layer)) % theme.curves().size();
    painter.setPen(QPen(QColor(13, 16, 19, 200), 1));
    painter.setBrush(theme.tokens().curves(Tone::Dark)[color]);
    painter.drawEllipse(pointOf(sample.picture_pixel), radius, radius);
  }
  if (!stages.probed() || stages.probed()->camera != camera_ || !stages.inspection()) return;
  const QPointF at = pointOf(stages.probed()->pixel);
  for (const auto& [color, wide] :
       {std::pair(QColor(13, 16, 19, 160), 3.5), std::pair(QColor(Qt::white), 1.5)}) {
    painter.setPen(QPen(color, wide));
    for (const QPointF& arm : {QPointF(1, 0), QPointF(-1, 0), QPointF(0, 1), QPointF(0, -1)})
      painter.drawLine(at + arm * 3, at + arm * 9);
  }
}

void CameraTile::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return;
  const bool asked = probes() || (event->modifiers() & Qt::ControlModifier && studio_.stages().inspection());
  const QSize size = pictureSize();
  if (!asked || size.isEmpty()) return Q_EMIT clicked();
  setFocus(Qt::MouseFocusReason);  // arrow keys move on from here
  studio_.stages().probe({camera_,
                          {event->position().x() / width() * size.width() - 0.5,
                           event->position().y() / height() * size.height() - 0.5}});
}

void CameraTile::mouseDoubleClickEvent(QMouseEvent* event) {
  if (event->button() == Qt::LeftButton && probes()) Q_EMIT clicked();
}

/// Arrows move the probe while its camera has the focus, and are no shortcuts then.
bool CameraTile::event(QEvent* event) {
  const auto& probed = studio_.stages().probed();
  if (event->type() == QEvent::ShortcutOverride && probed && probed->camera == camera_) {
    const auto* key = static_cast<QKeyEvent*>(event);
    const bool arrow = key->key() >= Qt::Key_Left && key->key() <= Qt::Key_Down;
    if (arrow && key->modifiers() == Qt::NoModifier) {
      event->accept();
      return true;
    }
  }
  return QWidget::event(event);
}

void CameraTile::keyPressEvent(QKeyEvent* event) {
  const auto& probed = studio_.stages().probed();
  if (probed && probed->camera == camera_ && event->modifiers() == Qt::NoModifier) {
    StageView& stages = studio_.stages();
    if (event->key() == Qt::Key_Left) return stages.stepProbe(-1, 0);
    if (event->key() == Qt::Key_Right) return stages.stepProbe(1, 0);
    if (event->key() == Qt::Key_Up) return stages.stepProbe(0, -1);
    if (event->key() == Qt::Key_Down) return stages.stepProbe(0, 1);
  }
  if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) return Q_EMIT clicked();
  QWidget::keyPressEvent(event);
}

}  // namespace hbev::ui
