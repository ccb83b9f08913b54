// The window says what is so: nothing stands where nothing is known, and keys go where people look.
#include <QtCore/QSettings>
#include <QtGui/QStatusTipEvent>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>
#include <QtWidgets/QDialog>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QStatusBar>

#include "core/data/dataset.h"
#include "tests/ui/window_test.h"
#include "ui/inspector/inspector.h"
#include "ui/kit/actions.h"
#include "ui/kit/elided_label.h"
#include "ui/kit/progress_line.h"
#include "ui/kit/search_field.h"
#include "ui/kit/segmented_control.h"
#include "ui/kit/theme_setting.h"
#include "ui/kit/wrapping_label.h"
#include "ui/scenes/scene_panel.h"
#include "ui/scores/worst_frames.h"
#include "ui/state/error_view.h"
#include "ui/training/runs_panel.h"
#include "ui/training/train_page.h"
#include "ui/viewport/camera_strip.h"
#include "ui/window/about_dialog.h"
#include "ui/window/activities.h"
#include "ui/window/settings_dialog.h"

namespace hbev::ui::test {
namespace {

namespace fs = std::filesystem;

class StatesTest : public WindowTest {
 protected:
  /// A copy of the demo with predictions "first" and "second" and no labels at all.
  fs::path worldWithoutTruth() {
    const fs::path world = runFolder() / "no-truth";
    if (fs::exists(world)) return world;
    copyOfDemoWorld("no-truth");
    for (const char* labels : {"gts", "openocc_v2"})
      fs::remove_all(world / labels);
    fs::copy(world / "predictions" / "spoiled", world / "predictions" / "second",
             fs::copy_options::recursive);
    fs::rename(world / "predictions" / "spoiled", world / "predictions" / "first");
    return world;
  }
  QString titleOf(Side side) {
    const OccupancySource* source = studio().source(side);
    return source ? source->title() : QString();
  }
  bool inspectorSays(const QString& text) {
    for (const QLabel* label : window().inspector().findChildren<QLabel*>()) {
      if (label->isVisible() && label->text().contains(text)) return true;
    }
    return false;
  }
};

TEST_F(StatesTest, without_truth_nothing_is_right) {
  open(worldWithoutTruth());
  ASSERT_TRUE(studio().dataset()->labelKinds().empty());
  EXPECT_EQ(titleOf(Side::A), QStringLiteral("first"));
  EXPECT_EQ(titleOf(Side::B), QStringLiteral("second")) << "not the same one twice";
  key(Qt::Key_2, Qt::ControlModifier);
  studio().changeView([](ViewSettings& view) { view.coloring = {Coloring::Outcome, Coloring::Outcome}; });
  for (const Side side : {Side::A, Side::B}) {
    waitForFrame(viewport(side));
    const HudContent hud = viewport(side).hudContent();
    EXPECT_EQ(hud.legend_title, "Classes");
    ASSERT_TRUE(hud.ramp);
    EXPECT_TRUE(hud.ramp->note.starts_with("No truth")) << hud.ramp->note;
  }
  for (const QPushButton* button : window().worstFrames().findChildren<QPushButton*>())
    EXPECT_FALSE(button->isVisible() && button->text() == QStringLiteral("Evaluate")) << "it cannot work";
}

TEST_F(StatesTest, two_truths_are_not_each_others_outcome) {
  open();
  const auto& sources = studio().sources();
  for (int i = 0; i < int(sources.size()); ++i) {
    if (sources[std::size_t(i)].truth == LabelKind::OpenOcc) {
      studio().setSource(Side::A, i);
      studio().setSource(Side::B, i);
    }
  }
  ASSERT_TRUE(settle());
  studio().changeView([](ViewSettings& view) { view.coloring = {Coloring::Outcome, Coloring::Outcome}; });
  waitForFrame(viewport(Side::A));
  EXPECT_EQ(viewport(Side::A).hudContent().legend_title, "Classes");
}

TEST_F(StatesTest, of_several_predictions_the_first_named_is_a_and_the_second_b) {
  const fs::path world = worldWithoutTruth();
  QStringList paths;
  for (const char* name : {"y", "z", "x"}) {
    const fs::path folder = runFolder() / "named" / name;
    if (!fs::exists(folder)) {
      fs::create_directories(folder.parent_path());
      fs::copy(world / "predictions" / "first", folder, fs::copy_options::recursive);
    }
    paths << QString::fromStdString(folder.string());
  }
  open(world);
  window().openPaths(paths);
  ASSERT_TRUE(waitFor([&] { return studio().sources().size() == 5 && !studio().isOpening(); }));
  EXPECT_EQ(titleOf(Side::A), QStringLiteral("y"));
  EXPECT_EQ(titleOf(Side::B), QStringLiteral("z"));
  open();
  window().openPaths(paths);
  ASSERT_TRUE(waitFor([&] { return studio().canScore() && titleOf(Side::A) == QStringLiteral("y"); }));
  ASSERT_TRUE(waitFor([&] { return !studio().isOpening(); }));
  EXPECT_EQ(titleOf(Side::A), QStringLiteral("y"));
  EXPECT_TRUE(studio().source(Side::B)->isTruth());
}

TEST_F(StatesTest, another_scene_does_not_stand_under_this_ones_name) {
  open();
  ASSERT_TRUE(studio().content(Side::A).occupancy);
  studio().setCurrent(1, 2);
  ASSERT_FALSE(studio().isFrameCurrent()) << "nobody has asked for this keyframe before";
  EXPECT_FALSE(studio().frame());
  EXPECT_FALSE(studio().shownFrame());
  for (const Side side : {Side::A, Side::B})
    EXPECT_FALSE(studio().content(side).occupancy);
  EXPECT_TRUE(inspectorSays(QStringLiteral("Scoring…")));
  ASSERT_TRUE(settle());
  EXPECT_TRUE(studio().content(Side::A).occupancy);
  EXPECT_FALSE(inspectorSays(QStringLiteral("Scoring…")));
}

TEST_F(StatesTest, why_a_keyframe_has_no_scores) {
  const fs::path world = copyOfDemoWorld("unscored");
  const auto dataset = Dataset::open(world);
  fs::remove(*dataset->truthFile(LabelKind::OpenOcc, dataset->keyframe(0, 0)));
  open(world);
  EXPECT_TRUE(inspectorSays(QStringLiteral("no usable truth")));
}

TEST_F(StatesTest, missing_files_are_told_once) {
  const fs::path world = copyOfDemoWorld("three-missing");
  const auto dataset = Dataset::open(world);
  fs::path file;
  for (const Camera camera : {Camera::Front, Camera::Back, Camera::BackLeft}) {
    file = dataset->keyframe(0, 0).cameras[std::size_t(camera)]->file;
    fs::remove(file);
  }
  open(world);
  QStringList values;
  for (const FactList* list : window().inspector().findChildren<FactList*>()) {
    for (const FactList::Fact& fact : list->facts())
      values << fact.value;
  }
  EXPECT_EQ(values.count(QStringLiteral("3 files are missing")), 1)
      << values.join(QLatin1Char('|')).toStdString();
  const QString tip = unbroken(window().cameras().tile(Camera::BackLeft).toolTip());
  EXPECT_TRUE(tip.contains(QString::fromStdString(file.filename().string()))) << tip.toStdString();
}

TEST_F(StatesTest, escape_leaves_the_search_for_scenes) {
  open();
  studio().select(Eigen::Vector3i(100, 100, 4));
  auto* field = window().scenes().findChild<SearchField*>();
  field->setFocus();
  QTest::keyClicks(field, QStringLiteral("demo"));
  QTest::keyClick(field, Qt::Key_Escape);
  EXPECT_TRUE(field->text().isEmpty());
  QTest::keyClick(field, Qt::Key_Escape);
  EXPECT_FALSE(field->hasFocus());
  EXPECT_TRUE(studio().selection()) << "it was the field's key";
}

TEST_F(StatesTest, a_workspace_has_the_focus_where_people_look) {
  open();
  for (const Qt::Key workspace : {Qt::Key_2, Qt::Key_1}) {
    window().scenes().findChild<SearchField*>()->setFocus();
    key(workspace, Qt::ControlModifier);
    EXPECT_EQ(QApplication::focusWidget(), &viewport(window().viewports().active()));
  }
  key(Qt::Key_3, Qt::ControlModifier);
  const QWidget* focus = QApplication::focusWidget();
  EXPECT_TRUE(focus == &window().training().runs() || focus == &window().training().runs().list());
}

TEST_F(StatesTest, where_a_run_is_watched_nothing_of_the_errors_is_left) {
  open();
  key(Qt::Key_2, Qt::ControlModifier);
  ASSERT_TRUE(studio().errors().showsRays());
  key(Qt::Key_3, Qt::ControlModifier);
  EXPECT_FALSE(studio().errors().showsRays());
  for (const Coloring coloring : studio().view().coloring)
    EXPECT_EQ(coloring, Coloring::Class);
  key(Qt::Key_2, Qt::ControlModifier);
  EXPECT_TRUE(studio().errors().showsRays());
}

TEST_F(StatesTest, what_a_control_does_is_not_written_over_what_is_under_way) {
  open();
  auto& bar = partOf<QStatusBar>(window());
  auto* status = bar.findChild<ElidedLabel*>();
  auto& progress = partOf<ProgressLine>(bar);
  ASSERT_TRUE(waitFor([&] { return status->isVisible() && status->text() == QStringLiteral("Ready"); }));
  const auto point = [this](const QString& text) {
    QStatusTipEvent tip(text);
    QCoreApplication::sendEvent(&window(), &tip);
  };
  const QString help = QStringLiteral("What the button does");
  point(help);
  EXPECT_EQ(status->text(), help);
  Progress::State state;
  state.what = "Working";
  auto* activities = window().findChild<Activities*>();
  ASSERT_TRUE(activities);
  activities->show({QStringLiteral("test"), state, false, false, {}});
  ASSERT_TRUE(waitFor([&] { return progress.isVisible(); }));
  point({});
  point(help);
  EXPECT_TRUE(bar.currentMessage().isEmpty()) << "it would lie over the progress";
  EXPECT_TRUE(progress.isVisible());
  EXPECT_FALSE(status->isVisible());
  activities->end(QStringLiteral("test"));
  point({});
  EXPECT_TRUE(waitFor([&] { return status->isVisible() && !progress.isVisible(); }));
  EXPECT_EQ(status->text(), QStringLiteral("Ready"));
}

TEST_F(StatesTest, the_theme_is_a_setting_and_kept) {
  keepThemeMode(theme());
  EXPECT_EQ(savedThemeMode(), Theme::Mode::System);
  window().showSettings();
  auto* choice = window().findChild<SettingsDialog*>()->findChild<SegmentedControl*>(QStringLiteral("theme"));
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->currentIndex(), int(theme().mode()));
  QTest::mouseClick(choice->segment(2), Qt::LeftButton);
  EXPECT_EQ(theme().mode(), Theme::Mode::Light);
  EXPECT_EQ(savedThemeMode(), Theme::Mode::Light);
  window().actions()["theme.toggle"]->trigger();
  EXPECT_EQ(savedThemeMode(), Theme::Mode::Dark);
  EXPECT_EQ(choice->currentIndex(), 1);
}

TEST_F(StatesTest, about_names_versions_terms_and_folders) {
  window().actions()["help.about"]->trigger();
  auto* about = window().findChild<AboutDialog*>();
  ASSERT_TRUE(about && about->isVisible());
  EXPECT_TRUE(about->text().contains(QStringLiteral(HBEV_VERSION)));
  EXPECT_TRUE(about->text().contains(QSettings().fileName()));
  QString words;
  for (const QLabel* label : about->findChildren<QLabel*>())
    words += unbroken(label->text());
  for (const char* part : {"MIT", "QCustomPlot", "nuScenes"})
    EXPECT_TRUE(words.contains(QString::fromLatin1(part))) << part;
  about->close();
}

}  // namespace
}  // namespace hbev::ui::test
