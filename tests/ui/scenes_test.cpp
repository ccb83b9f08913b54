// The scene panel: search, filters, thumbnails and what it does with very many scenes.
#include <cstdlib>

#include <QtCore/QCoreApplication>
#include <QtCore/QElapsedTimer>
#include <QtCore/QFile>
#include <QtTest/QTest>
#include <QtWidgets/QListView>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QScrollBar>

#include "tests/ui/window_test.h"
#include "ui/kit/chip.h"
#include "ui/kit/notices.h"
#include "ui/kit/search_field.h"
#include "ui/scenes/scene_filter_bar.h"
#include "ui/scenes/scene_model.h"
#include "ui/scenes/scene_panel.h"
#include "ui/state/scene_class_index.h"
#include "ui/state/thumbnail_store.h"

namespace hbev::ui::test {
namespace {

class ScenesTest : public WindowTest {
 protected:
  ScenePanel& panel() { return window().scenes(); }
  QAbstractItemModel& rows() { return *panel().list()->model(); }
  QStringList names() {
    QStringList shown;
    for (int i = 0; i < rows().rowCount(); ++i)
      shown << rows().index(i, 0).data(SceneModel::Name).toString();
    return shown;
  }
  QString tokenOf(std::size_t scene, std::size_t index) {
    return QString::fromStdString(studio().dataset()->scenes()[scene].keyframes[index]);
  }
  QPushButton* clearButton() {
    for (QPushButton* button : panel().findChildren<QPushButton*>()) {
      if (button->isVisible() && button->text() == QStringLiteral("Clear filter")) return button;
    }
    return nullptr;
  }
};

// demo-0101 is "Dusk, ring road bending left, bus ahead, road works", demo-0103 "Crossing, trailer truck,
// parked cars".
TEST_F(ScenesTest, search_finds_words_of_name_description_and_location) {
  open();
  panel().search()->setText(QStringLiteral("bus DUSK"));
  EXPECT_EQ(names(), QStringList{QStringLiteral("demo-0101")});
  panel().search()->setText(QStringLiteral("old-town"));
  EXPECT_EQ(names(), QStringList{QStringLiteral("demo-0103")});
  EXPECT_EQ(studio().current(), (FrameKey{0, 0})) << "searching goes nowhere by itself";
  panel().search()->setText({});
  EXPECT_EQ(names().size(), 2);
}

TEST_F(ScenesTest, a_keyframes_token_leads_to_the_keyframe) {
  open();
  panel().search()->setText(tokenOf(1, 2).left(10));
  ASSERT_EQ(names(), QStringList{QStringLiteral("demo-0103")});
  EXPECT_EQ(rows().index(0, 0).data(SceneModel::MatchedKeyframe).toInt(), 2);
  EXPECT_EQ(studio().current(), (FrameKey{0, 0}));
  QTest::keyClick(panel().search(), Qt::Key_Return);
  EXPECT_EQ(studio().current(), (FrameKey{1, 2}));
  panel().search()->setText(tokenOf(0, 3));
  EXPECT_EQ(studio().current(), (FrameKey{0, 3})) << "a whole token needs no Enter";
}

TEST_F(ScenesTest, light_filters_and_the_empty_state_clears_them) {
  open();
  panel().filterBar()->setCondition(SceneCondition::Dusk, true);
  EXPECT_EQ(names(), QStringList{QStringLiteral("demo-0101")});
  panel().filterBar()->setCondition(SceneCondition::Day, true);
  EXPECT_EQ(names().size(), 2) << "lights are alternatives";
  panel().filterBar()->setCondition(SceneCondition::Rain, true);
  EXPECT_EQ(names().size(), 0);
  EXPECT_EQ(studio().current(), (FrameKey{0, 0})) << "what is shown stays when its row is hidden";
  ASSERT_TRUE(clearButton());
  clearButton()->click();
  EXPECT_EQ(names().size(), 2);
  EXPECT_EQ(panel().list()->currentIndex().row(), 0);
  for (const Chip* chip : panel().filterBar()->findChildren<Chip*>()) {
    EXPECT_FALSE(chip->isVisible() && chip->isChecked()) << chip->text().toStdString();
  }
}

TEST_F(ScenesTest, classes_filter_by_boxes_at_once_and_by_labels_when_counted) {
  open();
  SceneClassIndex& index = *panel().classIndex();
  // What the labels hold, found without the index.
  const Dataset& dataset = *studio().dataset();
  const int vegetation = *ClassSet::openocc().findLabel("vegetation");
  QStringList with_vegetation;
  for (std::size_t scene = 0; scene < dataset.scenes().size(); ++scene) {
    std::size_t voxels = 0;
    for (std::size_t i = 0; i < dataset.scenes()[scene].keyframes.size(); ++i) {
      const auto file = dataset.truthFile(LabelKind::OpenOcc, dataset.keyframe(scene, i));
      voxels += readOccupancyNpz(*file, ClassSet::openocc()).classCounts()[std::size_t(vegetation)];
    }
    if (voxels > 0) with_vegetation << QString::fromStdString(dataset.scenes()[scene].name);
  }
  ASSERT_FALSE(with_vegetation.isEmpty());
  EXPECT_TRUE(waitFor([&] { return index.sceneCount(QStringLiteral("car")) == 2; })) << "from the boxes";
  EXPECT_EQ(index.sceneCount(QStringLiteral("vegetation")), 0) << "boxes know nothing of trees";
  panel().filterBar()->setClass(QStringLiteral("vegetation"), true);
  EXPECT_EQ(names().size(), 0);
  index.countLabels();
  EXPECT_TRUE(waitFor([&] { return names() == with_vegetation; })) << names().join(' ').toStdString();
  EXPECT_TRUE(waitFor([&] { return !index.isCounting(); }));
  EXPECT_FALSE(index.canCountLabels());
}

TEST_F(ScenesTest, thumbnails_come_and_are_kept_for_the_next_start) {
  open();
  const QModelIndex first = rows().index(0, 0);
  const auto picture = [&] { return first.data(SceneModel::Thumbnail).value<QImage>(); };
  ASSERT_TRUE(waitFor([&] { return !picture().isNull(); }));
  EXPECT_EQ(picture().size(), QSize(176, 100));
  const auto front = studio().dataset()->keyframe(0, 0).cameras[std::size_t(Camera::Front)]->file;
  EXPECT_TRUE(waitFor([&] { return !ThumbnailStore().find(front).isNull(); }));
}

TEST_F(ScenesTest, sorting_and_filtering_keep_the_keyframe_that_is_shown) {
  open();
  studio().setCurrent(1, 2);
  ASSERT_TRUE(settle());
  panel().search()->setText(QStringLiteral("dusk"));
  EXPECT_EQ(studio().current(), (FrameKey{1, 2}));
  EXPECT_FALSE(panel().list()->currentIndex().isValid());
  panel().search()->setText({});
  EXPECT_EQ(studio().current(), (FrameKey{1, 2}));
  EXPECT_EQ(panel().list()->currentIndex().row(), 1);
}

/// Tables of many scenes with one keyframe each, no files.
std::filesystem::path manyScenes(int count) {
  const std::filesystem::path root = runFolder() / "many", tables = root / "v1.0-trainval";
  std::filesystem::create_directories(tables);
  const auto write = [&](const char* name, const QString& rows) {
    QFile file(QString::fromStdString((tables / name).string() + ".json"));
    EXPECT_TRUE(file.open(QIODevice::WriteOnly));
    file.write(rows.toUtf8());
  };
  const auto token = [](const char* kind, int i) {
    return QString::fromLatin1(kind) + QString::number(i).rightJustified(32 - qsizetype(strlen(kind)), '0');
  };
  QStringList scenes, samples;
  for (int i = 0; i < count; ++i) {
    scenes << QStringLiteral(
                  R"({"token":"%1","name":"scene-%2","description":"%3","log_token":"","nbr_samples":1,)"
                  R"("first_sample_token":"%4","last_sample_token":"%4"})")
                  .arg(token("a", i))
                  .arg(i, 4, 10, QLatin1Char('0'))
                  .arg(i % 10 == 0 ? "Night, parked cars" : "Parked cars, crossing", token("b", i));
    samples << QStringLiteral(R"({"token":"%1","timestamp":%2,"prev":"","next":"","scene_token":"%3"})")
                   .arg(token("b", i))
                   .arg(1500000000000000LL + i * 500000LL)
                   .arg(token("a", i));
  }
  write("scene", "[" + scenes.join(",\n") + "]");
  write("sample", "[" + samples.join(",\n") + "]");
  for (const char* name : {"attribute", "calibrated_sensor", "category", "ego_pose", "instance", "log", "map",
                           "sample_annotation", "sample_data", "sensor", "visibility"})
    write(name, QStringLiteral("[]"));
  return root;
}

/// HBEV_MANY_SCENES may name a data set of one's own with as many scenes and all their keyframes.
TEST_F(ScenesTest, many_scenes_are_searched_filtered_and_scrolled) {
  const char* own = std::getenv("HBEV_MANY_SCENES");
  studio().openDataset(QString::fromStdString(own ? own : manyScenes(850).string()));
  ASSERT_TRUE(waitFor([&] { return studio().dataset() && rows().rowCount() == 850; }, 120000));
  QElapsedTimer clock;
  clock.start();
  qint64 longest_ms = 0;
  const auto step = [&](const auto& act) {
    const qint64 before = clock.elapsed();
    act();
    QCoreApplication::processEvents();
    longest_ms = std::max(longest_ms, clock.elapsed() - before);
  };
  for (const char* words : {"s", "sc", "scene-01", "no such words", "0123456789ab", ""})
    step([&] { panel().search()->setText(QString::fromLatin1(words)); });
  panel().search()->setText(QStringLiteral("scene-01"));
  EXPECT_EQ(rows().rowCount(), 100);
  panel().search()->setText({});
  step([&] { panel().filterBar()->setCondition(SceneCondition::Night, true); });
  EXPECT_TRUE(own || rows().rowCount() == 85);
  step([&] { panel().clearFilters(); });
  EXPECT_EQ(rows().rowCount(), 850);
  QScrollBar* bar = panel().list()->verticalScrollBar();
  for (int i = 0; i <= 20; ++i)
    step([&] { bar->setValue(bar->maximum() * i / 20); });
  RecordProperty("longest_step_ms", int(longest_ms));
}

}  // namespace
}  // namespace hbev::ui::test
