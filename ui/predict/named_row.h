// Rows of the Predict panel: a control with its name before it, and what a control means below it.
#pragma once

#include <QtCore/QString>

class QHBoxLayout;
class QWidget;

namespace hbev::ui {

/// `more`: a button behind the control. Without one, controls of a fixed width stay at the left.
QHBoxLayout* makeNamedRow(const QString& name, QWidget* control, QWidget* parent, QWidget* more = nullptr);
/// In line with the controls.
QHBoxLayout* makeUnnamedRow(QWidget* control);

}  // namespace hbev::ui
