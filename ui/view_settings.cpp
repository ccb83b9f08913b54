#include "ui/view_settings.h"

namespace hbev::ui {

VoxelFilter ViewSettings::filter(const ClassSet& classes) const {
  VoxelFilter filter;
  filter.visible_classes = 0;
  for (int label = 0; label < classes.size(); ++label) {
    const std::string_view id = classes[label].id;
    if (!hidden_classes.contains(QString::fromUtf8(id.data(), qsizetype(id.size()))))
      filter.visible_classes |= 1U << label;
  }
  filter.z_min = z_min;
  filter.z_max = z_max;
  filter.camera_mask_only = camera_mask_only;
  return filter;
}

}  // namespace hbev::ui
