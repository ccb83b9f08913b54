// From a number to its cause, as people click it: whole splits, classes, cells, keyframes, two sources,
// files.
#include <algorithm>
#include <thread>

#include <QtCore/QFile>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtTest/QTest>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QLabel>
#include <QtWidgets/QListView>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QStatusBar>
#include <QtWidgets/QTableView>
#include <sys/stat.h>

#include "core/base/files.h"
#include "core/data/dataset.h"
#include "core/data/labels.h"
#include "core/data/predictions/ray_submission.h"
#include "core/data/predictions/source.h"
#include "core/eval/evaluation.h"
#include "core/eval/evaluation_summary.h"
#include "core/eval/frame_report.h"
#include "core/eval/origins.h"
#include "core/eval/submission_writer.h"
#include "tests/base/temporary_folder.h"
#include "tests/ui/screen_reader.h"
#include "tests/ui/silent_disk.h"
#include "tests/ui/window_test.h"
#include "ui/inspector/fact_list.h"
#include "ui/inspector/inspector.h"
#include "ui/kit/chip.h"
#include "ui/kit/elided_label.h"
#include "ui/kit/notices.h"
#include "ui/kit/painting.h"
#include "ui/kit/panel_stack.h"
#include "ui/kit/progress_line.h"
#include "ui/kit/segmented_control.h"
#include "ui/kit/timeline.h"
#include "ui/kit/timeline_strip.h"
#include "ui/scores/confusion_panel.h"
#include "ui/scores/confusion_view.h"
#include "ui/scores/evaluating.h"
#include "ui/scores/kept_evaluations.h"
#include "ui/scores/score_export.h"
#include "ui/scores/score_head.h"
#include "ui/scores/score_model.h"
#include "ui/scores/score_panel.h"
#include "ui/scores/score_tables.h"
#include "ui/scores/score_view.h"
#include "ui/scores/worst_frame_model.h"
#include "ui/scores/worst_frames.h"
#include "ui/state/error_view.h"

namespace hbev::ui::test {
namespace {

namespace fs = std::filesystem;

std::string textOf(const fs::path& file) {
  const std::vector<std::byte> bytes = readFile(file, 1 << 24);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

class ErrorsTest : public WindowTest {
 protected:
  Evaluating& evaluating() { return window().evaluating(); }
  ScoreView& view() { return window().scoreView(); }
  ErrorView& errors() { return studio().errors(); }
  ConfusionView& matrix() { return window().confusion().matrix(); }
  WorstFrames& worst() { return window().worstFrames(); }
  QTableView& table() { return partOf<QTableView>(window().scores(), QStringLiteral("Scores")); }

  void openErrors(const fs::path& path = demoWorld()) {
    open(path);
    key(Qt::Key_2, Qt::ControlModifier);
    ASSERT_TRUE(waitFor([this] { return !evaluating().isLooking(); }));
  }
  /// Evaluates, and waits until panels show it.
  void evaluate() {
    window().actions()["evaluate"]->trigger();
    ASSERT_TRUE(waitFor([this] { return !evaluating().isRunning(); }, 30000));
    ASSERT_TRUE(evaluating().found());
    ASSERT_TRUE(waitFor([this] { return partOf<ScoreTables>(window().scores()).model().rowCount() == 17; }));
  }
  /// A row of the table by its class.
  QModelIndex classRow(const QString& name) {
    for (int row = 0; row < table().model()->rowCount(); ++row) {
      if (table().model()->index(row, 0).data().toString() == name) return table().model()->index(row, 0);
    }
    const QModelIndex mean =
        partOf<QTableView>(window().scores(), QStringLiteral("Mean")).model()->index(0, 0);
    return mean.data().toString() == name ? mean : QModelIndex();
  }
  double value(const QModelIndex& row, const QString& column) {
    return row.siblingAtColumn(partOf<ScoreTables>(window().scores()).model().columnOf(column))
        .data(ScoreModel::SortValue)
        .toDouble();
  }
  void clickRow(const QModelIndex& row) {
    const QPoint at = table().visualRect(row).center();
    QTest::mouseClick(table().viewport(), Qt::LeftButton, {}, at);
  }
  /// The cell off the diagonal with most rays.
  ClassPair worstCell() {
    const Confusion& confusion = *evaluating().found()->confusion(0, CellUnit::Rays);
    ClassPair most;
    std::int64_t count = -1;
    for (int truth = 0; truth + 1 < confusion.classes(); ++truth) {
      for (int predicted = 0; predicted < confusion.classes(); ++predicted) {
        if (truth == predicted || confusion.at(truth, predicted) <= count) continue;
        count = confusion.at(truth, predicted);
        most = {truth, predicted};
      }
    }
    return most;
  }
  void clickCell(const ClassPair& cell) {
    QTest::mouseClick(&matrix(), Qt::LeftButton, {}, matrix().middleOf(cell).toPoint());
  }
  /// Other predictions beside those of the demo: in one keyframe those of another.
  fs::path otherPredictions(const fs::path& world) {
    fs::copy(world / "predictions" / "spoiled", world / "other", fs::copy_options::recursive);
    const auto source = openPredictions(world / "other");
    const fs::path kept = *source->find(studio().dataset()->keyframe(1, 0));
    fs::copy_file(kept, *source->find(studio().dataset()->keyframe(1, 2)),
                  fs::copy_options::overwrite_existing);
    return world / "other";
  }
};

TEST_F(ErrorsTest, a_split_is_evaluated_stopped_and_gone_on_with_and_found_again) {
  const fs::path world = copyOfDemoWorld("resume");
  openErrors(world);
  EXPECT_FALSE(evaluating().found());
  view().setSubject(ScoreSubject::All);
  auto* empty = window().scores().findChild<EmptyState*>();
  auto* button = empty->findChild<QPushButton*>();
  ASSERT_TRUE(
      waitFor([&] { return button && button->isVisible() && button->text() == QStringLiteral("Evaluate"); }));
  auto* bar = window().statusBar()->findChild<ProgressLine*>();
  bool was_shown = false;
  int done = -1;
  QObject::connect(&evaluating(), &Evaluating::progressed, &window(), [&] {
    was_shown |= bar->isVisible();
    done = int(evaluating().progress().done);
    if (done >= 1 && evaluating().progress().total == 8) Q_EMIT bar->cancelled();
  });
  QTest::mouseClick(button, Qt::LeftButton);
  ASSERT_TRUE(evaluating().isRunning());
  ASSERT_TRUE(waitFor([this] { return !evaluating().isRunning(); }, 30000));
  EXPECT_TRUE(was_shown);
  EXPECT_FALSE(bar->isVisible());
  ASSERT_TRUE(evaluating().found());
  const std::int64_t first = evaluating().summary()->frames;
  EXPECT_GE(first, 1) << "what was finished is kept";
  QObject::disconnect(&evaluating(), &Evaluating::progressed, &window(), nullptr);

  const auto numberOf = [](const fs::path& path) {
    struct stat facts {};
    return ::stat(path.c_str(), &facts) == 0 ? facts.st_ino : 0;
  };
  const auto file_number = numberOf(evaluating().found()->file);
  evaluate();
  EXPECT_EQ(numberOf(evaluating().found()->file), file_number) << "it goes on in the same file";
  EXPECT_EQ(evaluating().summary()->frames, 8);
  EXPECT_EQ(evaluating().summary()->missing, 0);
  EvaluationPlan plan;
  plan.dataset = studio().dataset();
  plan.sources.push_back(evaluationSource(openPredictions(world / "predictions" / "spoiled")));
  EvaluationStore again = createStore(plan, {});
  Progress quiet;
  runEvaluation(plan, again, quiet);
  const SplitReport expected = summarise(again).sources.front().total;
  EXPECT_DOUBLE_EQ(evaluating().summary()->sources[0].total.rayScores()->ray_iou,
                   expected.rayScores()->ray_iou);
  EXPECT_TRUE(waitFor([&] {
    return value(classRow(QStringLiteral("Mean")), QStringLiteral("ray_iou")) ==
           100 * expected.rayScores()->ray_iou;
  }));
  EXPECT_NO_THROW(partOf<QWidget>(
      window().scores(), QStringLiteral("RayIoU ") + decimal(100 * expected.rayScores()->ray_iou, 1)));

  key(Qt::Key_1, Qt::ControlModifier);
  open(world);
  EXPECT_TRUE(waitFor([this] { return evaluating().found() && evaluating().summary()->missing == 0; }))
      << "it is there at the next start";
  // Other predictions at the same place are another evaluation.
  const auto kept = openPredictions(world / "predictions" / "spoiled");
  fs::copy_file(*kept->find(studio().dataset()->keyframe(0, 1)),
                *kept->find(studio().dataset()->keyframe(0, 0)), fs::copy_options::overwrite_existing);
  open(world);
  ASSERT_TRUE(waitFor([this] { return !evaluating().isLooking(); }));
  EXPECT_FALSE(evaluating().found());
}

TEST_F(ErrorsTest, what_has_no_prediction_is_not_called_evaluated) {
  const fs::path world = copyOfDemoWorld("half-predicted");
  const auto source = openPredictions(world / "predictions" / "spoiled");
  const auto dataset = Dataset::open(world);
  for (const std::size_t index : {0, 1, 2})
    fs::remove(*source->find(dataset->keyframe(1, index)));
  openErrors(world);
  evaluate();
  ASSERT_TRUE(waitFor([this] { return notice().contains(QStringLiteral("evaluated")); }));
  EXPECT_TRUE(notice().startsWith(QStringLiteral("5 of 8 keyframes are evaluated")))
      << notice().toStdString();
  EXPECT_TRUE(notice().contains(QStringLiteral("3 have no prediction"))) << notice().toStdString();
}

TEST_F(ErrorsTest, a_class_leads_to_its_errors_and_its_worst_keyframes) {
  openErrors();
  evaluate();
  EXPECT_EQ(view().subject(), ScoreSubject::All);
  const QModelIndex car = classRow(QStringLiteral("car"));
  clickRow(car);
  const int label = *ClassSet::openocc().findLabel("car");
  EXPECT_EQ(errors().filter().classes, std::set<int>{label});
  EXPECT_TRUE(table().selectionModel()->isRowSelected(car.row()));
  worst().setRanking(FrameRanking::Class);
  ASSERT_GT(worst().model().rowCount(), 1);
  const auto& frames = evaluating().found()->frames[0];
  const auto lowest = std::ranges::min_element(frames, {}, [label](const FrameFigures& frame) {
    const float iou = frame.class_iou[std::size_t(label)];
    return std::isnan(iou) ? 2.0F : iou;
  });
  EXPECT_EQ(worst().model().rows().front().key, lowest->key);
  auto* chip = worst().findChild<Chip*>();
  EXPECT_TRUE(chip->isVisibleTo(&worst()));
  EXPECT_EQ(chip->text(), QStringLiteral("car"));
  QTest::mouseClick(chip, Qt::LeftButton);
  EXPECT_TRUE(errors().filter().isEmpty());
  clickRow(car);
  clickRow(car);
  EXPECT_TRUE(errors().filter().isEmpty()) << "a second click lets go";
  partOf<SegmentedControl>(window().scores(), QStringLiteral("Rows"))
      .setCurrentIndex(int(ScorePanel::Grouping::Range));
  ASSERT_EQ(partOf<ScoreTables>(window().scores()).model().rowCount(), 5);
  clickRow(table().model()->index(1, 0));
  EXPECT_EQ(errors().filter().range_band, 1);
  errors().clear();
  partOf<SegmentedControl>(window().scores(), QStringLiteral("Rows"))
      .setCurrentIndex(int(ScorePanel::Grouping::Scene));
  ASSERT_EQ(partOf<ScoreTables>(window().scores()).model().rowCount(), 2);
  clickRow(table().model()->index(1, 0));
  EXPECT_EQ(studio().current().scene, 1U);
}

/// Which mask and how many keyframes figures are of belongs to them.
TEST_F(ErrorsTest, nothing_of_the_scores_is_cut_off) {
  openErrors();
  evaluate();
  for (const QSize size : {QSize(1280, 720), QSize(1600, 900), QSize(2560, 1440)}) {
    window().resize(size);
    ASSERT_TRUE(waitFor([&] { return window().size() == size && window().scores().isVisible(); }));
    QCoreApplication::processEvents();
    for (const auto* label : window().scores().findChildren<ElidedLabel*>())
      EXPECT_FALSE(label->isVisible() && label->isElided())
          << size.width() << ": " << label->text().toStdString();
    int figures = 0;
    for (const QWidget* figure :
         partOf<ScoreHead>(window().scores()).findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly))
      figures += figure->isVisible();
    EXPECT_EQ(figures, 4) << size.width();
  }
}

TEST_F(ErrorsTest, a_cell_leads_to_the_keyframes_behind_it) {
  openErrors();
  evaluate();
  const ClassPair cell = worstCell();
  ASSERT_TRUE(waitFor([this] { return matrix().isVisible(); }));
  clickCell(cell);
  ASSERT_TRUE(errors().filter().pair);
  EXPECT_EQ(*errors().filter().pair, cell);
  EXPECT_EQ(matrix().chosen(), cell);
  const auto frames = evaluating().framesOfCell(0, cell.truth, cell.predicted, CellUnit::Rays);
  ASSERT_EQ(std::size_t(worst().model().rowCount()), frames.size());
  EXPECT_EQ(worst().ranking(), FrameRanking::Cell);
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    sum += std::int64_t(frames[i].value);
    EXPECT_LE(frames[i].value, frames[i > 0 ? i - 1 : 0].value) << "worst first";
    EXPECT_EQ(worst().model().rows()[i].key, frames[i].key);
  }
  EXPECT_EQ(sum, evaluating().found()->confusion(0, CellUnit::Rays)->at(cell.truth, cell.predicted));
  const QString share = partOf<QLabel>(window().confusion(), QStringLiteral("cellShare")).text();
  EXPECT_TRUE(share.endsWith(QStringLiteral(": ") + groupedNumber(sum))) << share.toStdString();
  // Each row goes to its keyframe.
  for (const int row : {worst().model().rowCount() - 1, 0}) {
    const QModelIndex index = worst().model().index(row);
    worst().list()->scrollTo(index);
    QTest::mouseClick(worst().list()->viewport(), Qt::LeftButton, {},
                      worst().list()->visualRect(index).center());
    EXPECT_EQ(studio().current(), frames[std::size_t(row)].key);
  }
  partOf<SegmentedControl>(window().confusion()).setCurrentIndex(int(CellUnit::Voxels));
  ASSERT_TRUE(waitFor([&] {
    return std::size_t(worst().model().rowCount()) ==
           evaluating().framesOfCell(0, cell.truth, cell.predicted, CellUnit::Voxels).size();
  }));
  clickCell(cell);
  EXPECT_FALSE(errors().filter().pair) << "a second click lets go";
}

TEST_F(ErrorsTest, arrow_keys_move_the_cell) {
  openErrors();
  evaluate();
  ASSERT_TRUE(waitFor([this] { return matrix().isVisible(); }));
  clickCell({3, 4});
  matrix().setFocus();
  QTest::keyClick(&matrix(), Qt::Key_Right);
  EXPECT_EQ(errors().filter().pair, (ClassPair{3, 5}));
  QTest::keyClick(&matrix(), Qt::Key_Up);
  EXPECT_EQ(errors().filter().pair, (ClassPair{2, 5}));
  for (int i = 0; i < 40; ++i)
    QTest::keyClick(&matrix(), i % 2 ? Qt::Key_Right : Qt::Key_Down);
  EXPECT_EQ(errors().filter().pair, (ClassPair{15, 16})) << "the free column is the last, free has no row";
  QTest::keyClick(&matrix(), Qt::Key_Escape);
  EXPECT_FALSE(errors().filter().pair);
}

TEST_F(ErrorsTest, two_sources_are_compared) {
  const fs::path world = copyOfDemoWorld("compared");
  openErrors(world);
  const fs::path other = otherPredictions(world);
  studio().openPredictions(QString::fromStdString(other.string()));
  ASSERT_TRUE(waitFor([this] { return evaluating().candidates().size() == 2; }));
  for (const OccupancySource& source : evaluating().candidates())
    evaluating().setChosen(source, true);
  evaluate();
  ASSERT_EQ(evaluating().summary()->sources.size(), 2U);
  ASSERT_TRUE(view().against());
  // What is shown is compared with the other one, whichever is in A.
  const SplitReport &shown = evaluating().summary()->sources[view().source()].total,
                    &theirs = evaluating().summary()->sources[*view().against()].total;
  const double difference = 100 * (shown.rayScores()->ray_iou - theirs.rayScores()->ray_iou);
  EXPECT_NE(difference, 0);
  EXPECT_DOUBLE_EQ(value(classRow(QStringLiteral("Mean")), QStringLiteral("change")), difference);
  partOf<SegmentedControl>(window().scores(), QStringLiteral("Rows"))
      .setCurrentIndex(int(ScorePanel::Grouping::Compare));
  const QModelIndex mean = partOf<QTableView>(window().scores(), QStringLiteral("Mean")).model()->index(0, 0);
  ASSERT_TRUE(mean.data(ScoreModel::IsMean).toBool());
  EXPECT_DOUBLE_EQ(value(mean, QStringLiteral("change")), difference);
  const RightRays rays = evaluating().summary()->pairs[0].total();
  const bool is_first = view().source() == 0;
  EXPECT_EQ(value(mean, QStringLiteral("only_a")), double(is_first ? rays.only_first : rays.only_second));
  EXPECT_EQ(value(mean, QStringLiteral("only_b")), double(is_first ? rays.only_second : rays.only_first));
  EXPECT_GT(rays.only_first + rays.only_second, 0);
  worst().setRanking(FrameRanking::Change);
  ASSERT_EQ(worst().model().rowCount(), 8);
  EXPECT_EQ(worst().model().rows().front().key, (FrameKey{1, 2})) << "the only one that differs";
  // The timeline draws the other source's line.
  studio().setCurrent(1, 0);
  ASSERT_TRUE(settle());
  ASSERT_TRUE(waitFor([this] { return window().timeline().strip()->data().reference.size() == 4; }));
  const auto& reference = window().timeline().strip()->data().reference;
  const FrameFigures* figures = evaluating().found()->figures(*view().against(), {1, 2});
  ASSERT_TRUE(reference[2] && figures);
  EXPECT_DOUBLE_EQ(*reference[2], 100 * figures->ray_iou);
}

/// A source that lacks a keyframe is compared with itself: nothing differs, and the panel says over what.
TEST_F(ErrorsTest, sources_are_compared_over_the_keyframes_that_both_have) {
  const fs::path world = copyOfDemoWorld("lacking");
  openErrors(world);
  const fs::path other = world / "other";
  fs::copy(world / "predictions" / "spoiled", other, fs::copy_options::recursive);
  fs::remove(*openPredictions(other)->find(studio().dataset()->keyframe(1, 1)));
  studio().openPredictions(QString::fromStdString(other.string()));
  ASSERT_TRUE(waitFor([this] { return evaluating().candidates().size() == 2; }));
  for (const OccupancySource& source : evaluating().candidates())
    evaluating().setChosen(source, true);
  view().setSubject(ScoreSubject::All);
  evaluate();
  const auto compared = view().compared();
  ASSERT_TRUE(compared);
  EXPECT_EQ(compared->own.rays(), compared->other.rays());
  EXPECT_EQ(compared->note, QStringLiteral(" · compared over 7 of 8"));
  EXPECT_EQ(value(classRow(QStringLiteral("Mean")), QStringLiteral("change")), 0.0);
  const auto& sources = evaluating().summary()->sources;
  EXPECT_NE(sources[0].total.rayScores()->ray_iou, sources[1].total.rayScores()->ray_iou);
}

/// It is shown as voxels, and scored by its own rays.
TEST_F(ErrorsTest, a_submission_is_scored_by_its_own_rays) {
  const fs::path world = copyOfDemoWorld("rays");
  open(world);
  const auto dataset = studio().dataset();
  const Keyframe keyframe = dataset->keyframe(0, 0);
  const auto origins = lidarOrigins(dataset->lidarReadings(0), 0);
  const auto spoiled = openPredictions(world / "predictions" / "spoiled");
  SubmissionWriter writer(world / "submission.gz", "a method", "a team");
  writer.add(keyframe.token, raysOf(spoiled->read(keyframe), origins));
  writer.close();
  studio().openPredictions(QString::fromStdString((world / "submission.gz").string()));
  ASSERT_TRUE(waitFor([this] {
    const OccupancySource* shown = studio().source(Side::A);
    return shown && shown->prediction && submissionOf(*shown->prediction) && studio().report(0, 0);
  }));
  const Occupancy truth =
      readOccupancyNpz(*dataset->truthFile(LabelKind::OpenOcc, keyframe), ClassSet::openocc());
  const auto submission = RaySubmission::open(world / "submission.gz");
  const FrameReport expected =
      compareFrames(preparePrediction(submission->read(keyframe.token)), prepareTruth(truth, origins), {});
  EXPECT_EQ(studio().report(0, 0)->rays, expected.rays);
  EXPECT_FALSE(studio().report(0, 0)->voxels);
}

/// What the program can mend itself is a button; nobody of the window's people knows a command line.
TEST_F(ErrorsTest, arrays_that_lie_otherwise_are_turned_by_a_click) {
  const fs::path world = turnedDemoWorld("turned");
  openErrors(world);
  evaluate();
  ASSERT_EQ(evaluating().suspicions().size(), 1U);
  const QString words = evaluating().suspicions().front().words();
  EXPECT_FALSE(words.contains(QStringLiteral("--"))) << words.toStdString();
  const double as_stored = evaluating().summary()->sources[0].total.rayScores()->ray_iou;
  QPushButton* mend = nullptr;
  for (auto* button : window().scores().findChildren<QPushButton*>()) {
    if (button->text() == QStringLiteral("Open them turned")) mend = button;
  }
  ASSERT_TRUE(mend);
  mend->click();
  EXPECT_TRUE(evaluating().suspicions().empty());
  ASSERT_TRUE(waitFor([this] { return !studio().isOpening() && !evaluating().isLooking(); }));
  ASSERT_TRUE(settle());
  evaluate();
  EXPECT_TRUE(evaluating().suspicions().empty());
  EXPECT_GT(evaluating().summary()->sources[0].total.rayScores()->ray_iou, 2 * as_stored);
}

TEST_F(ErrorsTest, timeline_and_scenes_show_any_score_of_the_split) {
  openErrors();
  evaluate();
  auto* metric = window().timeline().findChild<QComboBox*>(QStringLiteral("metric"));
  ASSERT_TRUE(metric);
  const int car = metric->findText(QStringLiteral("IoU of car"));
  ASSERT_GT(car, 0);
  metric->setCurrentIndex(car);
  Q_EMIT metric->activated(car);
  const auto& scores = window().timeline().strip()->data().scores;
  const FrameFigures* figures = evaluating().found()->figures(0, studio().current());
  const auto label = std::size_t(*ClassSet::openocc().findLabel("car"));
  ASSERT_TRUE(scores[studio().current().index]);
  EXPECT_FLOAT_EQ(float(*scores[studio().current().index]), 100 * figures->class_iou[label]);
  // A scene that was never shown has its score from the evaluation.
  const auto other = view().sceneScore(1);
  ASSERT_TRUE(other);
  EXPECT_DOUBLE_EQ(*other, 100 * evaluating().summary()->sources[0].scenes[1].report.rayScores()->ray_iou);
}

TEST_F(ErrorsTest, screen_readers_are_told_what_everything_is) {
  openErrors();
  evaluate();
  for (QWidget* each : std::initializer_list<QWidget*>{&window().scores(), &window().confusion(), &worst()})
    EXPECT_EQ(untold(*each).join(QLatin1Char('\n')).toStdString(), "");
}

TEST_F(ErrorsTest, scores_worst_frames_and_boosts_are_written) {
  openErrors();
  evaluate();
  const fs::path folder = runFolder() / "exports";
  const ScoreExport scores = scoreExport(studio(), view());
  ASSERT_TRUE(scores.evaluation);
  Progress quiet;
  // In the background, as the window does: its own OpenGL context is current here.
  std::jthread([&] {
    for (const char* name : {"s.csv", "s.md", "s.tex", "s.json", "s.html"})
      writeScores(folder / name, scores, quiet);
  }).join();
  EXPECT_TRUE(textOf(folder / "s.csv").starts_with("class,"));
  EXPECT_TRUE(fs::exists(folder / "s-scenes.csv"));
  EXPECT_NE(textOf(folder / "s.tex").find("\\toprule"), std::string::npos);
  EXPECT_NE(textOf(folder / "s.md").find("| car"), std::string::npos);
  EXPECT_FALSE(QJsonDocument::fromJson(QByteArray::fromStdString(textOf(folder / "s.json"))).isNull());
  const std::string page = textOf(folder / "s.html");
  EXPECT_NE(page.find("data:image/jpeg;base64,"), std::string::npos)
      << page.substr(std::min(page.size(), page.rfind("<p class")));
  EXPECT_TRUE(page.ends_with("</body>\n</html>\n"));

  clickCell(worstCell());
  ASSERT_GT(worst().model().rowCount(), 1);
  worst().writeBoost(folder / "boost.json");
  const QJsonObject tokens = QJsonDocument::fromJson(QByteArray::fromStdString(textOf(folder / "boost.json")))
                                 .object()[QStringLiteral("tokens")]
                                 .toObject();
  ASSERT_EQ(tokens.size(), worst().model().rowCount());
  const auto weightOf = [&](int row) {
    const FrameKey at = worst().model().rows()[std::size_t(row)].key;
    const std::string& token = studio().dataset()->scenes()[at.scene].keyframes[at.index];
    return tokens[QString::fromStdString(token)].toDouble();
  };
  EXPECT_EQ(weightOf(0), 5);
  EXPECT_EQ(weightOf(worst().model().rowCount() - 1), 2);
  worst().writeList(folder / "list.csv");
  EXPECT_EQ(std::ranges::count(textOf(folder / "list.csv"), '\n'), worst().model().rowCount() + 1);
  // The selected row alone is copied.
  clickRow(classRow(QStringLiteral("car")));
  key(Qt::Key_C, Qt::ControlModifier);
  EXPECT_EQ(QGuiApplication::clipboard()->text().count(QLatin1Char('\n')), 2);
}

TEST_F(ErrorsTest, an_evaluations_file_is_opened) {
  openErrors();
  evaluate();
  const fs::path file = runFolder() / "evaluation.sqlite";
  fs::copy_file(evaluating().found()->file, file, fs::copy_options::overwrite_existing);
  const double score = evaluating().summary()->sources[0].total.rayScores()->ray_iou;
  const fs::path world = copyOfDemoWorld("alone");
  fs::remove_all(world / "predictions");
  studio().openDataset(QString::fromStdString(world.string()));
  ASSERT_TRUE(waitFor(
      [&] { return studio().dataset() && studio().dataset()->root() == world && !studio().isOpening(); }));
  window().openPath(QString::fromStdString(file.string()));
  ASSERT_TRUE(waitFor([this] { return evaluating().found() != nullptr; }));
  EXPECT_DOUBLE_EQ(evaluating().summary()->sources[0].total.rayScores()->ray_iou, score);
  ASSERT_TRUE(waitFor([this] { return partOf<ScoreTables>(window().scores()).model().rowCount() == 17; }));
  EXPECT_EQ(value(classRow(QStringLiteral("Mean")), QStringLiteral("ray_iou")), 100 * score);
  EXPECT_EQ(worst().model().rowCount(), 8);
  // Nothing of it is in a viewport: whose scores these are is said, and they can be opened.
  bool is_named = false;
  for (const auto* label : window().scores().findChildren<ElidedLabel*>())
    is_named |= label->isVisible() && label->text() == QStringLiteral("spoiled");
  EXPECT_TRUE(is_named);
  auto* owner = window().scores().findChild<NoticeLine*>();
  ASSERT_TRUE(waitFor([&] { return owner->isVisible(); }));
  EXPECT_TRUE(owner->accessibleName().contains(QStringLiteral("spoiled, which is not open")))
      << owner->accessibleName().toStdString();
  owner->findChild<QPushButton*>()->click();
  ASSERT_TRUE(waitFor([this] { return studio().canScore() && !studio().isOpening(); }));
  EXPECT_EQ(studio().source(Side::A)->title(), QStringLiteral("spoiled"));
  EXPECT_TRUE(waitFor([&] { return !owner->isVisible(); }));
  ASSERT_TRUE(settle());
  {
    const SilentDisk disk(world);
    EXPECT_EQ(evaluating().sourceNumber(*studio().source(Side::A)), 0U);
    EXPECT_EQ(disk.askedHere(), "");
  }

  const fs::path damaged = runFolder() / "damaged.sqlite";
  writeFile(damaged, std::string_view("SQLite format 3\0and nothing more", 32));
  // Chosen together with a file that is nothing.
  const fs::path notes = runFolder() / "notes.txt";
  writeFile(notes, std::string_view("seen"));
  window().openPaths({QString::fromStdString(damaged.string()), QString::fromStdString(notes.string())});
  EXPECT_TRUE(waitFor([this] { return notice().contains(QStringLiteral("damaged.sqlite")); }))
      << notice().toStdString();
  EXPECT_EQ(evaluating().sourceNumber(*studio().source(Side::A)), 0U) << "the one before it is shown still";
}

TEST_F(ErrorsTest, bars_of_an_evaluation_are_not_mixed_with_those_of_what_is_shown) {
  const fs::path world = copyOfDemoWorld("bars");
  openErrors(world);
  evaluate();
  const fs::path file = runFolder() / "bars.sqlite";
  fs::copy_file(evaluating().found()->file, file, fs::copy_options::overwrite_existing);
  const FrameKey changed{1, 2};
  const double evaluated = evaluating().found()->figures(0, changed)->ray_iou;
  EXPECT_TRUE(view().isOfShown());
  EXPECT_DOUBLE_EQ(view().figures(changed)->ray_iou, evaluated);
  studio().openPredictions(QString::fromStdString(otherPredictions(world).string()));
  ASSERT_TRUE(waitFor([this] { return evaluating().candidates().size() == 2; }));
  for (std::size_t i = 0; i < studio().sources().size(); ++i) {
    if (studio().sources()[i].title() == QStringLiteral("other")) studio().setSource(Side::A, int(i));
  }
  studio().setCurrent(changed.scene, changed.index);
  ASSERT_TRUE(waitFor([&] { return studio().report(changed.scene, changed.index) != nullptr; }));
  window().openPath(QString::fromStdString(file.string()));
  ASSERT_TRUE(waitFor([this] { return evaluating().found() != nullptr; }));
  EXPECT_FALSE(view().isOfShown());
  EXPECT_DOUBLE_EQ(view().figures(changed)->ray_iou, evaluated);
  EXPECT_EQ(view().evaluatedTitle(), QStringLiteral("spoiled"));
}

/// SQLite would take what another file has left for the new one's own.
TEST_F(ErrorsTest, kept_evaluations_go_with_all_that_lies_beside_them) {
  const QByteArray before = qgetenv("XDG_CACHE_HOME");
  const fs::path cache = runFolder() / "cache-of-evaluations";
  const fs::path folder = cache / "hbevocc-studio" / "evaluations";
  qputenv("XDG_CACHE_HOME", QByteArray::fromStdString(cache.string()));
  for (int i = 0; i < 30; ++i) {
    for (const char* ending : {".sqlite", ".sqlite-wal", ".sqlite-shm", ".sqlite-journal"})
      writeFile(folder / (std::to_string(i) + ending), std::string_view("x"));
  }
  pruneKept();
  qputenv("XDG_CACHE_HOME", before);
  int files = 0;
  for (const fs::directory_entry& each : fs::directory_iterator(folder)) {
    ++files;
    const std::string path = each.path().string();
    EXPECT_TRUE(fs::exists(path.substr(0, path.rfind(".sqlite")) + ".sqlite")) << path;
  }
  EXPECT_EQ(files, 24 * 4);

  EvaluationPlan plan;
  plan.dataset = Dataset::open(demoWorld());
  plan.sources.push_back(evaluationSource(openPredictions(demoWorld() / "predictions" / "spoiled")));
  const fs::path file = folder / "made-anew.sqlite", left = folder / "made-anew.sqlite-journal";
  writeFile(left, std::string_view("of a file that has gone"));
  { openKept(plan, file).finish(); }
  EXPECT_FALSE(fs::exists(left));
  writeFile(file, std::string_view("no evaluation"));
  writeFile(left, std::string_view("of a damaged file"));
  { openKept(plan, file).finish(); }
  EXPECT_FALSE(fs::exists(left));
}

TEST_F(ErrorsTest, a_file_that_cannot_be_opened_takes_no_evaluation_away) {
  const fs::path world = copyOfDemoWorld("kept-on");
  openErrors(world);
  evaluate();
  const fs::path damaged = runFolder() / "no-evaluation.sqlite";
  writeFile(damaged, std::string_view("nothing"));
  const auto openAnew = [&] {
    const auto before = studio().dataset();
    studio().openDataset(QString::fromStdString(world.string()));
    ASSERT_TRUE(waitFor([&] { return studio().dataset() != before; }));
  };
  openAnew();
  evaluating().open(QString::fromStdString(damaged.string()));  // in the place of the look for the kept one
  EXPECT_TRUE(waitFor([this] { return evaluating().found() && !evaluating().isLooking(); }));

  // One whose disk does not answer is given up.
  hbev::test::TemporaryFolder folder;
  writeFile(folder.path() / "far.sqlite", std::string_view("nothing"));
  SilentDisk disk(folder.path());
  openAnew();
  evaluating().open(QString::fromStdString((folder.path() / "far.sqlite").string()));
  ASSERT_TRUE(waitFor([&] { return disk.holdsSomebody(); }));
  EXPECT_TRUE(evaluating().isOpening());
  EXPECT_TRUE(window().actions()["evaluate.stop"]->isEnabled());
  window().actions()["evaluate.stop"]->trigger();
  EXPECT_FALSE(evaluating().isOpening());
  EXPECT_TRUE(waitFor([this] { return evaluating().found() && !evaluating().isLooking(); }));
  EXPECT_EQ(disk.askedHere(), "");
}

TEST_F(ErrorsTest, what_is_stopped_before_it_found_anything_takes_nothing_away) {
  openErrors(copyOfDemoWorld("stopped-at-once"));
  evaluate();
  const auto found = evaluating().found();
  evaluating().begin();
  evaluating().cancel();
  ASSERT_TRUE(waitFor([this] { return !evaluating().isRunning(); }));
  EXPECT_EQ(evaluating().found(), found);
}

TEST_F(ErrorsTest, an_error_of_flow_is_told_of_what_moves_only) {
  open();
  ASSERT_TRUE(studio().canScore());
  const Occupancy &predicted = *studio().content(Side::A).occupancy,
                  &truth = *studio().content(Side::B).occupancy;
  ASSERT_FALSE(predicted.flow.empty() || truth.flow.empty());
  const auto select = [&](bool moves) {
    const auto is = [&](const Occupancy& side, std::size_t i) {
      return side.classes->moves(side.semantics[i]) == moves;
    };
    for (std::size_t i = 0; i < truth.grid.size(); ++i) {
      if (is(predicted, i) && is(truth, i)) return studio().select(truth.grid.voxel(i));
    }
    FAIL() << "no such voxel";
  };
  const auto tells = [this] {
    return std::ranges::any_of(
        partOf<FactList>(window().inspector(), QStringLiteral("Picked voxel")).facts(),
        [](const FactList::Fact& each) { return each.name == QStringLiteral("Flow error"); });
  };
  select(true);
  EXPECT_TRUE(tells());
  select(false);
  EXPECT_FALSE(tells()) << "what does not move has no flow to be wrong about";
}

/// For people: written where HBEV_PICTURES says, else skipped.
TEST_F(ErrorsTest, pictures) {
  const auto take = [&](const QString& name) {
    waitFor([] { return false; }, 300);
    settle();
    const QString file = QStringLiteral("errors-%1").arg(name);
    takePicture(file);
  };
  const fs::path world = copyOfDemoWorld("pictured");
  window().resize(1600, 1000);
  openErrors(world);
  window().actions()["evaluate"]->trigger();
  ASSERT_TRUE(waitFor([this] { return evaluating().progress().done > 0; }));
  takePicture(QStringLiteral("errors-running"));
  ASSERT_TRUE(waitFor([this] { return !evaluating().isRunning(); }, 30000));
  evaluate();
  clickCell(worstCell());
  take(QStringLiteral("cell"));
  window().resize(1280, 720);
  take(QStringLiteral("small"));
  window().actions()["panel.panorama"]->trigger();
  take(QStringLiteral("small-panorama"));
  window().resize(3840, 2160);
  take(QStringLiteral("4k"));
  window().resize(1600, 1000);
  errors().clear();
  errors().setFlowView(FlowView::Difference);
  errors().setShowsRays(false);
  take(QStringLiteral("flow"));
  errors().setFlowView(FlowView::Own);
  studio().openPredictions(QString::fromStdString(otherPredictions(world).string()));
  ASSERT_TRUE(waitFor([this] { return evaluating().candidates().size() == 2; }));
  for (std::size_t i = 0; i < studio().sources().size(); ++i) {
    if (!studio().sources()[i].isTruth() && studio().sourceIndex(Side::A) != int(i))
      studio().setSource(Side::B, int(i));
  }
  studio().setCurrent(1, 2);
  studio().changeView([](ViewSettings& view) { view.coloring[0] = Coloring::Compare; });
  take(QStringLiteral("compare"));
}

}  // namespace
}  // namespace hbev::ui::test
