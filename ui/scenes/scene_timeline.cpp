#include "ui/scenes/scene_timeline.h"

#include <cmath>
#include <limits>

#include "ui/kit/actions.h"
#include "ui/kit/painting.h"
#include "ui/state/predicted_source.h"

namespace hbev::ui {
namespace {

constexpr double kNoMark = std::numeric_limits<double>::quiet_NaN();

}  // namespace

SceneTimeline::SceneTimeline(Studio& studio, Bookmarks& bookmarks, const ScoreView& scores,
                             Timeline& timeline, ActionRegistry& actions, QObject* parent)
    : QObject(parent), studio_(studio), bookmarks_(bookmarks), scores_(scores), timeline_(timeline) {
  connectTimeline(actions);
  connect(&bookmarks, &Bookmarks::changed, this, &SceneTimeline::showFlags);
  connect(&studio.playback(), &Playback::playingChanged, &timeline, &Timeline::setPlaying);
  connect(&studio.playback(), &Playback::loopChanged, this,
          [this] { timeline_.setLoop(studio_.playback().loop()); });
  connect(&studio.playback(), &Playback::speedChanged, &timeline, &Timeline::setSpeed);
  timeline.setSpeed(studio.playback().speed());
  connect(&studio.sweeps(), &SweepView::currentChanged, this, &SceneTimeline::showMoment);
  connect(&studio, &Studio::currentChanged, this, &SceneTimeline::showScene);
  connect(&studio, &Studio::scoringChanged, this, &SceneTimeline::showMetrics);
  connect(&studio, &Studio::scoringChanged, this, &SceneTimeline::showScores);
  connect(&scores, &ScoreView::evaluationChanged, this, [this] {
    showMetrics();
    showSteps();
    showScores();
  });
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
  showMetrics();
  timeline_.setHoverProvider([this](int keyframe) { return hoverOf(keyframe); });
  connect(&timeline_, &Timeline::currentRequested, this,
          [this](int keyframe) { studio_.setCurrent(studio_.current().scene, std::size_t(keyframe)); });
  connect(&timeline_, &Timeline::loopChanged, this, [this](bool on, int first, int last) {
    studio_.playback().setLoop(on ? std::optional(std::pair(first, last)) : std::nullopt);
  });
  connect(&timeline_, &Timeline::speedChanged, this,
          [this](double factor) { studio_.playback().setSpeed(factor); });
  connect(&timeline_, &Timeline::metricChanged, this, [this](int metric) {
    if (metric < 0) return;
    metric_ = metric;
    showSteps();
    showScores();
  });
}

double SceneTimeline::scoreOf(const FrameFigures& figures, int metric) {
  switch (metric) {
    case RayIou:
      return 100 * figures.ray_iou;
    case MeanIou:
      return 100 * figures.mean_iou;
    case OccScore:
      return 100 * figures.occ_score;
    case Velocity:
      return 100 * figures.mave_mps;
    default:
      break;
  }
  const auto label = std::size_t(metric - FirstClass);
  return label < figures.class_iou.size() ? 100 * double(figures.class_iou[label]) : kNoMark;
}

double SceneTimeline::scoreAt(std::size_t scene, std::int64_t keyframe) const {
  if (keyframe < 0 || keyframe >= std::int64_t(studio_.dataset()->scenes()[scene].keyframes.size()))
    return kNoMark;
  const auto figures = scores_.figures({scene, std::size_t(keyframe)});
  return figures ? scoreOf(*figures, metric_) : kNoMark;
}

/// The classes that are scored stand below the scores over all of them.
void SceneTimeline::showMetrics() {
  const auto side = studio_.scoredSide();
  const ClassSet* classes = side                   ? &studio_.source(*side)->classes()
                            : scores_.evaluation() ? scores_.evaluation()->classes
                                                   : shown_classes_;
  if (shown_classes_ && classes == shown_classes_) return;
  shown_classes_ = classes ? classes : &ClassSet::openocc();
  QStringList names{tr("RayIoU"), tr("mIoU"), tr("OccScore"), tr("mAVE, cm/s")};
  for (int label = 0; label + 1 < shown_classes_->size(); ++label) {
    const std::string_view name = (*shown_classes_)[label].shortName();
    names << tr("IoU of %1").arg(QString::fromUtf8(name.data(), qsizetype(name.size())));
  }
  if (metric_ >= names.size()) metric_ = RayIou;
  timeline_.setMetrics(names, metric_);
}

/// Bars are coloured by where they stand in the whole split.
void SceneTimeline::showSteps() {
  const Evaluation* all = scores_.evaluation();
  const auto [low, high] =
      all ? all->quartiles(scores_.source(),
                           [this](const FrameFigures& figures) { return scoreOf(figures, metric_); })
          : std::pair(kNoMark, kNoMark);
  if (!std::isfinite(low)) {
    timeline_.setThresholds(lessIsBetter() ? ScoreSteps{80, 40} : ScoreSteps{});
  } else {
    timeline_.setThresholds(lessIsBetter() ? ScoreSteps{high, low} : ScoreSteps{low, high});
  }
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
  std::vector<std::optional<double>> scores(studio_.keyframesInScene()), reference(scores.size());
  std::vector<bool> loaded(scores.size()), predicted(scores.size());
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const double score = scoreAt(studio_.current().scene, std::int64_t(i));
    if (std::isfinite(score)) scores[i] = score;
    const auto other = scores_.otherFigures({studio_.current().scene, i});
    if (const double theirs = other ? scoreOf(*other, metric_) : kNoMark; std::isfinite(theirs))
      reference[i] = theirs;
    loaded[i] = studio_.isFrameLoaded(studio_.current().scene, i);
    predicted[i] = isPredicted(i);
  }
  timeline_.setScores(std::move(scores));
  timeline_.setReference(std::move(reference));
  timeline_.setLoaded(std::move(loaded));
  timeline_.setPredicted(std::move(predicted));
  const auto side = studio_.scoredSide();
  const QString letter = side == Side::A ? QStringLiteral("A") : QStringLiteral("B");
  timeline_.setLegend(scores_.isOfShown() ? (side ? letter : QString()) : scores_.evaluatedTitle(),
                      scores_.againstTitle());
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
  const auto figures = scores_.figures({studio_.current().scene, std::size_t(keyframe)});
  if (!figures) return hover;
  hover.lines << tr("RayIoU %1").arg(decimal(scoreOf(*figures, RayIou), 1))
              << tr("mIoU %1").arg(decimal(scoreOf(*figures, MeanIou), 1));
  if (metric_ > MeanIou) {
    const double value = scoreOf(*figures, metric_);
    hover.lines << (std::isfinite(value) ? tr("shown: %1").arg(decimal(value, 1)) : tr("shown: no score"));
  }
  int worst = -1;
  double lowest = HUGE_VAL;
  for (std::size_t label = 0; label < figures->class_iou.size(); ++label) {
    const double iou = double(figures->class_iou[label]);
    if (!(iou < lowest)) continue;  // also without a score
    lowest = iou;
    worst = int(label);
  }
  if (worst < 0) return hover;
  const std::string_view name = (*shown_classes_)[worst].name;
  hover.lines << tr("worst: %1 %2")
                     .arg(QString::fromUtf8(name.data(), qsizetype(name.size())), decimal(lowest * 100, 1));
  return hover;
}

/// Past the scene's last valley comes the next scene's first, as far as scores are known.
void SceneTimeline::jumpToValley(int direction) {
  if (!studio_.dataset()) return;
  const auto& scenes = studio_.dataset()->scenes();
  const FrameKey now = studio_.current();
  for (auto i = std::int64_t(now.scene); i >= 0 && i < std::int64_t(scenes.size()); i += direction) {
    const auto scene = std::size_t(i);
    const auto count = std::int64_t(scenes[scene].keyframes.size());
    const std::int64_t first = direction > 0 ? 0 : count - 1;
    for (std::int64_t keyframe = scene == now.scene ? std::int64_t(now.index) + direction : first;
         keyframe >= 0 && keyframe < count; keyframe += direction) {
      if (isValley(scene, keyframe)) return studio_.setCurrent(scene, std::size_t(keyframe));
    }
  }
}

/// Worse than the keyframe before and no better than the one after.
bool SceneTimeline::isValley(std::size_t scene, std::int64_t keyframe) const {
  const auto score = [&](std::int64_t i) {
    const double value = scoreAt(scene, i);
    return std::isfinite(value) ? (lessIsBetter() ? -value : value) : HUGE_VAL;
  };
  return score(keyframe) < score(keyframe - 1) && score(keyframe) <= score(keyframe + 1);
}

void SceneTimeline::toggleBookmark() {
  if (!studio_.dataset()) return;
  bookmarks_.toggle(studio_.current());
}

void SceneTimeline::nextBookmark() {
  if (const auto key = bookmarks_.next(studio_.current())) studio_.setCurrent(key->scene, key->index);
}

}  // namespace hbev::ui
