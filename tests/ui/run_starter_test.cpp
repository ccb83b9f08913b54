// Runs begun and gone on with: what hbevocc is told, what it answers, and disks that do not.
#include "ui/training/run_starter.h"

#include <algorithm>
#include <fstream>

#include <QtTest/QTest>
#include <QtWidgets/QInputDialog>
#include <QtWidgets/QPushButton>

#include "tests/ui/silent_disk.h"
#include "tests/ui/training_test.h"
#include "ui/state/left_threads.h"
#include "ui/training/train_dialog.h"

namespace hbev::ui::test {
namespace {

namespace fs = std::filesystem;

class RunStarterTest : public TrainingTest {};

TEST_F(RunStarterTest, a_run_that_is_done_trains_on_and_begins_others) {
  const fs::path said = standInTrainer("error: the data set is elsewhere");
  makeThree();
  const fs::path done = store().runs()[2]->folder;
  store().setCurrent(done);
  ASSERT_EQ(current().state, RunState::Done);
  auto* more = buttonOf(page(), QStringLiteral("Train longer"));
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

TEST_F(RunStarterTest, starting_and_going_on_wait_for_no_disk) {
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

TEST_F(RunStarterTest, two_clicks_start_one_run) {
  const fs::path said = standInTrainer("Begins");
  TrainRequest request;
  request.data = QStringLiteral("/data/demo");
  request.folder = QString::fromStdString((runs_.path() / "new").string());
  std::vector<std::string> problems;
  RunStarter starter(store(), nullptr, {.every_ms = 20});
  QObject::connect(&starter, &RunStarter::failed, &starter,
                   [&](const Problem& problem) { problems.push_back(problem.summary); });
  starter.start(request);
  starter.start(request);
  EXPECT_EQ(problems, std::vector<std::string>{"This run is being started already"});
  ASSERT_TRUE(waitFor([&] { return fs::exists(said) && fs::file_size(said) > 0; }));
  starter.start(request);  // it has been launched, and has not written to its run yet
  EXPECT_EQ(problems.size(), 2U);
  // The folder tells what was launched: each process begins with its own line.
  request.folder = QString::fromStdString((runs_.path() / "other").string());
  const std::size_t words = linesOf(said).size();
  starter.start(request);
  ASSERT_TRUE(waitFor([&] { return linesOf(said).size() == 2 * words; }));
  EXPECT_EQ(std::ranges::count(linesOf(said), (runs_.path() / "new").string()), 1);
}

TEST_F(RunStarterTest, two_clicks_on_resume_go_on_once) {
  const fs::path said = standInTrainer("Begins");
  makeThree();
  const auto failed = store().runs()[1], done = store().runs()[2];
  std::vector<std::string> problems;
  RunStarter starter(store(), nullptr, {.every_ms = 20});
  QObject::connect(&starter, &RunStarter::failed, &starter,
                   [&](const Problem& problem) { problems.push_back(problem.summary); });
  starter.resume(*failed);
  starter.resume(*failed);
  ASSERT_TRUE(waitFor([&] { return fs::exists(said) && linesOf(said).size() == 4; }));
  starter.resume(*failed);
  starter.resume(*done, 500);
  ASSERT_TRUE(waitFor([&] { return linesOf(said).size() >= 10; }));
  EXPECT_EQ(std::ranges::count(linesOf(said), failed->folder.string()), 1);
  EXPECT_TRUE(problems.empty()) << problems.front();
}

}  // namespace
}  // namespace hbev::ui::test
