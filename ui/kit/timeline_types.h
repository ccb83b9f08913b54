// The small things that the timeline is given.
#pragma once

#include <utility>

#include <QtCore/QStringList>
#include <QtGui/QPixmap>

#include "ui/kit/tokens.h"

namespace hbev::ui {

/// A bookmark.
struct TimelineFlag {
  int keyframe = 0;
  QString note;
};

/// What hovers above a keyframe: a picture (may be null) and lines of text, the first one bold.
struct TimelineHover {
  QPixmap picture;
  QStringList lines;
};

/// First and last keyframe, both inside.
using KeyframeRange = std::pair<int, int>;

}  // namespace hbev::ui
