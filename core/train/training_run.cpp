// One training from its first to its last step: batches, steps, events, checkpoints, scores, wishes.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <optional>
#include <thread>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/log.h"
#include "core/model/checkpoint.h"
#include "core/model/compute_device.h"
#include "core/model/process_memory.h"
#include "core/model/training_precision.h"
#include "core/ops/card_memory.h"
#include "core/ops/memory.h"
#include "core/runs/run_writer.h"
#include "core/train/batch_stream.h"
#include "core/train/distributed.h"
#include "core/train/sample_maker.h"
#include "core/train/sample_picture.h"
#include "core/train/trainer.h"
#include "core/train/training_checkpoints.h"
#include "core/train/training_failures.h"
#include "core/train/training_score.h"
#include "core/train/training_setup.h"

namespace hbev {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kPauseLook(200);
constexpr std::size_t kBatchesAhead = 4;

double elapsedSince(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

class TrainingRun {
 public:
  TrainingRun(const TrainingPlan& plan, const TrainingHooks& hooks) : hooks_(hooks), launch_(plan.launch) {
    const DeviceInfo device =
        findDevice(trainingDevice(plan.device, plan.device == "auto" ? findDevice("auto").id : "", launch_));
    device_ = torchDevice(device);
    const int threads = useThreads(threadsOf(plan));
    if (launch_.count > 1) join(plan);
    try {
      begin(plan, device, threads);
    } catch (const std::exception& error) {
      if (peers_) peers_->giveUp(error.what());
      *is_over_ = true;
      throw;
    }
  }
  ~TrainingRun() { *is_over_ = true; }
  TrainingRun(const TrainingRun&) = delete;
  TrainingRun& operator=(const TrainingRun&) = delete;

  TrainingOutcome run() {
    try {
      TrainingOutcome outcome;
      withSentences(config_, plan_.accumulate, device_, [&] {
        outcome = train();
        if (peers_) peers_->leave();
      });
      return outcome;
    } catch (const std::exception& error) {
      if (peers_) peers_->giveUp(error.what());
      if (writer_) writer_->end(RunActivity::Failed, trainer_->stepsDone(), error.what() + lastGood());
      throw;
    }
  }

 private:
  /// The processes of a machine share its processors.
  int threadsOf(const TrainingPlan& plan) const {
    if (plan.threads > 0 || launch_.local_count < 2) return plan.threads;
    return processorsOf(launch_);
  }

  void join(const TrainingPlan& plan) {
    JoinOptions options;
    options.launch = launch_;
    options.device = device_;
    options.patience_s = plan.patience_s;
    options.stop_wanted = hooks_.stop_wanted;
    options.local_failure = hooks_.local_failure;
    // Leaving the peers, the last of all, may be stuck, too: the run has its end by then.
    options.stuck = [this, is_over = is_over_](const std::string& sentence) {
      fmt::print(stderr, "error: {}\n", sentence);
      if (!*is_over && writer_) writer_->end(RunActivity::Failed, steps_told_, sentence + "." + lastGood());
      std::_Exit(1);
    };
    peers_ = joinPeers(options);
  }

  bool isFirst() const { return launch_.rank == 0; }

  /// All before the first step.
  void begin(const TrainingPlan& plan, const DeviceInfo& device, int threads) {
    setup_ = prepareTraining(plan);
    demandPrecision(config_.training, device.id);
    if (device_.is_cpu()) demandTrainingMemory(config_, plan_.accumulate, launch_.local_count, threads);
    if (const auto card = cardMemory(device_)) demandCardMemory(config_, plan_.accumulate, *card);
    std::string fit;
    withSentences(config_, plan_.accumulate, device_, [&] { fit = makeTrainer(); });
    if (const std::int64_t done = trainer_->stepsDone(); done > plan_.steps) {
      setup_.notes.push_back(fmt::format("The run has done {} steps already, not {}.", done, plan_.steps));
      setup_.plan.steps = done;
    }
    if (!isFirst()) return;
    RunFacts facts = factsOf(setup_);
    facts.program = "hbevocc " HBEV_VERSION;
    facts.torch = torchVersion();
    facts.device = device_.is_cuda() ? device.title : fmt::format("CPU, {} threads", threads);
    facts.threads = threads;
    for (const torch::Tensor& parameter : network_->parameters())
      facts.parameters += parameter.requires_grad() ? parameter.numel() : 0;
    const std::string warning = precisionWarning(config_.training, device.id);
    if (!warning.empty()) setup_.notes.push_back(warning);
    openRun(facts, fit);
  }

  /// With its weights, in all processes. What it begins with: a sentence.
  std::string makeTrainer() {
    at::manual_seed(plan_.seed);
    network_ = HbevOcc(config_);
    std::string fit = "Begins with random weights.";
    if (!plan_.weights.empty() && !plan_.resume && isFirst()) {
      fit = fmt::format("{} of {}.",
                        loadCheckpoint(plan_.weights, *network_, {.allow_mismatch = true}).summary(),
                        lastName(plan_.weights));
      demandFiniteWeights(plan_.weights, *network_);
    }
    network_->to(device_);
    TrainerOptions options = TrainerOptions::of(config_.training, plan_.steps, setup_.steps_per_epoch);
    options.seed = plan_.seed;
    options.peers = peers_;
    trainer_.emplace(network_, options);
    if (plan_.evaluate_every > 0 && isFirst()) prepareScores();
    if (plan_.resume && isFirst()) fit = goOnFromNewest();
    trainer_->copyFromFirst();
    steps_told_ = trainer_->stepsDone();
    return fit;
  }

  void prepareScores() {
    try {
      scorer_.emplace(setup_.dataset, config_, setup_.evaluated, std::size_t(plan_.evaluate_keyframes));
    } catch (const Error& error) {
      if (!plan_.evaluate_if_possible) throw;
      return withoutEvaluations(setup_, error);
    }
    scored_network_ = HbevOcc(config_);
    scored_network_->to(device_);
  }

  void openRun(const RunFacts& facts, const std::string& fit) {
    if (const auto before = plan_.resume ? readRunProcess(plan_.out) : std::nullopt) {
      best_ray_iou_ = before->best_ray_iou;
      best_step_ = before->best_step;
    }
    writer_.emplace(plan_.out, facts, plan_.config_toml, plan_.resume ? trainer_->stepsDone() : -1);
    if (!setup_.boost_json.empty() && !plan_.resume) writeFile(writer_->paths().boost(), setup_.boost_json);
    say("note", fmt::format("{} with {:.2f} M parameters on {}: {} keyframes, {} steps of {}.", facts.config,
                            double(facts.parameters) / 1e6, facts.device, facts.keyframes, facts.total_steps,
                            facts.batch_size * facts.accumulate * facts.processes));
    if (peers_) say("note", fmt::format("{} processes share each step.", facts.processes));
    if (const std::string& precision = config_.training.precision; precision != "float32")
      say("note", fmt::format("Computes in {}.", precision));
    say("note", fit);
    for (const std::string& note : setup_.notes)
      say("warning", note);
  }

  /// What it goes on from: a sentence.
  std::string goOnFromNewest() {
    const RunPaths paths(plan_.out);
    if (const auto step = resumeNewest(*trainer_, paths, setup_.notes)) {
      last_good_ = *step;
      return fmt::format("Goes on from {}.", lastName(paths.checkpoint(*step)));
    }
    if (!plan_.weights.empty()) loadCheckpoint(plan_.weights, *network_, {.allow_mismatch = true});
    return "There is no checkpoint yet: begins again.";
  }

  BatchStream::Work planBatch(SequenceSampler& sampler, const SampleMaker& maker,
                              std::uint64_t number) const {
    return [&maker, number, keys = sampler.next()] { return maker.batch(number, keys); };
  }

  TrainingOutcome train() {
    const MemoryReuse reuse;
    const std::uint64_t first = std::uint64_t(trainer_->stepsDone()) * std::uint64_t(plan_.accumulate);
    const auto per_batch = std::size_t(config_.training.batch_size), rank = std::size_t(launch_.rank);
    SequenceSampler sampler(setup_.pieces, {.batch_size = per_batch,
                                            .processes = std::size_t(launch_.count),
                                            .process = rank,
                                            .seed = plan_.seed});
    sampler.seek(first);
    const SampleMaker maker(
        setup_.dataset, config_,
        {.seed = plan_.seed, .first_place = rank * per_batch, .exact_images = plan_.exact_images});
    BatchStream batches(
        first, [&](std::uint64_t number) { return planBatch(sampler, maker, number); }, plan_.workers,
        std::max(kBatchesAhead, 2 * std::size_t(plan_.accumulate)));
    if (writer_) writer_->setActivity(RunActivity::Training);
    while (trainer_->stepsDone() < plan_.steps) {
      if (!goOnTogether()) {
        if (isFirst() && last_good_ != trainer_->stepsDone()) save(false);
        return finish(RunActivity::Stopped, fmt::format("Stopped after step {}.", trainer_->stepsDone()));
      }
      oneStep(batches);
      for (const std::string& problem : maker.takeProblems())
        say("warning", problem);
      if (!isFirst()) continue;
      const std::int64_t done = trainer_->stepsDone();
      const bool last = done == plan_.steps;
      const bool best = plan_.evaluate_every > 0 && (last || done % plan_.evaluate_every == 0) && evaluate();
      if (best || last || done % plan_.checkpoint_every == 0) save(best);
    }
    if (isFirst()) trainer_->saveAverage(writer_->paths().checkpoints() / "weights.pth");
    return finish(RunActivity::Done, fmt::format("Done: {} steps.", trainer_->stepsDone()));
  }

  TrainingOutcome finish(RunActivity activity, const std::string& sentence) {
    if (writer_) writer_->end(activity, trainer_->stepsDone(), sentence);
    return {activity, trainer_->stepsDone(), sentence};
  }

  /// What goOn() says of the first process, unless another one was told to stop.
  bool goOnTogether() {
    const bool stop = isFirst() ? !goOn() : hooks_.stop_wanted();
    return peers_ ? !peers_->any(stop) : !stop;
  }

  /// Takes wishes; false when somebody wants it to stop. Waits while it is to pause.
  bool goOn() {
    bool paused = false;
    while (true) {
      for (const RunWish wish : writer_->takeWishes()) {
        if (wish == RunWish::Stop) return false;
        if (wish == RunWish::Checkpoint && trainer_->stepsDone() > 0) save(false);
        if (wish == RunWish::Pause || wish == RunWish::GoOn) {
          if (paused == (wish == RunWish::Pause)) continue;
          paused = wish == RunWish::Pause;
          writer_->setActivity(paused ? RunActivity::Paused : RunActivity::Training);
          say("note", paused ? "Paused." : "Goes on.");
        }
      }
      if (hooks_.stop_wanted()) return false;
      if (!paused) return true;
      std::this_thread::sleep_for(kPauseLook);
    }
  }

  void oneStep(BatchStream& batches) {
    const auto begin = std::chrono::steady_clock::now();
    const double waited_before = batches.waitedSeconds();
    resetPeakMemory();
    resetPeakCardMemory(device_);
    std::vector<TrainingBatch> parts;
    for (int i = 0; i < plan_.accumulate; ++i)
      parts.push_back(batchOn(batches.next(), device_));
    const StepReport report = trainer_->step(parts);
    steps_told_ = trainer_->stepsDone();
    if (!writer_) return;
    const double seconds = elapsedSince(begin), waited = batches.waitedSeconds() - waited_before;
    RunFields fields{{"loss", report.loss}};
    for (const auto& [name, loss] : report.losses)
      fields.emplace_back(name, loss);
    fields.insert(fields.end(), {{"learning_rate", report.learning_rate},
                                 {"gradient_norm", report.gradient_norm},
                                 {"seconds", seconds},
                                 {"data_seconds", waited},
                                 {"forward_seconds", report.forward_seconds},
                                 {"backward_seconds", report.backward_seconds},
                                 {"memory_bytes", double(peakMemory())}});
    if (device_.is_cuda()) fields.emplace_back("card_memory_bytes", double(peakCardMemory(device_)));
    if (config_.training.precision == "float16")
      fields.insert(fields.end(),
                    {{"loss_scale", report.loss_scale}, {"left_out", double(report.was_left_out)}});
    writer_->event("step", trainer_->stepsDone(), fields);
    seconds_per_step_ = seconds_per_step_ == 0 ? seconds : 0.9 * seconds_per_step_ + 0.1 * seconds;
    writer_->setProgress(trainer_->stepsDone(), report.loss, seconds_per_step_);
    tellStep(report.loss, waited / seconds);
  }

  void tellStep(double loss, double waiting_share) {
    constexpr double kQuiet_s = 5;
    const std::int64_t done = trainer_->stepsDone();
    if (elapsedSince(told_) < kQuiet_s && done != plan_.steps) return;
    told_ = std::chrono::steady_clock::now();
    const auto left = std::chrono::seconds(std::llround(seconds_per_step_ * double(plan_.steps - done)));
    hooks_.tell(fmt::format(
        "step {} of {}  loss {:.4f}  {:.2f} s a step, {:.0f} % waiting for data  {:%H:%M:%S} left", done,
        plan_.steps, loss, seconds_per_step_, 100 * waiting_share, left));
  }

  /// The wish stays, for goOn().
  bool stopIsWished() const { return std::ranges::count(pendingWishes(plan_.out), RunWish::Stop) > 0; }

  /// True when it is the best so far.
  bool evaluate() {
    const std::int64_t done = trainer_->stepsDone();
    const RunActivity before = writer_->activity();
    writer_->setActivity(RunActivity::Evaluating);
    const auto begin = std::chrono::steady_clock::now();
    trainer_->average().copyTo(*scored_network_);
    bool stopped = false;
    const TrainingScore score = scorer_->score(scored_network_, device_, [&] {
      stopped = stopped || hooks_.stop_wanted() || stopIsWished();
      return !stopped;
    });
    writer_->setActivity(before);
    if (stopped) return false;
    const bool best = std::isfinite(score.ray_iou) && (!best_ray_iou_ || score.ray_iou > *best_ray_iou_);
    if (best) {
      best_ray_iou_ = score.ray_iou;
      best_step_ = done;
    }
    writer_->event("evaluate", done,
                   {{"ray_iou", score.ray_iou},
                    {"mave_mps", score.mave_mps},
                    {"miou", score.miou},
                    {"keyframes", std::int64_t(score.keyframes)},
                    {"evaluation_seconds", elapsedSince(begin)}});
    if (std::isfinite(score.ray_iou)) writer_->setScore(done, score.ray_iou, best);
    hooks_.tell(fmt::format("step {}  RayIoU {}  mIoU {}  mAVE {} over {} keyframe{}{}", done,
                            numberOrDash(100 * score.ray_iou, ""), numberOrDash(100 * score.miou, ""),
                            numberOrDash(score.mave_mps, " m/s"), score.keyframes,
                            score.keyframes == 1 ? "" : "s", best ? ", the best so far" : ""));
    if (!score.samples.rgb.empty()) writeSamples(score.samples);
    return best;
  }

  static std::string numberOrDash(double value, const char* unit) {
    return std::isfinite(value) ? fmt::format("{:.2f}{}", value, unit) : "-";
  }

  void writeSamples(const Image& samples) {
    const std::int64_t step = trainer_->stepsDone();
    try {
      const fs::path file =
          writeSamplePicture(writer_->paths().samples() / fmt::format("step-{:08}", step), samples);
      writer_->event("sample", step,
                     {{"file", "samples/" + file.filename().string()},
                      {"text", fmt::format("Predictions and truth are in {}", lastName(file))}});
    } catch (const Error& error) {  // checkpoints matter more
      say("warning", error.what());
    }
  }

  void save(bool best) {
    const std::int64_t step = trainer_->stepsDone();
    const fs::path file = writer_->paths().checkpoint(step);
    const RunActivity before = writer_->activity();  // also a pause
    writer_->setActivity(RunActivity::Saving);
    trainer_->save(file);
    last_good_ = step;
    if (best) trainer_->saveAverage(writer_->paths().checkpoints() / "best-weights.pth");
    writer_->event(
        "save", step,
        {{"file", "checkpoints/" + file.filename().string()},
         {"best", best},
         {"text", fmt::format("Saved {}{}", file.filename().string(), best ? ", the best so far" : "")}});
    removeOldCheckpoints(writer_->paths(), step, plan_.keep, best_step_);
    writer_->setActivity(before);
  }

  void say(const char* kind, const std::string& sentence) {
    if (!writer_) return log().warn("{}", sentence);  // in a process that keeps no run
    writer_->event(kind, trainer_->stepsDone(), {{"text", sentence}});
    hooks_.tell(sentence);
  }

  std::string lastGood() const {
    if (!writer_) return {};
    const std::int64_t step = last_good_;
    return step < 0 ? " No checkpoint was written before."
                    : fmt::format(" The last checkpoint, {}, is good.",
                                  writer_->paths().checkpoint(step).filename().string());
  }

  const TrainingHooks& hooks_;
  Launch launch_;
  std::shared_ptr<JoinedPeers> peers_;
  TrainingSetup setup_;
  const TrainingPlan& plan_ = setup_.plan;
  const ModelConfig& config_ = setup_.config;
  torch::Device device_{at::kCPU};
  HbevOcc network_{nullptr}, scored_network_{nullptr};
  std::optional<Trainer> trainer_;
  std::optional<TrainingScorer> scorer_;
  std::optional<RunWriter> writer_;
  std::shared_ptr<std::atomic<bool>> is_over_ = std::make_shared<std::atomic<bool>>(false);
  std::optional<double> best_ray_iou_;
  std::int64_t best_step_ = -1;
  // Which checkpoint was saved or resumed last; and steps, for a process that is stuck.
  std::atomic<std::int64_t> last_good_{-1}, steps_told_{0};
  double seconds_per_step_ = 0;
  std::chrono::steady_clock::time_point told_ = std::chrono::steady_clock::now();
};

}  // namespace

TrainingOutcome runTraining(const TrainingPlan& plan, const TrainingHooks& hooks) {
  return TrainingRun(plan, hooks).run();
}

}  // namespace hbev
