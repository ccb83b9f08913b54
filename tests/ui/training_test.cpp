// The Training workspace: runs found and followed, wishes sent, runs compared, watched, and new ones started.
#include <fstream>

#include <QtCore/QElapsedTimer>
#include <QtCore/QFile>
#include <QtCore/QSettings>
#include <QtGui/QAccessible>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>
#include <QtWidgets/QDockWidget>
#include <QtWidgets/QInputDialog>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListView>
#include <QtWidgets/QMenu>
#include <QtWidgets/QMessageBox>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QSpinBox>
#include <QtWidgets/QTableWidget>
#include <QtWidgets/QToolButton>
#include <fmt/format.h>

#include "core/base/files.h"
#include "tests/base/temporary_folder.h"
#include "tests/ui/fake_network.h"
#include "tests/ui/made_run.h"
#include "tests/ui/screen_reader.h"
#include "tests/ui/silent_disk.h"
#include "tests/ui/window_test.h"
#include "ui/kit/elided_label.h"
#include "ui/kit/segmented_control.h"
#include "ui/scenes/scene_panel.h"
#include "ui/scores/evaluating.h"
#include "ui/state/left_threads.h"
#include "ui/training/run_compare.h"
#include "ui/training/run_starter.h"
#include "ui/training/run_tiles.h"
#include "ui/training/runs_panel.h"
#include "ui/training/train_curves.h"
#include "ui/training/train_dialog.h"
#include "ui/training/train_page.h"
#include "ui/training/train_watch_panel.h"
#include "ui/window/finding_list.h"

namespace hbev::ui::test {
namespace {

namespace fs = std::filesystem;

class TrainingTest : public WindowTest {
 protected:
  void SetUp() override {
    window().predicting().setBackend(fakeBackend(control_));
    TrainBackend backend;
    backend.config = [](const std::string& config, const std::vector<std::string>& settings) {
      ModelConfig made;
      for (const std::string& each : settings) {
        if (each == "training.clip_norm=-1")
          throw Error({.summary = "training.clip_norm is out of its range",
                       .file = config,
                       .expected = "a number from 0 to 1e6",
                       .found = "-1",
                       .advice = "Write another value."});
        if (each.starts_with("training.precision=")) made.training.precision = each.substr(19);
      }
      made.name = config;
      return made;
    };
    backend.memory = [](const ModelConfig&, std::uint64_t, bool) { return std::uint64_t(2'000'000'000); };
    window().training().setBackend(backend);
    store().setFolder(QString::fromStdString(runs_.path().string()));
  }
  void TearDown() override {
    qunsetenv("HBEV_TRAINER");
    if (!HasFailure()) takePictures(caseName());
  }
  /// A finished run, an older one and one that goes on; the workspace shows the newest.
  void makeThree() {
    MadeRun old(runs_.path() / "run-01", {.name = "run-01", .learning_rate = 1e-3, .seed = 11, .speed = 0.6});
    old.train(400);
    for (MadeRun* each : {&old}) {
      each->evaluate();
      each->save();
      each->end(RunActivity::Done, "All steps are done");
    }
    MadeRun failed(runs_.path() / "run-02", {.name = "run-02", .created = 1.7e9 + 60});
    failed.train(120);
    failed.save();
    failed.train(150);
    failed.warn("1 picture cannot be read and is left out");
    failed.end(RunActivity::Failed, "the loss is not a number");
    going_ = std::make_unique<MadeRun>(runs_.path() / "run-03",
                                       MadeRunOptions{.name = "run-03", .created = 1.7e9 + 120});
    for (int step = 40; step <= 280; step += 40) {
      going_->train(step);
      going_->evaluate();
      going_->save();
    }
    window().setWorkspace("training");
    ASSERT_TRUE(waitFor([this] { return store().runs().size() == 3; }));
    store().setCurrent(fs::canonical(runs_.path() / "run-03"));
    ASSERT_TRUE(waitFor([this] { return store().current()->curve("loss") != nullptr; }));
  }
  TrainPage& page() { return window().training(); }
  RunStore& store() { return page().store(); }
  const RunData& current() { return *store().current(); }
  QString tile(const QString& caption) {
    for (const RunTiles::Tile& each : page().findChild<RunTiles*>()->tiles()) {
      if (each.caption == caption) return each.value;
    }
    return {};
  }
  /// In hbevocc's place: writes what it was told, and begins nothing.
  fs::path standInTrainer(const std::string& answer) {
    const fs::path said = runs_.path() / "said.txt", program = runs_.path() / "trainer.sh";
    std::ofstream(program) << "#!/bin/sh\nprintf '%s\\n' \"$@\" > \"" << said.string() << "\"\necho '"
                           << answer << "'\n";
    fs::permissions(program, fs::perms::owner_all);
    qputenv("HBEV_TRAINER", QByteArray::fromStdString(program.string()));
    return said;
  }
  /// One word a line.
  static std::vector<std::string> linesOf(const fs::path& file) {
    std::ifstream stream(file);
    std::vector<std::string> lines;
    for (std::string line; std::getline(stream, line);)
      lines.push_back(line);
    return lines;
  }
  QPushButton* button(QWidget& parent, const QString& text) {
    for (QPushButton* each : parent.findChildren<QPushButton*>()) {
      if (each->text() == text && each->isVisible()) return each;
    }
    return nullptr;
  }
  std::vector<RunWish> wishes() { return pendingWishes(store().current()->folder); }

  hbev::test::TemporaryFolder runs_;
  std::shared_ptr<FakeControl> control_ = std::make_shared<FakeControl>();
  std::unique_ptr<MadeRun> going_;
};

TEST_F(TrainingTest, without_runs_it_says_how_to_begin_one) {
  key(Qt::Key_3, Qt::ControlModifier);
  EXPECT_TRUE(page().isVisible());
  ASSERT_TRUE(waitFor([this] { return store().wasLookedAt(); }));
  EXPECT_NE(button(page(), QStringLiteral("New run")), nullptr);
  EXPECT_FALSE(window().actions()["train.stop"]->isEnabled());
  key(Qt::Key_1, Qt::ControlModifier);
  EXPECT_FALSE(page().isVisible());
  key(Qt::Key_3, Qt::ControlModifier);
}

TEST_F(TrainingTest, runs_are_found_with_their_states_and_figures) {
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
}

TEST_F(TrainingTest, points_arrive_while_a_run_grows_and_its_end_is_told) {
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

TEST_F(TrainingTest, at_the_start_the_newest_of_all_runs_is_shown) {
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

TEST_F(TrainingTest, a_run_whose_folder_goes_is_said_and_another_one_shown) {
  makeThree();
  going_.reset();
  fs::remove_all(runs_.path() / "run-03");
  ASSERT_TRUE(waitFor([this] { return store().runs().size() == 2; }));
  EXPECT_EQ(current().name(), QStringLiteral("run-02"));
  EXPECT_TRUE(notice().contains(QStringLiteral("run-03"))) << notice().toStdString();
}

TEST_F(TrainingTest, runs_may_go_while_a_checkpoint_predicts) {
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

TEST_F(TrainingTest, a_run_that_is_done_trains_on_and_begins_others) {
  const fs::path said = standInTrainer("error: the data set is elsewhere");
  makeThree();
  const fs::path done = store().runs()[2]->folder;
  store().setCurrent(done);
  ASSERT_EQ(current().state, RunState::Done);
  auto* more = button(page(), QStringLiteral("Train longer"));
  ASSERT_NE(more, nullptr);
  QTest::mouseClick(more, Qt::LeftButton);
  auto* question = page().findChild<QInputDialog*>(QStringLiteral("moreSteps"));
  ASSERT_NE(question, nullptr);
  EXPECT_EQ(question->intValue(), 600);
  takePicture(QStringLiteral("train_on"), question);
  question->setIntValue(500);
  question->accept();
  EXPECT_TRUE(waitFor([&] { return linesOf(said).size() == 6; }));
  EXPECT_EQ(linesOf(said),
            (std::vector<std::string>{"train", "--out", done.string(), "--resume", "--steps", "500"}));
  // This one does not go on, and says why.
  EXPECT_TRUE(waitFor([this] { return notice().contains(QStringLiteral("set is elsewhere")); }))
      << notice().toStdString();
  // Another one from what it has learned.
  const TrainRequest like = page().newRunLikeCurrent()->request();
  EXPECT_EQ(like.weights, QString::fromStdString(current().newestCheckpoint()->file.string()));
  EXPECT_EQ(like.config, QString::fromStdString((done / "config.toml").string()));
  EXPECT_EQ(like.data, QStringLiteral("/data/demo"));
  EXPECT_EQ(like.steps, 400);
  EXPECT_EQ(like.evaluate_keyframes, 12);
  RunData accumulating = current();
  accumulating.facts.accumulate = 2;
  EXPECT_TRUE(requestLike(accumulating)
                  .arguments()
                  .join(QLatin1Char(' '))
                  .contains(QStringLiteral("--accumulate 2")));
  EXPECT_NE(like.folder.toStdString(), done.string());
  window().findChild<TrainDialog*>()->reject();
}

TEST_F(TrainingTest, settings_that_cannot_be_read_are_not_held_against_others) {
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

TEST_F(TrainingTest, curves_are_saved_with_the_name_of_their_run) {
  makeThree();
  CurvePanel& panel = page().curves().panel(TrainCurves::Loss);
  ASSERT_TRUE(waitFor([&] { return panel.plot().lines().size() == 6; }));
  const QString file = QString::fromStdString((runs_.path() / "loss").string());
  panel.savePicture(file + QStringLiteral(".png"));
  EXPECT_EQ(QImage(file + QStringLiteral(".png")).width(), 1920) << "sharp in print";
  panel.saveValues(file + QStringLiteral(".csv"));
  EXPECT_TRUE(fs::exists(runs_.path() / "loss.csv"));
  if (const auto folder = pictureFolder())
    panel.picture().save(folder->filePath(QStringLiteral("curves-saved.png")));
  EXPECT_THROW(panel.savePicture(QStringLiteral("/nowhere/loss.png")), Error);
}

TEST_F(TrainingTest, wishes_reach_the_run) {
  makeThree();
  const auto wishesAre = [this](const std::vector<RunWish>& wanted) {
    return waitFor([&] { return wishes() == wanted; });
  };
  key(Qt::Key_S, Qt::ControlModifier);
  EXPECT_TRUE(wishesAre({RunWish::Checkpoint}));
  QTest::mouseClick(button(page(), QStringLiteral("Pause")), Qt::LeftButton);
  EXPECT_TRUE(wishesAre({RunWish::Checkpoint, RunWish::Pause}));
  EXPECT_EQ(going_->writer().takeWishes().size(), 2U);
  going_->writer().setActivity(RunActivity::Paused);
  ASSERT_TRUE(waitFor([this] { return current().state == RunState::Paused; }));
  auto* go_on = button(page(), QStringLiteral("Go on"));
  ASSERT_NE(go_on, nullptr);
  QTest::mouseClick(go_on, Qt::LeftButton);
  EXPECT_TRUE(wishesAre({RunWish::GoOn}));
  going_->writer().takeWishes();
  QTest::mouseClick(button(page(), QStringLiteral("Stop")), Qt::LeftButton);
  EXPECT_TRUE(wishesAre({RunWish::Stop}));
}

TEST_F(TrainingTest, two_runs_are_compared_and_drawn_over_each_other) {
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

TEST_F(TrainingTest, a_setting_finds_runs_and_labels_are_kept) {
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

TEST_F(TrainingTest, zooming_one_plot_zooms_all_and_a_double_click_shows_all_again) {
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

TEST_F(TrainingTest, a_run_elsewhere_is_attached_and_what_is_no_run_is_said) {
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

TEST_F(TrainingTest, the_newest_checkpoint_predicts_what_is_shown) {
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

TEST_F(TrainingTest, what_a_checkpoint_has_learned_is_predicted_for_a_scene) {
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

TEST_F(TrainingTest, the_dialog_says_what_speaks_against_a_run) {
  key(Qt::Key_T, Qt::ControlModifier);
  auto* dialog = window().findChild<TrainDialog*>();
  ASSERT_NE(dialog, nullptr);
  auto* start = dialog->findChild<QPushButton*>(QStringLiteral("startRun"));
  EXPECT_FALSE(start->isEnabled());
  ASSERT_TRUE(waitFor([dialog] { return dialog->preflight() != nullptr; }));
  EXPECT_FALSE(dialog->preflight()->canStart());
  EXPECT_FALSE(start->isEnabled());
  const QString why = dialog->findChild<QLabel*>(QStringLiteral("startSummary"))->text();
  EXPECT_TRUE(why.contains(QStringLiteral("It cannot start"))) << why.toStdString();
  EXPECT_TRUE(std::ranges::any_of(dialog->preflight()->findings,
                                  [](const Finding& each) { return each.title == "No data set is chosen"; }));
  const auto field = [dialog](const char* name) {
    return dialog->findChild<QLineEdit*>(QString::fromLatin1(name));
  };
  const auto finds = [dialog](Finding::State state, std::string_view words) {
    EXPECT_TRUE(waitFor([dialog] { return dialog->preflight() != nullptr; }));
    return std::ranges::any_of(dialog->preflight()->findings, [&](const Finding& each) {
      return each.state == state && (each.title + each.detail).find(words) != std::string::npos;
    });
  };
  field("otherSettings")->setText(QStringLiteral("training.clip_norm=-1"));
  EXPECT_EQ(dialog->preflight(), nullptr);
  EXPECT_TRUE(finds(Finding::State::Failure, "from 0 to 1e6"));
  field("otherSettings")->setText(QStringLiteral("training.precision=bfloat16"));
  EXPECT_TRUE(finds(Finding::State::Warning, "slower than float32"));
  // What is no number is not taken for one: red, and it cannot start.
  field("rate")->setText(QStringLiteral("fast"));
  field("boost")->setText(QStringLiteral("/nowhere/list.json"));
  EXPECT_TRUE(finds(Finding::State::Failure, "learning rate is no number"));
  EXPECT_TRUE(finds(Finding::State::Failure, "list cannot be read"));
  for (const char* name : {"rate", "boost", "runData"})
    EXPECT_TRUE(field(name)->property("wrong").toBool()) << name;
  EXPECT_FALSE(field("runName")->property("wrong").toBool());
  takePicture(QStringLiteral("train_dialog_findings"), dialog);
  field("rate")->setText(QStringLiteral("2e-4"));
  EXPECT_FALSE(field("rate")->property("wrong").toBool());
  dialog->reject();
}

TEST_F(TrainingTest, the_dialog_starts_a_process_that_the_window_then_follows) {
  const fs::path said = standInTrainer("error: the data set has no pictures");
  open();
  window().setWorkspace("training");
  TrainDialog* dialog = page().newRun();
  TrainRequest request = dialog->request();
  request.split = request.evaluate_split = QStringLiteral("all");
  request.steps = 25;
  request.settings = {QStringLiteral("training.clip_norm=2")};
  dialog->setRequest(request);
  ASSERT_TRUE(waitFor([dialog] { return dialog->preflight() != nullptr; }));
  for (const Finding& each : dialog->preflight()->findings)
    EXPECT_NE(each.state, Finding::State::Failure) << each.title;
  takePicture(QStringLiteral("train_dialog"), dialog);
  QTest::mouseClick(dialog->findChild<QPushButton*>(QStringLiteral("startRun")), Qt::LeftButton);
  ASSERT_TRUE(waitFor([&] { return fs::exists(said) && fs::file_size(said) > 0; }));
  const std::vector<std::string> words = linesOf(said);
  ASSERT_GT(words.size(), 10U);
  EXPECT_EQ(words[0], "train");
  EXPECT_EQ(words[1], demoWorld().string());
  const auto valueOf = [&](const std::string& option) {
    const auto at = std::ranges::find(words, option);
    return at == words.end() || at + 1 == words.end() ? std::string() : *(at + 1);
  };
  EXPECT_EQ(valueOf("--steps"), "25");
  EXPECT_EQ(valueOf("--config"), "demo");
  EXPECT_EQ(valueOf("--out"), (runs_.path() / "run-01").string());
  EXPECT_EQ(words.back(), "training.clip_norm=2");
  // Another one is attached meanwhile.
  hbev::test::TemporaryFolder elsewhere;
  MadeRun(elsewhere.path() / "other", {.name = "other"}).end(RunActivity::Done, "All steps are done");
  store().attach(QString::fromStdString((elsewhere.path() / "other").string()));
  // This one only complains: the window passes it on.
  EXPECT_TRUE(waitFor([this] { return notice().contains(QStringLiteral("no pictures")); }))
      << notice().toStdString();
}

TEST_F(TrainingTest, starting_and_going_on_wait_for_no_disk) {
  const fs::path said = standInTrainer("Begins");
  makeThree();
  const fs::path failed = store().runs()[1]->folder;
  store().setCurrent(failed);
  TrainRequest request;
  request.data = QStringLiteral("/data/demo");
  request.folder = QString::fromStdString((runs_.path() / "new").string());
  std::vector<std::string> problems;
  SilentDisk disk(runs_.path());
  {
    RunStarter starter(store(), nullptr, {.every_ms = 20, .patience_ms = 200});
    QObject::connect(&starter, &RunStarter::failed, &starter,
                     [&](const Problem& problem) { problems.push_back(problem.summary); });
    starter.start(request);
    EXPECT_TRUE(waitFor([&] { return !problems.empty(); }));
    EXPECT_EQ(problems, std::vector<std::string>{"The training has not begun: its folder does not answer"});
  }
  page().resumeCurrent();
  page().newRunLikeCurrent()->reject();
  EXPECT_EQ(disk.askedHere(), "");
  disk.answer();
  ASSERT_TRUE(waitFor([&] { return linesOf(said).size() == 4; }));
  EXPECT_EQ(linesOf(said), (std::vector<std::string>{"train", "--out", failed.string(), "--resume"}));
  EXPECT_TRUE(waitFor([] { return waitForLeftThreads(); }));
  EXPECT_EQ(linesOf(said).back(), "--resume") << "what was given up does not begin later";
  EXPECT_FALSE(fs::exists(runs_.path() / "new" / "output.txt"));
}

TEST_F(TrainingTest, the_dialog_waits_for_no_disk) {
  open();
  window().setWorkspace("training");
  SilentDisk disk(demoWorld());
  TrainDialog* dialog = page().newRun();
  EXPECT_TRUE(waitFor([&] { return disk.holdsSomebody(); })) << "it looks at the data";
  EXPECT_EQ(dialog->preflight(), nullptr);
  dialog->reject();
  dialog = page().newRun();
  // Nor does what is chosen to be evaluated: splits were read with the data.
  Evaluating& evaluating = window().evaluating();
  ASSERT_GT(evaluating.splits().size(), 1);
  evaluating.setSplit(evaluating.splits().back());
  EXPECT_TRUE(evaluating.estimate().contains(QStringLiteral("keyframe")));
  EXPECT_EQ(disk.askedHere(), "");
  disk.answer();
  ASSERT_TRUE(waitFor([dialog] { return dialog->preflight() != nullptr; }));
  EXPECT_TRUE(std::ranges::any_of(dialog->preflight()->findings,
                                  [](const Finding& each) { return each.area == "Data"; }));
  dialog->reject();
}

TEST_F(TrainingTest, the_dialog_begins_in_the_name) {
  open();
  key(Qt::Key_T, Qt::ControlModifier);
  auto* dialog = window().findChild<TrainDialog*>();
  ASSERT_NE(dialog, nullptr);
  ASSERT_TRUE(QTest::qWaitForWindowActive(dialog));
  QWidget* at = dialog->focusWidget();
  ASSERT_NE(at, nullptr);
  EXPECT_EQ(at->objectName(), QStringLiteral("runName"));
  QTest::keyClick(at, Qt::Key_A, Qt::ControlModifier);
  QTest::keyClicks(at, QStringLiteral("by-keys"));
  EXPECT_TRUE(dialog->request().folder.endsWith(QStringLiteral("/by-keys")));
  dialog->reject();
}

TEST_F(TrainingTest, what_was_found_of_another_request_starts_nothing) {
  open();
  TrainDialog* dialog = page().newRun();
  ASSERT_TRUE(waitFor([dialog] { return dialog->preflight() != nullptr; }));
  SilentDisk disk(demoWorld());
  auto& name = partOf<QLineEdit>(*dialog, QStringLiteral("runName"));
  name.setText(QStringLiteral("first"));
  ASSERT_TRUE(waitFor([&] { return disk.holdsSomebody(); })) << "it looks at the data";
  QElapsedTimer since;
  since.start();
  name.setText(QStringLiteral("second"));
  disk.answer();
  ASSERT_TRUE(waitFor([dialog] { return dialog->preflight() != nullptr; }));
  EXPECT_GT(since.elapsed(), 400) << "that of the new name begins half a second after it was typed";
  dialog->reject();
}

TEST_F(TrainingTest, memory_is_compared_with_that_of_the_card_that_will_train) {
  MadeRun(runs_.path() / "a", {.name = "measured", .device = "A card", .card_bytes = 5e9}).train(10);
  window().setWorkspace("training");
  ASSERT_TRUE(waitFor([this] { return store().current() && store().current()->lastOf("memory_bytes"); }));
  PredictBackend network = fakeBackend(control_);
  network.devices = [] {
    return std::vector<DeviceInfo>{{"cpu", "CPU, 2 threads", 0}, {"cuda:0", "A card", 24'000'000'000}};
  };
  TrainBackend training;
  training.config = [](const std::string& name, const std::vector<std::string>&) {
    ModelConfig config;
    config.name = name;
    return config;
  };
  double on_card = 20e9;
  training.memory = [&](const ModelConfig&, std::uint64_t, bool is_card) {
    return std::uint64_t(is_card ? on_card : 1e9);
  };
  TrainRequest request;
  request.config = QStringLiteral("big");
  const auto found = [&](const char* area) {
    Progress unwatched;
    const Preflight preflight =
        inspectTraining(request, nullptr, network, training, experienceOf(store(), request), unwatched);
    const auto finding = std::ranges::find(preflight.findings, area, &Finding::area);
    return finding == preflight.findings.end() ? Finding() : *finding;
  };
  Finding memory = found("Memory");
  EXPECT_EQ(memory.state, Finding::State::Warning);
  EXPECT_EQ(memory.title, "Memory is short: about 20 GB by its sizes, and A card has 24 GB");
  on_card = 40e9;
  EXPECT_EQ(found("Memory").state, Finding::State::Failure);
  // Of the processor its own memory counts, and runs on cards tell nothing of it.
  request.device = QStringLiteral("cpu");
  EXPECT_TRUE(found("Memory").title.starts_with("About 1.0 GB by its sizes; there is "))
      << found("Memory").title;
  request.config = QStringLiteral("demo");
  EXPECT_EQ(found("Time").state, Finding::State::Note);
  request.device = QStringLiteral("auto");
  EXPECT_EQ(found("Memory").title, "5.0 GB measured in measured; A card has 24 GB");
  EXPECT_EQ(found("Time").state, Finding::State::Good);
}

TEST_F(TrainingTest, curves_tell_what_a_run_takes_of_its_card_and_why_there_is_no_score) {
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

TEST_F(TrainingTest, closing_asks_while_a_run_goes_on_and_leaves_it_alone) {
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

TEST_F(TrainingTest, a_run_that_is_over_shows_what_it_kept_or_says_that_there_is_nothing) {
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

TEST_F(TrainingTest, screen_readers_are_told_what_everything_is) {
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

}  // namespace
}  // namespace hbev::ui::test
