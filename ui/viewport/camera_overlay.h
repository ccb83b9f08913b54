// What is drawn over a camera's picture: voxels, lidar, boxes, or the network's depth.
#pragma once

#include <memory>

#include <QtGui/QImage>

#include "ui/state/studio.h"

namespace hbev::ui {

/// All that an overlay is painted from.
struct OverlayWish {
  std::shared_ptr<const Frame> frame;
  std::shared_ptr<const Occupancy> occupancy;
  std::shared_ptr<const StageInspection> inspection;
  ViewSettings view;
};

/// Transparent where nothing is; of the picture's shape, at a width of its own. Any thread. `wish` has what
/// its overlay needs: occupancy for voxels, inspection for depth; and the frame has the camera.
QImage paintOverlay(const OverlayWish& wish, Camera camera);

}  // namespace hbev::ui
