#include "ui/viewport/color_legend.h"

#include <algorithm>
#include <cmath>

#include <QtCore/QCoreApplication>

#include "render/viridis.h"

namespace hbev::ui {
namespace {

QString legendText(const char* text) {
  return QCoreApplication::translate("ColorLegend", text);
}

HudRamp emptyRamp(Coloring coloring) {
  HudRamp ramp;
  ramp.title = coloringName(coloring);
  return ramp;
}

void addColors(HudRamp& ramp) {
  constexpr int kSteps = 65;
  for (int i = 0; i < kSteps; ++i)
    ramp.colors.push_back(viridis(double(i) / (kSteps - 1)));
}

std::string meaningOf(Coloring coloring, const QString& class_name) {
  switch (coloring) {
    case Coloring::Entropy:
      return legendText("0 certain, 1 any class").toStdString();
    case Coloring::Margin:
      return legendText("best class less second").toStdString();
    default:
      return (class_name.isEmpty() ? legendText("of the predicted class")
                                   : legendText("of %1").arg(class_name))
          .toStdString();
  }
}

}  // namespace

QString noProbabilitiesReason() {
  return legendText("This source has no probabilities: predict with this keyframe.");
}

QString absenceReason(Coloring coloring) {
  if (coloring == Coloring::Outcome)
    return legendText("No truth: right and wrong need a prediction and a truth of one class set.");
  return coloring == Coloring::Compare
             ? legendText("Show two predictions of one class set whose truth is in the data set.")
             : noProbabilitiesReason();
}

HudRamp heightRamp(const GridSpec& grid) {
  HudRamp ramp = emptyRamp(Coloring::Height);
  addColors(ramp);
  const double low_m = grid.origin.z(), high_m = grid.upperCorner().z();
  const auto number = [](double value_m) {
    return QString::number(value_m, 'f', 1).replace(QLatin1Char('-'), QChar(0x2212)).toStdString();
  };
  ramp.ticks = {{0, number(low_m)}, {0.5F, number((low_m + high_m) / 2)}, {1, number(high_m) + " m"}};
  return ramp;
}

HudRamp certaintyRamp(Coloring coloring, const CertaintyPaint& paint, const QString& class_name) {
  HudRamp ramp = emptyRamp(coloring);
  addColors(ramp);
  ramp.ticks = {{0, "0"}, {0.25F, ".25"}, {0.5F, ".5"}, {0.75F, ".75"}, {1, "1"}};
  ramp.note = meaningOf(coloring, class_name);
  if (paint.voxels == 0) return ramp;
  ramp.detail = legendText("mean %1").arg(paint.mean, 0, 'f', 2).toStdString();
  const std::size_t most = *std::max_element(paint.counts.begin(), paint.counts.end());
  for (const std::size_t count : paint.counts)
    ramp.spread.push_back(float(double(count) / double(most)));
  return ramp;
}

HudRamp absentRamp(Coloring coloring) {
  HudRamp ramp = emptyRamp(coloring);
  ramp.note = absenceReason(coloring).toStdString();
  return ramp;
}

}  // namespace hbev::ui
