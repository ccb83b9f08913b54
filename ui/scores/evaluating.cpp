#include "ui/scores/evaluating.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <QtCore/QFileInfo>

#include "core/base/processors.h"
#include "ui/kit/painting.h"
#include "ui/scores/kept_evaluations.h"
#include "ui/state/text.h"
#include "ui/window/import_panel.h"

namespace hbev::ui {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kLookAfter(250);
/// A disk that has not said until then where predictions lie may never say it.
constexpr std::chrono::seconds kMostForPlaces(3);
constexpr std::size_t kManyKeyframes = 7000;
/// What a keyframe of one source takes on one core, roughly (docs/performance.md).
constexpr double kSecondsPerKeyframe = 0.04;

/// Asks the disk.
std::map<fs::path, fs::path> placesOf(const std::vector<fs::path>& paths) {
  std::map<fs::path, fs::path> places;
  for (const fs::path& path : paths) {
    std::error_code code;
    const fs::path place = fs::weakly_canonical(path, code);
    places[path] = code ? path : place;
  }
  return places;
}

}  // namespace

/// What an evaluation is made of, as it was when somebody asked for it.
struct Evaluating::Wanted {
  std::shared_ptr<const Dataset> dataset;
  std::vector<std::shared_ptr<const PredictionSource>> predictions;
  LabelKind truth = LabelKind::OpenOcc;
  std::string split;

  EvaluationPlan plan() const {
    EvaluationPlan plan;
    plan.dataset = dataset;
    for (const auto& prediction : predictions)
      plan.sources.push_back(evaluationSource(prediction));
    tellApart(plan.sources);
    plan.truth = truth;
    plan.split = split;
    return plan;
  }
};

/// Written by the job until it has ended.
struct Evaluating::Outcome {
  std::shared_ptr<const Evaluation> found;
  Places places;  ///< of predictions that are open, and of those that a file was made of
  std::shared_ptr<TruthCache> truth_cache;
  std::chrono::steady_clock::time_point begin = std::chrono::steady_clock::now();
};

Evaluating::Evaluating(Studio& studio, QObject* parent) : QObject(parent), studio_(studio) {
  delay_.setSingleShot(true);
  delay_.setInterval(kLookAfter);
  connect(&delay_, &QTimer::timeout, this, &Evaluating::look);
  connect(&studio, &Studio::datasetChanged, this, &Evaluating::datasetCame);
  connect(&studio, &Studio::scoringChanged, this, &Evaluating::choiceChanged);
  connect(&studio, &Studio::sourcesChanged, this, [this] {
    findPlaces();
    Q_EMIT changed();
  });
  connect(&studio, &Studio::sideChanged, this, &Evaluating::sidesChanged);
  connect(&job_, &BackgroundJob::progressed, this, [this](const Progress::State& state) {
    progress_ = state;
    if (mode_ == Mode::Running) Q_EMIT progressed();
  });
  connect(&job_, &BackgroundJob::finished, this, [this] { jobEnded(true); });
  connect(&job_, &BackgroundJob::cancelled, this, [this] { jobEnded(false); });
  connect(&job_, &BackgroundJob::failed, this, [this](const Problem& problem) {
    const bool was_asked_for = mode_ != Mode::Looking;
    if (mode_ == Mode::Opening) delay_.start();  // it has taken the place of a look
    mode_ = Mode::Idle;
    Q_EMIT changed();
    if (was_asked_for) Q_EMIT failed(problem);
  });
  connect(&finding_places_, &BackgroundJob::finished, this, [this] {
    places_.merge(*found_places_);
    findPlaces();
    Q_EMIT changed();
  });
}

Evaluating::~Evaluating() = default;

void Evaluating::datasetCame() {
  job_.abandon();
  mode_ = Mode::Idle;
  found_.reset();
  finding_places_.abandon();
  is_opened_ = false;
  added_.clear();
  suspicions_.clear();
  splits_.clear();
  for (const SplitSize& each : studio_.splits())
    splits_ << toQString(each.name);
  split_ = splits_.front();
  // Who has all of nuScenes has predictions of its validation split.
  if (studio_.dataset()->keyframeCount() > kManyKeyframes && splits_.contains(QStringLiteral("val")))
    split_ = QStringLiteral("val");
  choiceChanged();
}

std::optional<LabelKind> Evaluating::truth() const {
  for (const Side side : {Side::B, Side::A}) {
    if (const OccupancySource* source = studio_.source(side); source && source->truth) return source->truth;
  }
  for (const Side side : {Side::A, Side::B}) {
    const OccupancySource* source = studio_.source(side);
    if (!source || !studio_.dataset()) continue;
    for (const LabelKind kind : studio_.dataset()->labelKinds()) {
      if (&classSetOf(kind) == &source->classes()) return kind;
    }
  }
  return std::nullopt;
}

std::vector<OccupancySource> Evaluating::candidates() const {
  std::vector<OccupancySource> candidates;
  const auto kind = truth();
  for (const OccupancySource& source : studio_.sources()) {
    if (kind && !source.isTruth() && &source.classes() == &classSetOf(*kind)) candidates.push_back(source);
  }
  return candidates;
}

std::vector<OccupancySource> Evaluating::chosen() const {
  std::vector<OccupancySource> chosen = candidates();
  std::erase_if(chosen, [this](const OccupancySource& source) {
    return !isShown(source) && std::ranges::find(added_, source) == added_.end();
  });
  std::ranges::stable_sort(chosen, {},
                           [](const OccupancySource& source) { return source.prediction->path(); });
  return chosen;
}

bool Evaluating::isShown(const OccupancySource& source) const {
  return std::ranges::any_of(std::array{Side::A, Side::B}, [&](Side side) {
    const OccupancySource* shown = studio_.source(side);
    return shown && *shown == source;
  });
}

void Evaluating::setChosen(const OccupancySource& source, bool on) {
  std::erase(added_, source);
  if (on) added_.push_back(source);
  choiceChanged();
}

void Evaluating::setSplit(const QString& split) {
  if (split == split_ || !splits_.contains(split)) return;
  split_ = split;
  choiceChanged();
}

QString Evaluating::whyNot() const {
  if (!studio_.dataset()) return tr("Open a data set first.");
  if (!truth()) return tr("There are no labels of the prediction's class set to score against.");
  if (chosen().empty())
    return tr("Show a prediction of the truth's class set, or choose one beside Evaluate.");
  if (isRunning()) return tr("The evaluation is running.");
  return {};
}

std::size_t Evaluating::keyframes() const {
  const auto split = std::ranges::find(studio_.splits(), split_.toStdString(), &SplitSize::name);
  return split == studio_.splits().end() ? 0 : split->keyframes;
}

QString Evaluating::estimate() const {
  const auto keyframes = this->keyframes();
  const double cores = usableProcessors();
  const double seconds =
      double(keyframes) * kSecondsPerKeyframe * double(std::max<std::size_t>(1, chosen().size())) / cores;
  const QString count =
      keyframes == 1 ? tr("1 keyframe takes") : tr("%1 keyframes take").arg(groupedNumber(qint64(keyframes)));
  if (seconds < 8) return tr("%1 a few seconds.").arg(count);
  if (seconds < 100) return tr("%1 about %2 s.").arg(count).arg(std::lround(seconds / 5) * 5);
  return tr("%1 about %2 min.").arg(count).arg(std::lround(seconds / 60));
}

std::shared_ptr<Evaluating::Wanted> Evaluating::wanted() const {
  auto wanted = std::make_shared<Wanted>();
  wanted->dataset = studio_.dataset();
  for (const OccupancySource& source : chosen())
    wanted->predictions.push_back(source.prediction);
  wanted->truth = truth().value_or(LabelKind::OpenOcc);
  wanted->split = split_.toStdString();
  return wanted;
}

/// Many keyframes come and go while the same sources are shown.
void Evaluating::sidesChanged() {
  if (!(choice() == seen_)) choiceChanged();
}

bool Evaluating::covers(const Choice& choice) const {
  if (!found_) return false;
  const auto isIn = [this](const OccupancySource& source) { return sourceNumber(source).has_value(); };
  if (is_opened_) return choice == found_for_ || std::ranges::all_of(choice.sources, isIn);
  return choice.truth == found_for_.truth && choice.split == found_for_.split &&
         std::ranges::all_of(choice.sources, [this](const OccupancySource& source) {
           return std::ranges::find(found_for_.sources, source) != found_for_.sources.end();
         });
}

/// What was found stays as long as it is of the sources that are shown.
void Evaluating::choiceChanged() {
  seen_ = choice();
  if (mode_ != Mode::Running) delay_.start();
  Q_EMIT changed();
}

void Evaluating::look() {
  if (mode_ == Mode::Running) return;
  if (mode_ == Mode::Opening) return;  // it may cover it; its end looks again
  // The one that is open may cover it.
  if (finding_places_.isRunning() && finding_since_.elapsed() < kMostForPlaces.count() * 1000)
    return delay_.start();
  const Choice wish = choice();
  if (!studio_.dataset() || !wish.truth || wish.sources.empty() || covers(wish)) return Q_EMIT changed();
  looked_for_ = wish;
  start(Mode::Looking, [wanted = wanted()](Outcome& outcome, Progress& progress, const BackgroundJob::Tell&) {
    const fs::path file = keptEvaluation(wanted->plan(), progress);
    if (!file.empty() && fs::exists(file)) outcome.found = readEvaluation(file, *wanted->dataset);
  });
}

void Evaluating::begin() {
  if (!whyNot().isEmpty()) return;
  delay_.stop();
  looked_for_ = choice();
  suspicions_.clear();
  progress_ = {};
  progress_.what = tr("Looking at the predictions").toStdString();
  const auto show = [this](const std::vector<Suspicion>& suspicions) {
    suspicions_ = suspicions;
    Q_EMIT diagnosed();
  };
  start(Mode::Running,
        [show, wanted = wanted()](Outcome& outcome, Progress& progress, const BackgroundJob::Tell& tell) {
          EvaluationPlan plan = wanted->plan();
          std::vector<Suspicion> suspicions;
          for (const EvaluationSource& source : plan.sources) {
            progress.throwIfCancelled();
            for (hbev::Suspicion& finding : diagnose(plan, source))
              suspicions.push_back(
                  {toQString(source.facts.title), toQString(source.facts.path), std::move(finding)});
          }
          tell([show, suspicions = std::move(suspicions)] { show(suspicions); });
          const fs::path file = keptEvaluation(plan, progress);
          if (!outcome.truth_cache) outcome.truth_cache = std::make_shared<TruthCache>();
          plan.cache = outcome.truth_cache.get();
          EvaluationStore store = openKept(plan, file);
          try {
            runEvaluation(plan, store, progress);
          } catch (const Cancelled&) {
            store.finish();
            outcome.found = evaluationOf(store, *wanted->dataset);
            throw;
          }
          store.finish();
          outcome.found = evaluationOf(store, *wanted->dataset);
          pruneKept();
        });
  Q_EMIT progressed();
}

QString Evaluating::Suspicion::words() const {
  return QStringLiteral("%1: %2").arg(source, toQString(finding.sentence));
}

QString Evaluating::Suspicion::mending() const {
  if (finding.orientation) return tr("Open them turned");
  if (finding.classes) return tr("Open them as %1").arg(classSetTitle(*finding.classes));
  return {};
}

void Evaluating::mend(const Suspicion& suspicion) {
  const Suspicion mended = suspicion;  // it may be one of those that go
  cancel();
  std::erase_if(suspicions_, [&](const Suspicion& each) { return each.path == mended.path; });
  Q_EMIT diagnosed();
  studio_.openPredictions(mended.path, mended.finding.orientation.value_or(Orientation()),
                          mended.finding.classes);
}

void Evaluating::cancel() {
  if (mode_ == Mode::Running) job_.cancel();
  if (mode_ != Mode::Opening) return;
  job_.abandon();  // its disk may not answer
  mode_ = Mode::Idle;
  delay_.start();
  Q_EMIT changed();
}

void Evaluating::open(const QString& file) {
  if (!studio_.dataset()) return;
  job_.abandon();
  delay_.stop();
  looked_for_ = choice();
  progress_ = {};
  progress_.what = tr("Reading %1").arg(QFileInfo(file).fileName()).toStdString();
  start(Mode::Opening,
        [file = fs::path(file.toStdString()), paths = openPaths(), dataset = studio_.dataset()](
            Outcome& outcome, Progress&, const BackgroundJob::Tell&) mutable {
          outcome.found = readEvaluation(file, *dataset);
          for (const auto& source : outcome.found->summary.sources)
            paths.emplace_back(source.facts.path);
          outcome.places = placesOf(paths);
        });
}

std::vector<fs::path> Evaluating::openPaths() const {
  std::vector<fs::path> paths;
  for (const OccupancySource& source : studio_.sources()) {
    if (!source.isTruth()) paths.push_back(source.prediction->path());
  }
  return paths;
}

void Evaluating::findPlaces() {
  if (!is_opened_ || !found_ || finding_places_.isRunning()) return;
  std::vector<fs::path> paths = openPaths();
  std::erase_if(paths, [this](const fs::path& path) { return places_.contains(path); });
  if (paths.empty()) return;
  found_places_ = std::make_shared<Places>();
  finding_since_.start();
  finding_places_.startLoose([paths, out = found_places_](Progress&) { *out = placesOf(paths); });
}

bool Evaluating::isSamePlace(const fs::path& a, const fs::path& b) const {
  const auto at = places_.find(a), to = places_.find(b);
  return at != places_.end() && to != places_.end() && at->second == to->second;
}

void Evaluating::start(Mode mode, Work work) {
  mode_ = mode;
  outcome_ = std::make_shared<Outcome>();
  outcome_->truth_cache = truth_cache_;
  job_.startLoose(
      [outcome = outcome_, work = std::move(work)](Progress& progress, const BackgroundJob::Tell& tell) {
        work(*outcome, progress, tell);
      },
      true);
  Q_EMIT changed();
}

void Evaluating::jobEnded(bool complete) {
  const Mode mode = std::exchange(mode_, Mode::Idle);
  const bool ran = mode == Mode::Running;
  const auto outcome = std::exchange(outcome_, nullptr);
  truth_cache_ = outcome->truth_cache;
  if (complete || outcome->found) {  // what was stopped before it found anything takes nothing away
    found_ = outcome->found;
    places_ = std::move(outcome->places);
    found_for_ = looked_for_;
    is_opened_ = mode == Mode::Opening;
    finding_places_.abandon();
    findPlaces();
  }
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - outcome->begin).count();
  Q_EMIT changed();
  if (ran) Q_EMIT ended(complete, seconds);
  // Another choice was made meanwhile.
  if (mode != Mode::Looking && !(choice() == looked_for_)) delay_.start();
}

std::optional<std::size_t> Evaluating::sourceNumber(const OccupancySource& source) const {
  if (!found_ || source.isTruth()) return std::nullopt;
  if (!is_opened_) {
    const auto place = std::ranges::find(found_for_.sources, source);
    if (place == found_for_.sources.end()) return std::nullopt;
    const auto number = std::size_t(place - found_for_.sources.begin());
    return number < found_->summary.sources.size() ? std::optional(number) : std::nullopt;
  }
  const auto& sources = found_->summary.sources;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (sources[i].facts.classes == source.classes().name() &&
        isSamePlace(sources[i].facts.path, source.prediction->path()))
      return i;
  }
  return std::nullopt;
}

std::vector<RankedFrame> Evaluating::framesOfCell(std::size_t source, int truth, int predicted,
                                                  CellUnit unit) const {
  return found_ ? found_->framesOfCell(source, truth, predicted, unit) : std::vector<RankedFrame>{};
}

}  // namespace hbev::ui
