// A small chart as SVG: curves over places from 0 to 1, with marks on both axes.
#pragma once

#include <string>
#include <vector>

namespace hbev {

struct ChartCurve {
  std::vector<double> values;  ///< evenly spaced; NaN leaves a gap
  std::string colour;          ///< as CSS has it
  bool steps = false;          ///< each value is a bar as wide as its place, the whole filled
};

/// A line across the chart at a place (0 to 1) of the x axis or a value of the y axis.
struct ChartMark {
  double at = 0;
  std::string label;    ///< may be empty
  bool strong = false;  ///< drawn stronger
  bool line = true;     ///< else the label alone
};

struct Chart {
  double lowest = 0, highest = 1;  ///< of the y axis
  std::vector<ChartMark> x_marks, y_marks;
  std::vector<ChartCurve> curves;
};

/// An svg element of 1000 x 200.
std::string chartSvg(const Chart& chart);

}  // namespace hbev
