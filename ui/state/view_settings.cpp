#include "ui/state/view_settings.h"

namespace hbev::ui {

VoxelFilter ViewRegion::filter() const {
  VoxelFilter filter;
  if (slice) {
    filter.z_min = z_min;
    filter.z_max = z_max;
  }
  if (box) {
    filter.x_min_m = x_min_m;
    filter.x_max_m = x_max_m;
    filter.y_min_m = y_min_m;
    filter.y_max_m = y_max_m;
  }
  if (range) {
    filter.range_min_m = range_min_m;
    filter.range_max_m = range_max_m;
  }
  return filter;
}

VoxelFilter ViewSettings::filter(const ClassSet& classes) const {
  VoxelFilter filter = region.filter();
  filter.visible_classes = 0;
  for (int label = 0; label < classes.size(); ++label) {
    const std::string_view id = classes[label].id;
    if (!hidden_classes.contains(QString::fromUtf8(id.data(), qsizetype(id.size()))))
      filter.visible_classes |= 1U << label;
  }
  filter.camera_mask_only = camera_mask_only;
  return filter;
}

}  // namespace hbev::ui
