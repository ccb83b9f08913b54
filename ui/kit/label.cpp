#include "ui/kit/label.h"

#include <QtWidgets/QStyle>

#include "ui/kit/theme.h"

namespace hbev::ui {

QLabel* makeLabel(const QString& text, Role role, TextSize size, Weight weight, QWidget* parent) {
  auto* label = new QLabel(text, parent);
  label->setFont(Theme::current().font(size, weight));
  label->setProperty("role", Tokens::roleName(role));
  return label;
}

QLabel* makeMonoLabel(const QString& text, Role role, TextSize size, QWidget* parent) {
  QLabel* label = makeLabel(text, role, size, Weight::Normal, parent);
  label->setFont(Theme::current().mono(size));
  return label;
}

void setRole(QLabel* label, Role role) {
  const QString name = Tokens::roleName(role);
  if (label->property("role").toString() == name) return;
  label->setProperty("role", name);
  // The style sheet looks at properties only when a widget is polished.
  label->style()->unpolish(label);
  label->style()->polish(label);
}

QWidget* makeLine(bool vertical, QWidget* parent) {
  auto* line = new QFrame(parent);
  line->setProperty("line", true);
  if (vertical)
    line->setFixedWidth(1);
  else
    line->setFixedHeight(1);
  return line;
}

}  // namespace hbev::ui
