// A keyframe's small picture for lists: its front camera, cut to the list's shape and kept for the next
// start.
#pragma once

#include <QtGui/QImage>

#include "core/data/dataset.h"
#include "core/data/sample_loader.h"
#include "ui/state/thumbnail_store.h"

namespace hbev::ui {

/// Null when there is no picture; what is wrong with it is told where the keyframe is opened. Any thread.
QImage keyframeThumbnail(const Dataset& dataset, const FrameKey& key, const ThumbnailStore& store);

}  // namespace hbev::ui
