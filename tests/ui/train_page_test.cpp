// The Training workspace: runs found and followed, wishes sent, runs compared, watched, and left alone.
#include <fstream>

#include <QtCore/QFile>
#include <QtCore/QSettings>
#include <QtGui/QAccessible>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListView>
#include <QtWidgets/QMenu>
#include <QtWidgets/QMessageBox>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QTableWidget>
#include <QtWidgets/QToolButton>
#include <fmt/format.h>

#include "tests/ui/screen_reader.h"
#include "tests/ui/silent_disk.h"
#include "tests/ui/training_test.h"
#include "ui/kit/elided_label.h"
#include "ui/kit/segmented_control.h"
#include "ui/scenes/scene_panel.h"
#include "ui/training/checkpoint_pictures.h"
#include "ui/training/run_compare.h"
#include "ui/training/run_tiles.h"
#include "ui/training/runs_panel.h"
#include "ui/training/train_curves.h"
#include "ui/training/train_dialog.h"
#include "ui/training/train_watch_panel.h"

namespace hbev::ui::test {
namespace {

namespace fs = std::filesystem;

class TrainPageTest : public TrainingTest {
 protected:
  QString tile(const QString& caption) {
    for (const RunTiles::Tile& each : page().findChild<RunTiles*>()->tiles()) {
      if (each.caption == caption) return each.value;
    }
    return {};
  }
  std::vector<RunWish> wishes() { return pendingWishes(store().current()->folder); }
};

TEST_F(TrainPageTest, without_runs_it_says_how_to_begin_one) {
  key(Qt::Key_3, Qt::ControlModifier);
  EXPECT_TRUE(page().isVisible());
  ASSERT_TRUE(waitFor([this] { return store().wasLookedAt(); }));
  EXPECT_NE(buttonOf(page(), QStringLiteral("New run")), nullptr);
  EXPECT_FALSE(window().actions()["train.stop"]->isEnabled());
  key(Qt::Key_1, Qt::ControlModifier);
  EXPECT_FALSE(page().isVisible());
  key(Qt::Key_3, Qt::ControlModifier);
}

TEST_F(TrainPageTest, runs_are_found_with_their_states_and_figures) {
  makeThree();
  EXPECT_EQ(store().runs()[0]->name(), QStringLiteral("run-03"));  // the newest first
  EXPECT_EQ(store().runs()[0]->state, RunState::Running);
  EXPECT_EQ(store().runs()[1]->state, RunState::Failed);
  EXPECT_EQ(store().runs()[2]->state, RunState::Done);
  EXPECT_EQ(tile(QStringLiteral("Step")), QStringLiteral("280"));
  EXPECT_EQ(tile(QStringLiteral("Epoch")), QStringLiteral("2.3"));
  EXPECT_FALSE(tile(QStringLiteral("Time left")).isEmpty());
  EXPECT_EQ(tile(QStringLiteral("RayIoU")), QStringLiteral("35.7"));
  // Why the other one ended, and what is left of it.
  store().setCurrent(store().runs()[1]->folder);
  auto* notice = page().findChild<QWidget*>(QStringLiteral("runNotice"));
  EXPECT_TRUE(notice->isVisible());
  const QString text = notice->findChild<ElidedLabel*>()->text();
  EXPECT_TRUE(text.contains(QStringLiteral("the loss is not a number"))) << text.toStdString();
  EXPECT_TRUE(text.contains(QStringLiteral("Checkpoint 120"))) << text.toStdString();
  EXPECT_TRUE(window().actions()["train.resume"]->isEnabled());
  // It was never evaluated: none of its checkpoints is the best.
  auto& checkpoints = page().watchPanel().checkpoints();
  ASSERT_EQ(checkpoints.rowCount(), 1);
  EXPECT_EQ(checkpoints.item(0, 1)->text(), QStringLiteral("newest"));
  store().setCurrent(store().runs()[2]->folder);
  EXPECT_EQ(checkpoints.item(0, 1)->text(), QStringLiteral("best, newest"));
}

TEST_F(TrainPageTest, points_arrive_while_a_run_grows_and_its_end_is_told) {
  makeThree();
  const auto loss = current().curve("loss");
  ASSERT_TRUE(waitFor([&] { return loss->size() == 280; }));
  // Drawn a moment later: plots wait for more.
  EXPECT_TRUE(
      waitFor([this] { return page().curves().panel(TrainCurves::Loss).plot().drawnPoints() > 280U; }));
  going_->train(300);
  EXPECT_TRUE(waitFor([&] { return loss->size() == 300; }));
  EXPECT_TRUE(waitFor([this] { return tile(QStringLiteral("Step")) == QStringLiteral("300"); }));
  // Under the pointer stand the values of a step.
  const auto readings = page().curves().panel(TrainCurves::Loss).plot().readingsAt(200);
  ASSERT_EQ(readings.size(), 6U);
  EXPECT_FALSE(readings[0].raw.isEmpty()) << "smoothed and as it was";
  EXPECT_EQ(readings[0].name, QStringLiteral("Total"));
  EXPECT_EQ(readings[1].name, QStringLiteral("Cross-entropy"));
  going_->end(RunActivity::Done, "All steps are done");
  EXPECT_TRUE(waitFor([this] { return current().state == RunState::Done; }));
  EXPECT_TRUE(waitFor([this] { return notice().contains(QStringLiteral("run-03")); }));
}

TEST_F(TrainPageTest, at_the_start_the_newest_of_all_runs_is_shown) {
  hbev::test::TemporaryFolder attached;
  // The older one is found first.
  MadeRun(attached.path() / "a", {.name = "older", .created = 1.7e9}).end(RunActivity::Done, "Done");
  MadeRun(attached.path() / "b", {.name = "newer", .created = 1.7e9 + 60}).end(RunActivity::Done, "Done");
  const fs::path root = fs::canonical(attached.path());
  QSettings().setValue(QStringLiteral("training/attached"),
                       QStringList{QString::fromStdString((root / "a").string()),
                                   QString::fromStdString((root / "b").string())});
  QSettings().setValue(QStringLiteral("training/folder"), QString::fromStdString((root / "none").string()));
  RunStore store(nullptr, {.every_ms = 20});
  ASSERT_TRUE(waitFor([&] { return store.wasLookedAt(); }));
  ASSERT_EQ(store.runs().size(), 2U) << "the first look is at all of them";
  EXPECT_EQ(store.current()->name(), QStringLiteral("newer"));
  QSettings().remove(QStringLiteral("training"));
}

TEST_F(TrainPageTest, a_run_whose_folder_goes_is_said_and_another_one_shown) {
  makeThree();
  going_.reset();
  fs::remove_all(runs_.path() / "run-03");
  ASSERT_TRUE(waitFor([this] { return store().runs().size() == 2; }));
  EXPECT_EQ(current().name(), QStringLiteral("run-02"));
  EXPECT_TRUE(notice().contains(QStringLiteral("run-03"))) << notice().toStdString();
}

TEST_F(TrainPageTest, runs_may_go_while_a_checkpoint_predicts) {
  open();
  makeThree();
  ASSERT_TRUE(waitFor([this] { return page().watch().shownStep() == 280; }));
  const QSignalSpy predicted(&page().watch(), &TrainWatch::predicted);
  control_->hold = true;
  page().watch().choose(40);
  ASSERT_TRUE(waitFor([this] { return page().watch().sentence().startsWith(QStringLiteral("Step 40 ")); }))
      << page().watch().sentence().toStdString();
  going_.reset();
  for (const char* run : {"run-01", "run-02", "run-03"})
    fs::remove_all(runs_.path() / run);
  ASSERT_TRUE(waitFor([this] { return store().runs().empty(); }));
  control_->hold = false;
  EXPECT_TRUE(waitFor([&] { return predicted.count() == 1; }));
}

TEST_F(TrainPageTest, settings_that_cannot_be_read_are_not_held_against_others) {
  makeThree();
  // Torn before anybody looks at it.
  hbev::test::TemporaryFolder elsewhere;
  const fs::path made = elsewhere.path() / "run-04", torn = fs::canonical(runs_.path()) / "run-04";
  MadeRun(made, {.name = "run-04", .seed = 5, .created = 1.7e9 + 500}).end(RunActivity::Done, "Done");
  std::ofstream(made / "config.toml") << "[torn\nhalf";
  fs::rename(made, torn);
  store().expect(torn);
  ASSERT_TRUE(waitFor([&] { return store().current() && store().current()->folder == torn; }));
  QTableWidget& table = page().runs().differences();
  ASSERT_EQ(table.rowCount(), 1);
  EXPECT_EQ(table.item(0, 0)->text(), QStringLiteral("run.seed"));
  EXPECT_TRUE(table.toolTip().contains(QStringLiteral("cannot be read")));
}

TEST_F(TrainPageTest, curves_are_saved_with_the_name_of_their_run) {
  makeThree();
  CurvePanel& panel = page().curves().panel(TrainCurves::Loss);
  ASSERT_TRUE(waitFor([&] { return panel.plot().lines().size() == 6; }));
  const hbev::test::TemporaryFolder elsewhere;
  const QString file = QString::fromStdString((elsewhere / "loss").string());
  {
    const SilentDisk disk(elsewhere.path());
    panel.savePicture(file + QStringLiteral(".png"));
    panel.saveValues(file + QStringLiteral(".csv"));
    EXPECT_TRUE(waitFor([&] { return disk.holdsSomebody(); }));
    EXPECT_EQ(disk.askedHere(), "");
  }
  EXPECT_TRUE(
      waitFor([&] { return fs::exists(elsewhere / "loss.png") && fs::exists(elsewhere / "loss.csv"); }));
  EXPECT_EQ(QImage(file + QStringLiteral(".png")).width(), 1920) << "sharp in print";
  if (const auto folder = pictureFolder())
    panel.picture().save(folder->filePath(QStringLiteral("curves-saved.png")));
  panel.savePicture(QStringLiteral("/proc/nowhere/loss.png"));
  EXPECT_TRUE(waitFor([this] { return notice().contains(QStringLiteral("loss.png")); }))
      << notice().toStdString();
}

TEST_F(TrainPageTest, wishes_reach_the_run) {
  makeThree();
  const auto wishesAre = [this](const std::vector<RunWish>& wanted) {
    return waitFor([&] { return wishes() == wanted; });
  };
  key(Qt::Key_S, Qt::ControlModifier);
  EXPECT_TRUE(wishesAre({RunWish::Checkpoint}));
  QTest::mouseClick(buttonOf(page(), QStringLiteral("Pause")), Qt::LeftButton);
  EXPECT_TRUE(wishesAre({RunWish::Checkpoint, RunWish::Pause}));
  EXPECT_EQ(going_->writer().takeWishes().size(), 2U);
  going_->writer().setActivity(RunActivity::Paused);
  ASSERT_TRUE(waitFor([this] { return current().state == RunState::Paused; }));
  auto* go_on = buttonOf(page(), QStringLiteral("Go on"));
  ASSERT_NE(go_on, nullptr);
  QTest::mouseClick(go_on, Qt::LeftButton);
  EXPECT_TRUE(wishesAre({RunWish::GoOn}));
  going_->writer().takeWishes();
  QTest::mouseClick(buttonOf(page(), QStringLiteral("Stop")), Qt::LeftButton);
  EXPECT_TRUE(wishesAre({RunWish::Stop}));
}

TEST_F(TrainPageTest, two_runs_are_compared_and_drawn_over_each_other) {
  makeThree();
  const auto& runs = store().runs();
  store().setChecked(runs[2]->folder, true);
  store().setChecked(runs[0]->folder, true);
  QTableWidget& table = page().runs().differences();
  ASSERT_EQ(table.rowCount(), 2);
  EXPECT_EQ(table.item(0, 0)->text(), QStringLiteral("run.seed"));
  EXPECT_EQ(table.item(0, 1)->text(), QStringLiteral("11"));
  EXPECT_EQ(table.item(0, 2)->text(), QStringLiteral("7"));
  EXPECT_EQ(table.item(1, 0)->text(), QStringLiteral("training.learning_rate"));
  page().curves().setComparing(true);
  ASSERT_TRUE(
      waitFor([this] { return page().curves().panel(TrainCurves::Loss).plot().lines().size() == 2; }));
  EXPECT_EQ(page().curves().panel(TrainCurves::Score).plot().lines().size(), 2U);
  EXPECT_NE(runs[0]->color, runs[2]->color);
  EXPECT_TRUE(page()
                  .curves()
                  .panel(TrainCurves::Loss)
                  .plot()
                  .csv()
                  .startsWith(QStringLiteral("step,\"run-01\",\"run-03\"\n1,")));
}

TEST_F(TrainPageTest, a_setting_finds_runs_and_labels_are_kept) {
  makeThree();
  auto* search = page().runs().findChild<QLineEdit*>(QStringLiteral("runSearch"));
  search->setText(QStringLiteral("learning_rate=0.001"));
  EXPECT_EQ(page().runs().list().model()->rowCount(), 1);
  search->clear();
  EXPECT_EQ(page().runs().list().model()->rowCount(), 3);
  QTest::mouseClick(page().findChild<QToolButton*>(QStringLiteral("editTags")), Qt::LeftButton);
  auto* tags = page().findChild<QLineEdit*>(QStringLiteral("tags"));
  tags->setText(QStringLiteral("baseline, flow x2"));
  QTest::keyClick(tags, Qt::Key_Return);
  auto* note = page().findChild<QLineEdit*>(QStringLiteral("note"));
  note->setText(QStringLiteral("tried at night"));
  QTest::keyClick(note, Qt::Key_Return);
  const RunLabels wanted{{"baseline", "flow x2"}, "tried at night"};
  EXPECT_EQ(current().labels, wanted) << "shown at once";
  EXPECT_TRUE(waitFor([&] { return readRunLabels(current().folder) == wanted; })) << "and written";
}

TEST_F(TrainPageTest, zooming_one_plot_zooms_all_and_a_double_click_shows_all_again) {
  makeThree();
  CurvePlot& loss = page().curves().panel(TrainCurves::Loss).plot();
  CurvePlot& memory = page().curves().panel(TrainCurves::Memory).plot();
  auto* area = loss.findChild<QWidget*>();
  turnWheel(*area, QPointF(area->width() / 2.0, area->height() / 2.0), 2);
  EXPECT_TRUE(loss.isZoomed());
  EXPECT_EQ(memory.shown(), loss.shown());
  EXPECT_LT(loss.shown().second - loss.shown().first, 400);
  QTest::mouseDClick(area, Qt::LeftButton, {}, area->rect().center());
  EXPECT_FALSE(memory.isZoomed());
}

TEST_F(TrainPageTest, a_run_elsewhere_is_attached_and_what_is_no_run_is_said) {
  hbev::test::TemporaryFolder elsewhere;
  MadeRun run(elsewhere.path() / "far", {.name = "far"});
  run.train(10);
  window().setWorkspace("training");
  store().attach(QString::fromStdString(run.folder().string()));
  ASSERT_TRUE(waitFor([this] { return store().current() && current().name() == QStringLiteral("far"); }));
  EXPECT_TRUE(current().is_attached);
  store().attach(QString::fromStdString(elsewhere.path().string()));
  EXPECT_TRUE(waitFor([this] { return !notice().isEmpty(); }));
  page().detachCurrent();
  EXPECT_TRUE(waitFor([this] { return store().runs().empty(); }));
}

TEST_F(TrainPageTest, the_newest_checkpoint_predicts_what_is_shown) {
  open();
  makeThree();
  ASSERT_TRUE(waitFor([this] { return page().watch().shownStep() == 280; }));
  ASSERT_TRUE(settle());
  ASSERT_NE(studio().source(Side::A), nullptr);
  EXPECT_EQ(studio().source(Side::A)->title(), QStringLiteral("run-03"));
  EXPECT_EQ(studio().content(Side::A).occupancy->classCounts()[3], 800U);
  EXPECT_TRUE(page().watchPanel().sentence().contains(QStringLiteral("Step 280")));
  EXPECT_TRUE(waitFor([this] {
    return page().watchPanel().sentence().contains(QStringLiteral("RayIoU here"));
  })) << page().watchPanel().sentence().toStdString();
  EXPECT_EQ(page().watchPanel().checkpoints().rowCount(), 7);
  // The next one takes its place by itself, an older one when it is picked.
  going_->train(300);
  going_->save(false);
  ASSERT_TRUE(waitFor([this] { return page().watch().shownStep() == 300; }));
  page().watch().choose(40);
  ASSERT_TRUE(waitFor([this] { return page().watch().shownStep() == 40; }));
  page().watch().setShow(TrainWatch::Show::Best);
  ASSERT_TRUE(waitFor([this] { return page().watch().shownStep() == 280; }));
  // The averaged weights of the same checkpoint are other weights.
  const int loads = control_->loads;
  QTest::mouseClick(page().findChild<SegmentedControl*>(QStringLiteral("watchWeights"))->segment(1),
                    Qt::LeftButton);
  EXPECT_FALSE(page().watch().shownStep());
  ASSERT_TRUE(waitFor([this] { return page().watch().shownStep() == 280; }));
  EXPECT_EQ(control_->loads, loads + 1);
  EXPECT_TRUE(control_->averaged);
  // Back among the data the docks are there again.
  window().setWorkspace("browse");
  EXPECT_TRUE(window().scenes().isVisible());
  EXPECT_TRUE(viewport(Side::A).isVisible());
  window().setWorkspace("training");
  store().setChecked(store().runs()[2]->folder, true);
  store().setChecked(store().runs()[0]->folder, true);
}

TEST_F(TrainPageTest, what_a_checkpoint_has_learned_is_predicted_for_a_scene) {
  open();
  makeThree();
  auto& use = partOf<QToolButton>(page(), QStringLiteral("useCheckpoint"));
  ASSERT_EQ(use.menu()->actions().size(), 2);
  QAction* scene = use.menu()->actions().front();
  ASSERT_TRUE(waitFor([&] { return use.isEnabled() && scene->isEnabled(); }));
  scene->trigger();
  EXPECT_EQ(window().predicting().choice().weights,
            QString::fromStdString(current().newestCheckpoint()->file.string()));
  EXPECT_EQ(window().predicting().choice().config,
            QString::fromStdString(RunPaths(current().folder).config().string()));
  EXPECT_TRUE(waitFor([this] {
    const auto source = window().predicting().source();
    return source && source->count() == 4;
  })) << "all of the scene, to be evaluated";
}

TEST_F(TrainPageTest, curves_tell_what_a_run_takes_of_its_card_and_why_there_is_no_score) {
  MadeRun going(runs_.path() / "going",
                {.name = "going", .created = 1.7e9 + 1, .device = "A card", .card_bytes = 5e9});
  going.train(10);
  MadeRun over(runs_.path() / "over", {.name = "over"});
  over.train(10);
  over.end(RunActivity::Stopped, "Stopped");
  MadeRun without(runs_.path() / "without", {.name = "without", .evaluate_every = 0});
  without.train(10);
  window().setWorkspace("training");
  ASSERT_TRUE(waitFor([this] { return store().runs().size() == 3; }));
  const auto show = [this](const char* name) {
    store().setCurrent(fs::canonical(runs_.path() / name));
    EXPECT_TRUE(waitFor([this] { return current().curve("loss") != nullptr; }));
  };
  const auto subject = [this](TrainCurves::Plot plot) { return page().curves().panel(plot).subject(); };
  show("going");
  EXPECT_TRUE(waitFor([&] {
    return subject(TrainCurves::Memory) == QStringLiteral("peak 5.0 GB of the card");
  })) << subject(TrainCurves::Memory).toStdString();
  const auto& lines = page().curves().panel(TrainCurves::Memory).plot().lines();
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[1].name, QStringLiteral("card"));
  EXPECT_EQ(tile(QStringLiteral("Memory")), QStringLiteral("5.0 GB"));
  EXPECT_EQ(subject(TrainCurves::Score), QStringLiteral("no evaluation yet"));
  show("over");
  EXPECT_TRUE(waitFor([&] { return subject(TrainCurves::Memory).startsWith(QStringLiteral("peak 2.")); }));
  EXPECT_EQ(subject(TrainCurves::Score), QStringLiteral("it ended before its first evaluation"));
  show("without");
  EXPECT_TRUE(waitFor([&] { return subject(TrainCurves::Score) == QStringLiteral("without evaluations"); }));
}

TEST_F(TrainPageTest, closing_asks_while_a_run_goes_on_and_leaves_it_alone) {
  makeThree();
  const auto answer = [this](const QString& text) {
    bool asked = false;
    QTimer::singleShot(200, &window(), [&asked, text] {
      auto* question = qobject_cast<QMessageBox*>(QApplication::activeModalWidget());
      if (!question) return;
      asked = question->text().contains(QStringLiteral("run-03 goes on without the window"));
      for (QAbstractButton* each : question->buttons()) {
        if (each->text() == text) each->click();
      }
    });
    window().close();
    return asked;
  };
  EXPECT_TRUE(answer(QStringLiteral("Cancel")));
  EXPECT_TRUE(window().isVisible());
  EXPECT_TRUE(wishes().empty());
  EXPECT_TRUE(answer(QStringLiteral("Stop run and close")));
  EXPECT_FALSE(window().isVisible());
  EXPECT_TRUE(waitFor([this] { return wishes() == std::vector{RunWish::Stop}; }));
  window().show();
}

TEST_F(TrainPageTest, a_run_that_is_over_shows_what_it_kept_or_says_that_there_is_nothing) {
  makeThree();
  const fs::path done = store().runs()[2]->folder;
  const auto& pictures = partOf<CheckpointPictures>(page());
  store().setCurrent(done);
  const auto says_none = [&pictures] {
    return pictures.accessibleDescription().contains(QStringLiteral("No pictures"));
  };
  EXPECT_EQ(says_none(), current().has_curves) << "they are read with the curves";
  EXPECT_TRUE(waitFor([&] { return says_none() && pictures.isVisible(); }));
  takePictures(QStringLiteral("training_no_pictures"));
  // Two rows of prediction and truth, as training writes them.
  fs::create_directories(RunPaths(done).samples());
  for (const int step : {100, 200, 300, 400}) {
    QImage sample(404, 404, QImage::Format_RGB32);
    sample.fill(Qt::darkGray);
    for (int i = 0; i < 200; ++i)
      sample.setPixelColor(i, i, Qt::green);
    sample.save(
        QString::fromStdString((RunPaths(done).samples() / fmt::format("step-{:08}.png", step)).string()));
  }
  // Runs that are over are read again when somebody writes to them.
  store().setLabels(done, {{}, "look again"});
  ASSERT_TRUE(waitFor([&] { return pictures.pictures().size() == 3; }));
  EXPECT_EQ(pictures.pictures().front().step, 100);
  EXPECT_EQ(pictures.pictures().back().step, 400);
  EXPECT_TRUE(pictures.pictures().front().is_sample);
  EXPECT_EQ(pictures.pictures().front().image.size(), QSize(200, 200));
  EXPECT_EQ(pictures.pictures().front().image.pixelColor(50, 50), QColor(Qt::green));
}

TEST_F(TrainPageTest, screen_readers_are_told_what_everything_is) {
  open();
  makeThree();
  ASSERT_TRUE(
      waitFor([this] { return page().curves().panel(TrainCurves::Loss).plot().lines().size() == 6; }));
  for (QWidget* each :
       std::initializer_list<QWidget*>{&page().runs(), &page().curves(), &page().watchPanel(), &page()})
    EXPECT_EQ(untold(*each).join(QLatin1Char('\n')).toStdString(), "");
  // Lines that have no room in the legend are in a menu, checked while they are shown; all are in the
  // panel's.
  CurvePanel& loss = page().curves().panel(TrainCurves::Loss);
  auto& legend = partOf<CurveLegend>(loss);
  QMenu menu;
  legend.addLines(menu, 1);
  ASSERT_EQ(menu.actions().size(), 5);
  QAccessibleInterface* first = QAccessible::queryAccessibleInterface(&menu)->child(0);
  EXPECT_TRUE(first->state().checkable && first->state().checked);
  menu.actions().first()->trigger();
  EXPECT_EQ(loss.plot().lines().size(), 5U);
  EXPECT_TRUE(legend.accessibleName().contains(QStringLiteral("Cross-entropy (hidden)")));
  EXPECT_TRUE(page()
                  .runs()
                  .list()
                  .model()
                  ->index(0, 0)
                  .data(Qt::AccessibleTextRole)
                  .toString()
                  .contains(QStringLiteral("step 280 of 400")));
  TrainDialog* dialog = page().newRun();
  EXPECT_EQ(untold(*dialog).join(QLatin1Char('\n')).toStdString(), "");
  dialog->reject();
}

TEST(RunCompareTest, settings_are_flattened_and_compared) {
  const RunSettings a =
      settingsOfToml("name = \"x\"\n[lift]\ndepth = [1.0, 45.0, 0.5]\n[training]\nflip_x = true\n");
  EXPECT_EQ(a.at("lift.depth"), "[1, 45, 0.5]");
  EXPECT_EQ(a.at("training.flip_x"), "true");
  const RunSettings b =
      settingsOfToml("name = \"x\"\n[lift]\ndepth = [1.0, 45.0, 1.0]\n[head]\nheights = 16\n");
  const auto differences = differencesOf(a, b);
  ASSERT_EQ(differences.size(), 3U);
  EXPECT_EQ(differences[0].key, "head.heights");
  EXPECT_TRUE(differences[0].a.empty());
  EXPECT_EQ(differences[1].b, "[1, 45, 1]");
  EXPECT_TRUE(settingsOfToml("[torn\nhalf").empty());
}

TEST(RunCompareTest, a_hostile_configuration_has_no_settings) {
  std::string deep;
  for (int i = 0; i < 300000; ++i)
    deep += "a.";
  EXPECT_TRUE(settingsOfToml(deep).empty());
  EXPECT_TRUE(settingsOfToml(deep + "a = 1\n").empty());
  // Flattened, each key has the section's name.
  std::string wide = "[" + std::string(100000, 'a') + "]\n";
  for (int i = 0; i < 100; ++i)
    wide += "k" + std::to_string(i) + " = 1\n";
  EXPECT_TRUE(settingsOfToml(wide).empty());
}

}  // namespace
}  // namespace hbev::ui::test
