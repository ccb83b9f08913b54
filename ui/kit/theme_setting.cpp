#include "ui/kit/theme_setting.h"

#include <QtCore/QSettings>

namespace hbev::ui {
namespace {

constexpr const char* kThemeKey = "window/theme";

}  // namespace

Theme::Mode savedThemeMode() {
  const QString name = QSettings().value(QLatin1String(kThemeKey)).toString();
  if (name == QStringLiteral("dark")) return Theme::Mode::Dark;
  return name == QStringLiteral("light") ? Theme::Mode::Light : Theme::Mode::System;
}

void keepThemeMode(Theme& theme) {
  QObject::connect(&theme, &Theme::changed, &theme, [&theme] {
    const char* name = theme.mode() == Theme::Mode::Dark    ? "dark"
                       : theme.mode() == Theme::Mode::Light ? "light"
                                                            : "system";
    QSettings().setValue(QLatin1String(kThemeKey), QString::fromLatin1(name));
  });
}

}  // namespace hbev::ui
