#include "ui/viewport/swipe_view.h"

#include <algorithm>
#include <cmath>

#include <QtGui/QKeyEvent>
#include <QtGui/QMouseEvent>
#include <QtGui/QPainter>

#include "ui/kit/theme.h"

namespace hbev::ui {
namespace {

constexpr int kHandleWidth_px = 13, kClear_px = 24;
constexpr double kLineWidth = 1.5, kUnderLineWidth = 3.5, kGripWidth = 9, kGripHeight = 28;
constexpr double kStepShare = 0.02;

int directionOf(const QKeyEvent& event) {
  const auto modifiers = event.modifiers() & ~Qt::KeypadModifier;
  if (modifiers != Qt::NoModifier && modifiers != Qt::AltModifier) return 0;
  return event.key() == Qt::Key_Left ? -1 : event.key() == Qt::Key_Right ? 1 : 0;
}

}  // namespace

SwipeHandle::SwipeHandle(QWidget* parent) : QWidget(parent) {
  setFixedWidth(kHandleWidth_px);
  setCursor(Qt::SplitHCursor);
  setFocusPolicy(Qt::StrongFocus);
  setAccessibleName(tr("Swipe line between A and B"));
  setToolTip(tr("Drag, or with the focus arrow keys, to see more of A or of B."));
}

void SwipeHandle::paintEvent(QPaintEvent*) {
  const Theme& theme = Theme::current();
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const double middle = width() / 2.0;
  // White on a dark under-line: seen over light and dark voxels alike.
  const QColor below(0x0D, 0x10, 0x13, 150);
  const bool strong = hasFocus() || underMouse();
  const QColor line = strong ? theme.color(Role::Focus) : QColor(Qt::white);
  painter.fillRect(QRectF(middle - kUnderLineWidth / 2, 0, kUnderLineWidth, height()), below);
  painter.fillRect(QRectF(middle - kLineWidth / 2, 0, kLineWidth, height()), line);
  const QRectF grip(middle - kGripWidth / 2, (height() - kGripHeight) / 2.0, kGripWidth, kGripHeight);
  painter.setPen(QPen(below, 1));
  painter.setBrush(line);
  painter.drawRoundedRect(grip, 3, 3);
  painter.setPen(QPen(QColor(0x0D, 0x10, 0x13, 170), 1));
  for (const double x : {middle - 1.5, middle + 1.5})
    painter.drawLine(QPointF(x, grip.center().y() - 5), QPointF(x, grip.center().y() + 5));
}

void SwipeHandle::mousePressEvent(QMouseEvent* event) {
  setFocus(Qt::MouseFocusReason);
  if (event->button() != Qt::LeftButton) event->ignore();
}

void SwipeHandle::mouseMoveEvent(QMouseEvent* event) {
  if (event->buttons() & Qt::LeftButton) Q_EMIT dragged(mapToParent(event->position()).x());
}

void SwipeHandle::mouseDoubleClickEvent(QMouseEvent* event) {
  if (event->button() == Qt::LeftButton) Q_EMIT centred();
}

/// Arrows move the line here, not the keyframe.
bool SwipeHandle::event(QEvent* event) {
  if (event->type() == QEvent::ShortcutOverride && directionOf(*static_cast<QKeyEvent*>(event)) != 0) {
    event->accept();
    return true;
  }
  return QWidget::event(event);
}

void SwipeHandle::keyPressEvent(QKeyEvent* event) {
  const int direction = directionOf(*event);
  if (direction == 0) return QWidget::keyPressEvent(event);
  Q_EMIT stepped(direction * kStepShare);
}

void SwipeHandle::enterEvent(QEnterEvent*) {
  update();
}

void SwipeHandle::leaveEvent(QEvent*) {
  update();
}

void SwipeHandle::focusInEvent(QFocusEvent* event) {
  QWidget::focusInEvent(event);
  update();
}

void SwipeHandle::focusOutEvent(QFocusEvent* event) {
  QWidget::focusOutEvent(event);
  update();
}

SwipeView::SwipeView(QWidget* parent) : QWidget(parent) {
  setMinimumSize(160, 120);
  clip_ = new QWidget(this);
  handle_ = new SwipeHandle(this);
  connect(handle_, &SwipeHandle::dragged, this, [this](double x) { setShare(x / std::max(1, width())); });
  connect(handle_, &SwipeHandle::stepped, this, [this](double share) { setShare(share_ + share); });
  connect(handle_, &SwipeHandle::centred, this, [this] { setShare(0.5); });
}

void SwipeView::setContents(QWidget* left, QWidget* right) {
  contents_ = {left, right};
  left->setParent(this);
  right->setParent(clip_);
  left->show();
  right->show();
  left->lower();
  handle_->raise();
  place();
}

void SwipeView::setPictured(bool left, bool right) {
  if (pictured_ == std::array{left, right}) return;
  pictured_ = {left, right};
  place();
}

void SwipeView::setShare(double share) {
  const double least = std::min(0.5, double(kClear_px) / std::max(1, width()));
  share = std::clamp(share, least, 1 - least);
  if (share == share_) return;
  share_ = share;
  place();
  Q_EMIT lineMoved();
}

int SwipeView::lineX() const {
  return int(std::lround(share_ * width()));
}

void SwipeView::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  place();
  Q_EMIT lineMoved();
}

void SwipeView::place() {
  const int x = lineX();
  clip_->setGeometry(x, 0, width() - x, height());
  handle_->setGeometry(x - kHandleWidth_px / 2, 0, kHandleWidth_px, height());
  if (contents_[0] && contents_[0]->parentWidget() == this)
    contents_[0]->setGeometry(0, 0, pictured_[0] ? width() : x, height());
  if (contents_[1] && contents_[1]->parentWidget() == clip_)
    contents_[1]->setGeometry(pictured_[1] ? QRect(-x, 0, width(), height()) : clip_->rect());
}

}  // namespace hbev::ui
