// Predicting in the window: one keyframe, as one goes, a scene; stopping, weights that do not fit, errors,
// and the next start.
#include <array>
#include <atomic>
#include <fcntl.h>
#include <fstream>
#include <future>

#include <QtTest/QTest>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>
#include <sys/stat.h>

#include "core/base/files.h"
#include "tests/base/temporary_folder.h"
#include "tests/ui/fake_network.h"
#include "tests/ui/screen_reader.h"
#include "tests/ui/silent_disk.h"
#include "tests/ui/window_test.h"
#include "ui/kit/combo_box.h"
#include "ui/kit/notices.h"
#include "ui/kit/panel_stack.h"
#include "ui/kit/progress_line.h"
#include "ui/kit/timeline.h"
#include "ui/predict/gone_files.h"
#include "ui/predict/predict_choice.h"
#include "ui/predict/predict_panel.h"
#include "ui/state/prediction_store.h"

namespace hbev::ui::test {
namespace {

class PredictTest : public WindowTest {
 protected:
  void SetUp() override {
    std::filesystem::remove_all(predictionFolder());
    predicting().setBackend(fakeBackend(control_));
    open();
  }
  void TearDown() override {
    control_->hold = false;
    if (!HasFailure()) takePictures(caseName());
  }
  Predicting& predicting() { return window().predicting(); }
  PredictPanel& panel() { return window().predictPanel(); }
  bool idle() {
    return waitFor([this] { return !predicting().status().isBusy(); });
  }
  bool isPredicted(std::size_t index) {
    const auto source = predicting().source();
    return source &&
           source->contains(studio().dataset()->scenes()[studio().current().scene].keyframes[index]);
  }
  /// The text of the empty state in A, "" while something is shown.
  QString emptyText() {
    auto* stack = ancestor<PanelStack>(viewport(Side::A));
    if (stack->page() != PanelStack::Page::Empty) return {};
    QStringList texts;
    for (QLabel* label : stack->emptyState()->findChildren<QLabel*>())
      texts << label->text();
    return texts.join(QLatin1Char(' '));
  }
  QPushButton* button(QWidget& parent, const QString& text) {
    for (QPushButton* each : parent.findChildren<QPushButton*>()) {
      if (each->text() == text && !each->isHidden()) return each;
    }
    return nullptr;
  }
  std::shared_ptr<FakeControl> control_ = std::make_shared<FakeControl>();
};

TEST_F(PredictTest, ctrl_p_predicts_what_is_shown) {
  key(Qt::Key_P, Qt::ControlModifier);
  ASSERT_TRUE(waitFor([this] { return isPredicted(0); }));
  ASSERT_TRUE(settle());
  // The voxels of the network in A, the truth that fits in B, scored.
  ASSERT_NE(studio().source(Side::A), nullptr);
  EXPECT_EQ(studio().source(Side::A)->prediction, predicting().source());
  EXPECT_EQ(studio().source(Side::A)->title(), QStringLiteral("demo · untrained"));
  ASSERT_EQ(studio().content(Side::A).state, SideContent::State::Ready);
  EXPECT_EQ(studio().content(Side::A).occupancy->classCounts()[3], 800U);
  EXPECT_TRUE(studio().canScore());
  EXPECT_TRUE(studio().report(0, 0));
  // What it thought is at hand, and how long it took.
  const auto frame = studio().predicted(Side::A);
  ASSERT_TRUE(frame);
  EXPECT_TRUE(frame->probabilities);
  EXPECT_EQ(frame->times.size(), 8U);
  // Nobody had chosen a network: the panel shows what there is to choose.
  EXPECT_TRUE(panel().isVisible());
  EXPECT_TRUE(std::filesystem::exists(predictionFolder() / "demo-untrained-exact" /
                                      studio().dataset()->scenes()[0].name /
                                      (studio().dataset()->scenes()[0].keyframes[0] + ".npz")));
  viewport(Side::A).setFocus();
}

TEST_F(PredictTest, without_all_pictures_the_keyframe_cannot_be_asked_for) {
  const auto world = copyOfDemoWorld("predict-missing");
  std::filesystem::remove(Dataset::open(world)->keyframe(0, 0).cameras[std::size_t(Camera::Back)]->file);
  open(world);
  QAction *keyframe = window().actions()["predict.keyframe"], *scene = window().actions()["predict.scene"];
  EXPECT_FALSE(keyframe->isEnabled());
  EXPECT_TRUE(keyframe->toolTip().contains(QStringLiteral("all six pictures")))
      << keyframe->toolTip().toStdString();
  EXPECT_TRUE(scene->isEnabled()) << "other keyframes have theirs";
  key(Qt::Key_Right);
  ASSERT_TRUE(settle());
  EXPECT_TRUE(keyframe->isEnabled());
}

TEST_F(PredictTest, a_prediction_that_failed_says_so) {
  key(Qt::Key_P, Qt::ControlModifier);
  ASSERT_TRUE(waitFor([this] { return isPredicted(0); }));
  control_->fails_at = FrameKey{0, 1};
  key(Qt::Key_Right);
  ASSERT_TRUE(settle());
  EXPECT_TRUE(emptyText().startsWith(QStringLiteral("Not predicted yet"))) << emptyText().toStdString();
  key(Qt::Key_P, Qt::ControlModifier);
  EXPECT_TRUE(waitFor([this] { return emptyText().startsWith(QStringLiteral("The prediction failed")); }))
      << emptyText().toStdString();
}

TEST_F(PredictTest, somebodys_configuration_is_read_without_waiting_for_its_disk) {
  key(Qt::Key_P, Qt::ControlModifier);
  ASSERT_TRUE(waitFor([this] { return isPredicted(0); }));
  ASSERT_TRUE(idle());
  const hbev::test::TemporaryFolder folder;
  const std::filesystem::path file = folder / "mine.toml";
  std::ofstream(file) << "name = \"mine\"\n";
  PredictBackend backend = fakeBackend(control_);
  backend.config = [](const std::string& name) {
    ModelConfig config;
    config.name = name;
    if (isConfigFile(QString::fromStdString(name))) readFile(name, 100);
    return config;
  };
  predicting().setBackend(backend);
  SilentDisk disk(folder.path());
  ASSERT_TRUE(predicting().choose({QString::fromStdString(file.string()), {}}));
  EXPECT_TRUE(waitFor([&] { return disk.holdsSomebody(); })) << "the panel tells what is in it";
  EXPECT_EQ(disk.askedHere(), "");
  disk.answer();
  key(Qt::Key_P, Qt::ControlModifier);
  EXPECT_TRUE(waitFor([this] { return isPredicted(0); }));
}

TEST_F(PredictTest, half_precision_is_another_network_and_says_so) {
  auto* half = panel().findChild<QCheckBox*>(QStringLiteral("half"));
  ASSERT_TRUE(half);
  EXPECT_FALSE(half->isChecked());
  window().actions()["predict.panel"]->trigger();
  QTest::mouseClick(half, Qt::LeftButton, {}, {8, half->height() / 2});
  ASSERT_TRUE(predicting().choice().half);
  key(Qt::Key_P, Qt::ControlModifier);
  ASSERT_TRUE(waitFor([this] { return isPredicted(0); }));
  ASSERT_TRUE(settle());
  EXPECT_TRUE(control_->half);
  EXPECT_EQ(studio().source(Side::A)->title(), QStringLiteral("demo · untrained · half"));
  const auto limits = viewport(Side::A).hudContent().limits;
  EXPECT_NE(std::ranges::find(limits, "half precision"), limits.end());
  EXPECT_TRUE(std::filesystem::exists(predictionFolder() / "demo-untrained-exact-half"));
  EXPECT_TRUE(NetworkChoice::load().half) << "kept for the next start";
  half->setChecked(false);
  EXPECT_FALSE(isPredicted(0)) << "float's are others";
}

TEST_F(PredictTest, a_keyframe_that_is_not_predicted_says_so_and_its_button_predicts_it) {
  key(Qt::Key_P, Qt::ControlModifier);
  ASSERT_TRUE(waitFor([this] { return isPredicted(0); }));
  studio().step(1);
  ASSERT_TRUE(settle());
  EXPECT_TRUE(emptyText().contains(QStringLiteral("Not predicted yet"))) << emptyText().toStdString();
  EXPECT_TRUE(emptyText().contains(QStringLiteral("Ctrl P"))) << emptyText().toStdString();
  auto* empty = ancestor<PanelStack>(viewport(Side::A))->emptyState();
  auto* predict = button(*empty, QStringLiteral("Predict"));
  ASSERT_NE(predict, nullptr);
  control_->hold = true;
  QTest::mouseClick(predict, Qt::LeftButton);
  EXPECT_TRUE(waitFor([this] { return emptyText().contains(QStringLiteral("depth")); }));
  control_->hold = false;
  ASSERT_TRUE(waitFor([this] { return isPredicted(1); }));
  ASSERT_TRUE(settle());
  EXPECT_EQ(studio().content(Side::A).state, SideContent::State::Ready);
  studio().step(1);
  ASSERT_TRUE(settle());
}

TEST_F(PredictTest, as_i_go_follows_and_lets_go_of_what_was_passed_by) {
  predicting().setAsIGo(true);
  ASSERT_TRUE(waitFor([this] { return isPredicted(0); }));
  control_->hold = true;
  studio().step(1);
  ASSERT_TRUE(waitFor([this] { return predicting().status().stage == QStringLiteral("depth"); }));
  studio().step(2);
  ASSERT_TRUE(waitFor([this] { return control_->cancelled == 1; }));
  control_->hold = false;
  ASSERT_TRUE(waitFor([this] { return isPredicted(3); }));
  EXPECT_FALSE(isPredicted(1));
  // Back where it was before: nothing is done again.
  const std::size_t before = control_->count();
  studio().setCurrent(0, 0);
  QTest::qWait(300);
  EXPECT_EQ(control_->count(), before);
  EXPECT_TRUE(predicting().asIGo());
}

TEST_F(PredictTest, a_scene_is_predicted_stopped_and_taken_up_where_it_was) {
  predicting().choose({QStringLiteral("big"), {}});
  window().showPanel(&panel());
  control_->hold = true;
  key(Qt::Key_P, Qt::ControlModifier | Qt::ShiftModifier);
  ASSERT_TRUE(waitFor([this] { return predicting().status().keyframe.has_value(); }));
  EXPECT_EQ(predicting().status().total, 4U);
  auto* progress = panel().findChild<ProgressLine*>();
  EXPECT_TRUE(progress->isVisible());
  EXPECT_EQ(progress->state().total, 4);
  // What is under way is not changed under its feet.
  EXPECT_FALSE(predicting().choose({QStringLiteral("demo"), {}}));
  control_->hold = false;
  ASSERT_TRUE(waitFor([this] { return control_->count() >= 1; }));
  control_->hold = true;
  Q_EMIT progress->cancelled();
  ASSERT_TRUE(idle());
  const std::size_t done = control_->count();
  EXPECT_LT(done, 4U);
  control_->hold = false;
  key(Qt::Key_P, Qt::ControlModifier | Qt::ShiftModifier);
  ASSERT_TRUE(
      waitFor([this] { return isPredicted(0) && isPredicted(1) && isPredicted(2) && isPredicted(3); }));
  ASSERT_TRUE(idle());
  EXPECT_EQ(control_->count(), 4U);
  EXPECT_TRUE(notice().contains(QStringLiteral("4 of 4 keyframes"))) << notice().toStdString();
  ASSERT_TRUE(settle());
}

TEST_F(PredictTest, weights_that_fit_in_part_are_used_when_somebody_says_so) {
  const std::filesystem::path file = runFolder() / "epoch_24_ema.pth";
  std::ofstream(file) << "weights";
  control_->fails_to_load = misfit(file);
  control_->weights_hash = "0123456789abcdef";
  window().openPath(QString::fromStdString(file.string()));
  ASSERT_TRUE(panel().isVisible());
  EXPECT_EQ(predicting().choice().weights.toStdString(), file.string());
  EXPECT_EQ(button(panel(), QStringLiteral("Use anyway")), nullptr);
  key(Qt::Key_P, Qt::ControlModifier);
  auto* error = panel().findChild<ErrorNotice*>(QStringLiteral("problem"));
  ASSERT_NE(error, nullptr);
  ASSERT_TRUE(waitFor([error] { return error->isVisible(); }));
  EXPECT_TRUE(notice().isEmpty()) << "said twice: " << notice().toStdString();
  takePictures(QStringLiteral("weights_that_do_not_fit"));
  auto* use = button(panel(), QStringLiteral("Use anyway"));
  ASSERT_NE(use, nullptr);
  QTest::mouseClick(use, Qt::LeftButton);
  ASSERT_TRUE(waitFor([this] { return isPredicted(0); }));
  EXPECT_TRUE(waitFor([error] { return !error->isVisible(); }));
  EXPECT_TRUE(studio().source(Side::A)->title().contains(QStringLiteral("epoch_24_ema in part")));
  ASSERT_TRUE(settle());
  const std::vector<std::string> limits = viewport(Side::A).hudContent().limits;
  EXPECT_NE(std::ranges::find(limits, "weights fit in part only"), limits.end());
  EXPECT_TRUE(recentWeights().contains(QString::fromStdString(file.string())));
  // Without the panel the same is said above the viewports.
  window().predicting().choose({QStringLiteral("demo"), QString::fromStdString(file.string())});
  Q_EMIT panel().closeRequested();
  key(Qt::Key_P, Qt::ControlModifier);
  EXPECT_TRUE(waitFor([this] { return notice().contains(QStringLiteral("does not fit")); }));
}

TEST_F(PredictTest, one_keyframe_tells_its_time_left_and_can_be_given_up) {
  window().showPanel(&panel());
  key(Qt::Key_P, Qt::ControlModifier);
  ASSERT_TRUE(waitFor([this] { return isPredicted(0); }));
  ASSERT_TRUE(idle());
  control_->hold = true;
  studio().step(1);
  ASSERT_TRUE(settle());
  key(Qt::Key_P, Qt::ControlModifier);
  ASSERT_TRUE(waitFor([this] { return predicting().status().stage == QStringLiteral("depth"); }));
  const auto left = predicting().status().seconds_left;
  ASSERT_TRUE(left) << "as long as the keyframe before it, less what is done";
  EXPECT_GT(*left, 0);
  EXPECT_EQ(panel().findChild<ProgressLine*>()->state().seconds_left, left);
  Q_EMIT panel().findChild<ProgressLine*>()->cancelled();
  ASSERT_TRUE(idle());
  EXPECT_FALSE(isPredicted(1));
}

TEST(GoneFilesTest, a_disk_that_does_not_answer_is_not_waited_for_twice) {
  std::promise<void> answer;
  const std::shared_future<void> answered = answer.get_future().share();
  std::atomic<int> asked = 0, told = 0;
  const auto ask = [&asked, &told, answered](const std::filesystem::path& file) {
    ++asked;
    if (file == "/remote/gone") answered.wait();
    ++told;
    return file == "/here";
  };
  const QStringList files{QStringLiteral("/here"), QStringLiteral("/elsewhere"),
                          QStringLiteral("/remote/gone")};
  const QStringList kept{files[0], files[2]};
  EXPECT_EQ(withoutGone(files, ask, std::chrono::seconds(3)), kept) << "what does not answer may be there";
  EXPECT_EQ(withoutGone({files[2], files[2]}, ask), QStringList{files[2]});
  EXPECT_EQ(asked, 3) << "it is still being asked";
  answer.set_value();
  EXPECT_TRUE(waitFor([&] { return told == 3 && withoutGone({files[2], files[2]}, ask).isEmpty(); }));
}

TEST_F(PredictTest, screen_readers_are_told_what_everything_is) {
  window().showPanel(&panel());
  EXPECT_EQ(untold(panel()).join(QLatin1Char('\n')).toStdString(), "");
}

TEST_F(PredictTest, loading_tells_how_far_it_is_and_can_be_given_up) {
  control_->hold_loading = true;
  window().showPanel(&panel());
  key(Qt::Key_P, Qt::ControlModifier);
  ASSERT_TRUE(
      waitFor([this] { return predicting().status().loading && predicting().status().fraction == 0.5; }));
  auto* progress = panel().findChild<ProgressLine*>();
  EXPECT_EQ(progress->state().total, 100);
  EXPECT_EQ(progress->state().done, 50);
  Q_EMIT progress->cancelled();
  ASSERT_TRUE(idle());
  EXPECT_EQ(control_->cancelled, 1);
  EXPECT_FALSE(predicting().problem());
  EXPECT_FALSE(predicting().source());
  // Other weights are chosen while it loads: what was under way ends, and the next attempt is a new one.
  key(Qt::Key_P, Qt::ControlModifier);
  ASSERT_TRUE(waitFor([this] { return control_->loads == 2; }));
  ASSERT_TRUE(predicting().choose({QStringLiteral("big"), {}}));
  ASSERT_TRUE(idle());
  EXPECT_EQ(control_->cancelled, 2);
  control_->hold_loading = false;
  key(Qt::Key_P, Qt::ControlModifier);
  ASSERT_TRUE(waitFor([this] { return isPredicted(0); }));
  ASSERT_TRUE(settle());
}

TEST_F(PredictTest, predictions_that_nobody_looked_at_for_longest_make_room) {
  window().predictScenes({0});
  ASSERT_TRUE(waitFor([this] { return isPredicted(3); }));
  ASSERT_TRUE(idle());
  const std::filesystem::path folder = predicting().source()->path();
  const auto fileOf = [&](std::size_t index) {
    const Scene& scene = studio().dataset()->scenes()[0];
    return folder / scene.name / (scene.keyframes[index] + ".npz");
  };
  // Written long ago, and one of them looked at now.
  for (std::size_t i = 0; i < 4; ++i)
    std::filesystem::last_write_time(
        fileOf(i), std::filesystem::file_time_type::clock::now() - std::chrono::hours(10 - int(i)));
  for (std::size_t i = 0; i < 4; ++i) {
    timespec old{};
    old.tv_sec = time(nullptr) - 3600 * (10 - long(i));
    const std::array<timespec, 2> times{{old, {0, UTIME_OMIT}}};
    utimensat(AT_FDCWD, fileOf(i).c_str(), times.data(), 0);
  }
  const auto written = std::filesystem::last_write_time(fileOf(0));
  (void)predicting().source()->read(studio().dataset()->keyframe(0, 0));
  EXPECT_EQ(std::filesystem::last_write_time(fileOf(0)), written)
      << "the time of writing means something else";
  const std::uint64_t all = keptPredictions(predictionFolder());
  EXPECT_TRUE(trimPredictions(predictionFolder(), all).empty());
  const auto removed = trimPredictions(predictionFolder(), all - 1);
  ASSERT_EQ(removed.size(), 1U);
  EXPECT_EQ(removed[0], fileOf(1));
  EXPECT_TRUE(std::filesystem::exists(folder / "about.json"));
  std::const_pointer_cast<PredictedSource>(predicting().source())->forget(removed);
  EXPECT_FALSE(isPredicted(1));
  EXPECT_TRUE(isPredicted(0));
  EXPECT_EQ(trimPredictions(predictionFolder(), 0).size(), 3U);
  EXPECT_EQ(keptPredictions(predictionFolder()), 0U);
  EXPECT_GE(keptPredictionsLimit(), kLeastKept_bytes);
  setKeptPredictionsLimit(std::uint64_t(1000000000));
  EXPECT_EQ(keptPredictionsLimit(), std::uint64_t(1000000000));
}

TEST_F(PredictTest, a_keyframe_that_cannot_be_predicted_does_not_stop_a_run) {
  control_->fails_at = FrameKey{0, 1};
  window().predictScenes({0});
  ASSERT_TRUE(waitFor([this] { return isPredicted(3); }));
  ASSERT_TRUE(idle());
  EXPECT_FALSE(isPredicted(1));
  ASSERT_TRUE(predicting().problem());
  EXPECT_NE(predicting().problem()->summary.find("front camera"), std::string::npos);
  EXPECT_TRUE(notice().contains(QStringLiteral("3 of 4 keyframes"))) << notice().toStdString();
}

TEST_F(PredictTest, the_next_start_finds_what_was_predicted_and_a_copy_opens_as_predictions) {
  window().predictScenes({0});
  ASSERT_TRUE(waitFor([this] { return isPredicted(3); }));
  ASSERT_TRUE(idle());
  Progress progress;
  const std::filesystem::path copy = runFolder() / "copied predictions";
  predicting().source()->copyTo(copy, progress);
  EXPECT_EQ(openPredictions(copy)->formatName(), "HBEVOcc / STCOcc");
  EXPECT_EQ(listPredictions(copy).size(), 4U);
  // Opened again, and opened after the pictures have become others.
  const auto stored = [this]() -> std::size_t {
    for (const OccupancySource& source : studio().sources()) {
      if (const auto mine = std::dynamic_pointer_cast<const PredictedSource>(source.prediction))
        return mine->count();
    }
    return 0;
  };
  open();
  EXPECT_EQ(stored(), 4U);
  EXPECT_EQ(control_->loads, 1);
  const std::filesystem::path changed = copyOfDemoWorld("new pictures");
  for (const auto& entry : std::filesystem::recursive_directory_iterator(changed / "samples"))
    std::filesystem::last_write_time(entry.path(),
                                     std::filesystem::file_time_type::clock::now() + std::chrono::minutes(1));
  open(changed);
  EXPECT_EQ(stored(), 0U);
}

TEST_F(PredictTest, without_a_network_the_actions_say_why) {
  PredictBackend none;
  none.unavailable = QStringLiteral("This studio was built without LibTorch, which the network needs.");
  predicting().setBackend(none);
  QAction* action = window().actions()["predict.keyframe"];
  EXPECT_FALSE(action->isEnabled());
  EXPECT_TRUE(action->toolTip().contains(QStringLiteral("LibTorch")));
  window().showPanel(&panel());
  ASSERT_TRUE(waitFor([this] { return panel().isVisible(); }));
  EXPECT_TRUE(panel().findChild<EmptyState*>()->isVisible());
}

TEST_F(PredictTest, names_that_are_too_long_give_way) {
  window().showPanel(&panel());
  const QString longest = QStringLiteral("a-configuration-with-a-name-that-is-longer-than-any-panel-is-wide");
  predicting().choose({longest, {}});
  key(Qt::Key_P, Qt::ControlModifier);
  ASSERT_TRUE(waitFor([this] { return isPredicted(0); }));
  ASSERT_TRUE(settle());
  EXPECT_LE(panel().width(), 340);
  EXPECT_EQ(panel().findChild<ComboBox*>(QStringLiteral("config"))->currentText(), longest);
}

#ifdef HBEV_HAS_TORCH
TEST_F(PredictTest, the_tiny_network_itself_runs) {
  predicting().setBackend(networkBackend());
  ASSERT_TRUE(predicting().choose({QStringLiteral("tiny"), {}}));
  key(Qt::Key_P, Qt::ControlModifier);
  ASSERT_TRUE(waitFor([this] { return isPredicted(0) || predicting().problem(); }, 60000));
  ASSERT_FALSE(predicting().problem()) << toString(*predicting().problem());
  ASSERT_TRUE(settle());
  EXPECT_EQ(studio().content(Side::A).state, SideContent::State::Ready);
  ASSERT_TRUE(studio().predicted(Side::A));
  EXPECT_GT(studio().predicted(Side::A)->seconds, 0);
  EXPECT_EQ(predicting().facts()->weights_hash, "untrained");
  // Weights of nothing: refused, and nothing else breaks.
  const std::filesystem::path file = runFolder() / "no_weights.pth";
  std::ofstream(file) << "nothing";
  ASSERT_TRUE(predicting().choose({QStringLiteral("tiny"), QString::fromStdString(file.string())}));
  predicting().predictCurrent();
  ASSERT_TRUE(waitFor([this] { return predicting().problem().has_value(); }, 60000));
  EXPECT_FALSE(predicting().canUseAnyway());
}
#endif

}  // namespace
}  // namespace hbev::ui::test
