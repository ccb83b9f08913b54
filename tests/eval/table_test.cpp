#include "core/eval/table.h"

#include <algorithm>
#include <limits>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/eval/evaluation_report.h"
#include "tests/eval/made_split.h"

namespace hbev {
namespace {

const Table kTable{
    "A & B",
    "scores",
    "who",
    "who",
    {{"IoU", "iou", Unit::Percent}, {"B - A", "more", Unit::PercentPoints}, {"n", "n", Unit::Count}},
    {{"50 %, \"half\" | <b>", "half, of_it", {0.5, -0.0125, 7}},
     {"Übermaß", "none", {std::numeric_limits<double>::quiet_NaN(), 0.25, 12}}},
    TableRow{"mean", "mean", {0.5, 0.1, 19}},
    "a note"};

TEST(Table, TextIsAligned) {
  EXPECT_EQ(tableText(kTable),
            "who                   IoU   B - A   n\n"
            "-------------------------------------\n"
            "50 %, \"half\" | <b>  50.00   -1.25   7\n"
            "Übermaß                 -  +25.00  12\n"
            "-------------------------------------\n"
            "mean                50.00  +10.00  19\n"
            "(a note)\n");
}

TEST(Table, CsvIsExactAndQuoted) {
  EXPECT_EQ(tableCsv(kTable),
            "who,iou,more,n\n\"half, of_it\",0.5,-0.0125,7\nnone,,0.25,12\nmean,0.5,0.1,19\n");
}

TEST(Table, MarkdownLatexAndHtmlEscape) {
  EXPECT_NE(tableMarkdown(kTable).find("| 50 %, \"half\" \\| <b> | 50.00 | -1.25 | 7 |"), std::string::npos);
  const std::string latex = tableLatex(kTable);
  EXPECT_NE(latex.find("\\caption{A \\& B}"), std::string::npos) << latex;
  EXPECT_NE(latex.find("50 \\%, \"half\" | <b> & 50.00 & -1.25 & 7 \\\\"), std::string::npos) << latex;
  EXPECT_NE(latex.find("\\begin{tabular}{lrrr}"), std::string::npos);
  const std::string html = tableHtml(kTable);
  EXPECT_NE(html.find("<th>50 %, &quot;half&quot; | &lt;b&gt;</th><td>50.00</td>"), std::string::npos)
      << html;
  EXPECT_EQ(html.find("<b>"), std::string::npos);
}

TEST(EvaluationReport, EveryFormHoldsTheScores) {
  const test::MadeSplit split;
  const EvaluationPlan plan =
      test::planOf(split, {test::FakePredictions::of(split, 1), test::FakePredictions::of(split, 2)});
  EvaluationStore store = createStore(plan, {});
  Progress progress;
  runEvaluation(plan, store, progress);
  const EvaluationSummary summary = summarise(store);
  const std::string score = shown(summary.sources[1].total.rayScores()->ray_iou, Unit::Percent);
  const std::string text = evaluationText(summary), markdown = evaluationMarkdown(summary),
                    latex = evaluationLatex(summary), html = evaluationHtml(summary);
  for (const std::string& form : {text, markdown, latex, html}) {
    for (const std::string& part :
         {score, std::string("fake (2)"), std::string("scene-0002"), std::string("only B right")})
      EXPECT_NE(form.find(part), std::string::npos) << part << "\n" << form;
    EXPECT_EQ(form.find("nan"), std::string::npos);
  }
  EXPECT_NE(html.find("<svg"), std::string::npos);
  EXPECT_EQ(html.find("http"), std::string::npos) << "the page needs nothing else";
  const auto csv = evaluationCsv(summary);
  std::vector<std::string> names;
  for (const auto& [name, form] : csv)
    names.push_back(name);
  for (const char* name :
       {"", "-2", "-scenes", "-ranges", "-heights-2", "-frames", "-sources", "-difference-1-2"})
    EXPECT_NE(std::find(names.begin(), names.end(), name), names.end()) << name;
  const auto formOf = [&](const std::string& ending) {
    const auto found =
        std::find_if(csv.begin(), csv.end(), [&](const auto& form) { return form.first == ending; });
    return found == csv.end() ? std::string() : found->second;
  };
  EXPECT_TRUE(formOf("-frames").starts_with("token,scene,keyframe,description,condition,ray_iou,"));
  const std::string of_first =
      "\n" + test::MadeSplit::tokenOf(0) + ",scene-0001,1,\"Night, rain\",night rain,";
  EXPECT_NE(formOf("-frames").find(of_first), std::string::npos) << formOf("-frames");
  EXPECT_NE(formOf("-changes-1-2").find(of_first), std::string::npos);
  EXPECT_TRUE(formOf("-confusion").starts_with("true_class,car,truck,"));
  EXPECT_NE(text.find("scene-0001 keyframe 1 " + test::MadeSplit::tokenOf(0)), std::string::npos);
  EXPECT_EQ(text.find("#0"), std::string::npos);
  EXPECT_NE(markdown.find("every condition that its scene's description names"), std::string::npos);
  EXPECT_NE(markdown.find("Which class was taken for which"), std::string::npos);
  const auto json = nlohmann::json::parse(evaluationJson(summary));
  EXPECT_TRUE(json["comparisons"][0]["classes"][0].contains("only_b_right"));
  EXPECT_EQ(json["comparisons"][0]["keyframes"], 5);
  EXPECT_NE(text.find("over all 5 keyframes"), std::string::npos);
  EXPECT_EQ(json["sources"][0]["keyframes"][0]["keyframe"], 1);
  EXPECT_TRUE(json["sources"][0]["ranges"][0]["rays"].is_number_integer());
  EXPECT_TRUE(json["sources"][0]["scenes"][0]["frames"].is_number_integer());
}

TEST(EvaluationReport, ThePageShowsScoresThenTheWorstThenTablesThenCurves) {
  const test::MadeSplit split;
  const EvaluationPlan plan = test::planOf(split, {test::FakePredictions::of(split, 1)});
  EvaluationStore store = createStore(plan, {});
  Progress progress;
  runEvaluation(plan, store, progress);
  const EvaluationSummary summary = summarise(store);
  const auto worst = worstFrames(summary.sources[0], 2);
  ASSERT_EQ(worst.size(), 2U);
  EXPECT_LE(worst[0]->ray_iou, worst[1]->ray_iou);
  ReportPictures pictures;
  pictures.keyframes.push_back({0, worst[0]->token, {{"truth", "data:image/jpeg;base64,AAAA"}}});
  pictures.legends.push_back({"Prediction", {{"right", "#575b62"}}});
  const std::string page = evaluationHtml(summary, pictures);
  std::size_t last = 0;
  for (const char* part :
       {"class=\"scores\"", "<h3>Worst keyframes", "color:#575b62", "src=\"data:image/jpeg;base64,AAAA\"",
        "<figcaption>scene-000", "<h3>By class", "<h3>Which class was taken for which", "class=\"confusion\"",
        "<h3>Keyframe by keyframe", ">scene-0002</text>", "<h3>How far off", ">0</text>", ">+2 m</text>",
        "<h3>Where the figures are from"}) {
    const std::size_t at = page.find(part, last);
    EXPECT_NE(at, std::string::npos) << part;
    last = at == std::string::npos ? last : at;
  }
  EXPECT_NE(page.find(">1 000</text>"), std::string::npos);
  pictures.note = "They could not be drawn.";
  EXPECT_NE(evaluationHtml(summary, pictures).find("They could not be drawn."), std::string::npos);
}

}  // namespace
}  // namespace hbev
