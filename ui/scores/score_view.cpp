#include "ui/scores/score_view.h"

#include <algorithm>
#include <cmath>

#include "core/eval/frame_order.h"
#include "ui/kit/painting.h"
#include "ui/scores/evaluating.h"
#include "ui/state/studio.h"

namespace hbev::ui {

ScoreView::ScoreView(Studio& studio, Evaluating& evaluating, QObject* parent)
    : QObject(parent), studio_(studio), evaluating_(evaluating) {
  delay_.setSingleShot(true);
  delay_.setInterval(120);
  connect(&delay_, &QTimer::timeout, this, &ScoreView::changed);
  const auto later = [this] {
    if (!delay_.isActive()) delay_.start();
  };
  connect(&studio, &Studio::reportArrived, this, later);
  connect(&studio, &Studio::currentChanged, this, later);
  connect(&studio, &Studio::scoringChanged, this, &ScoreView::follow);
  connect(&studio, &Studio::viewChanged, this, [this](const ViewSettings& before) {
    if (before.palette != studio_.view().palette) Q_EMIT changed();
  });
  connect(&evaluating, &Evaluating::changed, this, &ScoreView::foundChanged);
}

void ScoreView::foundChanged() {
  if (evaluating_.found() != shown_) {
    shown_ = evaluating_.found();
    if (shown_ && !is_subject_chosen_) subject_ = ScoreSubject::All;
    if (shown_ && source_ >= shown_->frames.size()) source_ = 0;
    Q_EMIT evaluationChanged();
  }
  follow();
}

/// What the viewports show is what is spoken of.
void ScoreView::follow() {
  const auto numberOn = [this](Side side) {
    const OccupancySource* source = studio_.source(side);
    return source ? evaluating_.sourceNumber(*source) : std::nullopt;
  };
  const Side side = studio_.scoredSide().value_or(Side::A);
  const auto number = numberOn(side), beside = numberOn(other(side));
  if (beside && beside != number) against_ = beside;
  if (number && *number != source_) {
    source_ = *number;
    Q_EMIT evaluationChanged();
  }
  if (!delay_.isActive()) delay_.start();
}

void ScoreView::setSubject(ScoreSubject subject) {
  is_subject_chosen_ = true;
  if (subject == subject_) return;
  subject_ = subject;
  Q_EMIT changed();
}

void ScoreView::setSource(std::size_t source) {
  if (!shown_ || source >= shown_->frames.size()) return;
  if (against_ == source) against_ = source_;
  source_ = source;
  const Side side = studio_.scoredSide().value_or(Side::A);
  for (std::size_t i = 0; i < studio_.sources().size(); ++i) {
    if (evaluating_.sourceNumber(studio_.sources()[i]) == source) studio_.setSource(side, int(i));
  }
  Q_EMIT evaluationChanged();
  Q_EMIT changed();
}

std::optional<std::size_t> ScoreView::against() const {
  const std::size_t count = shown_ ? shown_->frames.size() : 0;
  if (count < 2) return std::nullopt;
  if (against_ && *against_ < count && *against_ != source_) return against_;
  return source_ == 0 ? 1 : 0;
}

void ScoreView::setAgainst(std::size_t source) {
  against_ = source;
  Q_EMIT evaluationChanged();
  Q_EMIT changed();
}

void ScoreView::setUnit(CellUnit unit) {
  if (unit == unit_) return;
  unit_ = unit;
  Q_EMIT changed();
}

QString ScoreView::whyNot() const {
  return evaluating_.whyNot();
}

bool ScoreView::isEvaluating() const {
  return evaluating_.isRunning();
}

const Evaluation* ScoreView::evaluation() const {
  return shown_ && source_ < shown_->frames.size() ? shown_.get() : nullptr;
}

std::optional<std::size_t> ScoreView::numberOf(const OccupancySource& source) const {
  return evaluating_.sourceNumber(source);
}

const SplitReport* ScoreView::sceneOf(std::size_t source) const {
  if (!evaluation() || !studio_.dataset()) return nullptr;
  const std::string& name = studio_.dataset()->scenes()[studio_.current().scene].name;
  const auto& scenes = shown_->summary.sources[source].scenes;
  const auto found = std::ranges::find(scenes, name, &GroupReport::name);
  return found == scenes.end() ? nullptr : &found->report;
}

std::optional<SplitReport> ScoreView::report() const {
  if (subject_ == ScoreSubject::All) {
    if (!evaluation() || shown_->summary.sources[source_].total.frames() == 0) return std::nullopt;
    return shown_->summary.sources[source_].total;
  }
  if (!studio_.dataset()) return std::nullopt;
  const FrameKey key = studio_.current();
  if (subject_ == ScoreSubject::Scene) {
    SplitReport live = studio_.sceneReport(key.scene);
    if (live.frames() > 0) return live;
    const SplitReport* scene = sceneOf(source_);
    return scene ? std::optional(*scene) : std::nullopt;
  }
  const auto frame = studio_.report(key.scene, key.index);
  if (!frame) return std::nullopt;
  SplitReport single(*frame->classes);
  single.add(*frame);
  return single;
}

std::optional<SplitReport> ScoreView::reference() const {
  const auto other = against();
  if (!other) return std::nullopt;
  if (subject_ == ScoreSubject::All) return shown_->summary.sources[*other].total;
  const SplitReport* scene = subject_ == ScoreSubject::Scene ? sceneOf(*other) : nullptr;
  return scene ? std::optional(*scene) : std::nullopt;
}

bool ScoreView::isLive() const {
  if (!evaluation() || subject_ == ScoreSubject::Keyframe) return true;
  return subject_ == ScoreSubject::Scene && studio_.dataset() && studio_.canScore() &&
         studio_.sceneReport(studio_.current().scene).frames() > 0;
}

bool ScoreView::isOfEvaluation() const {
  for (const Side side : {Side::A, Side::B}) {
    const OccupancySource* source = studio_.source(side);
    if (evaluation() && source && numberOf(*source) == source_) return true;
  }
  return false;
}

std::optional<ScoreView::Compared> ScoreView::compared() const {
  const auto other = against();
  if (!other || subject_ == ScoreSubject::Keyframe) return std::nullopt;
  const auto pair = shown_->pair(source_, *other);
  if (pair && subject_ == ScoreSubject::All) {
    const auto& [sums, is_first] = *pair;
    const GroupedReports &own = is_first ? sums->first_common : sums->second_common,
                         &theirs = is_first ? sums->second_common : sums->first_common;
    QString note;
    if (sums->frames != sums->either) {
      note = tr(" · compared over %1 of %2")
                 .arg(groupedNumber(qint64(sums->frames)), groupedNumber(qint64(sums->either)));
    }
    return Compared{own.total, theirs.total, note};
  }
  auto own = report(), theirs = reference();
  if (!own || !theirs) return std::nullopt;
  return Compared{std::move(*own), std::move(*theirs), {}};
}

QString ScoreView::sourceTitle() const {
  if (!isLive()) return evaluatedTitle();
  const auto side = studio_.scoredSide();
  return side ? studio_.source(*side)->title() : QString();
}

QString ScoreView::againstTitle() const {
  const auto other = against();
  return other ? QString::fromStdString(shown_->summary.sources[*other].facts.title) : QString();
}

QString ScoreView::evaluatedTitle() const {
  return QString::fromStdString(shown_->summary.sources[source_].facts.title);
}

QString ScoreView::subjectText() const {
  if (!studio_.dataset()) return {};
  const FrameKey key = studio_.current();
  const QString scene = QString::fromStdString(studio_.dataset()->scenes()[key.scene].name);
  if (subject_ == ScoreSubject::Keyframe) return tr("%1 · keyframe %2").arg(scene).arg(key.index + 1);
  const auto sum = report();
  const qint64 frames = sum ? sum->frames() : 0;
  const QString count = frames == 1 ? tr("1 keyframe") : tr("%1 keyframes").arg(groupedNumber(frames));
  if (subject_ == ScoreSubject::Scene) return QStringLiteral("%1 · %2").arg(scene, count);
  if (!evaluation()) return {};
  const EvaluationSummary& summary = shown_->summary;
  const QString done =
      summary.missing > 0
          ? tr("%1 of %2 keyframes").arg(groupedNumber(frames), groupedNumber(summary.facts.keyframes))
          : count;
  const QString split = QString::fromStdString(summary.facts.split);
  QString text = tr("%1 · %2 · %3")
                     .arg(split == QStringLiteral("all") ? tr("all scenes") : split, done,
                          sum && sum->cameraVoxels() ? tr("camera mask") : tr("no mask"));
  if (summary.facts.order == frameOrderName(FrameOrder::Reference)) text += tr(" · the reference's origins");
  return text;
}

bool ScoreView::isOfShown() const {
  const auto side = studio_.scoredSide();
  return !evaluation() || (side && numberOf(*studio_.source(*side)) == source_);
}

std::optional<FrameFigures> ScoreView::figures(const FrameKey& key) const {
  const auto live = isOfShown() ? studio_.report(key.scene, key.index) : nullptr;
  if (live) return figuresOf(key, *live);
  const FrameFigures* kept = evaluation() ? shown_->figures(source_, key) : nullptr;
  return kept ? std::optional(*kept) : std::nullopt;
}

std::optional<FrameFigures> ScoreView::otherFigures(const FrameKey& key) const {
  const auto other = against();
  const FrameFigures* kept = other ? shown_->figures(*other, key) : nullptr;
  return kept ? std::optional(*kept) : std::nullopt;
}

std::optional<double> ScoreView::sceneScore(std::size_t scene) const {
  if (evaluation()) {
    const auto& scenes = shown_->scene_ray_iou[source_];
    if (const auto found = scenes.find(scene); found != scenes.end()) return 100 * found->second;
  }
  const auto live = studio_.canScore() ? studio_.sceneReport(scene).rayScores() : std::nullopt;
  return live && std::isfinite(live->ray_iou) ? std::optional(100 * live->ray_iou) : std::nullopt;
}

std::optional<double> ScoreView::meanScore() const {
  const auto rays = evaluation() ? shown_->summary.sources[source_].total.rayScores() : std::nullopt;
  return rays && std::isfinite(rays->ray_iou) ? std::optional(100 * rays->ray_iou) : std::nullopt;
}

}  // namespace hbev::ui
