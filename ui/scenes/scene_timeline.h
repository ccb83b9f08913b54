// What the timeline shows of the studio: keyframes, scores, what is loaded, bookmarks; and where its clicks
// go.
#pragma once

#include <QtCore/QObject>

#include "ui/kit/timeline.h"
#include "ui/scores/score_view.h"
#include "ui/state/bookmarks.h"
#include "ui/state/studio.h"

namespace hbev::ui {

class ActionRegistry;

class SceneTimeline : public QObject {
  Q_OBJECT
 public:
  /// Connects `timeline` to `studio`; both must outlive this, and so must `bookmarks`. The actions must be
  /// registered.
  SceneTimeline(Studio& studio, Bookmarks& bookmarks, const ScoreView& scores, Timeline& timeline,
                ActionRegistry& actions, QObject* parent = nullptr);

  /// To the next (1) or previous (-1) keyframe whose score is worse than both neighbours', of this scene or
  /// the next ones.
  void jumpToValley(int direction);
  void toggleBookmark();
  void nextBookmark();

 private:
  /// From FirstClass on: RayIoU of class 0, 1, ...
  enum Metric { RayIou, MeanIou, OccScore, Velocity, FirstClass };
  /// Percent, velocity errors in cm/s; NaN without a score.
  static double scoreOf(const FrameFigures& figures, int metric);
  /// NaN without a score, and outside the scene.
  double scoreAt(std::size_t scene, std::int64_t keyframe) const;
  bool isValley(std::size_t scene, std::int64_t keyframe) const;
  bool lessIsBetter() const { return metric_ == Velocity; }
  void showMetrics();
  void showSteps();
  void connectTimeline(ActionRegistry& actions);
  void showScene();
  void showMoment();
  void showScores();
  void showFlags();
  bool isPredicted(std::size_t keyframe) const;
  TimelineHover hoverOf(int keyframe) const;

  Studio& studio_;
  Bookmarks& bookmarks_;
  const ScoreView& scores_;
  Timeline& timeline_;
  const ClassSet* shown_classes_ = nullptr;  ///< whose classes the metrics name
  int metric_ = RayIou;
  const Dataset* shown_dataset_ = nullptr;
  std::size_t shown_scene_ = 0;
};

}  // namespace hbev::ui
