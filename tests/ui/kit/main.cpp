// The tests of the kit share one application and one theme.
#include <QtWidgets/QApplication>
#include <gtest/gtest.h>

#include "ui/kit/theme.h"

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  QApplication app(argc, argv);
  hbev::ui::Theme theme;
  theme.setMode(hbev::ui::Theme::Mode::Dark);
  theme.apply(app);
  return RUN_ALL_TESTS();
}
