// All controls of the kit on one page, to be looked at beside the design's pictures.
#pragma once

#include <QtWidgets/QWidget>

namespace hbev::ui {

class Timeline;

/// 800 x 1000, laid out like the design's page of components.
QWidget* makeGallery();
/// 1014 x 150: the scene of the design's main picture.
Timeline* makeGalleryTimeline();

}  // namespace hbev::ui
