#include "core/eval/svg_chart.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/eval/table.h"

namespace hbev {
namespace {

constexpr int kChartWidth = 1000, kChartHeight = 200, kLeft = 72, kRight = 12, kTop = 8, kBottom = 26;
constexpr std::size_t kMostPoints = 900;

/// Places of a chart's values in the picture.
struct ChartAxes {
  double lowest, highest;
  double x(double place) const { return kLeft + place * (kChartWidth - kLeft - kRight); }
  double y(double value) const {
    const double share = highest > lowest ? (value - lowest) / (highest - lowest) : 0.0;
    return kChartHeight - kBottom - std::clamp(share, 0.0, 1.0) * (kChartHeight - kTop - kBottom);
  }
};

std::string chartLabel(double x, double y, const char* anchor, const std::string& text) {
  if (text.empty()) return {};
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n", x, y, anchor,
                     escapedHtml(text));
}

std::string chartStroke(double x1, double y1, double x2, double y2, bool strong) {
  return fmt::format(
      "<path d=\"M{:.1f} {:.1f}L{:.1f} {:.1f}\" stroke=\"currentColor\" stroke-opacity=\"{}\"/>\n", x1, y1,
      x2, y2, strong ? ".6" : ".16");
}

/// Many frames are drawn by the lowest of their neighbours: a valley must not vanish.
std::string chartLine(const ChartCurve& curve, const ChartAxes& axes) {
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
    const double place = double(i) / double(std::max<std::size_t>(1, count - 1));
    path += fmt::format("{}{:.1f} {:.1f}", pen_is_down ? 'L' : 'M', axes.x(place), axes.y(value));
    pen_is_down = true;
  }
  return fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.6\"/>\n", path,
                     curve.colour);
}

std::string chartBars(const ChartCurve& curve, const ChartAxes& axes) {
  const auto count = double(curve.values.size());
  std::string path = fmt::format("M{:.1f} {:.1f}", axes.x(0), axes.y(axes.lowest));
  for (std::size_t i = 0; i < curve.values.size(); ++i) {
    path += fmt::format("V{:.1f}H{:.1f}", axes.y(std::isnan(curve.values[i]) ? axes.lowest : curve.values[i]),
                        axes.x(double(i + 1) / count));
  }
  return fmt::format("<path d=\"{}V{:.1f}Z\" fill=\"{}\" fill-opacity=\".55\" stroke=\"none\"/>\n", path,
                     axes.y(axes.lowest), curve.colour);
}

}  // namespace

std::string chartSvg(const Chart& chart) {
  const ChartAxes axes{chart.lowest, chart.highest};
  std::string svg = fmt::format(
      "<svg viewBox=\"0 0 {} {}\" role=\"img\"><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" "
      "fill=\"none\" stroke=\"currentColor\" stroke-opacity=\".25\"/>\n",
      kChartWidth, kChartHeight, kLeft, kTop, kChartWidth - kLeft - kRight, kChartHeight - kTop - kBottom);
  for (const ChartMark& mark : chart.y_marks) {
    const double y = axes.y(mark.at);
    svg += chartStroke(kLeft, y, kChartWidth - kRight, y, mark.strong) +
           chartLabel(kLeft - 6, y + 4, "end", mark.label);
  }
  for (const ChartMark& mark : chart.x_marks) {
    const double x = axes.x(mark.at);
    const char* anchor = mark.at <= 0 ? "start" : mark.at >= 1 ? "end" : "middle";
    if (mark.line) svg += chartStroke(x, kTop, x, kChartHeight - kBottom, mark.strong);
    svg += chartLabel(x, kChartHeight - 8, anchor, mark.label);
  }
  for (const ChartCurve& curve : chart.curves)
    svg += curve.steps ? chartBars(curve, axes) : chartLine(curve, axes);
  return svg + "</svg>\n";
}

}  // namespace hbev
