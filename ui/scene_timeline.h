// What the timeline shows of the studio: keyframes, scores, what is loaded, bookmarks; and where its clicks
// go.
#pragma once

#include <QtCore/QObject>

#include "ui/bookmarks.h"
#include "ui/kit/timeline.h"
#include "ui/studio.h"

namespace hbev::ui {

class ActionRegistry;

class SceneTimeline : public QObject {
  Q_OBJECT
 public:
  /// Connects `timeline` to `studio`; both must outlive this, and so must `bookmarks`. The actions must be
  /// registered.
  SceneTimeline(Studio& studio, Bookmarks& bookmarks, Timeline& timeline, ActionRegistry& actions,
                QObject* parent = nullptr);

  /// To the next (1) or previous (-1) keyframe whose score is lower than both neighbours'.
  void jumpToValley(int direction);
  void toggleBookmark();
  void nextBookmark();

 private:
  enum Metric { RayIou, MeanIou, OccScore };
  /// Percent; NaN without a score.
  static double scoreOf(const FrameReport& report, Metric metric);
  double scoreAt(std::int64_t keyframe) const;
  void connectTimeline(ActionRegistry& actions);
  void showScene();
  void showMoment();
  void showScores();
  void showFlags();
  bool isPredicted(std::size_t keyframe) const;
  TimelineHover hoverOf(int keyframe) const;

  Studio& studio_;
  Bookmarks& bookmarks_;
  Timeline& timeline_;
  Metric metric_ = RayIou;
  const Dataset* shown_dataset_ = nullptr;
  std::size_t shown_scene_ = 0;
};

}  // namespace hbev::ui
