// The studio's scores: reports of the pair that is scored, made in the background, the current scene first.
#include "core/base/error.h"
#include "core/data/predictions/ray_submission.h"
#include "core/eval/origins.h"
#include "ui/state/studio.h"

namespace hbev::ui {
namespace {

constexpr int kReportPriority = 0;

}  // namespace

/// Frame reports of the scored pair; they are small, so that all of a split are kept.
void Studio::makeReportCache() {
  const auto load = [dataset = dataset_, pair = *scored_](const FrameKey& key, const std::stop_token& stop) {
    const Keyframe keyframe = dataset->keyframe(key.scene, key.index);
    auto answer = std::make_shared<MaybeReport>();
    const LoadedOccupancy truth = loadOccupancy(*dataset, pair.truth, keyframe);
    if (stop.stop_requested()) throw Cancelled();
    if (!truth.occupancy) return std::shared_ptr<const MaybeReport>(answer);
    try {
      const auto origins = lidarOrigins(dataset->lidarReadings(key.scene), key.index);
      const EvaluationOptions options{.details = true};
      // A submission is scored by its own rays, not by the voxels that it is shown as.
      if (const auto submission = submissionOf(*pair.prediction.prediction)) {
        answer->report =
            std::make_shared<FrameReport>(compareFrames(preparePrediction(submission->read(keyframe.token)),
                                                        prepareTruth(*truth.occupancy, origins), options));
        return std::shared_ptr<const MaybeReport>(answer);
      }
      const LoadedOccupancy prediction = loadOccupancy(*dataset, pair.prediction, keyframe);
      if (stop.stop_requested()) throw Cancelled();
      if (!prediction.occupancy) return std::shared_ptr<const MaybeReport>(answer);
      answer->report = std::make_shared<FrameReport>(
          evaluateFrame(*prediction.occupancy, *truth.occupancy, origins, options));
    } catch (const Error&) {
      // A keyframe without a lidar cannot be scored: that is the answer.
    }
    return std::shared_ptr<const MaybeReport>(answer);
  };
  const auto loaded = [this, generation = scoring_generation_](const FrameKey& key, const auto&) {
    const auto tell = [this, generation, key] {
      if (generation != scoring_generation_) return;
      reported_.insert(key);
      Q_EMIT reportArrived(key.scene, key.index);
    };
    QMetaObject::invokeMethod(this, tell, Qt::QueuedConnection);
  };
  reports_ = std::make_unique<ReportCache>(
      queue_, kReportPriority, load, [](const MaybeReport&) { return std::size_t(1); }, loaded,
      ~std::size_t(0));
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
  reports_.reset();
  reported_.clear();
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

void Studio::wishForReports() {
  if (reports_) reports_->wish(sceneKeys());
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

}  // namespace hbev::ui
