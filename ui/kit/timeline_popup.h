// What hovers above the timeline: picture and lines of the keyframe under the pointer.
#pragma once

#include <QtWidgets/QFrame>

#include "ui/kit/timeline_types.h"

class QLabel;

namespace hbev::ui {

class TimelinePopup : public QFrame {
  Q_OBJECT
 public:
  explicit TimelinePopup(QWidget* owner);
  /// Centred above `tip` (global pixels), inside the owner's window. Nothing to show hides it.
  void showAbove(const QPoint& tip, const TimelineHover& hover);

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  QLabel* picture_;
  QLabel* title_;
  QLabel* lines_;
};

}  // namespace hbev::ui
