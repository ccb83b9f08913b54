// Things dropped on the window: several at once, refused ones, predictions that lie another way.
#include <fstream>

#include <QtCore/QMimeData>
#include <QtCore/QUrl>
#include <QtGui/QDropEvent>
#include <QtWidgets/QApplication>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>

#include "core/data/labels.h"
#include "tests/ui/window_test.h"
#include "ui/kit/elided_label.h"
#include "ui/window/import_panel.h"
#include "ui/window/path_kind.h"

namespace hbev::ui::test {
namespace {

namespace fs = std::filesystem;

class ImportTest : public WindowTest {
 protected:
  void drop(const std::vector<fs::path>& paths) {
    QMimeData mime;
    QList<QUrl> urls;
    for (const fs::path& path : paths)
      urls << QUrl::fromLocalFile(QString::fromStdString(path.string()));
    mime.setUrls(urls);
    QDragEnterEvent enter(QPoint(10, 10), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&window(), &enter);
    EXPECT_TRUE(enter.isAccepted());
    QDropEvent event(QPointF(10, 10), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&window(), &event);
  }
  /// A copy of the demo's predictions under another name; gone with the test.
  fs::path predictions(const std::string& name) {
    const fs::path copy = runFolder() / name;
    fs::remove_all(copy);
    fs::copy(demoWorld() / "predictions" / "spoiled", copy, fs::copy_options::recursive);
    return copy;
  }
  bool reported(std::size_t count) {
    return waitFor(
        [&] { return !window().imports().isRunning() && window().imports().reports().size() == count; });
  }
};

TEST_F(ImportTest, a_data_set_and_predictions_dropped_together_open_together) {
  drop({predictions("together-1"), demoWorld(), predictions("together-2")});
  ASSERT_TRUE(waitFor([&] { return studio().dataset() && studio().sources().size() == 5; }));
  ASSERT_TRUE(settle());
  EXPECT_EQ(studio().dataset()->name(), "demo");
  ASSERT_TRUE(reported(2)) << "nothing is told of those that came with the data set";
  for (const ImportReport& report : window().imports().reports()) {
    EXPECT_EQ(report.accepted, 8U);
    EXPECT_TRUE(report.refused.empty());
    EXPECT_FALSE(needsAttention(report));
    EXPECT_EQ(report.classes, &ClassSet::openocc());
  }
  EXPECT_TRUE(notice().contains(QStringLiteral("8 accepted"))) << notice().toStdString();
}

TEST_F(ImportTest, refused_files_are_told_with_their_reasons) {
  open();
  const fs::path folder = predictions("half-good");
  fs::path damaged;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".npz") damaged = entry.path();
  }
  fs::resize_file(damaged, 40);
  drop({folder});
  ASSERT_TRUE(reported(1));
  const ImportReport report = window().imports().reports().front();
  EXPECT_EQ(report.accepted, 7U);
  ASSERT_EQ(report.refused.size(), 1U);
  EXPECT_TRUE(needsAttention(report));
  EXPECT_TRUE(notice().contains(QStringLiteral("1 refused"))) << notice().toStdString();
  const QString text = importText(report);
  EXPECT_TRUE(text.contains(QString::fromStdString(damaged.filename().string()))) << text.toStdString();
  EXPECT_TRUE(text.contains(QString::fromStdString(report.refused[0].reason)));
}

TEST_F(ImportTest, predictions_that_lie_another_way_can_be_turned) {
  open();
  const fs::path folder = runFolder() / "mirrored";
  fs::remove_all(folder);
  for (const auto& entry : fs::recursive_directory_iterator(demoWorld() / "predictions" / "spoiled")) {
    if (entry.path().extension() != ".npz") continue;
    Occupancy occupancy = oriented(readOccupancyNpz(entry.path(), ClassSet::openocc()), {.flip_y = true});
    const fs::path file = folder / fs::relative(entry.path(), demoWorld() / "predictions" / "spoiled");
    fs::create_directories(file.parent_path());
    writeOccupancyNpz(file, occupancy, true);
  }
  drop({folder});
  ASSERT_TRUE(reported(1));
  ASSERT_TRUE(settle());
  const ImportReport report = window().imports().reports().front();
  ASSERT_TRUE(report.better_orientation) << report.orientation;
  EXPECT_EQ(*report.better_orientation, (Orientation{.flip_y = true}));
  const auto mirrored = studio().content(Side::A).occupancy->semantics;
  window().showPanel(&window().imports());
  QPushButton* turn = nullptr;
  for (QPushButton* button : window().imports().findChildren<QPushButton*>()) {
    if (button->text() == QStringLiteral("Use the better orientation")) turn = button;
  }
  ASSERT_TRUE(turn);
  const std::size_t before = studio().sources().size();
  turn->click();
  ASSERT_TRUE(waitFor([&] {
    return window().isSettled() && studio().content(Side::A).occupancy &&
           studio().content(Side::A).occupancy->semantics != mirrored;
  }));
  EXPECT_EQ(studio().sources().size(), before) << "it takes its own place";
  const auto index = studio().current();
  const auto token = studio().dataset()->scenes()[index.scene].keyframes[index.index];
  const auto original =
      readOccupancyNpz(demoWorld() / "predictions" / "spoiled" /
                           studio().dataset()->scenes()[index.scene].name / (token + ".npz"),
                       ClassSet::openocc());
  EXPECT_EQ(studio().content(Side::A).occupancy->semantics, original.semantics);
}

TEST_F(ImportTest, predictions_alone_advise_to_open_the_data_set) {
  drop({predictions("lonely")});
  ASSERT_TRUE(settle());
  EXPECT_TRUE(studio().dataset()->isPredictionsAlone());
  ASSERT_TRUE(reported(1));
  EXPECT_TRUE(notice().contains(QStringLiteral("nuScenes"))) << notice().toStdString();
}

TEST_F(ImportTest, predictions_that_nobody_knows_can_be_asked_why) {
  open();
  const fs::path folder = runFolder() / "unknown-layout";
  fs::create_directories(folder);
  std::ofstream(folder / "notes.npz") << "no archive";
  drop({folder});
  ASSERT_TRUE(waitFor([&] { return !notice().isEmpty(); }));
  QPushButton* why = nullptr;
  for (QPushButton* button :
       window().findChild<NoticeLine*>(QStringLiteral("notice"))->findChildren<QPushButton*>())
    why = button;
  ASSERT_TRUE(why);
  EXPECT_EQ(why->text(), QStringLiteral("Show report"));
  why->click();
  ASSERT_TRUE(reported(1));
  EXPECT_TRUE(window().imports().isVisible());
  EXPECT_TRUE(needsAttention(window().imports().reports().front()));
  QStringList shown;
  for (const QLabel* label : window().imports().findChildren<QLabel*>())
    shown << label->text();
  for (const ElidedLabel* label : window().imports().findChildren<ElidedLabel*>())
    shown << label->text();
  EXPECT_TRUE(shown.contains(QStringLiteral("notes.npz")) || shown.contains(QStringLiteral("unknown-layout")))
      << shown.join(QLatin1Char('|')).toStdString();
  EXPECT_FALSE(shown.contains(QStringLiteral("."))) << "the folder itself has a name";
  EXPECT_TRUE(shown.contains(QStringLiteral("1 report"))) << "a number of what?";
}

TEST_F(ImportTest, what_came_with_refused_predictions_does_not_hide_why) {
  open();
  const fs::path unknown = runFolder() / "refused-beside";
  fs::create_directories(unknown);
  std::ofstream(unknown / "notes.npz") << "no archive";
  drop({unknown, predictions("good-beside")});
  ASSERT_TRUE(reported(1));
  ASSERT_TRUE(settle());
  EXPECT_TRUE(notice().contains(QStringLiteral("refused-beside"))) << notice().toStdString();
  drop({predictions("good-later")});
  ASSERT_TRUE(reported(2));
  EXPECT_TRUE(notice().contains(QStringLiteral("good-later"))) << notice().toStdString();
}

TEST(PathKinds, by_what_lies_there) {
  const auto dataset = Dataset::open(demoWorld());
  EXPECT_EQ(pathKind(demoWorld(), nullptr), PathKind::Dataset);
  EXPECT_EQ(pathKind(demoWorld() / "v1.0-mini", nullptr), PathKind::Dataset);
  EXPECT_EQ(pathKind(demoWorld() / "predictions" / "spoiled", nullptr), PathKind::Predictions);
  EXPECT_EQ(pathKind("/no/such/thing", nullptr), PathKind::Dataset);
  const std::string& scene = dataset->scenes()[0].name;
  const fs::path one =
      demoWorld() / "predictions" / "spoiled" / scene / (dataset->scenes()[0].keyframes[0] + ".npz");
  ASSERT_TRUE(fs::exists(one));
  EXPECT_EQ(pathKind(one, nullptr), PathKind::Dataset) << "a grid by itself";
  EXPECT_EQ(pathKind(one, dataset.get()), PathKind::Predictions) << "of a keyframe that is open";
}

TEST(PathKinds, what_is_none_is_said_before_it_is_opened) {
  const auto advice = [](const char* name) {
    const fs::path file = runFolder() / name;
    std::ofstream(file) << "words";
    const auto problem = whyNothing(file);
    return problem ? problem->summary + ": " + problem->advice : std::string();
  };
  EXPECT_EQ(advice("val.zip"), "val.zip is an archive: Unpack it, and open the folder that comes out.");
  EXPECT_NE(advice("VAL.TAR.GZ").find("archive"), std::string::npos);
  EXPECT_EQ(advice("notes.txt"), "notes.txt is nothing that can be shown: Open the folder that it lies in.");
  for (const char* may_be : {"labels.npz", "infos.pkl", "submission.gz"})
    EXPECT_EQ(advice(may_be), "") << "reading it tells";
  EXPECT_FALSE(whyNothing(demoWorld()));
  EXPECT_FALSE(whyNothing("/no/such/thing"));
}

}  // namespace
}  // namespace hbev::ui::test
