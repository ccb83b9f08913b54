// A field for a whole number, in groups of three as everywhere in the window.
#pragma once

#include <QtWidgets/QSpinBox>

namespace hbev::ui {

/// From `low` to `high`; it is read with and without the gaps between groups.
QSpinBox* makeNumber(int low, int high, int value, QWidget* parent);

}  // namespace hbev::ui
