#include "ui/scene_timeline.h"

#include <cmath>
#include <limits>

#include "ui/kit/actions.h"
#include "ui/kit/painting.h"
#include "ui/predicted_source.h"

namespace hbev::ui {

SceneTimeline::SceneTimeline(Studio& studio, Bookmarks& bookmarks, Timeline& timeline,
                             ActionRegistry& actions, QObject* parent)
    : QObject(parent), studio_(studio), bookmarks_(bookmarks), timeline_(timeline) {
  connectTimeline(actions);
  connect(&bookmarks, &Bookmarks::changed, this, &SceneTimeline::showFlags);
  connect(&studio.playback(), &Playback::playingChanged, &timeline, &Timeline::setPlaying);
  connect(&studio.playback(), &Playback::loopChanged, this,
          [this] { timeline_.setLoop(studio_.playback().loop()); });
  connect(&studio.playback(), &Playback::speedChanged, &timeline, &Timeline::setSpeed);
  timeline.setSpeed(studio.playback().speed());
  connect(&studio.sweeps(), &SweepView::currentChanged, this, &SceneTimeline::showMoment);
  connect(&studio, &Studio::currentChanged, this, &SceneTimeline::showScene);
  connect(&studio, &Studio::scoringChanged, this, &SceneTimeline::showScores);
  connect(&studio, &Studio::frameLoaded, this, &SceneTimeline::showScores);
  connect(&studio, &Studio::sourcesChanged, this, &SceneTimeline::showScores);
  connect(&studio, &Studio::predictionArrived, this, &SceneTimeline::showScores);
  connect(&studio, &Studio::reportArrived, this, [this](std::size_t scene) {
    if (scene == studio_.current().scene) showScores();
  });
}

void SceneTimeline::connectTimeline(ActionRegistry& actions) {
  timeline_.useActions({actions["keyframe.previous"], actions["play"], actions["keyframe.next"],
                        actions["loop.toggle"], actions["sweeps.play"], actions["bookmark.toggle"]});
  timeline_.setMetrics({tr("RayIoU"), tr("mIoU"), tr("OccScore")});
  timeline_.setHoverProvider([this](int keyframe) { return hoverOf(keyframe); });
  connect(&timeline_, &Timeline::currentRequested, this,
          [this](int keyframe) { studio_.setCurrent(studio_.current().scene, std::size_t(keyframe)); });
  connect(&timeline_, &Timeline::loopChanged, this, [this](bool on, int first, int last) {
    studio_.playback().setLoop(on ? std::optional(std::pair(first, last)) : std::nullopt);
  });
  connect(&timeline_, &Timeline::speedChanged, this,
          [this](double factor) { studio_.playback().setSpeed(factor); });
  connect(&timeline_, &Timeline::metricChanged, this, [this](int metric) {
    metric_ = Metric(metric);
    showScores();
  });
}

double SceneTimeline::scoreOf(const FrameReport& report, Metric metric) {
  if (metric == MeanIou) {
    const auto camera = report.cameraVoxelScores();
    return (camera ? camera->mean_iou : report.voxelScores().mean_iou) * 100;
  }
  const RayScores rays = report.rayScores();
  return (metric == OccScore ? rays.occ_score : rays.ray_iou) * 100;
}

double SceneTimeline::scoreAt(std::int64_t keyframe) const {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  if (keyframe < 0 || keyframe >= std::int64_t(studio_.keyframesInScene())) return kNone;
  const auto report = studio_.report(studio_.current().scene, std::size_t(keyframe));
  return report ? scoreOf(*report, metric_) : kNone;
}

void SceneTimeline::showScene() {
  const FrameKey current = studio_.current();
  const Dataset& dataset = *studio_.dataset();
  if (shown_dataset_ != &dataset || shown_scene_ != current.scene) {
    shown_dataset_ = &dataset;
    shown_scene_ = current.scene;
    std::vector<double> times_s;
    for (std::size_t i = 0; i < studio_.keyframesInScene(); ++i) {
      times_s.push_back(double(dataset.timestamp_us(current.scene, i)) * 1e-6);
    }
    timeline_.setKeyframes(std::move(times_s));
    std::vector<double> sweeps_s;
    for (const Moment& moment : studio_.sweeps().moments()) {
      if (!moment.is_keyframe) sweeps_s.push_back(double(moment.timestamp_us) * 1e-6);
    }
    timeline_.setSweeps(std::move(sweeps_s));
    timeline_.setLoop(studio_.playback().loop());
    showScores();
    showFlags();
  }
  timeline_.setCurrent(int(current.index));
  showMoment();
  timeline_.setToken(QString::fromStdString(dataset.scenes()[current.scene].keyframes[current.index]));
}

void SceneTimeline::showMoment() {
  const Moment* moment = studio_.sweeps().between();
  timeline_.setMoment(moment ? std::optional(double(moment->timestamp_us) * 1e-6) : std::nullopt);
}

void SceneTimeline::showScores() {
  std::vector<std::optional<double>> scores(studio_.keyframesInScene());
  std::vector<bool> loaded(scores.size()), predicted(scores.size());
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const double score = scoreAt(std::int64_t(i));
    if (std::isfinite(score)) scores[i] = score;
    loaded[i] = studio_.isFrameLoaded(studio_.current().scene, i);
    predicted[i] = isPredicted(i);
  }
  timeline_.setScores(std::move(scores));
  timeline_.setLoaded(std::move(loaded));
  timeline_.setPredicted(std::move(predicted));
  const auto side = studio_.scoredSide();
  const QString letter = side == Side::A ? QStringLiteral("A") : QStringLiteral("B");
  timeline_.setLegend(side ? letter : QString(), {});
}

/// What has a score was predicted; of the window's own network also what has none.
bool SceneTimeline::isPredicted(std::size_t keyframe) const {
  const std::size_t scene = studio_.current().scene;
  if (studio_.report(scene, keyframe)) return true;
  for (const Side side : {Side::A, Side::B}) {
    const OccupancySource* source = studio_.source(side);
    const auto mine = source ? std::dynamic_pointer_cast<const PredictedSource>(source->prediction) : nullptr;
    if (mine && mine->contains(studio_.dataset()->scenes()[scene].keyframes[keyframe])) return true;
  }
  return false;
}

void SceneTimeline::showFlags() {
  std::vector<TimelineFlag> flags;
  for (const FrameKey& key : bookmarks_.keys()) {
    if (key.scene == studio_.current().scene) flags.push_back({int(key.index), bookmarks_.at(key)->note});
  }
  timeline_.setFlags(std::move(flags));
}

TimelineHover SceneTimeline::hoverOf(int keyframe) const {
  TimelineHover hover;
  hover.lines << tr("Keyframe %1").arg(keyframe + 1);
  const auto report = studio_.report(studio_.current().scene, std::size_t(keyframe));
  if (!report) return hover;
  hover.lines << tr("RayIoU %1").arg(decimal(scoreOf(*report, RayIou), 1))
              << tr("mIoU %1").arg(decimal(scoreOf(*report, MeanIou), 1));
  const RayScores scores = report->rayScores();
  int worst = -1;
  double lowest = HUGE_VAL;
  for (int label = 0; label + 1 < report->classes->size(); ++label) {
    double mean = 0;
    for (const auto& iou : scores.iou)
      mean += iou[std::size_t(label)] / double(scores.iou.size());
    if (!(mean < lowest)) continue;  // also without a score
    lowest = mean;
    worst = label;
  }
  if (worst < 0) return hover;
  const std::string_view name = (*report->classes)[worst].name;
  hover.lines << tr("worst: %1 %2")
                     .arg(QString::fromUtf8(name.data(), qsizetype(name.size())), decimal(lowest * 100, 1));
  return hover;
}

void SceneTimeline::jumpToValley(int direction) {
  const auto score = [this](std::int64_t i) {
    const double value = scoreAt(i);
    return std::isfinite(value) ? value : HUGE_VAL;
  };
  const auto count = std::int64_t(studio_.keyframesInScene());
  for (std::int64_t i = std::int64_t(studio_.current().index) + direction; i >= 0 && i < count;
       i += direction) {
    if (score(i) < score(i - 1) && score(i) <= score(i + 1)) {
      return studio_.setCurrent(studio_.current().scene, std::size_t(i));
    }
  }
}

void SceneTimeline::toggleBookmark() {
  if (!studio_.dataset()) return;
  bookmarks_.toggle(studio_.current());
}

void SceneTimeline::nextBookmark() {
  if (const auto key = bookmarks_.next(studio_.current())) studio_.setCurrent(key->scene, key->index);
}

}  // namespace hbev::ui
