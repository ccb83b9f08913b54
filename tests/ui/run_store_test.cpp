// Runs on disks that do not answer, and runs that cannot be read.
#include <fcntl.h>
#include <fstream>
#include <future>
#include <sstream>
#include <unistd.h>

#include <QtCore/QSettings>
#include <QtWidgets/QListView>
#include <sys/stat.h>

#include "tests/base/temporary_folder.h"
#include "tests/ui/made_run.h"
#include "tests/ui/window_test.h"
#include "ui/kit/elided_label.h"
#include "ui/state/left_threads.h"
#include "ui/training/runs_model.h"
#include "ui/training/runs_panel.h"
#include "ui/training/train_page.h"

namespace hbev::ui::test {
namespace {

namespace fs = std::filesystem;

class RunStoreTest : public WindowTest {
 protected:
  static constexpr RunFollower::Limits kImpatient{.every_ms = 20, .patience_ms = 2000};

  RunStoreTest() { QSettings().setValue(QStringLiteral("training/folder"), textOf(folder_)); }
  ~RunStoreTest() override { QSettings().remove(QStringLiteral("training")); }

  static QString textOf(const fs::path& path) { return QString::fromStdString(path.string()); }
  /// Whoever opens it for reading is held until let go.
  static void hold(const fs::path& file) { ASSERT_EQ(::mkfifo(file.c_str(), 0600), 0); }
  static void letGo(const fs::path& file) {
    const int writer = ::open(file.c_str(), O_WRONLY | O_NONBLOCK);
    ASSERT_GE(writer, 0) << "nobody is held";
    ::close(writer);
  }
  static bool isSilent(const RunStore& store, const fs::path& run) {
    const auto known = store.find(run);
    return known && !known->is_reachable;
  }

  hbev::test::TemporaryFolder runs_;
  fs::path folder_ = fs::canonical(runs_.path());
};

TEST_F(RunStoreTest, a_disk_that_does_not_answer_holds_neither_the_window_nor_other_runs) {
  MadeRun held(folder_ / "a", {.name = "held"}), fine(folder_ / "b", {.name = "fine"});
  held.train(10);
  fine.train(10);
  const fs::path events = RunPaths(folder_ / "a").events(), kept = folder_ / "kept", fifo = folder_ / "fifo";
  fs::rename(events, kept);
  hold(events);
  {
    RunStore store(nullptr, kImpatient);
    std::vector<std::string> said;
    QObject::connect(&store, &RunStore::failed, &store,
                     [&](const Problem& problem) { said.push_back(problem.summary); });
    ASSERT_TRUE(waitFor([&] { return isSilent(store, folder_ / "a") && store.find(folder_ / "b"); }));
    EXPECT_EQ(stateText(*store.find(folder_ / "a")), QStringLiteral("Not reachable"));
    EXPECT_TRUE(waitFor([&] { return store.isFolderReachable(); }));
    // The other one is followed on.
    store.setCurrent(folder_ / "b");
    fine.train(30);
    EXPECT_TRUE(waitFor([&] {
      const auto loss = store.current()->curve("loss");
      return loss && loss->size() == 30;
    }));
    store.send(*store.find(folder_ / "a"), RunWish::Stop);
    ASSERT_EQ(said.size(), 1U);
    EXPECT_EQ(said.front(), "a does not answer");
    ASSERT_TRUE(waitFor([&] { return !isSilent(store, folder_ / "b"); }));
    store.send(*store.find(folder_ / "b"), RunWish::Stop);
    EXPECT_TRUE(waitFor([&] { return pendingWishes(folder_ / "b").size() == 1; }));
    // The disk is there again.
    fs::rename(events, fifo);
    fs::rename(kept, events);
    letGo(fifo);
    ASSERT_TRUE(waitFor([&] {
      const auto run = store.find(folder_ / "a");
      return run && run->is_reachable && run->name() == QStringLiteral("held");
    }));
    store.setCurrent(folder_ / "a");
    EXPECT_TRUE(waitFor([&] {
      const auto loss = store.current()->curve("loss");
      return loss && loss->size() == 10;
    })) << "every point once";
    // A run that was known keeps what was read of it, and the window closes while it is silent.
    fs::rename(events, kept);
    hold(events);
    ASSERT_TRUE(waitFor([&] { return isSilent(store, folder_ / "a"); }));
    EXPECT_EQ(store.current()->name(), QStringLiteral("held"));
    EXPECT_EQ(store.current()->curve("loss")->size(), 10U);
  }
  EXPECT_FALSE(waitForLeftThreads()) << "it is held";
  letGo(events);
  EXPECT_TRUE(waitFor([] { return waitForLeftThreads(); }));
}

TEST_F(RunStoreTest, a_look_says_what_it_has_left_out) {
  MadeRun(folder_ / "a", {.name = "a"}).train(1);
  MadeRun(folder_ / "b", {.name = "b"}).train(1);
  const auto told = std::make_shared<std::promise<RunWorker::Look>>();
  RunWorker::Listener listener;
  listener.updated = [](const RunUpdate&) {};
  listener.looked = [told, is_told = false](const RunWorker::Look& look) mutable {
    if (!std::exchange(is_told, true)) told->set_value(look);
  };
  RunWorker worker(
      listener, 20,
      {.folder = folder_, .attached = {}, .wanted = {}, .expected = {}, .unreachable = {folder_ / "a"}});
  const RunWorker::Look look = told->get_future().get();
  EXPECT_EQ(look.runs, std::set{folder_ / "b"});
  EXPECT_EQ(look.unreachable, std::set{folder_ / "a"});
}

TEST_F(RunStoreTest, a_run_that_cannot_be_read_is_listed_with_its_sentence) {
  MadeRun(folder_ / "whole", {.name = "whole"}).end(RunActivity::Done, "All steps are done");
  MadeRun(folder_ / "torn", {.name = "torn"}).end(RunActivity::Done, "All steps are done");
  const fs::path facts = RunPaths(folder_ / "torn").facts();
  const RunFacts known = readRunFacts(folder_ / "torn");
  std::ofstream(facts) << "{\"name\": \"to";
  TrainPage& page = window().training();
  RunStore& store = page.store();
  store.setFolder(textOf(folder_));
  window().setWorkspace("training");
  ASSERT_TRUE(waitFor([&] { return store.runs().size() == 2; }));
  EXPECT_EQ(store.current()->name(), QStringLiteral("whole")) << "though it is the older one";
  store.setCurrent(folder_ / "torn");
  ASSERT_NE(store.current(), nullptr);
  EXPECT_FALSE(page.findChild<QWidget*>(QStringLiteral("differences"))->isVisible())
      << "nothing is known of it";
  EXPECT_EQ(stateText(*store.current()), QStringLiteral("Unreadable"));
  const auto* line = page.findChild<QWidget*>(QStringLiteral("runNotice"));
  EXPECT_TRUE(line->isVisible());
  const QString why = line->findChild<ElidedLabel*>()->text();
  EXPECT_TRUE(why.contains(QStringLiteral("cannot be read")) && why.contains(QStringLiteral("run.json")))
      << why.toStdString();
  takePictures(QStringLiteral("training_torn_run"));
  // Resuming it is refused with the same words.
  page.resumeCurrent();
  EXPECT_TRUE(notice().contains(QStringLiteral("cannot be read"))) << notice().toStdString();
  RunsModel model(store);
  EXPECT_FALSE(model.settings(*store.current()).contains("training.learning_rate"));
  writeRunFacts(folder_ / "torn", known);
  EXPECT_TRUE(
      waitFor([&] { return store.current()->state == RunState::Done && !store.current()->unreadable; }));
  EXPECT_TRUE(model.settings(*store.current()).contains("training.learning_rate"));
}

}  // namespace
}  // namespace hbev::ui::test
