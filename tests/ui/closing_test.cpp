// Work that hangs in a disk that does not answer holds nobody who leaves.
#include <QtTest/QTest>

#include "core/base/files.h"
#include "tests/ui/silent_disk.h"
#include "tests/ui/training_test.h"
#include "ui/scores/evaluating.h"
#include "ui/state/left_threads.h"
#include "ui/training/train_watch.h"

namespace hbev::ui::test {
namespace {

namespace fs = std::filesystem;

/// Whoever is destroyed while the disk is silent must not wait: the test would never end.
class ClosingTest : public TrainingTest {
 protected:
  void SetUp() override {
    TrainingTest::SetUp();
    writeFile(file(), std::string_view("x"));
    open();
  }
  void TearDown() override {
    EXPECT_TRUE(waitFor([] { return waitForLeftThreads(); })) << "it ends once its disk answers";
    TrainingTest::TearDown();
  }
  fs::path file() const { return mount_ / "file"; }
  /// Its weights lie on the silent disk.
  PredictBackend slowBackend() {
    PredictBackend backend = fakeBackend(control_);
    backend.make = [make = backend.make, file = file()](const auto& config, const auto& weights,
                                                        const auto& options, Progress& progress) {
      readFile(file, 100);
      return make(config, weights, options, progress);
    };
    return backend;
  }

  hbev::test::TemporaryFolder mount_;
};

TEST_F(ClosingTest, predictions_that_hang_are_not_waited_for) {
  const SilentDisk disk(mount_.path());
  {
    Predicting predicting(studio(), slowBackend());
    predicting.predictCurrent();
    ASSERT_TRUE(waitFor([&] { return disk.holdsSomebody(); }));
  }
  EXPECT_TRUE(disk.holdsSomebody());
  EXPECT_EQ(disk.askedHere(), "");
}

TEST_F(ClosingTest, checkpoints_that_hang_are_not_waited_for) {
  makeThree();
  page().setActive(false);
  window().predicting().setBackend(slowBackend());
  const SilentDisk disk(mount_.path());
  {
    TrainWatch watch(studio(), window().predicting(), store());
    watch.setActive(true);
    ASSERT_TRUE(waitFor([&] { return disk.holdsSomebody(); }));
  }
  EXPECT_TRUE(disk.holdsSomebody());
  EXPECT_EQ(disk.askedHere(), "");
}

TEST_F(ClosingTest, evaluations_that_hang_are_not_waited_for) {
  const SilentDisk disk(mount_.path());
  {
    Evaluating evaluating(studio());
    evaluating.open(QString::fromStdString(file().string()));
    ASSERT_TRUE(waitFor([&] { return disk.holdsSomebody(); }));
  }
  EXPECT_TRUE(disk.holdsSomebody());
  EXPECT_EQ(disk.askedHere(), "");
}

}  // namespace
}  // namespace hbev::ui::test
