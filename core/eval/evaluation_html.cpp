// An evaluation as one HTML page: no script, no other file.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/eval/evaluation_report.h"
#include "core/eval/report_object.h"
#include "core/eval/score_tables.h"

namespace hbev {
namespace {

constexpr std::size_t kWorstFramesShown = 20;

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
svg { width: 100%; height: auto; display: block; } svg text { font: 11px system-ui, sans-serif; fill: currentColor; opacity: .7; }
)";

std::string definitions(const std::vector<std::pair<std::string, std::string>>& lines) {
  std::string text = "<dl>\n";
  for (const auto& [name, value] : lines)
    text += fmt::format("<dt>{}</dt><dd>{}</dd>\n", escapedHtml(name), escapedHtml(value));
  return text + "</dl>\n";
}

struct Curve {
  std::vector<double> values;  // by place; NaN leaves a gap
  std::string colour;
};

/// Places of a picture of 1000 x 180, with a frame and two words at each axis.
class Chart {
 public:
  Chart(double lowest, double highest) : lowest_(lowest), highest_(highest > lowest ? highest : lowest + 1) {}

  std::string draw(const std::vector<Curve>& curves, const std::string& first, const std::string& last,
                   const std::string& unit) const {
    std::string svg = fmt::format(
        "<svg viewBox=\"0 0 {} {}\" role=\"img\"><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" "
        "fill=\"none\" stroke=\"currentColor\" stroke-opacity=\".25\"/>\n",
        kWidth, kHeight, kLeft, kTop, kWidth - kLeft - kRight, kHeight - kTop - kBottom);
    svg += word(kLeft - 6, kTop + 10, "end", fmt::format("{:.4g}{}", highest_, unit));
    svg += word(kLeft - 6, kHeight - kBottom, "end", fmt::format("{:.4g}{}", lowest_, unit));
    svg += word(kLeft, kHeight - 6, "start", first) + word(kWidth - kRight, kHeight - 6, "end", last);
    for (const Curve& curve : curves)
      svg += line(curve);
    return svg + "</svg>\n";
  }

 private:
  static constexpr int kWidth = 1000, kHeight = 180, kLeft = 64, kRight = 8, kTop = 8, kBottom = 24;
  static constexpr std::size_t kMostPoints = 900;

  static std::string word(int x, int y, const char* anchor, const std::string& text) {
    return fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"{}\">{}</text>\n", x, y, anchor,
                       escapedHtml(text));
  }

  /// Many frames are drawn by the lowest of their neighbours: a valley must not vanish.
  std::string line(const Curve& curve) const {
    const std::size_t count = curve.values.size(), step = count / kMostPoints + 1;
    std::string path;
    bool pen_is_down = false;
    for (std::size_t i = 0; i < count; i += step) {
      double value = curve.values[i];
      for (std::size_t j = i; j < std::min(count, i + step); ++j) {
        if (std::isnan(value) || curve.values[j] < value) value = curve.values[j];
      }
      if (std::isnan(value)) {
        pen_is_down = false;
        continue;
      }
      const double x =
          kLeft + double(i) / double(std::max<std::size_t>(1, count - 1)) * (kWidth - kLeft - kRight);
      const double share = (value - lowest_) / (highest_ - lowest_);
      const double y = kHeight - kBottom - std::clamp(share, 0.0, 1.0) * (kHeight - kTop - kBottom);
      path += fmt::format("{}{:.1f} {:.1f}", pen_is_down ? 'L' : 'M', x, y);
      pen_is_down = true;
    }
    return fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.6\"/>\n", path,
                       curve.colour);
  }

  double lowest_, highest_;
};

std::string frameCurve(const SourceSummary& source) {
  Curve rays{{}, "var(--ink)"}, voxels{{}, "var(--second)"};
  double highest = 0;
  for (const FrameScores& frame : source.frames) {
    rays.values.push_back(100 * frame.ray_iou);
    voxels.values.push_back(100 * frame.mean_iou);
    for (const double value : {rays.values.back(), voxels.values.back()})
      highest = std::isnan(value) ? highest : std::max(highest, value);
  }
  if (source.frames.size() < 2) return {};
  return "<h3>Keyframe by keyframe</h3>\n" +
         Chart(0, std::min(100.0, std::ceil(highest / 10) * 10))
             .draw({rays, voxels}, "first keyframe", "last keyframe", " %") +
         "<p class=\"note\"><span style=\"color:var(--ink)\">RayIoU</span>, <span "
         "style=\"color:var(--second)\">mIoU</span> (of one keyframe: classes that it does not show do not "
         "count).</p>\n";
}

std::string errorCurve(const SourceSummary& source) {
  if (!source.total.details()) return {};
  const RayDetails& details = *source.total.details();
  std::vector<double> rays(kErrorBins, 0.0);
  for (int label = 0; label + 1 < details.classes(); ++label) {
    for (std::size_t bin = 0; bin < kErrorBins; ++bin)
      rays[bin] += double(details.error(label, bin));
  }
  // In powers of ten: most rays are nearly right, and the others are what is looked for.
  for (double& count : rays)
    count = std::log10(count + 1);
  return "<h3>How far off rays of the right class end</h3>\n" +
         Chart(0, std::ceil(*std::max_element(rays.begin(), rays.end())))
             .draw({{rays, "var(--ink)"}}, "8 m too near, or more", "8 m too far, or more", "") +
         "<p class=\"note\">Rays in steps of 0.25 m; 3 stands for a thousand rays, 6 for a million.</p>\n";
}

std::string section(const Table& table) {
  return fmt::format("<h3>{}</h3>\n<div class=\"wide\">{}</div>\n", escapedHtml(table.title),
                     tableHtml(table));
}

std::string scores(const SplitReport& report) {
  std::string text = "<div class=\"scores\">\n";
  for (const auto& [name, value] : reportHeadlines(report)) {
    const std::size_t comma = value.find(',');
    text += fmt::format("<div>{}<b>{}</b></div>\n", escapedHtml(name), escapedHtml(value.substr(0, comma)));
  }
  return text + "</div>\n";
}

}  // namespace

std::string evaluationHtml(const EvaluationSummary& summary) {
  const EvaluationFacts& facts = summary.facts;
  const std::string title =
      fmt::format("{} on {}",
                  summary.sources.size() == 1 ? summary.sources.front().facts.title
                                              : fmt::format("{} sources", summary.sources.size()),
                  facts.dataset);
  std::string page = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width\"><title>{0}</title>\n<style>{1}</style></head>\n<body>\n<h1>{0}</h1>\n"
      "<p class=\"note\">Evaluated {2} UTC by {3}: split {4}, {5} labels, {6} of {7} keyframes.</p>\n",
      escapedHtml(title), kStyle, escapedHtml(facts.created), escapedHtml(facts.program),
      escapedHtml(facts.split), escapedHtml(facts.truth), summary.frames, facts.keyframes);
  for (const Table& table : comparisonTables(summary, kWorstFramesShown))
    page += section(table);
  for (const SourceSummary& source : summary.sources) {
    page += fmt::format("<h2>{}</h2>\n", escapedHtml(source.facts.title)) + scores(source.total);
    page += frameCurve(source) + errorCurve(source);
    for (const Table& table : tablesOf(summary, source, kWorstFramesShown))
      page += section(table);
    page += "<h3>Where the figures are from</h3>\n" +
            definitions(reportCircumstances(source.total, provenanceOf(summary, source)));
  }
  return page + "</body>\n</html>\n";
}

}  // namespace hbev
