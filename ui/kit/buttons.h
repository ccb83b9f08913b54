// The buttons of the design: primary, normal, danger, link, and the quiet icon button.
#pragma once

#include <QtWidgets/QPushButton>
#include <QtWidgets/QToolButton>

namespace hbev::ui {

enum class ButtonKind { Normal, Primary, Danger, Quiet, Link };

/// 28 px high (24 when `small`), with an icon when `icon_name` is not empty.
QPushButton* makeButton(const QString& text, ButtonKind kind = ButtonKind::Normal,
                        const QString& icon_name = {}, QWidget* parent = nullptr, bool small = false);
/// Quiet square button, 24 px, with a 16 px icon; `tooltip` is also its accessible name.
QToolButton* makeIconButton(const QString& icon_name, const QString& tooltip, QWidget* parent = nullptr);
/// The same for an action: icon, tooltip, state and enabled follow it.
QToolButton* makeIconButton(QAction* action, QWidget* parent = nullptr);

}  // namespace hbev::ui
