#include "ui/kit/scroll_column.h"

#include <QtWidgets/QVBoxLayout>

namespace hbev::ui {

ScrollColumn::ScrollColumn(QWidget* parent) : QScrollArea(parent) {
  setWidgetResizable(true);
  setFrameShape(QFrame::NoFrame);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setAccessibleName(tr("Contents of the panel"));  // keys scroll what has no control of its own
  auto* content = new QWidget(this);
  rows_ = new QVBoxLayout(content);
  rows_->setContentsMargins(0, 0, 0, 0);
  rows_->setSpacing(0);
  rows_->addStretch();
  setWidget(content);
}

void ScrollColumn::add(QWidget* widget) {
  rows_->insertWidget(rows_->count() - 1, widget);
}

void ScrollColumn::clear() {
  while (rows_->count() > 1) {
    QLayoutItem* item = rows_->takeAt(0);
    item->widget()->hide();
    item->widget()->deleteLater();
    delete item;
  }
}

}  // namespace hbev::ui
