// The New run dialog: what it says against a run, what it offers, what it starts, and that no disk holds it.
#include "ui/training/train_dialog.h"

#include <algorithm>

#include <QtCore/QElapsedTimer>
#include <QtTest/QTest>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QSpinBox>

#include "core/base/files.h"
#include "tests/ui/silent_disk.h"
#include "tests/ui/training_test.h"
#include "ui/kit/combo_box.h"
#include "ui/predict/predict_choice.h"
#include "ui/scores/evaluating.h"
#include "ui/window/finding_list.h"

namespace hbev::ui::test {
namespace {

namespace fs = std::filesystem;

class TrainDialogTest : public TrainingTest {
 protected:
  /// The dialog over all of the demo, when it has looked at that.
  TrainDialog* lookedAt(qint64 steps, const QStringList& settings = {}) {
    window().setWorkspace("training");
    TrainDialog* dialog = page().newRun();
    TrainRequest request = dialog->request();
    request.split = request.evaluate_split = QStringLiteral("all");
    request.steps = steps;
    request.settings = settings;
    dialog->setRequest(request);
    EXPECT_TRUE(waitFor([dialog] { return dialog->preflight() != nullptr; }));
    return dialog;
  }
};

TEST_F(TrainDialogTest, the_dialog_says_what_speaks_against_a_run) {
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

TEST_F(TrainDialogTest, the_dialog_starts_a_process_that_the_window_then_follows) {
  const fs::path said = standInTrainer("error: the data set has no pictures");
  open();
  TrainDialog* dialog = lookedAt(25, {QStringLiteral("training.clip_norm=2")});
  ASSERT_TRUE(dialog->preflight());
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

TEST_F(TrainDialogTest, return_starts_from_a_numbers_field_too) {
  const fs::path said = standInTrainer("error: the data set has no pictures");
  open();
  TrainDialog* dialog = lookedAt(25);
  ASSERT_TRUE(dialog->preflight() && dialog->preflight()->canStart());
  QSpinBox* steps = nullptr;
  for (auto* each : dialog->findChildren<QSpinBox*>())
    if (each->value() == 25) steps = each;
  ASSERT_TRUE(steps);
  steps->setFocus();
  QTest::keyClicks(steps, QStringLiteral("6"));
  QTest::keyClick(steps, Qt::Key_Return);
  EXPECT_TRUE(waitFor([&] { return fs::exists(said) && fs::file_size(said) > 0; }));
}

TEST_F(TrainDialogTest, return_on_cancel_starts_nothing) {
  open();
  window().setWorkspace("training");
  TrainDialog* dialog = page().newRun();
  ASSERT_TRUE(waitFor([dialog] { return dialog->preflight() != nullptr; }));
  bool is_started = false, is_rejected = false;
  QObject::connect(dialog, &TrainDialog::startRequested, dialog, [&] { is_started = true; });
  QObject::connect(dialog, &QDialog::rejected, dialog, [&] { is_rejected = true; });
  for (auto* button : dialog->findChildren<QPushButton*>()) {
    if (button->text() != QStringLiteral("Cancel")) continue;
    button->setFocus();
    QTest::keyClick(button, Qt::Key_Return);
    break;
  }
  EXPECT_TRUE(is_rejected);
  EXPECT_FALSE(is_started);
}

TEST_F(TrainDialogTest, weights_that_come_with_the_program_go_on_with_a_tenth_of_the_rate) {
  open();
  PredictBackend backend = window().predicting().backend();
  backend.configs = [configs = backend.configs] {
    std::vector<NamedConfig> all = configs();
    all.front().weights = "/nowhere/comes-with-the-program.pth";
    return all;
  };
  window().predicting().setBackend(backend);
  window().setWorkspace("training");
  TrainDialog* dialog = page().newRun();
  auto* weights = dialog->findChild<ComboBox*>(QStringLiteral("runWeights"));
  auto* rate = dialog->findChild<QLineEdit*>(QStringLiteral("rate"));
  auto* config = dialog->findChild<ComboBox*>(QStringLiteral("runConfig"));
  config->setCurrentIndex(config->findData(QString::fromStdString(backend.configs().front().name)));
  const int shipped = weights->currentIndex(), none = weights->findData(QString());
  ASSERT_NE(shipped, none);
  const double from_shipped = rate->text().toDouble();
  weights->setCurrentIndex(none);
  EXPECT_NEAR(rate->text().toDouble(), 10 * from_shipped, 1e-9);
  weights->setCurrentIndex(shipped);
  EXPECT_EQ(rate->text().toDouble(), from_shipped);
  rate->setText(QStringLiteral("0.0007"));
  weights->setCurrentIndex(none);
  EXPECT_EQ(rate->text(), QStringLiteral("0.0007")) << "somebody has written it";
  dialog->reject();
}

TEST_F(TrainDialogTest, the_dialog_waits_for_no_disk) {
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

TEST_F(TrainDialogTest, the_dialog_begins_in_the_name) {
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

TEST_F(TrainDialogTest, what_was_found_of_another_request_starts_nothing) {
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

TEST_F(TrainDialogTest, memory_is_compared_with_that_of_the_card_that_will_train) {
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

TEST_F(TrainDialogTest, nobody_writes_where_a_configuration_that_is_being_read_will_write) {
  open();
  const hbev::test::TemporaryFolder folder;
  const QString file = QString::fromStdString((folder / "mine.toml").string());
  writeFile(file.toStdString(), std::string_view("name = \"mine\"\n"));
  TrainBackend backend;
  backend.config = [](const std::string& name, const std::vector<std::string>&) {
    ModelConfig config;
    config.name = name;
    if (!isConfigFile(QString::fromStdString(name))) return config;
    if (readFile(name, 100).size() < 10) throw Error({"It is short", name, {}, {}, {}});
    config.training.learning_rate = 5e-4;
    config.training.batch_size = 3;
    return config;
  };
  page().setBackend(backend);
  TrainDialog* dialog = page().newRun();
  ASSERT_TRUE(waitFor([dialog] { return dialog->preflight() != nullptr; }));
  auto& rate = partOf<QLineEdit>(*dialog, QStringLiteral("rate"));
  auto& batch = partOf<QSpinBox>(*dialog, QStringLiteral("batch"));
  auto& configs = partOf<QComboBox>(*dialog, QStringLiteral("runConfig"));
  auto& start = partOf<QPushButton>(*dialog, QStringLiteral("startRun"));
  rate.setText(QStringLiteral("0.003"));
  configs.addItem(QStringLiteral("mine"), file);
  {
    SilentDisk disk(folder.path());
    configs.setCurrentIndex(configs.count() - 1);
    EXPECT_FALSE(rate.isEnabled() || batch.isEnabled());
    EXPECT_TRUE(waitFor([&] { return disk.holdsSomebody(); }));
    // Another one that is there at once may be written to.
    configs.setCurrentIndex(configs.findData(QStringLiteral("demo")));
    EXPECT_TRUE(rate.isEnabled() && batch.isEnabled());
    configs.setCurrentIndex(configs.findData(file));
    EXPECT_FALSE(rate.isEnabled());
    EXPECT_EQ(disk.askedHere(), "");
  }
  ASSERT_TRUE(waitFor([&] { return rate.isEnabled(); }));
  EXPECT_EQ(rate.text(), QStringLiteral("0.0005"));
  EXPECT_EQ(batch.value(), 3);
  EXPECT_FALSE(start.isEnabled()) << "its own values have not been looked at yet";
  rate.setText(QStringLiteral("0.004"));
  ASSERT_TRUE(waitFor([dialog] { return dialog->preflight() != nullptr; }));
  EXPECT_EQ(rate.text(), QStringLiteral("0.004"));
  // One that cannot be read leaves everything as it was.
  const QString torn = QString::fromStdString((folder / "torn.toml").string());
  writeFile(torn.toStdString(), std::string_view("[x"));
  configs.addItem(QStringLiteral("torn"), torn);
  configs.setCurrentIndex(configs.count() - 1);
  EXPECT_FALSE(rate.isEnabled());
  ASSERT_TRUE(waitFor([&] { return rate.isEnabled(); }));
  EXPECT_EQ(rate.text(), QStringLiteral("0.004"));
  ASSERT_TRUE(waitFor([dialog] { return dialog->preflight() != nullptr; }));
  EXPECT_FALSE(dialog->preflight()->canStart());
  dialog->reject();
}

}  // namespace
}  // namespace hbev::ui::test
