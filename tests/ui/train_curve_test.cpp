// What a plot draws of a curve: as much as a pixel column shows, and never less.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

#include <gtest/gtest.h>

#include "core/base/files.h"
#include "tests/base/temporary_folder.h"
#include "tests/ui/window_test.h"
#include "ui/state/left_threads.h"
#include "ui/training/curve_panel.h"
#include "ui/training/curve_series.h"
#include "ui/training/train_curves.h"

namespace hbev::ui::test {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

CurveSeries made(std::size_t count, std::vector<std::int64_t>& steps, std::vector<double>& values) {
  std::mt19937 random(3);
  std::normal_distribution<double> jump(0, 1);
  double value = 100;
  for (std::size_t i = 0; i < count; ++i) {
    steps.push_back(std::int64_t(3 * i + 1));
    value += jump(random);
    values.push_back(i % 1009 == 7 ? kNone : value);
  }
  CurveSeries series;
  // As a run grows: a piece at a time.
  for (std::size_t i = 0; i < count; i += 777) {
    const std::size_t size = std::min<std::size_t>(777, count - i);
    series.append(std::span(steps).subspan(i, size), std::span(values).subspan(i, size));
  }
  return series;
}

TEST(CurveSeriesTest, every_pixel_column_has_its_extremes) {
  std::vector<std::int64_t> steps;
  std::vector<double> values;
  const CurveSeries series = made(50000, steps, values);
  constexpr int kColumns = 613;
  const double from = 20011, to = 120017;
  const auto points = series.drawn(from, to, kColumns, false);
  EXPECT_LE(points.size(), std::size_t(4 * kColumns + 2));
  EXPECT_TRUE(std::ranges::is_sorted(points, {}, &CurveSeries::Point::step));
  for (int column = 0; column < kColumns; ++column) {
    const double begin = from + (to - from) * column / kColumns,
                 end = from + (to - from) * (column + 1) / kColumns;
    double low = HUGE_VAL, high = -HUGE_VAL, drawn_low = HUGE_VAL, drawn_high = -HUGE_VAL;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const auto step = double(steps[i]);
      if (step < begin || step >= end || std::isnan(values[i])) continue;
      low = std::min(low, values[i]);
      high = std::max(high, values[i]);
    }
    for (const auto& each : points) {
      if (each.step < begin || each.step >= end) continue;
      drawn_low = std::min(drawn_low, each.value);
      drawn_high = std::max(drawn_high, each.value);
    }
    ASSERT_EQ(drawn_low, low) << column;
    ASSERT_EQ(drawn_high, high) << column;
  }
  // The line comes from outside and leaves.
  EXPECT_LT(points.front().step, from);
  EXPECT_GT(points.back().step, to);
}

TEST(CurveSeriesTest, few_points_are_all_drawn) {
  std::vector<std::int64_t> steps;
  std::vector<double> values;
  const CurveSeries series = made(500, steps, values);
  EXPECT_EQ(series.drawn(0, 1500, 200, false).size(), 499U);  // one of them is no number
  EXPECT_TRUE(series.drawn(5, 5, 200, false).empty());
  EXPECT_TRUE(CurveSeries().drawn(0, 10, 200, false).empty());
}

TEST(CurveSeriesTest, a_run_that_goes_on_from_a_checkpoint_takes_back_what_came_after_it) {
  CurveSeries series;
  series.setSmoothing(0.5);
  series.append(std::vector<std::int64_t>{1, 2, 3, 4}, std::vector<double>{4, 3, 2, 1});
  series.append(std::vector<std::int64_t>{3, 4}, std::vector<double>{20, 10});
  ASSERT_EQ(series.size(), 4U);
  EXPECT_EQ(series.value(2), 20);
  EXPECT_EQ(series.range(0, 10, false)->high, 20);
  EXPECT_DOUBLE_EQ(*series.mean(0, 10), (4 + 3 + 20 + 10) / 4.0);
  CurveSeries anew;
  anew.setSmoothing(0.5);
  anew.append(std::vector<std::int64_t>{1, 2, 3, 4}, std::vector<double>{4, 3, 20, 10});
  EXPECT_DOUBLE_EQ(series.smoothed(3), anew.smoothed(3));
}

TEST(CurveSeriesTest, smoothing_is_that_of_TensorBoard_and_leaves_gaps) {
  std::vector<std::int64_t> steps;
  std::vector<double> values;
  for (int i = 0; i < 300; ++i) {
    steps.push_back(i);
    values.push_back(i == 1 ? kNone : i % 7);
  }
  CurveSeries series;
  series.append(steps, values);
  series.setSmoothing(0.9);
  EXPECT_EQ(series.usedSmoothing(), 0.9);
  // As its documentation has it: a mean that begins at 0, divided by the weight that it has gathered.
  double last = 0;
  int count = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i == 1) {
      EXPECT_TRUE(std::isnan(series.smoothed(i)));
      continue;
    }
    last = last * 0.9 + (1 - 0.9) * values[i];
    EXPECT_NEAR(series.smoothed(i), last / (1 - std::pow(0.9, ++count)), 1e-12);
  }
  EXPECT_EQ(series.drawn(0, 300, 100, true).size(), 299U);
  series.setSmoothing(0);
  EXPECT_EQ(series.usedSmoothing(), 0);
  EXPECT_EQ(series.smoothed(8), 1);
  // Forty points are not averaged away: the mean reaches over two of them.
  CurveSeries few;
  few.setSmoothing(0.999);
  few.append(std::span(steps).subspan(10, 40), std::span(values).subspan(10, 40));
  EXPECT_DOUBLE_EQ(few.usedSmoothing(), 0.5);
  EXPECT_NEAR(few.smoothed(38), few.value(38), 2);
}

TEST(TrainCurvesTest, a_run_that_has_just_begun_is_seen_to_move) {
  EXPECT_EQ(TrainCurves::spanOf(0, 2000), 20);
  EXPECT_EQ(TrainCurves::spanOf(30, 2000), 100);
  EXPECT_EQ(TrainCurves::spanOf(260, 2000), 1000);
  EXPECT_EQ(TrainCurves::spanOf(500, 2000), 2000) << "a quarter: now the whole is shown";
  EXPECT_EQ(TrainCurves::spanOf(0, 8), 8);
  for (double done = 0; done < 2000; done += 7)
    EXPECT_GE(TrainCurves::spanOf(done, 2000), done);
}

TEST(CurveSeriesTest, a_million_points_are_drawn_as_pixels) {
  std::vector<std::int64_t> steps(1'000'000);
  std::vector<double> values(steps.size());
  for (std::size_t i = 0; i < steps.size(); ++i) {
    steps[i] = std::int64_t(i);
    values[i] = std::sin(double(i) / 1e4);
  }
  CurveSeries series;
  series.append(steps, values);
  series.setSmoothing(0.99);
  const auto points = series.drawn(0, 1e6, 1600, true);
  EXPECT_GT(points.size(), 1600U);
  EXPECT_LE(points.size(), 6402U);
  EXPECT_EQ(series.nearest(499999.6), 500000U);
}

/// A file of many values takes longer to write than one of few.
TEST(CurvePanelTest, of_two_files_of_one_name_the_later_one_is_there) {
  const hbev::test::TemporaryFolder folder;
  const std::filesystem::path file = folder.path() / "loss.csv";
  const auto lineOf = [](std::int64_t count) {
    std::vector<std::int64_t> steps(std::size_t(count), 0);
    std::iota(steps.begin(), steps.end(), 1);
    auto series = std::make_shared<CurveSeries>();
    series->append(steps, std::vector<double>(steps.size(), 0.125));
    CurveLine line;
    line.name = QStringLiteral("Total");
    line.series = std::move(series);
    return line;
  };
  std::vector<std::string> failures;
  for (const std::int64_t last : {1, 2, 3}) {
    CurvePanel panel(QStringLiteral("Loss"), CurvePlot::Kind::Lines);
    QObject::connect(&panel, &CurvePanel::failed,
                     [&](const Problem& problem) { failures.push_back(toString(problem)); });
    panel.setLines({lineOf(300'000)});
    panel.saveValues(QString::fromStdString(file.string()));
    panel.setLines({lineOf(last)});
    panel.saveValues(QString::fromStdString(file.string()));
  }
  EXPECT_TRUE(waitFor([] { return waitForLeftThreads(); }));
  const std::vector<std::byte> bytes = readFile(file, 1 << 24);
  const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  EXPECT_EQ(text, "step,\"Total\"\n1,0.125\n2,0.125\n3,0.125\n");
  EXPECT_TRUE(failures.empty());
}

TEST(CurveLegendTest, names_without_room_are_counted) {
  CurveLegend legend;
  std::vector<CurveLine> lines;
  for (const char* name :
       {"Total", "Depth", "Occupancy", "Lovasz", "Scene class", "Flow", "Height", "Mask"}) {
    CurveLine line;
    line.name = QString::fromLatin1(name);
    lines.push_back(line);
  }
  legend.setLines(lines);
  legend.resize(legend.sizeHint());
  EXPECT_EQ(legend.shownTexts().size(), 8) << "all where there is room";
  for (const int share : {4, 3, 2, 1, 0}) {
    legend.resize(legend.sizeHint().width() * share / 5, 20);
    const QStringList shown = legend.shownTexts();
    EXPECT_EQ(shown.last(), QStringLiteral("+%1").arg(8 - (shown.size() - 1))) << share;
  }
}

}  // namespace
}  // namespace hbev::ui::test
