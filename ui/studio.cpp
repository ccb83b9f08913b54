#include "ui/studio.h"

#include <algorithm>
#include <filesystem>
#include <thread>

#include <QtCore/QSettings>

#include "core/base/error.h"
#include "core/eval/origins.h"

namespace hbev::ui {
namespace {

constexpr int kOpenPriority = 1000, kOccupancyPriority = 400, kFramePriority = 300, kReportPriority = 0;
constexpr int kPrefetchAhead = 4, kPrefetchBehind = 1;
constexpr int kMaxRecent = 8;
constexpr double kKeyframesPerSecond = 2.0;
// Pictures are decoded at half size when the strip is no wider: 800 pixels fill a sixth of a 4K window.
constexpr int kStripImageWidth = 800;
constexpr std::size_t kMegabyte = std::size_t(1) << 20;

unsigned workerCount() {
  return std::max(2U, std::thread::hardware_concurrency());
}

/// Predictions that lie inside the data set, as the demo's do: <root>/predictions/<name>.
std::vector<std::shared_ptr<const PredictionSource>> bundledPredictions(const std::filesystem::path& root) {
  std::vector<std::filesystem::path> folders;
  std::error_code code;
  for (const auto& entry : std::filesystem::directory_iterator(root / "predictions", code))
    folders.push_back(entry.path());
  std::sort(folders.begin(), folders.end());
  std::vector<std::shared_ptr<const PredictionSource>> sources;
  for (const auto& folder : folders) {
    try {
      sources.push_back(openPredictions(folder));
    } catch (const Error&) {
      continue;  // other things may lie there
    }
  }
  return sources;
}

}  // namespace

Studio::Studio(QObject* parent) : QObject(parent), queue_(workerCount()) {
  qRegisterMetaType<hbev::Problem>();
  play_timer_.setTimerType(Qt::PreciseTimer);
  connect(&play_timer_, &QTimer::timeout, this, &Studio::playNext);
}

Studio::~Studio() {
  queue_.cancelAll();
  queue_.drain();  // Nobody calls back into a Studio that is half gone.
}

void Studio::openDataset(const QString& path) {
  ++opening_;
  Q_EMIT openingChanged();
  queue_.submit(kOpenPriority, [this, path](const std::stop_token&) {
    std::shared_ptr<const Dataset> dataset;
    std::vector<std::shared_ptr<const PredictionSource>> predictions;
    std::optional<Problem> problem;
    try {
      dataset = Dataset::open(path.toStdString());
      predictions = bundledPredictions(dataset->root());
      if (dataset->version().empty())
        predictions.clear();  // a lone file's neighbours are not its predictions
      if (dataset->isPredictionsAlone()) predictions = {hbev::openPredictions(dataset->root())};
    } catch (const Error& error) {
      problem = error.problem();
    } catch (const std::exception& error) {
      problem = Problem{"The data set cannot be opened", path.toStdString(), {}, error.what(), {}};
    }
    QMetaObject::invokeMethod(
        this,
        [this, path, dataset, predictions, problem] {
          --opening_;
          if (problem) {
            Q_EMIT openFailed(*problem);
          } else {
            remember(path);
            showDataset(dataset);
            for (const auto& prediction : predictions)
              sources_.push_back({std::nullopt, prediction});
            chooseFirstSources();
          }
          Q_EMIT openingChanged();
        },
        Qt::QueuedConnection);
  });
}

void Studio::openPredictions(const QString& path) {
  ++opening_;
  Q_EMIT openingChanged();
  queue_.submit(kOpenPriority, [this, path](const std::stop_token&) {
    std::shared_ptr<const PredictionSource> source;
    std::optional<Problem> problem;
    try {
      source = hbev::openPredictions(path.toStdString());
    } catch (const Error& error) {
      problem = error.problem();
    } catch (const std::exception& error) {
      problem = Problem{"The predictions cannot be opened", path.toStdString(), {}, error.what(), {}};
    }
    QMetaObject::invokeMethod(
        this,
        [this, source, problem] {
          --opening_;
          if (problem) {
            Q_EMIT openFailed(*problem);
          } else {
            addSource({std::nullopt, source});
          }
          Q_EMIT openingChanged();
        },
        Qt::QueuedConnection);
  });
}

void Studio::showDataset(std::shared_ptr<const Dataset> dataset) {
  setPlaying(false);
  dataset_ = std::move(dataset);
  ++generation_;
  current_ = {};
  frame_key_ = {};
  frame_.reset();
  loop_.reset();
  selection_.reset();
  hover_.reset();
  contents_ = {};
  side_source_ = {-1, -1};
  sources_.clear();
  for (const LabelKind kind : dataset_->labelKinds())
    sources_.push_back({kind, nullptr});
}

void Studio::makeFrameCache() {
  const auto loaded = [this, generation = generation_](const FrameKey& key,
                                                       const std::shared_ptr<const Frame>&) {
    const auto show = [this, generation, key] {
      if (generation != generation_) return;
      Q_EMIT frameLoaded(key.scene, key.index);
      if (key == current_) showFrame();
    };
    QMetaObject::invokeMethod(this, show, Qt::QueuedConnection);
  };
  LoadOptions options;
  options.min_image_width = kStripImageWidth;
  options.truth = false;
  frames_ = makeSampleLoader(queue_, kFramePriority, dataset_, options, loaded, 1024 * kMegabyte);
}

void Studio::makeOccupancyCache() {
  const auto load = [dataset = dataset_](const OccupancyKey& key, const std::stop_token& stop) {
    if (stop.stop_requested()) throw Cancelled();
    const Keyframe keyframe = dataset->keyframe(key.frame.scene, key.frame.index);
    return std::make_shared<const LoadedOccupancy>(loadOccupancy(*dataset, key.source, keyframe));
  };
  const auto size = [](const LoadedOccupancy& loaded) {
    if (!loaded.occupancy) return sizeof(LoadedOccupancy);
    const Occupancy& held = *loaded.occupancy;
    return held.semantics.size() + held.flow.size() * sizeof(float) + held.mask_camera.size() +
           held.mask_lidar.size();
  };
  const auto loaded = [this, generation = generation_](const OccupancyKey& key, const auto&) {
    const auto show = [this, generation, key] {
      if (generation != generation_ || key.frame != current_) return;
      for (const Side side : {Side::A, Side::B}) {
        if (source(side) && *source(side) == key.source) showSide(side);
      }
    };
    QMetaObject::invokeMethod(this, show, Qt::QueuedConnection);
  };
  occupancies_ =
      std::make_unique<OccupancyCache>(queue_, kOccupancyPriority, load, size, loaded, 1024 * kMegabyte);
}

/// Frame reports of the scored pair; they are small, so that all of a split are kept.
void Studio::makeReportCache() {
  const auto load = [dataset = dataset_, pair = *scored_](const FrameKey& key, const std::stop_token& stop) {
    const Keyframe keyframe = dataset->keyframe(key.scene, key.index);
    auto answer = std::make_shared<MaybeReport>();
    const LoadedOccupancy prediction = loadOccupancy(*dataset, pair.prediction, keyframe);
    if (stop.stop_requested()) throw Cancelled();
    const LoadedOccupancy truth = loadOccupancy(*dataset, pair.truth, keyframe);
    if (stop.stop_requested()) throw Cancelled();
    if (!prediction.occupancy || !truth.occupancy) return std::shared_ptr<const MaybeReport>(answer);
    try {
      const auto origins = lidarOrigins(dataset->lidarReadings(key.scene), key.index);
      answer->report =
          std::make_shared<FrameReport>(evaluateFrame(*prediction.occupancy, *truth.occupancy, origins));
    } catch (const Error&) {
      // A keyframe without a lidar cannot be scored: that is the answer.
    }
    return std::shared_ptr<const MaybeReport>(answer);
  };
  const auto loaded = [this, generation = scoring_generation_](const FrameKey& key, const auto&) {
    const auto tell = [this, generation, key] {
      if (generation == scoring_generation_) reportCame(key.scene, key.index);
    };
    QMetaObject::invokeMethod(this, tell, Qt::QueuedConnection);
  };
  reports_ = std::make_unique<ReportCache>(
      queue_, kReportPriority, load, [](const MaybeReport&) { return std::size_t(1); }, loaded,
      ~std::size_t(0));
}

void Studio::addSource(OccupancySource source) {
  sources_.push_back(std::move(source));
  const int index = int(sources_.size()) - 1;
  Q_EMIT sourcesChanged();
  if (!dataset_) return;
  // A shows what was just opened; B the truth that fits it.
  setSource(Side::A, index);
  for (int i = 0; i < int(sources_.size()); ++i) {
    const OccupancySource& candidate = sources_[std::size_t(i)];
    if (candidate.isTruth() && &candidate.classes() == &sources_[std::size_t(index)].classes())
      return setSource(Side::B, i);
  }
}

/// A: the first prediction, else a truth. B: a truth in A's class set, else any other source.
void Studio::chooseFirstSources() {
  const auto isPrediction = [](const OccupancySource& candidate) { return !candidate.isTruth(); };
  const auto prediction = std::find_if(sources_.begin(), sources_.end(), isPrediction);
  const int count = int(sources_.size());
  side_source_[0] = prediction != sources_.end() ? int(prediction - sources_.begin()) : count - 1;
  side_source_[1] = side_source_[0];
  for (int i = count - 1; i >= 0; --i) {
    const OccupancySource& candidate = sources_[std::size_t(i)];
    if (i == side_source_[0] || !candidate.isTruth()) continue;
    side_source_[1] = i;
    if (&candidate.classes() == &sources_[std::size_t(side_source_[0])].classes()) break;
  }
  makeFrameCache();
  makeOccupancyCache();
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
  if (key == current_) return;
  const bool same_scene = key.scene == current_.scene;
  direction_ = same_scene && key.index < current_.index ? -1 : 1;
  current_ = key;
  if (!same_scene) loop_.reset();
  Q_EMIT currentChanged();
  if (!same_scene) {
    Q_EMIT loopChanged();
    wishForReports();
  }
  wishForFrames();
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

/// The current keyframe first, then what playing on would need, then one step back.
void Studio::wishForFrames() {
  std::vector<FrameKey> keys{current_};
  const std::int64_t count = std::int64_t(keyframesInScene());
  for (int i = 1; i <= kPrefetchAhead + kPrefetchBehind; ++i) {
    const int offset = i <= kPrefetchAhead ? i * direction_ : -(i - kPrefetchAhead) * direction_;
    const std::int64_t index = std::int64_t(current_.index) + offset;
    if (index >= 0 && index < count) keys.push_back({current_.scene, std::size_t(index)});
  }
  frames_->wish(keys);
  std::vector<OccupancyKey> occupancies;
  for (const FrameKey& key : keys) {
    for (const Side side : {Side::A, Side::B}) {
      if (source(side)) occupancies.push_back({*source(side), key});
    }
  }
  occupancies_->wish(occupancies);
  showFrame();
  showSide(Side::A);
  showSide(Side::B);
}

bool Studio::isFrameLoaded(std::size_t scene, std::size_t index) const {
  return frames_ && frames_->contains({scene, index});
}

void Studio::showFrame() {
  if (!frames_->contains(current_)) return;
  frame_ = frames_->find(current_);
  frame_key_ = current_;
  Q_EMIT frameChanged();
}

void Studio::showSide(Side side) {
  SideContent& content = contents_[std::size_t(side)];
  const OccupancySource* wanted = source(side);
  if (!wanted) {
    content = {};
    return Q_EMIT sideChanged(side);
  }
  const OccupancyKey key{*wanted, current_};
  if (!occupancies_->contains(key)) {
    content.state = SideContent::State::Loading;
    content.problem.reset();
    return Q_EMIT sideChanged(side);
  }
  const auto loaded = occupancies_->find(key);
  content.occupancy = loaded->occupancy;
  content.problem = loaded->problem;
  content.state = loaded->occupancy ? SideContent::State::Ready
                  : loaded->problem ? SideContent::State::Damaged
                                    : SideContent::State::Absent;
  Q_EMIT sideChanged(side);
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

void Studio::setPlaying(bool playing) {
  playing = playing && dataset_ && keyframesInScene() > 1;
  if (playing == isPlaying()) return;
  if (playing) {
    if (current_.index + 1 == keyframesInScene() && !loop_) setCurrent(current_.scene, 0);
    play_timer_.start(int(1000.0 / (kKeyframesPerSecond * speed_)));
  } else {
    play_timer_.stop();
  }
  Q_EMIT playingChanged(playing);
}

void Studio::setSpeed(double factor) {
  speed_ = factor;
  if (isPlaying()) play_timer_.setInterval(int(1000.0 / (kKeyframesPerSecond * speed_)));
}

void Studio::setLoop(std::optional<std::pair<int, int>> range) {
  if (loop_ == range) return;
  loop_ = range;
  Q_EMIT loopChanged();
}

bool Studio::isCurrentShown() const {
  return isFrameCurrent() && content(Side::A).state != SideContent::State::Loading &&
         content(Side::B).state != SideContent::State::Loading;
}

void Studio::playNext() {
  if (!isCurrentShown()) return;  // Waits rather than skips: every keyframe is seen.
  const int first = loop_ ? loop_->first : 0;
  const int last = loop_ ? loop_->second : int(keyframesInScene()) - 1;
  const int index = int(current_.index);
  if (index < last) return setCurrent(current_.scene, current_.index + 1);
  if (loop_) return setCurrent(current_.scene, std::size_t(first));
  setPlaying(false);
}

std::optional<Side> Studio::scoredSide() const {
  if (!scored_) return std::nullopt;
  return source(Side::A) && *source(Side::A) == scored_->prediction ? Side::A : Side::B;
}

void Studio::updateScoring() {
  std::optional<ScoredPair> pair;
  for (const Side side : {Side::A, Side::B}) {
    const OccupancySource* prediction = source(side);
    const OccupancySource* truth = source(other(side));
    if (pair || !prediction || !truth || prediction->isTruth() || !truth->isTruth()) continue;
    if (&prediction->classes() == &truth->classes()) pair = ScoredPair{*prediction, *truth};
  }
  if (pair == scored_ && (reports_ || !pair)) return;
  scored_ = pair;
  ++scoring_generation_;
  evaluating_all_ = false;
  reports_.reset();
  if (scored_) makeReportCache();
  Q_EMIT scoringChanged();
  wishForReports();
}

std::vector<FrameKey> Studio::sceneKeys() const {
  std::vector<FrameKey> keys;
  for (std::size_t i = 0; i < keyframesInScene(); ++i)
    keys.push_back({current_.scene, i});
  return keys;
}

/// The current scene's reports come first, also while the whole data set is evaluated.
void Studio::wishForReports() {
  if (!reports_) return;
  std::vector<FrameKey> keys = sceneKeys();
  if (evaluating_all_) {
    for (std::size_t scene = 0; scene < dataset_->scenes().size(); ++scene) {
      for (std::size_t i = 0; scene != current_.scene && i < dataset_->scenes()[scene].keyframes.size();
           ++i) {
        keys.push_back({scene, i});
      }
    }
  }
  reports_->wish(keys);
}

void Studio::reportCame(std::size_t scene, std::size_t index) {
  Q_EMIT reportArrived(scene, index);
  if (!evaluating_all_) return;
  ++evaluated_;
  const double elapsed =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - evaluation_begin_).count();
  const double left = elapsed / double(evaluated_) * double(to_evaluate_ - evaluated_);
  if (evaluated_ >= to_evaluate_) evaluating_all_ = false;
  Q_EMIT evaluationProgressed(int(evaluated_), int(to_evaluate_), left);
}

void Studio::evaluateAll() {
  if (!reports_ || evaluating_all_) return;
  to_evaluate_ = dataset_->keyframeCount() - reports_->stats().entries;
  evaluated_ = 0;
  evaluation_begin_ = std::chrono::steady_clock::now();
  evaluating_all_ = to_evaluate_ > 0;
  wishForReports();
  Q_EMIT evaluationProgressed(0, int(to_evaluate_), 0);
}

void Studio::cancelEvaluation() {
  if (!evaluating_all_) return;
  evaluating_all_ = false;
  wishForReports();
  Q_EMIT evaluationProgressed(int(to_evaluate_), int(to_evaluate_), 0);
}

std::shared_ptr<const FrameReport> Studio::report(std::size_t scene, std::size_t index) const {
  if (!reports_) return nullptr;
  const auto found = reports_->find({scene, index});
  return found ? found->report : nullptr;
}

SplitReport Studio::sceneReport(std::size_t scene) const {
  SplitReport sum(scored_ ? scored_->truth.classes() : ClassSet::openocc());
  const std::size_t count = dataset_ ? dataset_->scenes()[scene].keyframes.size() : 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (const auto frame = report(scene, i)) sum.add(*frame);
  }
  return sum;
}

SplitReport Studio::splitReport() const {
  SplitReport sum(scored_ ? scored_->truth.classes() : ClassSet::openocc());
  for (std::size_t scene = 0; dataset_ && scene < dataset_->scenes().size(); ++scene) {
    for (std::size_t i = 0; i < dataset_->scenes()[scene].keyframes.size(); ++i) {
      if (const auto frame = report(scene, i)) sum.add(*frame);
    }
  }
  return sum;
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
