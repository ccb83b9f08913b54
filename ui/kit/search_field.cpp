#include "ui/kit/search_field.h"

#include <QtGui/QAction>
#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QDialog>
#include <QtWidgets/QStyle>

#include "ui/kit/badge.h"
#include "ui/kit/icons.h"
#include "ui/kit/theme.h"

namespace hbev::ui {
namespace {
constexpr int kIconLeft = 6, kTextLeft = 20, kRight = 7;
}

SearchField::SearchField(const QString& placeholder, const QKeySequence& keys, QWidget* parent)
    : QLineEdit(parent), key_text_(keys.isEmpty() ? QString() : keyText(keys)) {
  setPlaceholderText(placeholder);
  setAccessibleName(placeholder);
  setTextMargins(kTextLeft, 0, 0, 0);
  clear_ = addAction(icon("close"), QLineEdit::TrailingPosition);
  clear_->setToolTip(tr("Clear"));
  clear_->setVisible(false);
  connect(clear_, &QAction::triggered, this, &QLineEdit::clear);
  connect(this, &QLineEdit::textChanged, this,
          [this](const QString& text) { clear_->setVisible(!text.isEmpty()); });
}

void SearchField::paintEvent(QPaintEvent* event) {
  QLineEdit::paintEvent(event);
  const Theme& theme = Theme::current();
  const int side = theme.sizes().icon_small + 1;
  QPainter painter(this);
  const bool active = hasFocus() || !text().isEmpty();
  paintIcon(painter, "search", QRect(kIconLeft, (height() - side) / 2, side, side),
            theme.color(active ? Role::Text2 : Role::Text3));
  if (text().isEmpty() && !key_text_.isEmpty() && !hasFocus())
    paintKeyCap(painter, rect().adjusted(0, 0, -kRight, 0), key_text_);
}

bool SearchField::event(QEvent* event) {
  if (event->type() == QEvent::ShortcutOverride && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
    event->accept();
    return true;
  }
  return QLineEdit::event(event);
}

void SearchField::keyPressEvent(QKeyEvent* event) {
  if (event->key() != Qt::Key_Escape) return QLineEdit::keyPressEvent(event);
  if (!text().isEmpty()) return clear();
  if (qobject_cast<QDialog*>(window())) return event->ignore();
  clearFocus();
}

void setWrong(QLineEdit* field, bool wrong) {
  if (field->property("wrong").toBool() == wrong) return;
  field->setProperty("wrong", wrong);
  field->style()->unpolish(field);
  field->style()->polish(field);
}

}  // namespace hbev::ui
