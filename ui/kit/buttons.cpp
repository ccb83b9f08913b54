#include "ui/kit/buttons.h"

#include <QtGui/QAction>

#include "ui/kit/icons.h"
#include "ui/kit/theme.h"

namespace hbev::ui {
namespace {

const char* kindName(ButtonKind kind) {
  switch (kind) {
    case ButtonKind::Primary:
      return "primary";
    case ButtonKind::Danger:
      return "danger";
    case ButtonKind::Quiet:
      return "quiet";
    case ButtonKind::Link:
      return "link";
    default:
      return "normal";
  }
}

QToolButton* makeSquare(QWidget* parent) {
  const Sizes& sizes = Theme::current().sizes();
  auto* button = new QToolButton(parent);
  button->setAutoRaise(true);
  button->setFixedSize(sizes.icon_button, sizes.icon_button);
  button->setIconSize({sizes.icon, sizes.icon});
  button->setFocusPolicy(Qt::TabFocus);
  return button;
}

}  // namespace

QPushButton* makeButton(const QString& text, ButtonKind kind, const QString& icon_name, QWidget* parent,
                        bool small) {
  auto* button = new QPushButton(text, parent);
  button->setProperty("kind", kindName(kind));
  button->setProperty("small", small);
  button->setFocusPolicy(Qt::TabFocus);
  button->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
  button->setAutoDefault(false);
  if (!icon_name.isEmpty())
    button->setIcon(icon(icon_name, kind == ButtonKind::Primary  ? Role::OnAccent
                                    : kind == ButtonKind::Danger ? Role::Error
                                                                 : Role::Text));
  return button;
}

QToolButton* makeIconButton(const QString& icon_name, const QString& tooltip, QWidget* parent) {
  QToolButton* button = makeSquare(parent);
  button->setIcon(icon(icon_name));
  button->setToolTip(tooltip);
  button->setAccessibleName(tooltip);
  return button;
}

QToolButton* makeIconButton(QAction* action, QWidget* parent) {
  QToolButton* button = makeSquare(parent);
  button->setDefaultAction(action);
  button->setToolButtonStyle(Qt::ToolButtonIconOnly);
  button->setAccessibleName(action->text());
  return button;
}

}  // namespace hbev::ui
