#include "ui/kit/panel_header.h"

#include <QtGui/QPainter>
#include <QtWidgets/QHBoxLayout>

#include "ui/kit/buttons.h"
#include "ui/kit/elided_label.h"
#include "ui/kit/label.h"
#include "ui/kit/painting.h"
#include "ui/kit/theme.h"

namespace hbev::ui {

PanelHeader::PanelHeader(const QString& title, QWidget* parent) : QWidget(parent) {
  const Theme& theme = Theme::current();
  setFixedHeight(theme.sizes().panel_header);
  layout_ = new QHBoxLayout(this);
  layout_->setContentsMargins(12, 0, 4, 1);
  layout_->setSpacing(8);
  title_ = makeLabel(title, Role::Text, TextSize::Body, Weight::Semibold, this);
  count_ = new ElidedLabel({}, Qt::ElideRight, this);
  count_->setRole(Role::Text3);
  layout_->addWidget(title_);
  layout_->addWidget(count_, 1);
  setTitle(title);
}

QSize PanelHeader::sizeHint() const {
  return {QWidget::sizeHint().width(), Theme::current().sizes().panel_header};
}

void PanelHeader::setTitle(const QString& title) {
  title_->setText(title);
  title_->setHidden(title.isEmpty());  // else what follows would stand further right than what is below
}

void PanelHeader::setCount(const QString& count, const QString& shorter) {
  count_->setText(count);
  count_->setShorter(shorter);
}

void PanelHeader::addWidget(QWidget* widget) {
  layout_->addWidget(widget);
}

QToolButton* PanelHeader::addButton(const QString& icon_name, const QString& tooltip) {
  QToolButton* button = makeIconButton(icon_name, tooltip, this);
  addWidget(button);
  return button;
}

QToolButton* PanelHeader::addButton(QAction* action) {
  QToolButton* button = makeIconButton(action, this);
  addWidget(button);
  return button;
}

void PanelHeader::paintEvent(QPaintEvent*) {
  const Theme& theme = Theme::current();
  QPainter painter(this);
  painter.fillRect(rect(), theme.color(Role::Surface));
  paintBottomLine(painter, rect(), theme.color(Role::Border));
}

}  // namespace hbev::ui
