#include "ui/inspector/region_rows.h"

#include <cmath>

#include <QtCore/QSignalBlocker>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QVBoxLayout>

#include "ui/kit/label.h"
#include "ui/kit/painting.h"
#include "ui/kit/range_slider.h"
#include "ui/state/region.h"
#include "ui/state/studio.h"

namespace hbev::ui {

RegionRows::RegionRows(Studio& studio, QWidget* parent) : QWidget(parent), studio_(studio) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(4);
  height_ =
      addRow(tr("Height"), tr("Height slice"), tr("Only voxels at this height, m above the car's frame."), 0,
             kGridLayers, [](ViewRegion& region, int lower, int upper) { setSlice(region, lower, upper); });
  x_ = addRow(tr("Ahead, x"), tr("Clip box ahead"), tr("Only voxels this far ahead of the car, m."),
              -kReach_m, kReach_m, [](ViewRegion& region, int lower, int upper) {
                const BoxLimits box = boxLimits(region);
                setBox(region, {double(lower), double(upper), box.y_min_m, box.y_max_m});
              });
  y_ =
      addRow(tr("Left, y"), tr("Clip box to the left"), tr("Only voxels this far to the left of the car, m."),
             -kReach_m, kReach_m, [](ViewRegion& region, int lower, int upper) {
               const BoxLimits box = boxLimits(region);
               setBox(region, {box.x_min_m, box.x_max_m, double(lower), double(upper)});
             });
  range_ = addRow(tr("Range"), tr("Range from the car"), tr("Only voxels at this distance from the car, m."),
                  0, kFarthestVoxel_m,
                  [](ViewRegion& region, int lower, int upper) { setRange(region, lower, upper); });
  connect(&studio, &Studio::viewChanged, this, &RegionRows::show);
  show();
}

RegionRows::Row RegionRows::addRow(const QString& name, const QString& spoken, const QString& help,
                                   double minimum, double maximum,
                                   const std::function<void(ViewRegion&, int, int)>& change) {
  constexpr int kNameWidth_px = 56, kValueWidth_px = 76;
  auto* row = new QHBoxLayout;
  row->setSpacing(8);
  QLabel* label = makeLabel(name, Role::Text2, TextSize::Body, Weight::Normal, this);
  label->setFixedWidth(kNameWidth_px);
  Row made{new RangeSlider(minimum, maximum, this), makeMonoLabel({}, Role::Text2, TextSize::Small, this)};
  made.slider->setStep(1);
  made.slider->setAccessibleName(spoken);
  made.slider->setToolTip(help);
  made.value->setMinimumWidth(kValueWidth_px);
  made.value->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  row->addWidget(label);
  row->addWidget(made.slider, 1);
  row->addWidget(made.value);
  static_cast<QVBoxLayout*>(layout())->addLayout(row);
  connect(made.slider, &RangeSlider::rangeChanged, this, [this, change](double lower, double upper) {
    studio_.changeView(
        [&](ViewSettings& view) { change(view.region, int(std::lround(lower)), int(std::lround(upper))); });
    show();  // whole layers and metres, also where nothing changed
  });
  return made;
}

void RegionRows::show() {
  const auto set = [](const Row& row, double lower, double upper, double shown_lower, double shown_upper,
                      int decimals) {
    const QSignalBlocker blocker(row.slider);
    row.slider->setRange(lower, upper);
    row.value->setText(
        QStringLiteral("%1 … %2").arg(decimal(shown_lower, decimals), decimal(shown_upper, decimals)));
  };
  const ViewRegion& region = studio_.view().region;
  const GridSpec grid;
  const auto [bottom, top] = sliceLimits(region);
  set(height_, bottom, top, grid.origin.z() + bottom * grid.voxel_m, grid.origin.z() + top * grid.voxel_m, 1);
  const BoxLimits box = boxLimits(region);
  set(x_, box.x_min_m, box.x_max_m, box.x_min_m, box.x_max_m, 0);
  set(y_, box.y_min_m, box.y_max_m, box.y_min_m, box.y_max_m, 0);
  const auto [near, far] = rangeLimits(region);
  set(range_, near, far, near, far, 0);
}

}  // namespace hbev::ui
