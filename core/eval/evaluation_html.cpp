// An evaluation as one HTML page: no script, no other file.
#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "core/eval/evaluation_report.h"
#include "core/eval/report_object.h"
#include "core/eval/score_tables.h"
#include "core/eval/svg_chart.h"

namespace hbev {
namespace {

constexpr std::size_t kWorstFramesShown = 20;
constexpr std::size_t kMostSceneNames = 12;  // more would lie over each other

constexpr const char* kStyle = R"(
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --ink: #2f6fde; --second: #d9822b; }
body { font: 15px/1.5 Inter, system-ui, sans-serif; margin: 2rem auto; max-width: 76rem; padding: 0 1.5rem; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; } h2 { font-size: 1.2rem; margin: 2.5rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 .5rem; } .note { opacity: .7; font-size: .85rem; margin: .25rem 0 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .87rem; }
th, td { padding: .2rem .6rem; text-align: right; white-space: nowrap; }
th:first-child { text-align: left; font-weight: 500; } thead th { border-bottom: 1px solid var(--line); opacity: .75; }
tbody tr:nth-child(even) { background: var(--soft); } tfoot tr > * { border-top: 1px solid var(--line); font-weight: 600; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1.2rem; margin: .5rem 0; }
dt { opacity: .7; } dd { margin: 0; overflow-wrap: anywhere; }
.scores { display: flex; flex-wrap: wrap; gap: 2rem; margin: 1rem 0; } .scores b { display: block; font-size: 1.5rem; font-weight: 600; }
.keyframe { margin: 1rem 0 1.4rem; } .keyframe div { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: .5rem; }
.keyframe img { width: 100%; aspect-ratio: 14 / 9; object-fit: cover; display: block; border-radius: 4px; } .keyframe figcaption { font-size: .85rem; margin-top: .3rem; }
.picture { font-size: .78rem; } .picture small { font-size: inherit; opacity: .7; } .legend { font-size: .85rem; margin: .4rem 0; } .legend span { margin-right: .9rem; white-space: nowrap; }
.confusion th, .confusion td { padding: .12rem .3rem; text-align: center; font-size: .74rem; } .confusion tbody tr:nth-child(even) { background: none; }
.confusion thead th { writing-mode: vertical-rl; transform: rotate(180deg); text-align: left; border: 0; font-weight: 500; }
.confusion tbody th { text-align: right; }
svg { width: 100%; height: auto; display: block; } svg text { font: 11px system-ui, sans-serif; fill: currentColor; opacity: .7; }
)";

std::string definitions(const std::vector<std::pair<std::string, std::string>>& lines) {
  std::string text = "<dl>\n";
  for (const auto& [name, value] : lines)
    text += fmt::format("<dt>{}</dt><dd>{}</dd>\n", escapedHtml(name), escapedHtml(value));
  return text + "</dl>\n";
}

/// Evenly spaced marks from 0 to `highest`, at most six.
std::vector<ChartMark> percentMarks(double highest) {
  const double step = highest > 50 ? 20 : highest > 20 ? 10 : 5;
  std::vector<ChartMark> marks;
  for (double value = 0; value <= highest + 1e-9; value += step)
    marks.push_back({value, fmt::format("{:.0f} %", value), value == 0});
  return marks;
}

/// Borders between scenes, their names where there is room, and the first and last keyframe's numbers.
std::vector<ChartMark> sceneMarks(const EvaluationSummary& summary, const SourceSummary& source) {
  const auto& frames = source.frames;
  const double last = double(frames.size() - 1);
  std::vector<ChartMark> marks;
  std::vector<std::size_t> begins;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    if (i == 0 || frames[i].frame.scene != frames[i - 1].frame.scene) begins.push_back(i);
  }
  for (std::size_t i = 0; i < begins.size(); ++i) {
    const double begin = double(begins[i]), end = i + 1 < begins.size() ? double(begins[i + 1]) : last + 1;
    if (i > 0) marks.push_back({(begin - 0.5) / last, "", true});
    if (begins.size() > kMostSceneNames) continue;
    const double middle = std::clamp(((begin + end - 1) / 2) / last, 0.001, 0.999);
    marks.push_back({middle, summary.sceneName(frames[begins[i]].frame), false, false});
  }
  if (begins.size() > kMostSceneNames) {
    marks.push_back({0, "1", false, false});
    marks.push_back({1, std::to_string(frames.size()), false, false});
  }
  return marks;
}

std::string frameCurve(const EvaluationSummary& summary, const SourceSummary& source) {
  if (source.frames.size() < 2) return {};
  ChartCurve rays{{}, "var(--ink)"}, voxels{{}, "var(--second)"};
  double highest = 0;
  for (const FrameScores& frame : source.frames) {
    rays.values.push_back(100 * frame.ray_iou);
    voxels.values.push_back(100 * frame.mean_iou);
    for (const double value : {rays.values.back(), voxels.values.back()})
      highest = std::isnan(value) ? highest : std::max(highest, value);
  }
  highest = std::clamp(std::ceil(highest / 10) * 10, 10.0, 100.0);
  return "<h3>Keyframe by keyframe</h3>\n" +
         chartSvg({0, highest, sceneMarks(summary, source), percentMarks(highest), {rays, voxels}}) +
         fmt::format(
             "<p class=\"note\"><span style=\"color:var(--ink)\">RayIoU</span>, <span "
             "style=\"color:var(--second)\">mIoU</span> of {} in their order; lines part the scenes. (Of one "
             "keyframe: classes that it does not show do not count.)</p>\n",
             counted(std::int64_t(source.frames.size()), "keyframe"));
}

/// "10", "1 000", "1 million".
std::string roundNumber(int power) {
  constexpr std::array<const char*, 10> kNames{
      "1", "10", "100", "1 000", "10 000", "100 000", "1 million", "10 million", "100 million", "1 billion"};
  return kNames[std::size_t(std::clamp(power, 0, int(kNames.size()) - 1))];
}

std::string errorCurve(const SourceSummary& source) {
  if (!source.total.details()) return {};
  const RayDetails& details = *source.total.details();
  ChartCurve rays{std::vector<double>(kErrorBins, 0.0), "var(--ink)", true};
  for (int label = 0; label + 1 < details.classes(); ++label) {
    for (std::size_t bin = 0; bin < kErrorBins; ++bin)
      rays.values[bin] += double(details.error(label, bin));
  }
  // In powers of ten: most rays are nearly right, and the others are what is looked for.
  for (double& count : rays.values)
    count = std::log10(count + 1);
  const double highest = std::max(1.0, std::ceil(*std::max_element(rays.values.begin(), rays.values.end())));
  Chart chart{0, highest, {}, {{0, "0", true}}, {rays}};
  for (int power = 1; power <= int(highest); ++power)
    chart.y_marks.push_back({double(power), roundNumber(power)});
  constexpr double kBins = double(kErrorBins);
  for (int metres = -int(kErrorReach_m); metres <= int(kErrorReach_m); metres += 2) {
    // The first bin holds all that lies below the reach.
    const double place = (1 + (metres + kErrorReach_m) / kErrorStep_m) / kBins;
    chart.x_marks.push_back(
        {place, metres == 0 ? std::string("0") : fmt::format("{:+} m", metres), metres == 0});
  }
  return "<h3>How far off rays of the right class end</h3>\n" + chartSvg(chart) +
         "<p class=\"note\">Rays by predicted less true distance, in steps of 0.25 m: at left of 0 they end "
         "too "
         "near, at right too far; the outermost steps hold all that lies beyond. Upwards in powers of "
         "ten.</p>\n";
}

std::string section(const Table& table) {
  return fmt::format("<h3>{}</h3>\n<div class=\"wide\">{}</div>\n", escapedHtml(table.title),
                     tableHtml(table));
}

/// Shares as whole per cent on a colour that is as strong as they are; what is right in another colour.
std::string confusionSection(const SplitReport& report) {
  const auto shares = confusionTable(report, ConfusionUnit::Share),
             counts = confusionTable(report, ConfusionUnit::Count);
  if (!shares || !counts) return {};
  std::string text =
      fmt::format("<h3>{}</h3>\n<div class=\"wide\"><table class=\"confusion\">\n<thead><tr><td></td>",
                  escapedHtml(shares->title));
  for (const TableColumn& column : shares->columns)
    text += "<th>" + escapedHtml(column.title) + "</th>";
  text += "</tr></thead>\n<tbody>\n";
  for (std::size_t truth = 0; truth < shares->rows.size(); ++truth) {
    text += "<tr><th>" + escapedHtml(shares->rows[truth].title) + "</th>";
    for (std::size_t label = 0; label < shares->columns.size(); ++label) {
      const double share = shares->rows[truth].values[label];
      if (std::isnan(share)) {
        text += "<td>-</td>";
        continue;
      }
      const bool right = truth == label;
      text += fmt::format("<td title=\"{:.0f}\" style=\"background:rgba({},{:.2f})\">{}</td>",
                          counts->rows[truth].values[label], right ? "47,140,80" : "217,100,34",
                          0.85 * std::sqrt(share), share >= 0.005 ? fmt::format("{:.0f}", 100 * share) : "");
    }
    text += "</tr>\n";
  }
  return text + "</tbody></table></div>\n<p class=\"note\">" + escapedHtml(shares->note) +
         "; less than half a per cent is left empty.</p>\n";
}

std::string scores(const SplitReport& report) {
  std::string text = "<div class=\"scores\">\n";
  for (const auto& [name, value] : reportHeadlines(report)) {
    const std::size_t comma = value.find(',');
    text += fmt::format("<div>{}<b>{}</b></div>\n", escapedHtml(name), escapedHtml(value.substr(0, comma)));
  }
  return text + "</div>\n";
}

std::string legendsOf(const ReportPictures& pictures) {
  std::string text;
  for (const PictureLegend& legend : pictures.legends) {
    text += fmt::format("<p class=\"legend\">{}: ", escapedHtml(legend.title));
    for (const auto& [name, colour] : legend.colours) {
      text += fmt::format("<span><b style=\"color:{}\">&#9632;</b> {}</span>\n", escapedHtml(colour),
                          escapedHtml(name));
    }
    text += "</p>\n";
  }
  return text;
}

std::string figureOf(const EvaluationSummary& summary, const FrameScores& frame,
                     const KeyframePictures& pictures) {
  std::string text = "<figure class=\"keyframe\"><div>\n";
  for (const auto& [name, url] : pictures.pictures) {
    text += fmt::format("<span class=\"picture\"><img alt=\"{0}\" src=\"{1}\"><small>{0}</small></span>\n",
                        escapedHtml(name), escapedHtml(url));
  }
  return text +
         fmt::format("</div><figcaption>{} keyframe {}: RayIoU {} %, mIoU {} %</figcaption></figure>\n",
                     escapedHtml(summary.sceneName(frame.frame)), frame.frame.index_in_scene + 1,
                     shown(frame.ray_iou, Unit::Percent), shown(frame.mean_iou, Unit::Percent));
}

/// The worst keyframes: pictures of some, then more of them as a table.
std::string worstSection(const EvaluationSummary& summary, std::size_t source,
                         const ReportPictures& pictures) {
  const SourceSummary& worst = summary.sources[source];
  std::string figures;
  for (const KeyframePictures& keyframe : pictures.keyframes) {
    if (keyframe.source != source) continue;
    const auto frame = std::find_if(worst.frames.begin(), worst.frames.end(),
                                    [&](const FrameScores& other) { return other.token == keyframe.token; });
    if (frame != worst.frames.end()) figures += figureOf(summary, *frame, keyframe);
  }
  std::string text = "<h3>Worst keyframes</h3>\n";
  if (!figures.empty()) text += legendsOf(pictures) + figures;
  if (!pictures.note.empty()) text += "<p class=\"note\">" + escapedHtml(pictures.note) + "</p>\n";
  return text + "<div class=\"wide\">" + tableHtml(worstTable(summary, worst, kWorstFramesShown)) +
         "</div>\n";
}

}  // namespace

std::string evaluationHtml(const EvaluationSummary& summary, const ReportPictures& pictures) {
  const EvaluationFacts& facts = summary.facts;
  const std::string title =
      fmt::format("{} on {}",
                  summary.sources.size() == 1 ? summary.sources.front().facts.title
                                              : fmt::format("{} sources", summary.sources.size()),
                  facts.dataset);
  std::string page = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width\"><title>{0}</title>\n<style>{1}</style></head>\n<body>\n<h1>{0}</h1>\n"
      "<p class=\"note\">Evaluated {2} UTC by {3}: split {4}, {5} labels, {6} of {7}.</p>\n",
      escapedHtml(title), kStyle, escapedHtml(facts.created), escapedHtml(facts.program),
      escapedHtml(facts.split), escapedHtml(facts.truth), summary.frames,
      counted(facts.keyframes, "keyframe"));
  for (const Table& table : comparisonTables(summary, kWorstFramesShown))
    page += section(table);
  for (std::size_t i = 0; i < summary.sources.size(); ++i) {
    const SourceSummary& source = summary.sources[i];
    page += fmt::format("<h2>{}</h2>\n", escapedHtml(source.facts.title)) + scores(source.total);
    page += worstSection(summary, i, pictures);
    for (const Table& table : tablesOf(summary, source, 0))
      page += section(table);
    page += confusionSection(source.total) + frameCurve(summary, source) + errorCurve(source);
    page += "<h3>Where the figures are from</h3>\n" +
            definitions(reportCircumstances(source.total, provenanceOf(summary, source)));
  }
  return page + "</body>\n</html>\n";
}

}  // namespace hbev
