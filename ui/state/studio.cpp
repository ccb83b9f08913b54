#include "ui/state/studio.h"

#include <algorithm>
#include <utility>

#include "core/base/processors.h"
#include "ui/state/error_view.h"
#include "ui/state/measure.h"
#include "ui/state/stage_view.h"

namespace hbev::ui {
namespace {

constexpr double kKeyframesPerSecond = 2.0, kSweepsPerSecond = 12.0;

unsigned workerCount() {
  return unsigned(std::max(2, usableProcessors()));
}

}  // namespace

Studio::Studio(QObject* parent)
    : QObject(parent),
      queue_(workerCount()),
      sweeps_(queue_),
      playback_(playStage()),
      settings_(StreamSettings::load()),
      stages_(std::make_unique<StageView>()),
      errors_(std::make_unique<ErrorView>()),
      measure_(std::make_unique<Measure>()) {
  qRegisterMetaType<hbev::Problem>();
  wants_sweeps_ = settings_.sweeps;
  playback_.setSpeed(settings_.speed);
  limitThreads();
  connect(this, &Studio::frameChanged, this, &Studio::showPictures);
  connect(&sweeps_, &SweepView::picturesChanged, this, &Studio::showPictures);
  connect(&sweeps_, &SweepView::currentChanged, this, &Studio::showPictures);
  connect(&opening_job_, &BackgroundJob::finished, this, &Studio::showOpened);
  connect(&opening_job_, &BackgroundJob::progressed, this, &Studio::openingProgressed);
  connect(&opening_job_, &BackgroundJob::failed, this, [this](const Problem& problem) {
    Q_EMIT openFailed(problem);
    Q_EMIT openingChanged();
  });
  stages_->follow(*this);
  errors_->follow(*this);
  connect(this, &Studio::datasetChanged, measure_.get(), [this] { measure_->setOn(false); });
  connect(&playback_, &Playback::loopChanged, this, [this] {
    if (dataset_) wishForFrames();
  });
}

Studio::~Studio() {
  queue_.cancelAll();
  queue_.drain();  // Nobody calls back into a Studio that is half gone.
}

void Studio::setCurrent(std::size_t scene, std::size_t index) {
  if (!dataset_ || scene >= dataset_->scenes().size()) return;
  const std::size_t count = dataset_->scenes()[scene].keyframes.size();
  if (count == 0) return;
  const FrameKey key{scene, std::min(index, count - 1)};
  if (key.scene == current_.scene) sweeps_.setCurrent(sweeps_.momentOfKeyframe(key.index));
  moveTo(key);
}

/// The keyframe becomes the current one; the moment that is shown is the caller's business but for the
/// scene's change.
void Studio::moveTo(const FrameKey& key) {
  if (key == current_) return wishForSweeps();
  const bool same_scene = key.scene == current_.scene;
  direction_ = same_scene && key.index < current_.index ? -1 : 1;
  ++(isLoaded(key) ? hits_ : misses_);
  current_ = key;
  if (!same_scene) {
    sweeps_.setScene(key.scene);
    sweeps_.setCurrent(sweeps_.momentOfKeyframe(key.index));
    shareMemory();
  }
  Q_EMIT currentChanged();
  if (!same_scene) {
    playback_.setLoop(std::nullopt);
    wishForReports();
  }
  wishForFrames();
  if (!same_scene) forgetShown();
}

void Studio::showMoment(int moment) {
  const auto& moments = sweeps_.moments();
  if (!dataset_ || moments.empty()) return;
  moment = std::clamp(moment, 0, int(moments.size()) - 1);
  if (moment == sweeps_.current()) return;
  direction_ = moment < sweeps_.current() ? -1 : 1;
  sweeps_.setCurrent(moment);
  moveTo({current_.scene, moments[std::size_t(moment)].keyframe});
}

void Studio::stepSweep(int moments) {
  sweeps_.hasSweeps() ? showMoment(sweeps_.current() + moments) : step(moments);
}

void Studio::setPlaysSweeps(bool on) {
  if (on == wants_sweeps_) return;
  wants_sweeps_ = on;
  playback_.restartPace();
  if (dataset_) wishForSweeps();
  Q_EMIT sweepModeChanged(on);
}

/// How play sees the scene: as keyframes, or as moments.
PlayStage Studio::playStage() {
  PlayStage stage;
  stage.count = [this] { return playsSweeps() ? int(sweeps_.moments().size()) : int(keyframesInScene()); };
  stage.current = [this] { return playsSweeps() ? sweeps_.current() : int(current_.index); };
  stage.is_loaded = [this](int stop) {
    if (!playsSweeps()) return isLoaded({current_.scene, std::size_t(stop)});
    const std::size_t keyframe = sweeps_.moments()[std::size_t(stop)].keyframe;
    return isLoaded({current_.scene, keyframe}) && sweeps_.isLoaded(stop);
  };
  stage.is_shown = [this] { return isCurrentShown() && sweeps_.isShown(); };
  stage.go = [this](int stop) {
    playsSweeps() ? showMoment(stop) : setCurrent(current_.scene, std::size_t(stop));
  };
  stage.hertz = [this] { return playsSweeps() ? kSweepsPerSecond : kKeyframesPerSecond; };
  stage.loop = [this]() -> std::optional<std::pair<int, int>> {
    const auto loop = playback_.loop();
    if (!loop || !playsSweeps()) return loop;
    return std::pair(sweeps_.momentOfKeyframe(std::size_t(loop->first)),
                     sweeps_.momentOfKeyframe(std::size_t(loop->second)));
  };
  return stage;
}

void Studio::step(int keyframes) {
  if (!dataset_) return;
  const std::int64_t last = std::int64_t(keyframesInScene()) - 1;
  const std::int64_t index =
      std::clamp<std::int64_t>(std::int64_t(current_.index) + keyframes, 0, std::max<std::int64_t>(last, 0));
  setCurrent(current_.scene, std::size_t(index));
}

std::size_t Studio::keyframesInScene() const {
  return dataset_ ? dataset_->scenes()[current_.scene].keyframes.size() : 0;
}

const OccupancySource* Studio::source(Side side) const {
  const int index = sourceIndex(side);
  return index < 0 ? nullptr : &sources_[std::size_t(index)];
}

void Studio::setSource(Side side, int index) {
  if (!dataset_ || index < 0 || index >= int(sources_.size()) || index == sourceIndex(side)) return;
  side_source_[std::size_t(side)] = index;
  contents_[std::size_t(side)] = {};
  Q_EMIT sourcesChanged();
  updateScoring();
  wishForFrames();
}

void Studio::swapSources() {
  if (!dataset_) return;
  std::swap(side_source_[0], side_source_[1]);
  std::swap(contents_[0], contents_[1]);
  Q_EMIT sourcesChanged();
  updateScoring();
  wishForFrames();
}

std::shared_ptr<const Occupancy> Studio::counterpart(Side side) const {
  const auto& own = content(side).occupancy;
  const auto& opposite = content(other(side)).occupancy;
  if (!own || !opposite || own->classes != opposite->classes || !(own->grid == opposite->grid))
    return nullptr;
  return opposite;
}

void Studio::setPredictionFinder(PredictionFinder finder) {
  find_prediction_ = std::move(finder);
  for (const Side side : {Side::A, Side::B})
    Q_EMIT predictedChanged(side);
}

void Studio::predictionCame(const OccupancySource& source, const FrameKey& key) {
  occupancies_->dropIf([&](const OccupancyKey& known, const LoadedOccupancy&) {
    return known.source == source && known.frame == key;
  });
  if (reports_ && scored_->prediction == source) {
    reports_->dropIf([&](const FrameKey& known, const MaybeReport&) { return known == key; });
    reported_.erase(key);
  }
  wishForFrames();
  wishForReports();
  Q_EMIT predictionArrived(key.scene, key.index);
  for (const Side side : {Side::A, Side::B}) {
    if (key == current_ && this->source(side) && *this->source(side) == source) Q_EMIT predictedChanged(side);
  }
}

std::shared_ptr<const PredictedFrame> Studio::predicted(Side side) const {
  return find_prediction_ && dataset_ && source(side) ? find_prediction_(*source(side), current_) : nullptr;
}

std::shared_ptr<const ClassProbabilities> Studio::probabilities(Side side) const {
  const auto prediction = predicted(side);
  const auto& occupancy = content(side).occupancy;
  if (!prediction || !prediction->probabilities || !occupancy ||
      content(side).state != SideContent::State::Ready)
    return nullptr;
  const auto& probabilities = prediction->probabilities;
  const bool fits = probabilities->classes == occupancy->classes && probabilities->grid == occupancy->grid;
  return fits ? probabilities : nullptr;
}

void Studio::changeView(const std::function<void(ViewSettings&)>& change) {
  const ViewSettings before = view_;
  change(view_);
  if (view_ != before) Q_EMIT viewChanged(before);
}

void Studio::toggleClass(const QString& id) {
  changeView([&](ViewSettings& view) {
    if (!view.hidden_classes.remove(id)) view.hidden_classes.insert(id);
  });
}

void Studio::soloClass(const QString& id) {
  changeView([&](ViewSettings& view) {
    QSet<QString> others;
    for (const ClassSet* set : {&ClassSet::openocc(), &ClassSet::occ3d()}) {
      for (const ClassInfo& info : set->classes())
        others.insert(QString::fromUtf8(info.id.data(), qsizetype(info.id.size())));
    }
    others.remove(id);
    if (view.hidden_classes == others) others.clear();
    view.hidden_classes = others;
  });
}

void Studio::select(const VoxelMark& voxel) {
  if (selection_ == voxel) return;
  selection_ = voxel;
  Q_EMIT selectionChanged();
}

void Studio::setHover(const VoxelMark& voxel) {
  if (hover_ == voxel) return;
  hover_ = voxel;
  Q_EMIT hoverChanged();
}

}  // namespace hbev::ui
