// The tests of the window share one application, one theme and one demo world; the user's settings stay
// untouched.
#include <cstdio>
#include <string>

#include <QtCore/QSettings>
#include <QtGui/QSurfaceFormat>
#include <QtWidgets/QApplication>
#include <gtest/gtest.h>

#include "tests/ui/window_test.h"
#include "ui/kit/theme.h"

namespace {

/// Pictures for people claim nothing: without a folder for them no window is opened for each.
void leaveOutPictures() {
  if (!qEnvironmentVariableIsEmpty("HBEV_PICTURES")) return;
  std::string& filter = testing::GTEST_FLAG(filter);
  filter += filter.find('-') == std::string::npos ? "-" : ":";
  filter += "*.pictures:*.pictures_of_*:*.pictures_for_*:*Pictures.*";
  std::puts("No pictures are taken: HBEV_PICTURES names no folder.");
}

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  leaveOutPictures();
  using hbev::ui::test::runFolder;
  // Not Qt's test mode: its folder is one for all programs, which run beside each other.
  const QByteArray home = QByteArray::fromStdString((runFolder() / "home").string());
  for (const char* name : {"HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"})
    qputenv(name, home);
  QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, QString::fromUtf8(home));
  QCoreApplication::setOrganizationName(QStringLiteral("HBEVOcc Studio tests"));
  QCoreApplication::setApplicationName(QStringLiteral("test_window"));
  QApplication::setAttribute(Qt::AA_ShareOpenGLContexts);
  QSurfaceFormat format;
  format.setVersion(3, 3);
  format.setProfile(QSurfaceFormat::CoreProfile);
  format.setDepthBufferSize(24);
  QSurfaceFormat::setDefaultFormat(format);
  QApplication app(argc, argv);
  hbev::ui::Theme theme;
  theme.setMode(hbev::ui::Theme::Mode::Dark);
  theme.apply(app);
  return RUN_ALL_TESTS();
}
