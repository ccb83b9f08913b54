#include "core/eval/table.h"

#include <limits>

#include <gtest/gtest.h>

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
  EXPECT_NE(evaluationJson(summary).find("\"only_b_right\""), std::string::npos);
}

}  // namespace
}  // namespace hbev
