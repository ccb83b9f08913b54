// The Training workspace under test: a fake network, runs as trainings write them, and a stand-in for
// hbevocc.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <QtWidgets/QPushButton>

#include "tests/base/temporary_folder.h"
#include "tests/ui/fake_network.h"
#include "tests/ui/made_run.h"
#include "tests/ui/window_test.h"
#include "ui/training/train_page.h"

namespace hbev::ui::test {

class TrainingTest : public WindowTest {
 protected:
  void SetUp() override;
  void TearDown() override;
  /// A finished run, an older one and one that goes on; the workspace shows the newest.
  void makeThree();
  TrainPage& page() { return window().training(); }
  RunStore& store() { return page().store(); }
  const RunData& current() { return *store().current(); }
  /// In hbevocc's place: adds what it was told to the file that is returned, says `answer`, and begins
  /// nothing.
  std::filesystem::path standInTrainer(const std::string& answer);
  /// One word a line.
  static std::vector<std::string> linesOf(const std::filesystem::path& file);
  /// That is seen; null when there is none.
  static QPushButton* buttonOf(QWidget& parent, const QString& text);

  hbev::test::TemporaryFolder runs_;
  std::shared_ptr<FakeControl> control_ = std::make_shared<FakeControl>();
  std::unique_ptr<MadeRun> going_;
};

}  // namespace hbev::ui::test
