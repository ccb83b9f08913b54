#include "tests/ui/training_test.h"

#include <fstream>

#include "ui/training/run_store.h"

namespace hbev::ui::test {
namespace fs = std::filesystem;

void TrainingTest::SetUp() {
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

void TrainingTest::TearDown() {
  qunsetenv("HBEV_TRAINER");
  if (!HasFailure()) takePictures(caseName());
}

void TrainingTest::makeThree() {
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

fs::path TrainingTest::standInTrainer(const std::string& answer) {
  const fs::path said = runs_.path() / "said.txt", program = runs_.path() / "trainer.sh";
  std::ofstream(program) << "#!/bin/sh\nprintf '%s\\n' \"$@\" >> \"" << said.string() << "\"\necho '"
                         << answer << "'\n";
  fs::permissions(program, fs::perms::owner_all);
  qputenv("HBEV_TRAINER", QByteArray::fromStdString(program.string()));
  return said;
}

std::vector<std::string> TrainingTest::linesOf(const fs::path& file) {
  std::ifstream stream(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);)
    lines.push_back(line);
  return lines;
}

QPushButton* TrainingTest::buttonOf(QWidget& parent, const QString& text) {
  for (QPushButton* each : parent.findChildren<QPushButton*>()) {
    if (each->text() == text && each->isVisible()) return each;
  }
  return nullptr;
}

}  // namespace hbev::ui::test
