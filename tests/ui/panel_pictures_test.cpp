// Pictures of the panels in their states, for people: written where HBEV_PICTURES says, else not run.
#include <QtGui/QClipboard>
#include <QtWidgets/QApplication>
#include <QtWidgets/QDialog>
#include <QtWidgets/QToolButton>

#include "tests/ui/window_test.h"
#include "ui/kit/search_field.h"
#include "ui/predict/predict_panel.h"
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
  void take(const QString& name) {
    for (const Theme::Mode mode : {Theme::Mode::Dark, Theme::Mode::Light}) {
      theme().setMode(mode);
      waitFor([] { return false; }, 400);
      takePicture(QStringLiteral("%1-%2-%3x%4")
                      .arg(name, QLatin1String(mode == Theme::Mode::Dark ? "dark" : "light"))
                      .arg(window().width())
                      .arg(window().height()));
    }
    theme().setMode(Theme::Mode::Dark);
  }
  void resize(int width, int height) {
    window().resize(width, height);
    waitFor([] { return false; }, 300);
  }
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

/// Everything that may be open at once, and predictions of which not one can be read.
TEST_F(PanelPictures, many_tabs_many_faults_and_dialogs) {
  const fs::path broken = runFolder() / "predictions-of-which-nothing-is-left";
  fs::copy(demoWorld() / "predictions" / "spoiled", broken, fs::copy_options::recursive);
  for (const auto& entry : fs::recursive_directory_iterator(broken)) {
    if (entry.path().extension() == ".npz") fs::resize_file(entry.path(), 40);
  }
  open();
  window().openPath(QString::fromStdString(broken.string()));
  ASSERT_TRUE(waitFor([&] { return !notice().isEmpty(); }));
  window().showPanel(&window().predictPanel());
  window().showPanel(&window().doctor());
  window().imports().inspect(broken, true);
  window().showPanel(&window().imports());
  ASSERT_TRUE(waitFor([&] { return !window().imports().reports().empty(); }));
  for (const QSize size : {QSize(1280, 720), QSize(3840, 2160)}) {
    resize(size.width(), size.height());
    take(QStringLiteral("tabs"));
  }
  resize(1280, 720);
  for (const char* id : {"settings", "help.about", "link.open"}) {
    QGuiApplication::clipboard()->setText(QStringLiteral("hbevocc-studio /nowhere --scene x"));
    window().actions()[QLatin1String(id)]->trigger();
    auto* dialog = window().findChild<QDialog*>();
    ASSERT_TRUE(dialog) << id;
    for (const Theme::Mode mode : {Theme::Mode::Dark, Theme::Mode::Light}) {
      theme().setMode(mode);
      waitFor([] { return false; }, 300);
      takePicture(QStringLiteral("dialog-%1-%2").arg(QLatin1String(id)).arg(int(mode)), dialog);
    }
    theme().setMode(Theme::Mode::Dark);
    delete dialog;
  }
}

}  // namespace
}  // namespace hbev::ui::test
