// What the window's state opens: data sets and predictions, which of them A and B show at first, and what was
// open last.
#include <algorithm>
#include <filesystem>
#include <utility>

#include <QtCore/QSettings>

#include "core/base/error.h"
#include "core/eval/metric_rays.h"
#include "ui/state/predicted_source.h"
#include "ui/state/studio.h"

namespace hbev::ui {
namespace {

constexpr int kMaxRecent = 8;

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

/// Written by the job until it has finished.
struct Studio::Opened {
  QString path;
  std::shared_ptr<const Dataset> dataset;
  std::vector<SplitSize> splits;
  std::vector<std::shared_ptr<const PredictionSource>> predictions;

  void open(Progress& progress) {
    dataset = Dataset::open(path.toStdString(), {}, &progress);
    progress.throwIfCancelled();
    splits = splitSizes(*dataset);
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
  if (giveUpDataset()) Q_EMIT openingCancelled();
  opened_ = std::make_shared<Opened>();
  opened_->path = path;
  opening_job_.startLoose([opened = opened_](Progress& progress) {
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

bool Studio::giveUpDataset() {
  if (!isOpeningDataset()) return false;
  opening_job_.abandon();
  opened_.reset();
  return true;
}

void Studio::cancelOpening() {
  if (!isOpening()) return;
  giveUpDataset();
  opening_predictions_.clear();
  arrivals_.clear();
  shown_predictions_ = asked_predictions_;
  Q_EMIT openingCancelled();
  Q_EMIT openingChanged();
}

void Studio::showOpened() {
  const std::shared_ptr<Opened> opened = std::exchange(opened_, nullptr);
  remember(opened->path);
  showDataset(opened->dataset);
  splits_ = std::move(opened->splits);
  for (const auto& prediction : opened->predictions)
    sources_.push_back({std::nullopt, prediction});
  chooseFirstSources();
  Q_EMIT openingChanged();
}

/// Each on a thread of its own: one that never comes back must not hold those that load keyframes.
void Studio::openPredictions(const QString& path, const Orientation& orientation, const ClassSet* classes) {
  if (opening_predictions_.empty()) opened_together_ = 0;
  const int number = asked_predictions_++;
  auto& job = opening_predictions_[number];
  job = std::make_unique<BackgroundJob>();
  auto source = std::make_shared<std::shared_ptr<const PredictionSource>>();
  const std::uint64_t generation = generation_;
  connect(job.get(), &BackgroundJob::finished, this, [this, number, generation, source] {
    arrive(number, {generation, *source, {}});
  });
  connect(job.get(), &BackgroundJob::failed, this, [this, number, generation](const Problem& problem) {
    arrive(number, {generation, nullptr, problem});
  });
  job->startLoose([path, source, options = optionsFor(dataset_, orientation, classes)](Progress&) {
    try {
      *source = hbev::openPredictions(path.toStdString(), options);
    } catch (const Error&) {
      throw;
    } catch (const std::exception& error) {
      throw Error({"The predictions cannot be opened", path.toStdString(), {}, error.what(), {}});
    }
  });
  Q_EMIT openingChanged();
}

void Studio::arrive(int number, Arrival arrival) {
  arrivals_[number] = std::move(arrival);
  showArrivals();
}

/// In the order in which they were named: which one is A must not depend on the disk.
void Studio::showArrivals() {
  for (auto next = arrivals_.find(shown_predictions_); next != arrivals_.end();
       next = arrivals_.find(shown_predictions_)) {
    const Arrival arrival = std::move(next->second);
    arrivals_.erase(next);
    const auto job = opening_predictions_.extract(shown_predictions_++);
    job.mapped().release()->deleteLater();    // it may be the one that tells
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
