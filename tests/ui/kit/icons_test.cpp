#include "ui/kit/icons.h"

#include <QtCore/QDir>
#include <QtGui/QImage>
#include <gtest/gtest.h>

#include "ui/kit/theme.h"

namespace hbev::ui {
namespace {

/// A square that fills the whole icon, so that its middle has the pure colour.
const QByteArray kSquare =
    R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" fill="currentColor"/></svg>)";

QColor colorOf(const QIcon& icon, QIcon::Mode mode = QIcon::Normal, QIcon::State state = QIcon::Off) {
  return icon.pixmap(QSize(16, 16), 1.0, mode, state).toImage().pixelColor(8, 8);
}

TEST(Icons, ModesAndStatesHaveTheThemesColours) {
  const Theme& theme = Theme::current();
  const QIcon square = iconFromSvg(kSquare);
  EXPECT_EQ(colorOf(square), theme.color(Role::Text2));
  EXPECT_EQ(colorOf(square, QIcon::Active), theme.color(Role::Text));
  EXPECT_EQ(colorOf(square, QIcon::Normal, QIcon::On), theme.color(Role::Accent));
  EXPECT_EQ(colorOf(square, QIcon::Disabled), theme.color(Role::Disabled));
  EXPECT_EQ(colorOf(square, QIcon::Disabled, QIcon::On), theme.color(Role::Disabled));
}

TEST(Icons, FollowTheTheme) {
  Theme& theme = Theme::current();
  const QIcon square = iconFromSvg(kSquare);
  const QColor dark = colorOf(square);
  theme.setMode(Theme::Mode::Light);
  EXPECT_EQ(colorOf(square), theme.tokens().color(Role::Text2, Tone::Light));
  theme.setMode(Theme::Mode::Dark);
  EXPECT_EQ(colorOf(square), dark);
}

TEST(Icons, AreRenderedAtTheDevicesRatio) {
  const QPixmap twice = iconFromSvg(kSquare).pixmap(QSize(16, 16), 2.0);
  EXPECT_EQ(twice.size(), QSize(32, 32));
  EXPECT_EQ(twice.devicePixelRatio(), 2.0);
}

TEST(Icons, EveryFileDrawsSomething) {
  const QStringList files = QDir(":/icons").entryList({"*.svg"});
  EXPECT_EQ(files.size(), 56);
  for (const QString& file : files) {
    const QImage image = icon(QFileInfo(file).baseName()).pixmap(QSize(16, 16), 1.0).toImage();
    int drawn = 0;
    for (int y = 0; y < image.height(); ++y)
      for (int x = 0; x < image.width(); ++x)
        drawn += image.pixelColor(x, y).alpha() > 0;
    EXPECT_GT(drawn, 5) << qPrintable(file);
  }
}

TEST(Icons, AnUnknownNameIsEmpty) {
  EXPECT_TRUE(icon("no-such-icon").isNull());
}

}  // namespace
}  // namespace hbev::ui
