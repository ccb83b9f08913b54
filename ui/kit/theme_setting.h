// The theme that somebody has chosen, from one time to the next.
#pragma once

#include "ui/kit/theme.h"

namespace hbev::ui {

/// System until somebody has chosen another one.
Theme::Mode savedThemeMode();
/// From now on every mode that `theme` gets is kept.
void keepThemeMode(Theme& theme);

}  // namespace hbev::ui
