#include "ui/kit/segmented_control.h"

#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QButtonGroup>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QToolButton>

#include "ui/kit/icons.h"
#include "ui/kit/painting.h"
#include "ui/kit/theme.h"

namespace hbev::ui {

SegmentedControl::SegmentedControl(QWidget* parent) : QWidget(parent) {
  setFixedHeight(Theme::current().sizes().segment + 2);
  setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
  group_ = new QButtonGroup(this);
  layout_ = new QHBoxLayout(this);
  layout_->setContentsMargins(1, 1, 1, 1);
  layout_->setSpacing(1);  // The separators show through.
  connect(group_, &QButtonGroup::idToggled, this, [this](int index, bool on) {
    // Tab goes to the chosen one, arrows to the others.
    group_->button(index)->setFocusPolicy(on ? Qt::TabFocus : Qt::NoFocus);
    if (!on || index == current_) return;
    current_ = index;
    Q_EMIT currentChanged(index);
  });
}

int SegmentedControl::addSegment(const QString& text, const QString& icon_name, const QString& tooltip) {
  const int index = count();
  auto* button = new QToolButton(this);
  button->setProperty("segment", true);
  button->setCheckable(true);
  button->setText(text);
  button->setAccessibleName(text.isEmpty() ? tooltip : text);
  button->setToolTip(tooltip);
  button->setFocusPolicy(Qt::NoFocus);
  button->setAutoRaise(true);
  button->setSizePolicy(QSizePolicy::Minimum,
                        QSizePolicy::Fixed);  // In a wider control the segments share the room.
  if (!icon_name.isEmpty()) {
    const int side = Theme::current().sizes().icon_small;
    button->setIcon(icon(icon_name));
    button->setIconSize({side, side});
    button->setToolButtonStyle(text.isEmpty() ? Qt::ToolButtonIconOnly : Qt::ToolButtonTextBesideIcon);
  }
  button->installEventFilter(this);
  group_->addButton(button, index);
  layout_->addWidget(button);
  if (index == 0) {
    current_ = 0;
    button->setChecked(true);
  }
  return index;
}

int SegmentedControl::count() const {
  return int(group_->buttons().size());
}

int SegmentedControl::currentIndex() const {
  return current_;
}

void SegmentedControl::setCurrentIndex(int index) {
  if (QAbstractButton* button = group_->button(index)) button->setChecked(true);
}

void SegmentedControl::setSegmentEnabled(int index, bool enabled) {
  segment(index)->setEnabled(enabled);
}

QToolButton* SegmentedControl::segment(int index) const {
  return qobject_cast<QToolButton*>(group_->button(index));
}

void SegmentedControl::step(int direction) {
  for (int index = current_ + direction; index >= 0 && index < count(); index += direction) {
    if (!segment(index)->isEnabled()) continue;
    setCurrentIndex(index);
    segment(index)->setFocus(Qt::TabFocusReason);
    return;
  }
}

bool SegmentedControl::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() != QEvent::KeyPress) return QWidget::eventFilter(watched, event);
  const int key = static_cast<QKeyEvent*>(event)->key();
  if (key != Qt::Key_Left && key != Qt::Key_Right) return QWidget::eventFilter(watched, event);
  step(key == Qt::Key_Right ? 1 : -1);
  return true;
}

void SegmentedControl::paintEvent(QPaintEvent*) {
  const Theme& theme = Theme::current();
  QPainter painter(this);
  paintBox(painter, rect(), theme.tokens().radii().control, theme.color(Role::Input),
           theme.color(Role::Border));
  for (int index = 1; index < count(); ++index)
    painter.fillRect(QRect(segment(index)->x() - 1, 1, 1, height() - 2), theme.color(Role::Border));
}

}  // namespace hbev::ui
