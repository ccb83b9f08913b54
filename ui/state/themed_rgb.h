// Colours of the theme as the renderer takes them.
#pragma once

#include <QtGui/QColor>

#include "core/data/classes.h"
#include "ui/kit/theme.h"

namespace hbev::ui {

/// Without its opacity.
inline Rgb toRgb(const QColor& color) {
  return {std::uint8_t(color.red()), std::uint8_t(color.green()), std::uint8_t(color.blue())};
}

inline Rgb themedRgb(Role role) {
  return toRgb(Theme::current().color(role));
}

}  // namespace hbev::ui
