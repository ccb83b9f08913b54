#include "core/eval/evaluation.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <map>
#include <mutex>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <oneapi/tbb/parallel_for.h>

#include "core/base/error.h"
#include "core/base/hash_text.h"
#include "core/data/splits.h"
#include "core/eval/frame_scorer.h"
#include "core/eval/prediction_print.h"

namespace hbev {
namespace {

std::string hashOf(const Dataset& dataset, const std::vector<EvaluatedFrame>& frames) {
  std::string text;
  for (const EvaluatedFrame& frame : frames)
    text += dataset.scenes()[frame.scene].keyframes[frame.index_in_scene] + '\n';
  return longHashText(text);
}

/// Frames that are finished, kept together a few at a time. Thread-safe.
class Keeper {
 public:
  Keeper(EvaluationStore& store, std::chrono::milliseconds longest) : store_(store), longest_(longest) {}

  void add(FrameRecord record) {
    const std::lock_guard lock(mutex_);
    frames_.push_back(std::move(record));
    const auto now = std::chrono::steady_clock::now();
    if (frames_.size() < kMostFrames && now - last_ < longest_) return;
    keep();
    last_ = now;
  }
  void keep() {
    store_.add(frames_);
    frames_.clear();
  }

 private:
  static constexpr std::size_t kMostFrames = 64;

  EvaluationStore& store_;
  std::chrono::milliseconds longest_;
  std::mutex mutex_;
  std::vector<FrameRecord> frames_;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

}  // namespace

std::vector<std::size_t> scenesOf(const EvaluationPlan& plan) {
  if (plan.scenes.empty()) return scenesOfSplit(*plan.dataset, plan.split);
  std::vector<std::size_t> scenes;
  for (const std::string& name : plan.scenes)
    scenes.push_back(plan.dataset->sceneIndex(name));
  std::sort(scenes.begin(), scenes.end());
  scenes.erase(std::unique(scenes.begin(), scenes.end()), scenes.end());
  return scenes;
}

EvaluationFacts factsOf(const EvaluationPlan& plan) {
  const Dataset& dataset = *plan.dataset;
  const auto frames = orderedFrames(dataset, scenesOf(plan), plan.order);
  EvaluationFacts facts;
  facts.program = "HBEVOcc Studio " HBEV_VERSION;
  facts.dataset = dataset.name();
  facts.dataset_path = dataset.root().string();
  facts.version = dataset.version();
  facts.split = plan.scenes.empty() ? plan.split : fmt::format("{}", fmt::join(plan.scenes, ", "));
  facts.truth = labelKindName(plan.truth);
  facts.mask = plan.options.camera_mask ? "camera" : "none";
  facts.order = frameOrderName(plan.order);
  facts.frames_hash = hashOf(dataset, frames);
  facts.keyframes = std::int64_t(frames.size());
  facts.shard = plan.shard;
  facts.created = fmt::format("{:%Y-%m-%d %H:%M:%S}", fmt::gmtime(std::time(nullptr)));
  return facts;
}

namespace {

std::vector<SourceFacts> sourcesOf(const EvaluationPlan& plan) {
  std::vector<SourceFacts> facts;
  for (const EvaluationSource& source : plan.sources)
    facts.push_back(source.facts);
  return facts;
}

/// filePrint() of a keyframe's prediction or labels as they are now.
std::uint64_t printOf(const EvaluationPlan& plan, std::size_t source, const Keyframe& keyframe) {
  if (source != StoredPrint::kTruth) return predictionPrint(plan.sources[source], keyframe);
  const auto labels = plan.dataset->truthFile(plan.truth, keyframe);
  return labels ? filePrint(*labels) : 0;
}

/// Of a few keyframes of the whole selection: what a worker's file and another's must have in common.
std::vector<StoredPrint> samplePrints(const EvaluationPlan& plan) {
  constexpr std::size_t kSampled = 8;
  std::vector<StoredPrint> prints;
  const auto frames = orderedFrames(*plan.dataset, scenesOf(plan), plan.order);
  const std::size_t step = std::max<std::size_t>(1, frames.size() / kSampled);
  for (std::size_t i = 0; i < frames.size(); i += step) {
    const Keyframe keyframe = plan.dataset->keyframe(frames[i].scene, frames[i].index_in_scene);
    for (std::size_t source = 0; source < plan.sources.size(); ++source)
      prints.push_back({frames[i].ordinal, source, printOf(plan, source, keyframe)});
    prints.push_back({frames[i].ordinal, StoredPrint::kTruth, printOf(plan, StoredPrint::kTruth, keyframe)});
  }
  return prints;
}

/// Keyframes that were scored by other files than there are now.
struct ChangedFiles {
  std::size_t keyframes = 0;
  std::string first;
};

/// Throws Error when keyframes were scored by other files than those that are there now.
void requireUnchanged(const EvaluationPlan& plan, const EvaluationStore& store) {
  const std::set<std::int64_t> finished = store.finishedFrames();
  const auto frames = orderedFrames(*plan.dataset, scenesOf(plan), plan.order);
  std::map<std::size_t, ChangedFiles> changed;  // by source
  for (const StoredPrint& stored : store.prints()) {
    if (!finished.contains(stored.ordinal) || std::size_t(stored.ordinal) >= frames.size()) continue;
    const EvaluatedFrame& frame = frames[std::size_t(stored.ordinal)];
    const Keyframe keyframe = plan.dataset->keyframe(frame.scene, frame.index_in_scene);
    const std::uint64_t now = printOf(plan, stored.source, keyframe);
    if (now == 0 || now == stored.print) continue;  // what is gone cannot be mixed up
    ChangedFiles& files = changed[stored.source];
    if (files.keyframes++ == 0)
      files.first = keyframe.scene_name + " keyframe " + std::to_string(keyframe.index_in_scene + 1);
  }
  if (changed.empty()) return;
  const auto& [source, files] = *changed.begin();
  const bool labels = source == StoredPrint::kTruth;
  throw Error(
      {fmt::format("The {} have changed since this evaluation was begun", labels ? "labels" : "predictions"),
       store.file(),
       labels ? "the labels that were scored against"
              : "the files of " + plan.sources[source].facts.title + " that were scored",
       fmt::format("others for {} of {} finished keyframes, first {}", files.keyframes, finished.size(),
                   files.first),
       fmt::format("Evaluate into another file: figures of two {} must not be mixed.",
                   labels ? "truths" : "predictions")});
}

std::string shardWords(const Shard& shard) {
  return shard.count == 1 ? "all keyframes" : fmt::format("shard {}/{}", shard.index, shard.count);
}

}  // namespace

EvaluationStore createStore(const EvaluationPlan& plan, const std::filesystem::path& file) {
  requireClassesOf(plan.truth, plan.sources);  // before there is a file
  std::vector<StoredScene> scenes;
  for (const std::size_t scene : scenesOf(plan)) {
    const Scene& whole = plan.dataset->scenes()[scene];
    scenes.push_back({scene, whole.name, whole.description, std::int64_t(whole.keyframes.size())});
  }
  EvaluationStore store =
      EvaluationStore::create(file.empty() ? ":memory:" : file, factsOf(plan), sourcesOf(plan), scenes);
  if (plan.shard.count > 1) store.addPrints(samplePrints(plan));
  return store;
}

EvaluationStore resumeStore(const EvaluationPlan& plan, const std::filesystem::path& file) {
  const EvaluationFacts facts = factsOf(plan);
  EvaluationStore store = EvaluationStore::openToAdd(file);
  requireSameEvaluation(store, facts, sourcesOf(plan));
  if (!(store.facts().shard == facts.shard)) {
    throw Error({"The evaluation was begun with another share of the keyframes", file,
                 shardWords(facts.shard), shardWords(store.facts().shard),
                 "Give every worker its own file."});
  }
  requireUnchanged(plan, store);
  return store;
}

void runEvaluation(const EvaluationPlan& plan, EvaluationStore& store, Progress& progress) {
  const auto device = deviceCasterFor(plan.device);
  FrameScorer scorer(*plan.dataset, plan.sources, plan.truth, plan.options, plan.cache, device.get());
  const auto frames = shardOf(orderedFrames(*plan.dataset, scenesOf(plan), plan.order), plan.shard);
  const std::set<std::int64_t> finished = store.finishedFrames();
  std::vector<EvaluatedFrame> open;
  for (const EvaluatedFrame& frame : frames) {
    if (finished.contains(frame.ordinal)) continue;
    open.push_back(frame);
    scorer.prepareScene(frame.origin_scene);
  }
  progress.start(plan.sources.size() == 1 ? "Evaluating " + plan.sources.front().facts.title
                                          : fmt::format("Evaluating {} sources", plan.sources.size()),
                 std::int64_t(frames.size()));
  progress.advance(std::int64_t(frames.size() - open.size()));
  Keeper keeper(store, plan.keep_every);
  try {
    tbb::parallel_for(std::size_t{0}, open.size(), [&](std::size_t i) {
      progress.throwIfCancelled();
      keeper.add(scorer.score(open[i]));
      progress.advance();
    });
  } catch (const Cancelled&) {
    keeper.keep();
    throw;
  }
  keeper.keep();
}

}  // namespace hbev
