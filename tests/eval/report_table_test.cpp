#include "core/eval/report_table.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/eval/score_tables.h"
#include "tests/eval/street.h"

namespace hbev {
namespace {

const ReportProvenance kProvenance{.dataset = "a-city",
                                   .version = "v1.0-mini",
                                   .labels = "openocc",
                                   .predictions = "results",
                                   .prediction_format = "HBEVOcc / STCOcc",
                                   .scenes = {},
                                   .keyframes = 5,
                                   .without_truth = 1,
                                   .without_prediction = 2,
                                   .unusable = 1,
                                   .program = "a program",
                                   .weights = "00ab"};

SplitReport streetReport() {
  const Occupancy street = test::makeStreet(4);
  Occupancy prediction = test::makeFlawedPrediction(street, 4);
  prediction.flow.clear();
  SplitReport report(ClassSet::openocc());
  report.add(evaluateFrame(prediction, street, test::streetOrigins()));
  return report;
}

std::vector<std::string> linesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);)
    lines.push_back(line);
  return lines;
}

TEST(report, text_shows_every_class_the_means_and_where_they_are_from) {
  const SplitReport report = streetReport();
  const std::string text = reportText(report, kProvenance);
  for (int label = 0; label < 16; ++label) {
    EXPECT_NE(text.find(fmt::format("\n{} ", report.classes()[label].name)), std::string::npos) << label;
  }
  for (const char* part :
       {"IoU@1", "IoU@2", "IoU@4", "AVE", "TP@2", "RayIoU", "OccScore", "mIoU", "a-city, v1.0-mini",
        "1 scored of 5; 1 without truth, 2 without prediction, 1 unusable", "8 origins",
        "1 prediction has no flow: scored as standing still"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
  EXPECT_EQ(text.find("nan"), std::string::npos);
  EXPECT_EQ(text.find("in camera"), std::string::npos);  // no mask, no column
  const std::vector<std::string> lines = linesOf(text);
  for (std::size_t i = 1; i < 20; ++i)
    EXPECT_EQ(lines[i].size(), lines[0].size()) << lines[i];
}

TEST(report, json_holds_the_exact_scores_and_null_for_none) {
  const SplitReport report = streetReport();
  const auto json = nlohmann::json::parse(reportJson(report, kProvenance));
  const RayScores scores = *report.rayScores();
  EXPECT_EQ(json.at("rays").at("ray_iou").get<double>(), scores.ray_iou);
  EXPECT_EQ(json.at("rays").at("iou").at(1).at(0).get<double>(), scores.iou[1][0]);
  EXPECT_EQ(json.at("rays").at("valid_rays").get<std::int64_t>(), report.rays()->valid_rays);
  EXPECT_TRUE(json.at("rays").at("ave_mps").at(14).is_null());  // walls have no velocity
  EXPECT_EQ(json.at("voxels").at("confusion_rows_are_truth").size(), 17u);
  EXPECT_EQ(json.at("voxels").at("confusion_rows_are_truth").at(10).at(16).get<std::int64_t>(),
            report.voxels()->at(10, 16));
  EXPECT_FALSE(json.contains("camera_voxels"));
  EXPECT_EQ(json.at("provenance").at("without_prediction"), 2);
  EXPECT_EQ(json.at("provenance").at("weights"), "00ab");
  EXPECT_EQ(json.at("classes").size(), 17u);
}

TEST(report, csv_has_a_line_for_each_class_and_the_mean) {
  const SplitReport report = streetReport();
  const std::vector<std::string> lines = linesOf(reportCsv(report));
  ASSERT_EQ(lines.size(), 1u + 16u + 1u);
  EXPECT_EQ(
      lines[0],
      "class,iou_1m,iou_2m,iou_4m,ray_iou,ave_mps,ave_spread_mps,true_positives_2m,server_ave_mps,voxel_iou");
  for (const std::string& line : lines)
    EXPECT_EQ(std::count(line.begin(), line.end(), ','), 9) << line;
  EXPECT_TRUE(lines[1].starts_with("car,"));
  const std::string field = lines.back().substr(5, lines.back().find(',', 5) - 5);
  EXPECT_EQ(std::stod(field), report.rayScores()->mean_iou[0]);
}

TEST(report, markdown_has_a_row_for_each_class) {
  const SplitReport report = streetReport();
  const std::string markdown = reportMarkdown(report, kProvenance);
  EXPECT_NE(markdown.find("| RayIoU | "), std::string::npos);
  EXPECT_NE(markdown.find("\n| driveable surface | "), std::string::npos);
  EXPECT_NE(markdown.find("- Labels: openocc"), std::string::npos);
}

TEST(report, camera_mask_adds_a_column) {
  Occupancy street = test::makeStreet(4);
  street.mask_camera.assign(street.grid.size(), 1);
  SplitReport report(ClassSet::openocc());
  report.add(evaluateFrame(street, street, test::streetOrigins()));
  EXPECT_NE(reportText(report, kProvenance).find("in camera"), std::string::npos);
  EXPECT_TRUE(linesOf(reportCsv(report))[0].ends_with(",voxel_iou_camera"));
}

/// Occ3D's labels have no flow: nobody gets a perfect velocity score for that.
TEST(report, truth_without_flow_gives_no_velocity_scores) {
  Occupancy truth = test::makeStreet(4);
  truth.flow.clear();
  Occupancy prediction = truth;
  prediction.flow.assign(2 * prediction.grid.size(), 0.0F);
  SplitReport report(ClassSet::openocc());
  report.add(evaluateFrame(prediction, truth, test::streetOrigins(), {.details = true}));
  const std::string text = reportText(report, kProvenance);
  for (const char* line : {"\nRayIoU          100.00 %\n", "\nmAVE            -\n", "\nOccScore        -\n",
                           "\nmAVE (server)   -\n", "the labels have no flow: neither velocities"})
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
  const auto json = nlohmann::json::parse(reportJson(report, kProvenance));
  EXPECT_TRUE(json.at("rays").at("mave_mps").is_null());
  EXPECT_TRUE(json.at("rays").at("occ_score").is_null());
  EXPECT_EQ(json.at("rays").at("ray_iou"), 1.0);
  EXPECT_TRUE(std::isnan(rangeTable(report)->rows.front().values.back()));
  // Where one keyframe's truth has it there is a score, and the note says what it is worth.
  report.add(
      evaluateFrame(test::makeStreet(5), test::makeStreet(5), test::streetOrigins(), {.details = true}));
  EXPECT_EQ(report.rayScores()->mave_mps, 0.0);
  EXPECT_NE(reportText(report, kProvenance).find("1 label has no flow: AVE"), std::string::npos);
}

TEST(report, nothing_scored_is_still_a_report) {
  const SplitReport report(ClassSet::occ3d());
  EXPECT_NE(reportText(report, kProvenance).find("0 scored of 5"), std::string::npos);
  EXPECT_FALSE(nlohmann::json::parse(reportJson(report, kProvenance)).contains("rays"));
}

}  // namespace
}  // namespace hbev
