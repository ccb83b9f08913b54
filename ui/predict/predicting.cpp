#include "ui/predict/predicting.h"

#include <algorithm>

#include "core/model/weights_misfit.h"
#include "ui/state/prediction_store.h"

namespace hbev::ui {
namespace {

/// Probabilities and the look inside of one keyframe take some 40 MB.
constexpr std::size_t kMostWhole = 4, kMostKeptPredictions = 256;
constexpr int kGoDelay_ms = 120;
/// Looking how much is kept takes some milliseconds: not after every keyframe.
constexpr std::size_t kTrimEach = 16;

}  // namespace

Predicting::Predicting(Studio& studio, PredictBackend backend, QObject* parent)
    : QObject(parent),
      studio_(studio),
      backend_(std::move(backend)),
      choice_(NetworkChoice::load()),
      settings_(NetworkSettings::load()),
      is_chosen_(choice_ != NetworkChoice()),
      holder_(std::make_shared<Holder>()) {
  takeShippedWeights();
  go_delay_.setSingleShot(true);
  go_delay_.setInterval(kGoDelay_ms);
  connect(&go_delay_, &QTimer::timeout, this, &Predicting::wishAsIGo);
  connect(&studio, &Studio::currentChanged, &go_delay_, qOverload<>(&QTimer::start));
  connect(&studio, &Studio::datasetChanged, this, &Predicting::reset);
  connect(&studio, &Studio::sourcesChanged, this, &Predicting::followSources);
  connect(&job_, &BackgroundJob::finished, this, &Predicting::jobFinished);
  connect(&job_, &BackgroundJob::failed, this, &Predicting::jobFailed);
  connect(&job_, &BackgroundJob::progressed, this, [this](const Progress::State& state) {
    if (!status_.loading || state.total <= 0) return;
    status_.fraction = std::min(1.0, double(state.done) / double(state.total));
    tellStatus();
  });
  connect(&job_, &BackgroundJob::cancelled, this, [this] {
    running_.reset();
    next();
  });
  studio.setPredictionFinder(
      [this](const OccupancySource& source, const FrameKey& key) { return find(source, key); });
}

Predicting::~Predicting() {
  studio_.setPredictionFinder({});
}

void Predicting::setBackend(PredictBackend backend) {
  stop();
  backend_ = std::move(backend);
  loaded_.reset();
  holder_ = std::make_shared<Holder>();
  takeShippedWeights();
  Q_EMIT changed();
}

/// Until somebody chooses: the weights that come with the program, where there are some.
void Predicting::takeShippedWeights() {
  if (!is_chosen_) choice_.weights = shippedWeights(backend_, choice_.config);
}

QString Predicting::whyNot() const {
  if (!backend_.unavailable.isEmpty()) return backend_.unavailable;
  const auto& dataset = studio_.dataset();
  if (!dataset || dataset->version().empty())
    return tr("Open a nuScenes data set: the network needs its pictures.");
  return {};
}

QString Predicting::whyNotHere() const {
  const QString why_not = whyNot();
  if (!why_not.isEmpty() || !studio_.isFrameCurrent()) return why_not;
  const auto& images = studio_.frame()->images;
  const auto absent = std::ranges::count(images, nullptr);
  if (absent == 0) return {};
  return tr("The network needs all six pictures; %1 of this keyframe's cannot be shown.").arg(absent);
}

bool Predicting::choose(const NetworkChoice& choice) {
  if (choice == choice_) return true;
  if (run_) return false;
  cancelAll();
  choice_ = choice;
  is_chosen_ = true;
  problem_.reset();
  choice_.save();
  Q_EMIT changed();
  go_delay_.start();
  return true;
}

void Predicting::applySettings(const NetworkSettings& settings) {
  if (settings == settings_) return;
  settings_ = settings;  // a keyframe under way ends as it began
  Q_EMIT changed();
}

bool Predicting::isLoaded() const {
  return loaded_ && loaded_->choice == choice_ && loaded_->settings == settings_;
}

const PredictorFacts* Predicting::facts() const {
  return isLoaded() ? &loaded_->facts : nullptr;
}

std::shared_ptr<const PredictedSource> Predicting::source() const {
  if (isLoaded()) return loaded_->source;
  for (const OccupancySource& each : studio_.sources()) {
    const auto mine = std::dynamic_pointer_cast<const PredictedSource>(each.prediction);
    if (mine && mine->choice() == choice_) return mine;
  }
  return nullptr;
}

bool Predicting::canUseAnyway() const {
  return problem_ && is_misfit_ && !choice_.despite_mismatch;
}

void Predicting::predictCurrent() {
  if (!whyNotHere().isEmpty()) return;
  urgent_ = Wish{studio_.current(), Reason::Asked};
  begin();
}

void Predicting::predictScenes(const std::vector<std::size_t>& scenes) {
  if (!whyNot().isEmpty() || run_) return;
  Run run;
  for (const std::size_t scene : scenes) {
    for (std::size_t i = 0; i < studio_.dataset()->scenes()[scene].keyframes.size(); ++i)
      run.waiting.push_back({scene, i});
  }
  run.begin = std::chrono::steady_clock::now();
  run.total = run.waiting.size();
  run_ = std::move(run);
  begin();
}

/// A new attempt: what went wrong before is no longer of interest.
void Predicting::begin() {
  is_chosen_ = true;
  refused_.reset();
  refused_run_.reset();
  failed_.reset();
  if (problem_) {
    problem_.reset();
    Q_EMIT changed();
  }
  // What somebody asks for does not wait for what was begun by going along.
  if (running_ && running_->reason == Reason::AsIGo && urgent_ && urgent_->key != running_->key)
    job_.cancel();
  next();
}

void Predicting::setAsIGo(bool on) {
  if (as_i_go_ == on) return;
  as_i_go_ = on;
  failed_.reset();
  Q_EMIT changed();
  wishAsIGo();
}

void Predicting::wishAsIGo() {
  const bool wanted = as_i_go_ && whyNotHere().isEmpty() && failed_ != studio_.current();
  if (urgent_ && urgent_->reason == Reason::AsIGo) urgent_.reset();
  if (running_ && running_->reason == Reason::AsIGo && (!wanted || running_->key != studio_.current()))
    job_.cancel();
  const bool is_asked = urgent_ || (running_ && running_->key == studio_.current());
  if (!wanted || is_asked || isThere(studio_.current())) return next();
  urgent_ = Wish{studio_.current(), Reason::AsIGo};
  begin();
}

/// The chosen network has predicted the keyframe.
bool Predicting::isThere(const FrameKey& key) const {
  const auto mine = source();
  return mine && mine->contains(studio_.dataset()->scenes()[key.scene].keyframes[key.index]);
}

void Predicting::useAnyway() {
  if (!canUseAnyway()) return;
  const auto wish = refused_;
  auto run = std::move(refused_run_);
  NetworkChoice choice = choice_;
  choice.despite_mismatch = true;
  if (!choose(choice)) return;
  urgent_ = wish;
  run_ = std::move(run);
  begin();
}

void Predicting::stop() {
  const bool was_going = std::exchange(as_i_go_, false);
  cancelAll();
  if (was_going) Q_EMIT changed();
}

void Predicting::cancelAll() {
  urgent_.reset();
  job_.cancel();
  if (run_) endRun();
  tellStatus();
}

/// Begins the next piece of work when there is none under way.
void Predicting::next() {
  if (job_.isRunning()) return tellStatus();
  if ((urgent_ || run_) && !isLoaded()) return load();
  if (urgent_ && urgent_->reason == Reason::AsIGo && isThere(urgent_->key)) urgent_.reset();
  if (urgent_) return predict(*std::exchange(urgent_, std::nullopt));
  if (run_) {
    if (!run_->is_pruned) pruneRun();
    if (!run_->waiting.empty()) {
      const FrameKey key = run_->waiting.front();
      run_->waiting.pop_front();
      return predict({key, Reason::Run});
    }
    endRun();
  }
  tellStatus();
}

void Predicting::pruneRun() {
  run_->is_pruned = true;
  std::erase_if(run_->waiting, [this](const FrameKey& key) { return isThere(key); });
  run_->done = run_->total - run_->waiting.size();
}

void Predicting::load() {
  outcome_ = std::make_shared<Outcome>();
  status_.loading = true;
  status_.fraction = 0;
  job_.startLoose([holder = holder_, backend = backend_, choice = choice_, settings = settings_,
                   out = outcome_](Progress& progress) {
    const std::lock_guard lock(holder->mutex);
    progress.throwIfCancelled();
    if (!holder->predictor || holder->choice != choice || holder->settings != settings) {
      holder->predictor.reset();  // two would take twice the memory
      const ModelConfig config = backend.config(choice.config.toStdString());
      try {
        holder->predictor = backend.make(config, {choice.weights.toStdString(), choice.despite_mismatch},
                                         predictorOptions(choice, settings), progress);
      } catch (const WeightsMisfit&) {
        out->misfit = true;
        throw;
      }
      holder->choice = choice;
      holder->settings = settings;
    }
    progress.throwIfCancelled();
    auto loaded = std::make_shared<Loaded>();
    loaded->choice = choice;
    loaded->settings = settings;
    loaded->facts = holder->predictor->facts();
    if (const std::filesystem::path root = predictionFolder(); !root.empty())
      loaded->folder = root / storeName(choice, settings, loaded->facts.weights_hash);
    loaded->frames = holder->predictor->config().frames();
    loaded->classes = ClassSet::find(holder->predictor->config().classes);
    out->loaded = std::move(loaded);
  });
  tellStatus();
}

void Predicting::predict(const Wish& wish) {
  running_ = wish;
  begun_ = std::chrono::steady_clock::now();
  outcome_ = std::make_shared<Outcome>();
  status_.stage.clear();
  status_.fraction = 0;
  const auto show = [this](const std::string& stage, double fraction) {
    if (!running_) return;
    status_.stage = QString::fromStdString(stage);
    status_.fraction = fraction;
    tellStatus();
  };
  const bool whole = wish.reason != Reason::Run || wish.key == studio_.current();
  const bool trims = written_++ % kTrimEach == 0;
  job_.startLoose([holder = holder_, dataset = studio_.dataset(), source = loaded_->source, key = wish.key,
                   whole, trims, show, out = outcome_](Progress& progress, const BackgroundJob::Tell& tell) {
    const std::lock_guard lock(holder->mutex);
    progress.throwIfCancelled();
    PredictWish wanted;
    wanted.probabilities = wanted.inspection = whole;
    wanted.stop = progress.stopToken();
    wanted.on_stage = [&tell, &show](const std::string& stage, double fraction) {
      tell([show, stage, fraction] { show(stage, fraction); });
    };
    auto frame = std::make_shared<PredictedFrame>(holder->predictor->predict(*dataset, key, wanted));
    out->facts = holder->predictor->facts();
    try {
      source->add(dataset->keyframe(key.scene, key.index), frame->occupancy);
    } catch (const Error& error) {
      out->unwritten = error.problem();
    }
    if (trims) out->removed = trimPredictions(predictionFolder(), keptPredictionsLimit());
    out->frame = std::move(frame);
  });
  tellStatus();
}

void Predicting::jobFinished() {
  if (outcome_->loaded) {
    loaded_ = outcome_->loaded;
    if (!choice_.isUntrained()) rememberWeights(choice_.weights);
    showSource();
    Q_EMIT changed();
    return next();
  }
  const Wish wish = *std::exchange(running_, std::nullopt);
  loaded_->facts = outcome_->facts;
  loaded_->keyframe_s = outcome_->frame->seconds;
  forget(outcome_->removed);
  keep(loaded_->source, wish.key, outcome_->frame);
  if (outcome_->unwritten && !problem_) {
    problem_ = outcome_->unwritten;
    is_misfit_ = false;
    Q_EMIT changed();
    Q_EMIT failed(*problem_);
  }
  studio_.predictionCame({std::nullopt, loaded_->source}, wish.key);
  Q_EMIT predicted(wish.key.scene, wish.key.index);
  if (wish.reason == Reason::Run && run_) {
    run_->seconds += outcome_->frame->seconds;
    run_->faults.succeeded();
    ++run_->predicted;
    ++run_->done;
  }
  next();
}

void Predicting::jobFailed(const Problem& problem) {
  const auto wish = std::exchange(running_, std::nullopt);
  const bool of_run = wish && wish->reason == Reason::Run && run_;
  const bool is_first = !problem_;
  bool goes_on = false;  // one keyframe without a picture is no reason to stop a run
  if (!wish) {
    refused_ = std::exchange(urgent_, std::nullopt);
    refused_run_ = std::exchange(run_, std::nullopt);
    as_i_go_ = false;
  } else if (of_run) {
    ++run_->refused;
    ++run_->done;
    goes_on = !run_->faults.failed(problem, loaded_ ? loaded_->frames : 1) && !run_->waiting.empty();
  } else {
    failed_ = wish->key;
  }
  if (is_first || !goes_on) {
    problem_ = problem;
    is_misfit_ = outcome_->misfit;
  }
  if (of_run && !goes_on) endRun();
  Q_EMIT changed();
  if (is_first || !goes_on) Q_EMIT failed(problem);
  next();
}

void Predicting::forget(const std::vector<std::filesystem::path>& files) {
  if (files.empty()) return;
  for (const OccupancySource& each : studio_.sources()) {
    if (const auto mine = std::dynamic_pointer_cast<const PredictedSource>(each.prediction))
      std::const_pointer_cast<PredictedSource>(mine)->forget(files);
  }
}

void Predicting::keep(const std::shared_ptr<const PredictionSource>& source, const FrameKey& key,
                      std::shared_ptr<const PredictedFrame> frame) {
  std::erase_if(kept_, [&](const Kept& each) { return each.source == source && each.key == key; });
  kept_.insert(kept_.begin(), {source, key, std::move(frame)});
  if (kept_.size() > kMostKeptPredictions) kept_.pop_back();
  std::size_t whole = 0;
  for (Kept& each : kept_) {
    if (!each.frame->occupancy || ++whole <= kMostWhole) continue;
    auto rest = std::make_shared<PredictedFrame>(*each.frame);
    rest->occupancy.reset();
    rest->probabilities.reset();
    rest->inspection.reset();
    each.frame = std::move(rest);
  }
}

std::shared_ptr<const PredictedFrame> Predicting::find(const OccupancySource& source,
                                                       const FrameKey& key) const {
  const auto found = std::ranges::find_if(
      kept_, [&](const Kept& each) { return each.source == source.prediction && each.key == key; });
  return found == kept_.end() ? nullptr : found->frame;
}

/// The network's source, as it was found at the start or new; shown unless a side shows it already.
void Predicting::showSource() {
  for (const OccupancySource& each : studio_.sources()) {
    const auto mine = std::dynamic_pointer_cast<const PredictedSource>(each.prediction);
    if (mine && mine->path() == loaded_->folder)
      loaded_->source = std::const_pointer_cast<PredictedSource>(mine);
  }
  if (!loaded_->source)
    loaded_->source = std::make_shared<PredictedSource>(loaded_->folder, choice_, *loaded_->classes);
  studio_.showPredictions(loaded_->source, target_);
}

/// Who chooses one of our sources in a side means its network.
void Predicting::followSources() {
  const auto before = shown_;
  for (const Side side : {Side::A, Side::B}) {
    const OccupancySource* source = studio_.source(side);
    const auto now = source ? source->prediction : nullptr;
    shown_[std::size_t(side)] = now;
    const auto mine = std::dynamic_pointer_cast<const PredictedSource>(now);
    const bool is_new = std::ranges::find(before, now) == before.end();
    if (mine && is_new && !status_.isBusy() && is_chosen_) choose(mine->choice());
  }
}

void Predicting::endRun() {
  const Run ended = std::move(*run_);
  run_.reset();
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - ended.begin).count();
  Q_EMIT runEnded(int(ended.done - ended.refused), int(ended.total), seconds);
}

void Predicting::tellStatus() {
  status_.loading = job_.isRunning() && !running_;
  status_.keyframe = running_ ? std::optional(running_->key) : std::nullopt;
  status_.done = run_ ? run_->done : 0;
  status_.total = run_ ? run_->total : 0;
  status_.seconds_left = secondsLeft();
  Q_EMIT statusChanged();
}

/// As the keyframes before it went; the first one as its own parts do.
std::optional<double> Predicting::secondsLeft() const {
  if (run_) {
    if (run_->predicted == 0) return std::nullopt;
    const double each_s = run_->seconds / double(run_->predicted);
    const double begun = running_ && running_->reason == Reason::Run ? 1 - status_.fraction : 0;
    return each_s * (double(run_->waiting.size()) + begun);
  }
  if (!running_) return std::nullopt;
  if (loaded_->keyframe_s > 0) return loaded_->keyframe_s * (1 - status_.fraction);
  constexpr double kEnoughToTell = 0.2;
  if (status_.fraction < kEnoughToTell) return std::nullopt;
  const double elapsed_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_).count();
  return elapsed_s * (1 - status_.fraction) / status_.fraction;
}

/// Another data set: nothing of the old one is wanted.
void Predicting::reset() {
  job_.abandon();
  urgent_.reset();
  running_.reset();
  refused_.reset();
  run_.reset();
  refused_run_.reset();
  kept_.clear();
  shown_ = {};
  loaded_.reset();  // the predictor stays: the next load finds it
  problem_.reset();
  failed_.reset();
  tellStatus();
  Q_EMIT changed();
  go_delay_.start();
}

}  // namespace hbev::ui
