#include "ui/kit/timeline_popup.h"

#include <algorithm>

#include <QtGui/QPainter>
#include <QtWidgets/QLabel>
#include <QtWidgets/QVBoxLayout>

#include "ui/kit/label.h"
#include "ui/kit/painting.h"
#include "ui/kit/round_popup.h"

namespace hbev::ui {

TimelinePopup::TimelinePopup(QWidget* owner) : QFrame(owner, Qt::ToolTip | Qt::FramelessWindowHint) {
  roundCorners(this);
  setAttribute(Qt::WA_TransparentForMouseEvents);
  setAttribute(Qt::WA_ShowWithoutActivating);
  picture_ = new QLabel(this);
  title_ = makeLabel({}, Role::Text, TextSize::Body, Weight::Semibold, this);
  lines_ = makeLabel({}, Role::Text2, TextSize::Small, Weight::Normal, this);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(8, 6, 8, 6);
  layout->setSpacing(2);
  for (QLabel* label : {picture_, title_, lines_})
    layout->addWidget(label);
}

void TimelinePopup::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  paintPopup(painter, rect());
}

void TimelinePopup::showAbove(const QPoint& tip, const TimelineHover& hover) {
  if (hover.picture.isNull() && hover.lines.isEmpty()) return hide();
  picture_->setPixmap(hover.picture);
  picture_->setVisible(!hover.picture.isNull());
  title_->setText(hover.lines.value(0));
  title_->setVisible(!hover.lines.isEmpty());
  lines_->setText(hover.lines.mid(1).join('\n'));
  lines_->setVisible(hover.lines.size() > 1);
  adjustSize();
  const QWidget* window = parentWidget()->window();
  const int left = window->mapToGlobal(QPoint(0, 0)).x();
  const int right = std::max(left, left + window->width() - width());
  move(std::clamp(tip.x() - width() / 2, left, right), tip.y() - height() - 4);
  show();
}

}  // namespace hbev::ui
