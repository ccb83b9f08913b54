// Labels in the roles and sizes of the design.
#pragma once

#include <QtWidgets/QLabel>

#include "ui/kit/tokens.h"

namespace hbev::ui {

/// A label of one of the roles text, text2, text3, accent, ok, warn, error.
QLabel* makeLabel(const QString& text, Role role = Role::Text, TextSize size = TextSize::Body,
                  Weight weight = Weight::Normal, QWidget* parent = nullptr);
/// The same in Mono, for figures.
QLabel* makeMonoLabel(const QString& text, Role role = Role::Text, TextSize size = TextSize::Small,
                      QWidget* parent = nullptr);
/// Changes a label's role later.
void setRole(QLabel* label, Role role);

/// The 1 px line between blocks or, `vertical`, between groups of a row.
QWidget* makeLine(bool vertical = false, QWidget* parent = nullptr);

}  // namespace hbev::ui
