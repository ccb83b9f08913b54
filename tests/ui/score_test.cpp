// Scores in the window against the evaluator asked directly: keyframe, scene, table, clipboard.
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtWidgets/QTableView>

#include "core/data/predictions/source.h"
#include "core/eval/origins.h"
#include "tests/ui/window_test.h"
#include "ui/inspector/inspector.h"
#include "ui/kit/painting.h"
#include "ui/kit/score_tile.h"
#include "ui/kit/segmented_control.h"
#include "ui/scores/score_model.h"
#include "ui/scores/score_panel.h"
#include "ui/scores/score_tables.h"

namespace hbev::ui::test {
namespace {

class ScoreTest : public WindowTest {
 protected:
  void SetUp() override { open(); }

  /// What the evaluator finds, without the window.
  FrameReport evaluated(std::size_t scene, std::size_t index) {
    const Dataset& dataset = *studio().dataset();
    const hbev::Keyframe sample = dataset.keyframe(scene, index);
    const auto prediction = openPredictions(demoWorld() / "predictions" / "spoiled")->read(sample);
    const auto truth = readOccupancyNpz(*dataset.truthFile(LabelKind::OpenOcc, sample), ClassSet::openocc());
    return evaluateFrame(prediction, truth, lidarOrigins(dataset.lidarReadings(scene), index));
  }
  QString tile(const QString& caption) {
    for (ScoreTile* tile : window().inspector().findChildren<ScoreTile*>()) {
      if (tile->accessibleName().startsWith(caption + QLatin1Char(' ')))
        return tile->accessibleName().mid(caption.size() + 1);
    }
    return {};
  }
  enum class Scope { Keyframe, Scene, All };
  void chooseScope(Scope scope) {
    partOf<SegmentedControl>(window().scores(), QStringLiteral("Scores of")).setCurrentIndex(int(scope));
  }
  QString cell(int row, const QString& column) {
    const ScoreModel& model = partOf<ScoreTables>(window().scores()).model();
    return model.data(model.index(row, model.columnOf(column)), Qt::DisplayRole).toString();
  }
  int meanRow() { return partOf<ScoreTables>(window().scores()).model().rowCount() - 1; }
};

TEST_F(ScoreTest, the_inspector_shows_what_the_evaluator_finds) {
  const auto check = [&] {
    const FrameReport report = evaluated(studio().current().scene, keyframe());
    const RayScores rays = report.rayScores();
    EXPECT_EQ(tile(QStringLiteral("RayIoU")), decimal(100 * rays.ray_iou, 1));
    EXPECT_EQ(tile(QStringLiteral("mAVE")), decimal(rays.mave_mps, 2));
    EXPECT_EQ(tile(QStringLiteral("OccScore")), decimal(100 * rays.occ_score, 1));
  };
  check();
  key(Qt::Key_Right);
  ASSERT_TRUE(settle());
  check();
}

TEST_F(ScoreTest, the_table_follows_its_scope) {
  window().setWorkspace(QStringLiteral("errors"));
  chooseScope(Scope::Keyframe);
  ASSERT_TRUE(waitFor([&] { return partOf<ScoreTables>(window().scores()).model().rowCount() == 17; }));
  EXPECT_EQ(cell(meanRow(), QStringLiteral("ray_iou")),
            decimal(100 * evaluated(0, 0).rayScores().ray_iou, 1));
  chooseScope(Scope::Scene);
  SplitReport scene(ClassSet::openocc());
  for (std::size_t i = 0; i < 4; ++i)
    scene.add(evaluated(0, i));
  EXPECT_EQ(cell(meanRow(), QStringLiteral("ray_iou")), decimal(100 * scene.rayScores()->ray_iou, 1));
}

TEST_F(ScoreTest, sorting_leaves_the_mean_row_where_it_is) {
  chooseScope(Scope::Keyframe);
  ASSERT_TRUE(waitFor([&] { return partOf<ScoreTables>(window().scores()).model().rowCount() == 17; }));
  QTableView* table = &partOf<QTableView>(window().scores(), QStringLiteral("Scores"));
  const QAbstractItemModel& mean = *partOf<QTableView>(window().scores(), QStringLiteral("Mean")).model();
  for (const Qt::SortOrder order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
    for (int column = 0; column < table->model()->columnCount(); ++column) {
      table->sortByColumn(column, order);
      const QAbstractItemModel& model = *table->model();
      for (int row = 0; row < model.rowCount(); ++row)
        EXPECT_FALSE(model.index(row, 0).data(ScoreModel::IsMean).toBool());
      ASSERT_EQ(mean.rowCount(), 1);
      EXPECT_TRUE(mean.index(0, 0).data(ScoreModel::IsMean).toBool());
      double last = NAN;
      for (int row = 0; column != 0 && row < model.rowCount(); ++row) {
        const double value = model.index(row, column).data(ScoreModel::SortValue).toDouble();
        if (std::isnan(value)) {
          last = INFINITY;
          continue;
        }
        EXPECT_FALSE(std::isinf(last)) << "what has no value stands at the end";
        if (!std::isnan(last)) {
          EXPECT_TRUE(order == Qt::AscendingOrder ? last <= value : last >= value);
        }
        last = value;
      }
    }
  }
}

TEST_F(ScoreTest, copying_brings_the_table_to_the_clipboard) {
  chooseScope(Scope::Keyframe);
  ASSERT_TRUE(waitFor([&] { return partOf<ScoreTables>(window().scores()).model().rowCount() == 17; }));
  QGuiApplication::clipboard()->clear();
  key(Qt::Key_C, Qt::ControlModifier);
  const QStringList lines = QGuiApplication::clipboard()->text().trimmed().split(QLatin1Char('\n'));
  ASSERT_EQ(lines.size(), 18);
  EXPECT_TRUE(lines[0].startsWith(QStringLiteral("Class\tRayIoU\t")));
  EXPECT_TRUE(lines[17].startsWith(QStringLiteral("Mean\t") + cell(meanRow(), QStringLiteral("ray_iou"))));
  EXPECT_EQ(lines[1].count(QLatin1Char('\t')),
            partOf<ScoreTables>(window().scores()).model().columnCount() - 1);
}

TEST_F(ScoreTest, the_errors_workspace_colours_by_outcome) {
  const QImage before = viewport(Side::A).grabFramebuffer();
  key(Qt::Key_2, Qt::ControlModifier);
  EXPECT_EQ(studio().view().coloring[0], Coloring::Outcome);
  EXPECT_EQ(studio().view().coloring[1], Coloring::Class);
  EXPECT_TRUE(window().scores().isVisible());
  waitForFrame(viewport(Side::A));
  EXPECT_NE(viewport(Side::A).grabFramebuffer(), before);
  key(Qt::Key_1, Qt::ControlModifier);
  EXPECT_EQ(studio().view().coloring[0], Coloring::Class);
  EXPECT_TRUE(window().inspector().isVisible());
}

}  // namespace
}  // namespace hbev::ui::test
