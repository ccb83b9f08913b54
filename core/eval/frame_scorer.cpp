#include "core/eval/frame_scorer.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/error.h"
#include "core/eval/origins.h"
#include "core/eval/prediction_print.h"
#include "core/eval/rays.h"

namespace hbev {
namespace {

void skipAll(FrameRecord& record, SkipReason reason, const std::string& problem = {}) {
  for (FrameResult& result : record.results) {
    if (!result.skipped) result = {reason, problem, {}};
  }
}

/// By true class, which of two sources' rays are right.
SourcePair comparePair(std::size_t first, std::size_t second, int classes,
                       const std::vector<std::uint8_t>& first_right,
                       const std::vector<std::uint8_t>& second_right, const TruthRays& truth) {
  SourcePair pair{first, second, std::vector<RightRays>(std::size_t(classes))};
  const auto free = std::size_t(classes - 1);
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (truth.label[i] >= free) continue;
    RightRays& rays = pair.classes[truth.label[i]];
    if (first_right[i]) {
      ++(second_right[i] ? rays.both : rays.only_first);
    } else {
      ++(second_right[i] ? rays.only_second : rays.neither);
    }
  }
  return pair;
}

}  // namespace

void requireClassesOf(LabelKind truth, std::span<const EvaluationSource> sources) {
  const ClassSet& classes = classSetOf(truth);
  for (const EvaluationSource& source : sources) {
    if (source.classes == &classes) continue;
    throw Error({"The predictions are in another class set than the labels", source.facts.path,
                 std::string(classes.name()), std::string(source.classes->name()),
                 fmt::format("Score them against labels in {} classes: --truth {}.", source.classes->name(),
                             source.classes->name())});
  }
}

FrameScorer::FrameScorer(const Dataset& dataset, std::span<const EvaluationSource> sources, LabelKind truth,
                         const EvaluationOptions& options, TruthCache* cache, const DeviceCaster* device)
    : dataset_(dataset), sources_(sources), truth_(truth), options_(options), cache_(cache), device_(device) {
  requireClassesOf(truth, sources);
}

void FrameScorer::prepareScene(std::size_t scene) {
  if (options_.rays && !readings_.contains(scene)) readings_[scene] = dataset_.lidarReadings(scene);
}

TruthFrame FrameScorer::truth(const std::filesystem::path& file,
                              std::span<const Eigen::Vector3d> origins) const {
  if (cache_) return cache_->get(file, truth_, origins, device_);
  return prepareTruth(readOccupancyNpz(file, classSetOf(truth_)), origins, device_);
}

PredictionFrame FrameScorer::prediction(const EvaluationSource& source, const Keyframe& keyframe,
                                        std::span<const Eigen::Vector3d> origins) const {
  if (!source.rays) return preparePrediction(source.voxels->read(keyframe), origins, device_);
  const RayPrediction rays = source.rays->read(keyframe.token);
  if (options_.rays && rays.origins() != origins.size()) {
    throw Error(
        {"The rays do not belong to this keyframe", source.rays->file(),
         fmt::format("{} rays from {} lidar places", origins.size() * kSubmissionRays, origins.size()),
         fmt::format("{} rays", rays.labels.size()), "Open the data set that the submission was made for."});
  }
  return preparePrediction(rays);
}

std::vector<std::optional<PredictionFrame>> FrameScorer::predictions(const Keyframe& keyframe,
                                                                     std::span<const Eigen::Vector3d> origins,
                                                                     FrameRecord& record) const {
  std::vector<std::optional<PredictionFrame>> predictions(sources_.size());
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    if (record.results[i].skipped) continue;
    try {
      predictions[i] = prediction(sources_[i], keyframe, origins);
      record.results[i].print = predictionPrint(sources_[i], keyframe);
    } catch (const Error& error) {
      record.results[i] = {SkipReason::Unusable, toString(error.problem()), {}};
    }
  }
  return predictions;
}

FrameRecord FrameScorer::score(const EvaluatedFrame& frame) const {
  FrameRecord record{frame,
                     dataset_.scenes()[frame.scene].keyframes[frame.index_in_scene],
                     dataset_.timestamp_us(frame.scene, frame.index_in_scene),
                     std::vector<FrameResult>(sources_.size()),
                     {}};
  try {
    const Keyframe keyframe = dataset_.keyframe(frame.scene, frame.index_in_scene);
    const auto truth_file = dataset_.truthFile(truth_, keyframe);
    if (!truth_file) {
      skipAll(record, SkipReason::NoTruth);
      return record;
    }
    bool any = false;
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      const bool has = sources_[i].has(keyframe);
      if (!has) record.results[i].skipped = SkipReason::NoPrediction;
      any = any || has;
    }
    if (!any) return record;
    const std::vector<Eigen::Vector3d> origins =
        options_.rays ? lidarOrigins(readings_.at(frame.origin_scene), frame.origin_index_in_scene)
                      : std::vector<Eigen::Vector3d>();
    const TruthFrame actual = truth(*truth_file, origins);
    record.truth_print = filePrint(*truth_file);
    const auto predicted = predictions(keyframe, origins, record);
    const ClassSet& classes = classSetOf(truth_);
    std::vector<std::vector<std::uint8_t>> right(sources_.size());
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      if (!predicted[i]) continue;
      record.results[i].report = compareFrames(*predicted[i], actual, options_);
      if (sources_.size() > 1 && options_.rays)
        right[i] = rightRays(RayClasses::of(classes), predicted[i]->rays, actual.rays, predicted[i]->rule);
    }
    for (std::size_t a = 0; a < right.size(); ++a) {
      for (std::size_t b = a + 1; b < right.size(); ++b) {
        if (!right[a].empty() && !right[b].empty())
          record.pairs.push_back(comparePair(a, b, classes.size(), right[a], right[b], actual.rays));
      }
    }
  } catch (const Error& error) {
    record.pairs.clear();
    skipAll(record, SkipReason::Unusable, toString(error.problem()));
  }
  return record;
}

}  // namespace hbev
