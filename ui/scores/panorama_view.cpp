#include "ui/scores/panorama_view.h"

#include <array>
#include <cmath>
#include <numbers>

#include <QtGui/QMouseEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QToolTip>

#include "ui/kit/painting.h"
#include "ui/kit/theme.h"

namespace hbev::ui {
namespace {

constexpr int kLeft = 44, kRight = 12, kTop = 10, kBottom = 22;
constexpr double kMark = 8, kMarkArm = 6;

constexpr double kTallest = 4.0 * kPanoramaRows / kPanoramaColumns;

bool isArrow(int key) {
  return key == Qt::Key_Left || key == Qt::Key_Right || key == Qt::Key_Up || key == Qt::Key_Down;
}

}  // namespace

PanoramaView::PanoramaView(ErrorView& errors, QWidget* parent) : QWidget(parent), errors_(errors) {
  setMouseTracking(true);
  setFocusPolicy(Qt::StrongFocus);
  setAccessibleName(tr("Ray panorama"));
  setAccessibleDescription(tr("Arrow keys move the picked ray; with Shift by ten."));
  connect(&errors, &ErrorView::changed, this, &PanoramaView::forgetPicture);
  connect(&errors, &ErrorView::raysChanged, this, &PanoramaView::forgetPicture);
  connect(&errors, &ErrorView::hoveredChanged, this, qOverload<>(&QWidget::update));
  connect(&errors, &ErrorView::pickedChanged, this, &PanoramaView::forgetPicture);  // the origin may be its
  connect(&Theme::current(), &Theme::changed, this, &PanoramaView::forgetPicture);
}

void PanoramaView::forgetPicture() {
  image_ = {};
  update();
}

void PanoramaView::setMode(PanoramaMode mode) {
  if (mode == mode_) return;
  mode_ = mode;
  forgetPicture();
}

std::size_t PanoramaView::origin() const {
  if (errors_.origin() >= 0) return std::size_t(errors_.origin());
  return errors_.picked() && errors_.rays() ? errors_.rays()->originOf(*errors_.picked()) : 0;
}

QRectF PanoramaView::area() const {
  const double across = std::max(1, width() - kLeft - kRight);
  // In a tall place pitches are not stretched any further.
  const double down = std::min(std::max(1.0, double(height() - kTop - kBottom)), kTallest * across);
  return {double(kLeft), double(kTop), across, down};
}

std::optional<std::size_t> PanoramaView::rayAt(const QPointF& pixel) const {
  const QRectF all = area();
  if (!errors_.rays() || errors_.rays()->size() == 0 || !all.contains(pixel)) return std::nullopt;
  const int column =
      std::min(kPanoramaColumns - 1, int((pixel.x() - all.left()) / all.width() * kPanoramaColumns));
  const int row = std::min(kPanoramaRows - 1, int((pixel.y() - all.top()) / all.height() * kPanoramaRows));
  return panoramaRay(*errors_.rays(), origin(), column, row);
}

QPointF PanoramaView::pixelOf(std::size_t ray) const {
  const QRectF all = area();
  return {all.left() + (panoramaColumnOf(*errors_.rays(), ray) + 0.5) / kPanoramaColumns * all.width(),
          all.top() + (panoramaRowOf(*errors_.rays(), ray) + 0.5) / kPanoramaRows * all.height()};
}

void PanoramaView::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const Theme& theme = Theme::current();
  painter.fillRect(rect(), theme.color(Role::Panel));
  if (!errors_.rays()) return;
  if (image_.isNull()) image_ = panoramaImage(errors_, origin(), mode_);
  const QRectF all = area();
  painter.drawImage(all, image_);
  painter.setPen(QPen(theme.color(Role::Border), 1));
  painter.drawRect(all.adjusted(-0.5, -0.5, 0.5, 0.5));
  paintAxes(painter);
  painter.setRenderHint(QPainter::Antialiasing);
  if (const auto ray = errors_.lookedAt(); ray && errors_.rays()->originOf(*ray) == origin())
    paintMark(painter, *ray);
  if (hasFocus()) paintFocusRing(painter, all, 2);
}

void PanoramaView::paintAxes(QPainter& painter) const {
  const Theme& theme = Theme::current();
  const QRectF all = area();
  painter.setFont(theme.mono(TextSize::Tiny));
  painter.setPen(theme.color(Role::Text2));
  for (const int row : {0, kPanoramaRows / 2, kPanoramaRows - 1}) {
    const double pitch = ringPitch_rad(std::size_t(kPanoramaRows - 1 - row)) * 180 / std::numbers::pi;
    const QString text = (pitch > 0.5 ? QStringLiteral("+") : QString()) + decimal(pitch, 0) + QChar(0xB0);
    const double middle = all.top() + (row + 0.5) / kPanoramaRows * all.height();
    painter.drawText(QRectF(0, middle - 7, kLeft - 6, 14), Qt::AlignRight | Qt::AlignVCenter, text);
  }
  const std::array<QString, 8> names{
      tr("back"),  QStringLiteral("135\u00B0"),      tr("left"),  QStringLiteral("45\u00B0"),
      tr("front"), QStringLiteral("\u221245\u00B0"), tr("right"), QStringLiteral("\u2212135\u00B0")};
  const bool roomy = all.width() > 8 * 44;
  for (std::size_t i = 0; i < names.size(); i += roomy ? 1 : 2) {
    const double middle = all.left() + double(i) / double(names.size()) * all.width();
    const QRectF box(i == 0 ? all.left() : middle - 30, all.bottom() + 4, 60, 14);
    painter.drawText(box, (i == 0 ? Qt::AlignLeft : Qt::AlignHCenter) | Qt::AlignTop, names[i]);
  }
}

/// A small frame around the cell, with arms, dark and light so that it shows on every colour.
void PanoramaView::paintMark(QPainter& painter, std::size_t ray) const {
  const QPointF at = pixelOf(ray);
  const QRectF frame(at.x() - kMark / 2, at.y() - kMark / 2, kMark, kMark);
  for (const bool below : {true, false}) {
    painter.setPen(QPen(below ? QColor(0x0D, 0x10, 0x13, 200) : QColor(Qt::white), below ? 3.5 : 1.5));
    painter.drawRect(frame);
    for (const QPointF& way : {QPointF(1, 0), QPointF(-1, 0), QPointF(0, 1), QPointF(0, -1)}) {
      painter.drawLine(at + way * (kMark / 2 + 2), at + way * (kMark / 2 + 2 + kMarkArm));
    }
  }
}

QString PanoramaView::tooltipOf(std::size_t ray) const {
  const RayWords words = errors_.wordsOf(ray);
  const auto text = [](const std::string& from) { return QString::fromStdString(from).toHtmlEscaped(); };
  return QStringLiteral("<b>%1</b>&nbsp;&nbsp;%2<br>%3<br>%4")
      .arg(text(words.outcome), text(words.angles), text(words.prediction), text(words.truth));
}

void PanoramaView::mouseMoveEvent(QMouseEvent* event) {
  const auto ray = rayAt(event->position());
  errors_.hover(ray);
  if (ray) {
    QToolTip::showText(event->globalPosition().toPoint(), tooltipOf(*ray), this);
  } else {
    QToolTip::hideText();
  }
}

void PanoramaView::mousePressEvent(QMouseEvent* event) {
  setFocus(Qt::MouseFocusReason);
  if (event->button() == Qt::LeftButton) errors_.pick(rayAt(event->position()));
}

void PanoramaView::leaveEvent(QEvent*) {
  errors_.hover(std::nullopt);
}

/// Arrows move the ray here, not the keyframe.
bool PanoramaView::event(QEvent* event) {
  if (event->type() == QEvent::ShortcutOverride) {
    const auto* key = static_cast<QKeyEvent*>(event);
    const auto modifiers = key->modifiers() & ~(Qt::ShiftModifier | Qt::KeypadModifier);
    if (isArrow(key->key()) && modifiers == Qt::NoModifier) {
      event->accept();
      return true;
    }
  }
  return QWidget::event(event);
}

void PanoramaView::keyPressEvent(QKeyEvent* event) {
  if (!isArrow(event->key())) return QWidget::keyPressEvent(event);
  const int step = event->modifiers() & Qt::ShiftModifier ? 10 : 1;
  errors_.hover(std::nullopt);
  // To the left are larger azimuths.
  if (event->key() == Qt::Key_Left) return errors_.stepPicked(step, 0);
  if (event->key() == Qt::Key_Right) return errors_.stepPicked(-step, 0);
  errors_.stepPicked(0, event->key() == Qt::Key_Up ? step : -step);
}

}  // namespace hbev::ui
