// Pictures of the panels in their states, for people: written where HBEV_PICTURES says, else skipped.
#include <cstdlib>

#include <QtCore/QDir>
#include <QtWidgets/QApplication>
#include <QtWidgets/QToolButton>

#include "tests/ui/window_test.h"
#include "ui/kit/search_field.h"
#include "ui/scenes/bookmark_list.h"
#include "ui/scenes/scene_filter_bar.h"
#include "ui/scenes/scene_panel.h"
#include "ui/state/scene_class_index.h"
#include "ui/window/doctor_panel.h"
#include "ui/window/finding_list.h"
#include "ui/window/import_panel.h"
#include "ui/window/start_page.h"

namespace hbev::ui::test {
namespace {

namespace fs = std::filesystem;

class PanelPictures : public WindowTest {
 protected:
  void SetUp() override {
    const char* folder = std::getenv("HBEV_PICTURES");
    if (!folder) GTEST_SKIP() << "HBEV_PICTURES names no folder";
    folder_ = QString::fromLocal8Bit(folder);
    ASSERT_TRUE(QDir().mkpath(folder_));
  }
  void take(const QString& name) {
    for (const Theme::Mode mode : {Theme::Mode::Dark, Theme::Mode::Light}) {
      theme().setMode(mode);
      waitFor([] { return false; }, 400);
      const QString file = QStringLiteral("%1-%2-%3x%4.png")
                               .arg(name, mode == Theme::Mode::Dark ? "dark" : "light")
                               .arg(window().width())
                               .arg(window().height());
      EXPECT_TRUE(window().grab().save(QDir(folder_).filePath(file)));
    }
    theme().setMode(Theme::Mode::Dark);
  }
  void resize(int width, int height) {
    window().resize(width, height);
    waitFor([] { return false; }, 300);
  }

  QString folder_;
};

TEST_F(PanelPictures, start_page) {
  auto* list = window().findChild<StartPage*>()->findChild<FindingList*>();
  ASSERT_TRUE(waitFor([&] { return !list->findings().empty(); }));
  for (const QSize size : {QSize(1280, 720), QSize(1600, 1000)}) {
    resize(size.width(), size.height());
    take(QStringLiteral("start"));
  }
}

TEST_F(PanelPictures, filters_bookmarks_doctor_and_import_report) {
  const fs::path half_good = runFolder() / "a-rather-long-name-of-predictions-epoch-24-ema";
  fs::copy(demoWorld() / "predictions" / "spoiled", half_good, fs::copy_options::recursive);
  for (const auto& entry : fs::recursive_directory_iterator(half_good)) {
    if (entry.path().extension() == ".npz") fs::resize_file(entry.path(), 40);
    if (entry.path().extension() == ".npz") break;
  }
  open();
  window().bookmarks().add({0, 1});
  window().bookmarks().setNote(
      QString(window().bookmarks().at({0, 1})->token),
      QStringLiteral("trailer called truck, and a note that is too long for its row"));
  window().bookmarks().add({1, 2});
  window().scenes().classIndex()->countLabels();
  ASSERT_TRUE(
      waitFor([&] { return window().scenes().classIndex()->sceneCount(QStringLiteral("car")) == 2; }));
  window().scenes().filterBar()->setClass(QStringLiteral("construction_vehicle"), true);
  window().scenes().filterBar()->setClass(QStringLiteral("car"), true);
  window().scenes().filterBar()->setCondition(SceneCondition::Rain, true);
  for (const QSize size : {QSize(1280, 720), QSize(1600, 900), QSize(2560, 1440), QSize(3840, 2160)}) {
    resize(size.width(), size.height());
    take(QStringLiteral("filtered-empty"));
  }
  window().scenes().clearFilters();
  resize(1600, 900);
  window().scenes().showBookmarks(true);
  window().openPath(QString::fromStdString(half_good.string()));
  ASSERT_TRUE(waitFor([&] { return !window().imports().reports().empty() && window().isSettled(); }));
  window().showPanel(&window().imports());
  take(QStringLiteral("bookmarks-import"));
  window().showPanel(&window().doctor());
  ASSERT_TRUE(
      waitFor([&] { return !window().doctor().isRunning() && !window().doctor().groups().empty(); }, 30000));
  take(QStringLiteral("doctor"));
  resize(1280, 720);
  take(QStringLiteral("doctor"));
  window().scenes().editBookmark(QString(window().bookmarks().at({0, 1})->token));
  take(QStringLiteral("bookmark-edited"));
}

}  // namespace
}  // namespace hbev::ui::test
