#include "ui/training/train_watch.h"

#include <algorithm>

#include "ui/kit/painting.h"
#include "ui/state/text.h"

namespace hbev::ui {
namespace {

/// Keyframes that are only passed by are not begun.
constexpr int kWatchDelay_ms = 250;

}  // namespace

std::size_t CheckpointSource::count() const {
  const std::lock_guard lock(mutex_);
  return known_.size();
}

std::int64_t CheckpointSource::step() const {
  const std::lock_guard lock(mutex_);
  return step_;
}

bool CheckpointSource::isAveraged() const {
  const std::lock_guard lock(mutex_);
  return averaged_;
}

bool CheckpointSource::contains(const std::string& token) const {
  const std::lock_guard lock(mutex_);
  return known_.contains(token);
}

std::optional<std::filesystem::path> CheckpointSource::find(const Keyframe& keyframe) const {
  return contains(keyframe.token) ? std::optional(run_) : std::nullopt;
}

Occupancy CheckpointSource::read(const Keyframe& keyframe) const {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(keyframe.token);
  if (found == known_.end())
    throw Error({.summary = "This keyframe is not predicted by the checkpoint any more",
                 .file = run_,
                 .expected = {},
                 .found = {},
                 .advice = "It is predicted again when it is shown in the Training workspace."});
  return *found->second.occupancy;
}

std::vector<FrameKey> CheckpointSource::add(std::int64_t step, bool averaged, const FrameKey& key,
                                            const std::string& token,
                                            std::shared_ptr<const Occupancy> occupancy) {
  const std::lock_guard lock(mutex_);
  std::vector<FrameKey> changed;
  if (step != step_ || averaged != averaged_) {
    for (const auto& [other, known] : known_) {
      if (other != token) changed.push_back(known.key);
    }
    known_.clear();
    step_ = step;
    averaged_ = averaged;
  }
  known_[token] = {key, std::move(occupancy)};
  changed.push_back(key);
  return changed;
}

TrainWatch::TrainWatch(Studio& studio, Predicting& predicting, RunStore& store, QObject* parent)
    : QObject(parent), studio_(studio), predicting_(predicting), store_(store) {
  soon_.setSingleShot(true);
  soon_.setInterval(kWatchDelay_ms);
  connect(&soon_, &QTimer::timeout, this, &TrainWatch::update);
  const auto wish = qOverload<>(&QTimer::start);
  connect(&studio, &Studio::currentChanged, &soon_, wish);
  connect(&studio, &Studio::datasetChanged, this, [this] {
    job_.abandon();
    task_.reset();
    failed_.reset();
    sources_.clear();  // they know the other data set's keyframes
    soon_.start();
  });
  connect(&store, &RunStore::currentChanged, this, [this] {
    show_ = show_ == Show::Chosen ? Show::Newest : show_;
    problem_.reset();
    update();
  });
  connect(&store, &RunStore::runChanged, this, [this](const std::filesystem::path& folder) {
    if (active_ && store_.current() && store_.current()->folder == folder) update();
  });
  connect(&job_, &BackgroundJob::finished, this, &TrainWatch::finished);
  connect(&job_, &BackgroundJob::cancelled, this, [this] {
    task_.reset();
    update();
  });
  connect(&job_, &BackgroundJob::failed, this, [this](const Problem& problem) {
    failed_ = std::exchange(task_, std::nullopt);
    problem_ = problem;
    update();
    Q_EMIT changed();
  });
}

void TrainWatch::setActive(bool active) {
  if (active_ == active) return;
  active_ = active;
  if (active_) {
    update();
    return;
  }
  if (task_) job_.cancel();
  holder_ = std::make_shared<Holder>();
}

void TrainWatch::setShow(Show show) {
  if (show_ == show) return;
  show_ = show;
  problem_.reset();
  update();
  Q_EMIT changed();
}

void TrainWatch::choose(std::int64_t step) {
  chosen_ = step;
  show_ = Show::Chosen;
  problem_.reset();
  update();
  Q_EMIT changed();
}

void TrainWatch::setAveraged(bool averaged) {
  if (averaged_ == averaged) return;
  averaged_ = averaged;
  problem_.reset();
  update();
  Q_EMIT changed();
}

const RunCheckpoint* TrainWatch::wanted() const {
  const auto run = store_.current();
  if (!run) return nullptr;
  if (show_ == Show::Best) return run->bestCheckpoint();
  if (show_ == Show::Chosen) {
    const auto found = std::ranges::find(run->checkpoints, chosen_, &RunCheckpoint::step);
    if (found != run->checkpoints.end()) return &*found;
  }
  return run->newestCheckpoint();
}

NetworkChoice TrainWatch::networkOf(const RunData& run, const std::filesystem::path& checkpoint) {
  return {toQString(RunPaths(run.folder).config().string()), toQString(checkpoint.string())};
}

bool TrainWatch::useForPredicting() {
  const RunCheckpoint* checkpoint = wanted();
  return checkpoint && predicting_.choose(networkOf(*store_.current(), checkpoint->file));
}

std::optional<std::int64_t> TrainWatch::shownStep() const {
  const auto run = store_.current();
  const auto source = run ? sources_.find(run->folder) : sources_.end();
  if (source == sources_.end() || !studio_.dataset() || source->second->isAveraged() != averaged_)
    return std::nullopt;
  const FrameKey key = studio_.current();
  const std::string& token = studio_.dataset()->scenes()[key.scene].keyframes[key.index];
  return source->second->contains(token) ? std::optional(source->second->step()) : std::nullopt;
}

QString TrainWatch::sentence() const {
  if (!store_.current()) return {};
  if (const auto trouble = store_.current()->trouble()) return toQString(trouble->summary) + QLatin1Char('.');
  if (problem_) return QString::fromStdString(toString(*problem_));
  if (const QString why = predicting_.whyNot(); !why.isEmpty()) return why;
  const RunCheckpoint* checkpoint = wanted();
  if (!checkpoint) {
    const bool may_come = store_.current()->isGoing();
    const QString none =
        show_ == Show::Best
            ? (may_come ? tr("Nothing has been evaluated yet.") : tr("It was never evaluated."))
            : (may_come ? tr("There is no checkpoint yet.") : tr("It has no checkpoint."));
    const OccupancySource* shown = studio_.source(Side::A);
    return shown ? none + QLatin1Char(' ') + tr("A shows %1.").arg(shown->title()) : none;
  }
  if (task_)
    return stage_.isEmpty() ? tr("Loading step %1.").arg(groupedNumber(task_->step))
                            : tr("Step %1 predicts: %2.").arg(groupedNumber(task_->step), stage_);
  return {};
}

/// Begins what is missing.
void TrainWatch::update() {
  if (!active_ || job_.isRunning() || !predicting_.whyNot().isEmpty()) return;
  const auto run = store_.current();
  const RunCheckpoint* checkpoint = wanted();
  if (!run || run->trouble() || !checkpoint) return;
  showSource();
  const FrameKey key = studio_.current();
  if (shownStep() == checkpoint->step) return;
  if (failed_ && failed_->file == checkpoint->file && failed_->key == key && failed_->averaged == averaged_)
    return;
  begin(*checkpoint);
}

void TrainWatch::begin(const RunCheckpoint& checkpoint) {
  task_ = Task{store_.current(), checkpoint.step, checkpoint.file, studio_.current(), averaged_};
  problem_.reset();
  stage_.clear();
  outcome_ = std::make_shared<Outcome>();
  const NetworkChoice choice = networkOf(*task_->run, task_->file);
  const PredictorOptions options = predictorOptions(choice, predicting_.settings());
  const auto show = [this](const QString& stage) {
    if (!task_ || stage == stage_) return;
    stage_ = stage;
    Q_EMIT changed();
  };
  job_.startLoose(
      [holder = holder_, backend = predicting_.backend(), choice, options, dataset = studio_.dataset(),
       key = task_->key, file = task_->file, averaged = task_->averaged, show,
       out = outcome_](Progress& progress, const BackgroundJob::Tell& tell) {
        const std::lock_guard lock(holder->mutex);
        progress.throwIfCancelled();
        std::error_code code;  // a file that is gone is told by who opens it
        const auto written = std::filesystem::last_write_time(file, code);
        if (!holder->predictor || holder->file != file || holder->written != written ||
            holder->averaged != averaged) {
          holder->predictor.reset();
          holder->predictor = backend.make(backend.config(choice.config.toStdString()),
                                           {file, false, averaged}, options, progress);
          holder->file = file;
          holder->written = written;
          holder->averaged = averaged;
        }
        PredictWish wish;
        wish.stop = progress.stopToken();
        wish.on_stage = [&tell, &show](const std::string& stage, double) {
          tell([show, stage = QString::fromStdString(stage)] { show(stage); });
        };
        out->occupancy = holder->predictor->predict(*dataset, key, wish).occupancy;
        out->classes = ClassSet::find(holder->predictor->config().classes);
      },
      true);
  Q_EMIT changed();
}

void TrainWatch::finished() {
  const Task task = *std::exchange(task_, std::nullopt);
  auto& source = sources_[task.run->folder];
  if (!source)
    source = std::make_shared<CheckpointSource>(task.run->folder, task.run->facts.name, *outcome_->classes);
  const std::string& token = studio_.dataset()->scenes()[task.key.scene].keyframes[task.key.index];
  for (const FrameKey& each : source->add(task.step, task.averaged, task.key, token, outcome_->occupancy))
    studio_.predictionCame({std::nullopt, source}, each);
  outcome_.reset();
  showSource();
  Q_EMIT changed();
  if (task.key == studio_.current()) Q_EMIT predicted(task.step);
  update();
}

void TrainWatch::showSource() {
  const auto run = store_.current();  // none when its folder has gone meanwhile
  const auto source = run ? sources_.find(run->folder) : sources_.end();
  if (source != sources_.end() && active_) studio_.showPredictions(source->second, Side::A);
}

}  // namespace hbev::ui
