#include "ui/state/studio.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include <QtCore/QSettings>

#include "core/base/error.h"
#include "core/base/processors.h"
#include "core/eval/metric_rays.h"
#include "ui/state/error_view.h"
#include "ui/state/measure.h"
#include "ui/state/predicted_source.h"
#include "ui/state/stage_view.h"

namespace hbev::ui {
namespace {

constexpr int kOpenPriority = 1000;
constexpr int kMaxRecent = 8;
constexpr double kKeyframesPerSecond = 2.0, kSweepsPerSecond = 12.0;

unsigned workerCount() {
  return unsigned(std::max(2, usableProcessors()));
}

/// What the data set (may be null) knows of predictions; submissions of rays are shown along the metric's.
OpenOptions optionsFor(const std::shared_ptr<const Dataset>& dataset, const Orientation& orientation = {},
                       const ClassSet* classes = nullptr) {
  OpenOptions options{dataset, classes, orientation, {}};
  if (dataset) options.rays = metricRays(dataset);
  return options;
}

/// Predictions that lie inside the data set, as the demo's do: <root>/predictions/<name>.
std::vector<std::shared_ptr<const PredictionSource>> bundledPredictions(
    const std::shared_ptr<const Dataset>& dataset, const Progress& progress) {
  std::vector<std::filesystem::path> folders;
  std::error_code code;
  for (const auto& entry : std::filesystem::directory_iterator(dataset->root() / "predictions", code))
    folders.push_back(entry.path());
  std::sort(folders.begin(), folders.end());
  std::vector<std::shared_ptr<const PredictionSource>> sources;
  for (const auto& folder : folders) {
    progress.throwIfCancelled();
    try {
      sources.push_back(openPredictions(folder, optionsFor(dataset)));
    } catch (const Error&) {
      continue;  // other things may lie there
    }
  }
  return sources;
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

/// Written by the job until it has finished.
struct Studio::Opened {
  QString path;
  std::shared_ptr<const Dataset> dataset;
  std::vector<std::shared_ptr<const PredictionSource>> predictions;

  void open(Progress& progress) {
    dataset = Dataset::open(path.toStdString(), {}, &progress);
    progress.throwIfCancelled();
    if (dataset->isPredictionsAlone()) {
      predictions = {hbev::openPredictions(dataset->root())};
    } else if (!dataset->version().empty()) {  // a lone file's neighbours are not its predictions
      predictions = bundledPredictions(dataset, progress);
    }
    for (const auto& stored : storedPredictions(*dataset))
      predictions.push_back(stored);
  }
};

void Studio::openDataset(const QString& path) {
  cancelOpening();
  opened_ = std::make_shared<Opened>();
  opened_->path = path;
  opening_job_.start([opened = opened_](Progress& progress) {
    try {
      opened->open(progress);
    } catch (const Cancelled&) {
      throw;
    } catch (const Error&) {
      throw;
    } catch (const std::exception& error) {
      throw Error({"The data set cannot be opened", opened->path.toStdString(), {}, error.what(), {}});
    }
  });
  Q_EMIT openingChanged();
}

void Studio::cancelOpening() {
  if (!isOpeningDataset()) return;
  opening_job_.abandon();
  opened_.reset();
  Q_EMIT openingCancelled();
  Q_EMIT openingChanged();
}

void Studio::showOpened() {
  const std::shared_ptr<Opened> opened = std::exchange(opened_, nullptr);
  remember(opened->path);
  showDataset(opened->dataset);
  for (const auto& prediction : opened->predictions)
    sources_.push_back({std::nullopt, prediction});
  chooseFirstSources();
  Q_EMIT openingChanged();
}

void Studio::openPredictions(const QString& path, const Orientation& orientation, const ClassSet* classes) {
  if (opening_predictions_++ == 0) opened_together_ = 0;
  Q_EMIT openingChanged();
  const auto opened = [this, generation = generation_, number = asked_predictions_++](
                          const std::shared_ptr<const PredictionSource>& source,
                          const std::optional<Problem>& problem) {
    arrivals_[number] = {generation, source, problem};
    showArrivals();
  };
  queue_.submit(kOpenPriority, [this, path, opened, options = optionsFor(dataset_, orientation, classes)](
                                   const std::stop_token&) {
    std::shared_ptr<const PredictionSource> source;
    std::optional<Problem> problem;
    try {
      source = hbev::openPredictions(path.toStdString(), options);
    } catch (const Error& error) {
      problem = error.problem();
    } catch (const std::exception& error) {
      problem = Problem{"The predictions cannot be opened", path.toStdString(), {}, error.what(), {}};
    }
    QMetaObject::invokeMethod(
        this, [opened, source, problem] { opened(source, problem); }, Qt::QueuedConnection);
  });
}

/// In the order in which they were named: which one is A must not depend on the disk.
void Studio::showArrivals() {
  for (auto next = arrivals_.find(shown_predictions_); next != arrivals_.end();
       next = arrivals_.find(shown_predictions_)) {
    const Arrival arrival = std::move(next->second);
    arrivals_.erase(next);
    ++shown_predictions_;
    --opening_predictions_;
    if (arrival.generation == generation_) {  // else they were read for a data set that is no longer shown
      arrival.problem ? Q_EMIT openFailed(*arrival.problem) : addSource({std::nullopt, arrival.source});
    }
    Q_EMIT openingChanged();
  }
}

void Studio::showDataset(std::shared_ptr<const Dataset> dataset) {
  playback_.setPlaying(false);
  playback_.setLoop(std::nullopt);
  dataset_ = std::move(dataset);
  sweeps_.setDataset(dataset_);
  ++generation_;
  current_ = {};
  frame_key_ = {};
  frame_.reset();
  shown_frame_.reset();
  hits_ = misses_ = 0;
  selection_.reset();
  hover_.reset();
  contents_ = {};
  side_source_ = {-1, -1};
  sources_.clear();
  for (const LabelKind kind : dataset_->labelKinds())
    sources_.push_back({kind, nullptr});
}

void Studio::addSource(OccupancySource source) {
  const auto same = std::ranges::find_if(sources_, [&](const OccupancySource& known) {
    return known.prediction && known.prediction->path() == source.prediction->path();
  });
  const int index = int(same - sources_.begin());
  if (same == sources_.end()) {
    sources_.push_back(std::move(source));
  } else {
    *same = std::move(source);
    for (const Side side : {Side::A, Side::B}) {
      if (sourceIndex(side) != index) continue;
      side_source_[std::size_t(side)] = -1;
      contents_[std::size_t(side)] = {};  // what is shown of the old one is not this one's
    }
  }
  Q_EMIT sourcesChanged();
  if (!dataset_) return;
  // A shows what was just opened, the first of several; B the truth that fits it, else the second of them.
  const int place = opened_together_++;
  if (place == 0) {
    const int kept = sourceIndex(Side::B), before = sourceIndex(Side::A);
    setSource(Side::A, index);
    setSource(Side::B, besides(index, kept >= 0 && kept != index ? kept : before));
  } else if (place == 1 && !(this->source(Side::B) && this->source(Side::B)->isTruth())) {
    setSource(Side::B, index);
  }
}

/// What stands beside a source: a truth in its class set, else the preferred one when it is another, else
/// another prediction in its class set, else whatever else there is; the source itself where it is alone.
int Studio::besides(int index, int preferred) const {
  const auto& classes = sources_[std::size_t(index)].classes();
  const auto find = [&](const std::function<bool(const OccupancySource&)>& fits) {
    for (int i = 0; i < int(sources_.size()); ++i) {
      if (i != index && fits(sources_[std::size_t(i)])) return i;
    }
    return -1;
  };
  const int truth = find([&](const auto& each) { return each.isTruth() && &each.classes() == &classes; });
  if (truth >= 0) return truth;
  if (preferred >= 0 && preferred != index) return preferred;
  const int prediction =
      find([&](const auto& each) { return !each.isTruth() && &each.classes() == &classes; });
  if (prediction >= 0) return prediction;
  const int any = find([](const auto&) { return true; });
  return any >= 0 ? any : index;
}

/// A truth in the other side's class set, when there is one.
void Studio::showFittingTruth(Side side) {
  for (int i = 0; i < int(sources_.size()); ++i) {
    const OccupancySource& candidate = sources_[std::size_t(i)];
    if (candidate.isTruth() && &candidate.classes() == &source(other(side))->classes())
      return setSource(side, i);
  }
}

void Studio::showPredictions(const std::shared_ptr<const PredictionSource>& prediction, Side side) {
  const auto known = std::ranges::find(sources_, prediction, &OccupancySource::prediction);
  const int index = int(known - sources_.begin());
  if (known == sources_.end()) {
    sources_.push_back({std::nullopt, prediction});
    Q_EMIT sourcesChanged();
  }
  if (sourceIndex(Side::A) == index || sourceIndex(Side::B) == index) return;
  setSource(side, index);
  // Another prediction beside it is there to be compared with.
  if (!source(other(side)) || source(other(side))->isTruth()) showFittingTruth(other(side));
}

/// A: the first prediction, else a truth. B: see besides().
void Studio::chooseFirstSources() {
  const auto isPrediction = [](const OccupancySource& candidate) { return !candidate.isTruth(); };
  const auto prediction = std::find_if(sources_.begin(), sources_.end(), isPrediction);
  const int count = int(sources_.size());
  side_source_[0] = prediction != sources_.end() ? int(prediction - sources_.begin()) : count - 1;
  side_source_[1] = side_source_[0] >= 0 ? besides(side_source_[0], -1) : -1;
  makeFrameCache();
  makeOccupancyCache();
  sweeps_.setLoading(loadOptions(), 0);
  sweeps_.setScene(0);
  shareMemory();
  Q_EMIT datasetChanged();
  Q_EMIT sourcesChanged();
  updateScoring();
  setCurrent(0, 0);
  // setCurrent() says nothing when the keyframe has the same place as in the data set before.
  Q_EMIT currentChanged();
  wishForFrames();
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

QStringList Studio::recentPaths() {
  return QSettings().value(QStringLiteral("recent")).toStringList();
}
void Studio::clearRecentPaths() {
  QSettings().remove(QStringLiteral("recent"));
}

void Studio::remember(const QString& path) {
  const QString absolute =
      QString::fromStdString(std::filesystem::absolute(path.toStdString()).lexically_normal().string());
  QStringList paths = recentPaths();
  paths.removeAll(absolute);
  paths.prepend(absolute);
  QSettings().setValue(QStringLiteral("recent"), paths.mid(0, kMaxRecent));
}

}  // namespace hbev::ui
