#include "core/eval/diagnosis.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "core/base/error.h"
#include "core/data/predictions/orientation_check.h"
#include "core/eval/diagnosis_flow.h"
#include "core/eval/diagnosis_rays.h"
#include "core/io/npz.h"

namespace hbev {
namespace fs = std::filesystem;

namespace {

// Overlaps of sixteen orientations take a tenth of a second a keyframe.
constexpr std::size_t kOrientedFrames = 3;
constexpr double kNearlyAll = 0.9995;

std::string percent(double share) {
  return fmt::format("{:.0f} %", 100 * share);
}

/// What a few keyframes show.
struct Findings {
  std::size_t frames = 0;
  std::array<std::size_t, 256> labels{};  ///< voxels of each predicted class
  std::size_t voxels = 0;
  /// Of voxels that both have occupied: with the same class by the numbers as they are taken, and by the
  /// other set's numbers.
  std::size_t both_occupied = 0, same = 0, same_by_other = 0;
  bool any_flow = false, any_true_flow = false;
  FlowCheck flow;
  /// Occupied voxels in and outside of the camera mask, where one is known.
  std::size_t predicted_inside = 0, predicted_outside = 0, true_outside = 0;
  OrientationCheck orientation{true};
  std::optional<Problem> unreadable;  ///< of the first that cannot be read
  fs::path unreadable_file;
};

/// For a number of `set` what the same number means in the other set, as a number of `set`; 255 for nothing.
std::array<std::uint8_t, 256> byOtherSet(const ClassSet& set) {
  const ClassSet& other = &set == &ClassSet::openocc() ? ClassSet::occ3d() : ClassSet::openocc();
  std::array<std::uint8_t, 256> numbers{};
  numbers.fill(255);
  for (int label = 0; label < other.size(); ++label) {
    if (const auto number = set.findLabel(other[label].id))
      numbers[std::size_t(label)] = std::uint8_t(*number);
  }
  return numbers;
}

void compare(const Occupancy& prediction, const Occupancy& truth, Findings& findings) {
  const std::uint8_t free = truth.classes->free();
  const auto other = byOtherSet(*truth.classes);
  ++findings.frames;
  findings.voxels += prediction.semantics.size();
  findings.any_flow = findings.any_flow || !prediction.flow.empty();
  findings.any_true_flow = findings.any_true_flow || !truth.flow.empty();
  for (std::size_t i = 0; i < prediction.semantics.size(); ++i) {
    const std::uint8_t guess = prediction.semantics[i], actual = truth.semantics[i];
    ++findings.labels[guess];
    if (guess == free || actual == free) continue;
    ++findings.both_occupied;
    findings.same += guess == actual;
    findings.same_by_other += other[guess] == actual;
  }
  findings.flow.add(prediction, truth);
  if (findings.frames <= kOrientedFrames) findings.orientation.add(prediction, truth);
}

/// The camera mask of a keyframe: the labels' own, or that of Occ3D's labels beside them; empty without one.
std::vector<std::uint8_t> cameraMask(const Dataset& dataset, const Keyframe& keyframe,
                                     const Occupancy& truth) {
  if (!truth.mask_camera.empty()) return truth.mask_camera;
  const auto file = dataset.truthFile(LabelKind::Occ3d, keyframe);
  if (!file) return {};
  try {
    return readOccupancyNpz(*file, ClassSet::occ3d()).mask_camera;
  } catch (const Error&) {
    return {};
  }
}

void compareByMask(const Occupancy& prediction, const Occupancy& truth, const std::vector<std::uint8_t>& mask,
                   Findings& findings) {
  if (mask.size() != truth.semantics.size() || prediction.semantics.size() != mask.size()) return;
  const std::uint8_t free = truth.classes->free();
  for (std::size_t i = 0; i < mask.size(); ++i) {
    if (prediction.semantics[i] != free) ++(mask[i] ? findings.predicted_inside : findings.predicted_outside);
    if (!mask[i] && truth.semantics[i] != free) ++findings.true_outside;
  }
}

Findings lookInto(const EvaluationPlan& plan, const EvaluationSource& source,
                  const std::vector<EvaluatedFrame>& frames) {
  Findings findings;
  for (const EvaluatedFrame& frame : frames) {
    const Keyframe keyframe = plan.dataset->keyframe(frame.scene, frame.index_in_scene);
    const auto truth_file = plan.dataset->truthFile(plan.truth, keyframe);
    try {
      const Occupancy truth = readOccupancyNpz(*truth_file, classSetOf(plan.truth));
      try {
        const Occupancy prediction = source.voxels->read(keyframe);
        compare(prediction, truth, findings);
        if (findings.frames <= kOrientedFrames)
          compareByMask(prediction, truth, cameraMask(*plan.dataset, keyframe, truth), findings);
      } catch (const Error& error) {
        if (findings.unreadable) continue;
        findings.unreadable = error.problem();
        findings.unreadable_file = source.voxels->find(keyframe).value_or(fs::path());
      }
    } catch (const Error&) {
      continue;  // labels that cannot be read are told of in their place
    }
  }
  return findings;
}

/// Nothing there, or nothing but one class.
std::optional<std::string> sayWhetherEmpty(const Findings& findings, const ClassSet& classes) {
  if (findings.voxels == 0) return std::nullopt;
  const auto most = std::max_element(findings.labels.begin(), findings.labels.end());
  const auto label = int(most - findings.labels.begin());
  if (double(*most) < kNearlyAll * double(findings.voxels)) return std::nullopt;
  if (label == classes.free())
    return "Every voxel is free: nothing was predicted. Check that the network had its weights and that the "
           "arrays were filled before they were saved.";
  return fmt::format(
      "Every voxel is of class {} ({}): the array was probably never filled. Save the class numbers, free is "
      "{}.",
      label, classes[label].name, classes.free());
}

/// Whether most voxels of a keyframe are free when the files are opened as being in `other`.
bool opensAs(const ClassSet& other, const EvaluationPlan& plan, const EvaluationSource& source,
             const std::vector<EvaluatedFrame>& frames) {
  try {
    const auto opened = openPredictions(source.voxels->path(), {.dataset = plan.dataset, .classes = &other});
    const EvaluatedFrame& first = frames.front();
    const Occupancy occupancy = opened->read(plan.dataset->keyframe(first.scene, first.index_in_scene));
    return 2 * occupancy.occupiedCount() < occupancy.semantics.size();
  } catch (const Error&) {
    return false;
  }
}

std::optional<Suspicion> sayWhetherOtherClasses(const Findings& findings, const EvaluationPlan& plan,
                                                const EvaluationSource& source,
                                                const std::vector<EvaluatedFrame>& frames) {
  const ClassSet& classes = *source.classes;
  const ClassSet& other = &classes == &ClassSet::openocc() ? ClassSet::occ3d() : ClassSet::openocc();
  const auto most =
      int(std::max_element(findings.labels.begin(), findings.labels.end()) - findings.labels.begin());
  if (most == other.free() && most != classes.free()) {
    return Suspicion{
        fmt::format("Most voxels have number {}, which is {}'s free class and {} here: the class "
                    "set does not fit.",
                    most, other.name(), classes[most].name),
        {},
        &other};
  }
  const bool enough = findings.both_occupied > 1000;
  if (!enough || findings.same_by_other <= 2 * findings.same ||
      double(findings.same_by_other) <= 0.3 * double(findings.both_occupied))
    return std::nullopt;
  Suspicion suspicion{
      fmt::format("Where predictions and labels are occupied, the classes agree in {} of the "
                  "voxels, and in {} when the numbers are taken as {}'s: the class set does "
                  "not fit.",
                  percent(double(findings.same) / double(findings.both_occupied)),
                  percent(double(findings.same_by_other) / double(findings.both_occupied)), other.name()),
      {},
      nullptr};
  if (opensAs(other, plan, source, frames)) {
    suspicion.classes = &other;
  } else {
    suspicion.sentence +=
        fmt::format(" Free voxels have number {}, though: save them as {}, {}'s free class.", classes.free(),
                    other.free(), other.name());
  }
  return suspicion;
}

/// A flat array has lost where its voxels are.
std::optional<std::string> sayWhetherFlat(const Findings& findings) {
  if (!findings.unreadable) return std::nullopt;
  try {
    const NpzReader npz(findings.unreadable_file);
    for (const std::string& name : npz.names()) {
      const NpyHeader header = npz.header(name);
      if (!header.isNumber() || header.shape.size() != 1 || header.count() < 1000) continue;
      return fmt::format(
          "{} has {} as a flat list of {} voxels, probably those of the camera mask alone: save the whole "
          "[200, 200, 16] array, or name the files <scene>_<token>.npz and have Occ3D's gts/ with masks "
          "beside "
          "the data.",
          findings.unreadable_file.filename().string(), name, header.count());
    }
  } catch (const Error&) {
    return std::nullopt;  // no archive: told of when it is scored
  }
  return std::nullopt;
}

/// Cut by a mask, and scored where nobody looked.
std::optional<std::string> sayWhetherMasked(const Findings& findings) {
  constexpr std::size_t kEnough = 1000;
  if (findings.predicted_inside < kEnough || findings.true_outside < kEnough ||
      500 * findings.predicted_outside > findings.true_outside)
    return std::nullopt;
  return "Outside the camera mask every voxel is free, although the labels have something there: rays that "
         "end "
         "there count as missed. Save what the network predicts for all voxels, or read only the mIoU in the "
         "camera mask (Occ3D's labels).";
}

std::string sayWhatIsMissing(const EvaluationSource& source, std::size_t with_truth, std::size_t matched) {
  std::string text = fmt::format("{} of {} keyframes with labels have no prediction and are left out",
                                 with_truth - matched, with_truth);
  const std::size_t held = source.rays ? source.rays->tokens().size() : source.voxels->count();
  if (matched == 0) {
    return text + fmt::format(
                      ": none of the {} predictions fits a keyframe. Check that they are of this data set, "
                      "split and version.",
                      held);
  }
  return text + ". Predict them too, or choose the split or scenes that were predicted.";
}

}  // namespace

std::vector<Suspicion> diagnose(const EvaluationPlan& plan, const EvaluationSource& source,
                                std::size_t frames) {
  std::vector<Suspicion> suspicions;
  std::vector<EvaluatedFrame> matched;
  std::size_t with_truth = 0;
  for (const EvaluatedFrame& frame :
       shardOf(orderedFrames(*plan.dataset, scenesOf(plan), plan.order), plan.shard)) {
    const Keyframe keyframe = plan.dataset->keyframe(frame.scene, frame.index_in_scene);
    if (!plan.dataset->truthFile(plan.truth, keyframe)) continue;
    ++with_truth;
    if (source.has(keyframe)) matched.push_back(frame);
  }
  if (matched.size() < with_truth)
    suspicions.push_back({sayWhatIsMissing(source, with_truth, matched.size())});
  if (matched.empty() || source.classes != &classSetOf(plan.truth)) return suspicions;

  std::vector<EvaluatedFrame> sample;
  const std::size_t count = std::min(frames, matched.size());
  for (std::size_t i = 0; i < count; ++i)
    sample.push_back(matched[(2 * i + 1) * matched.size() / (2 * count)]);
  if (source.rays) {
    for (std::string& sentence : diagnoseRays(plan, *source.rays, sample))
      suspicions.push_back({std::move(sentence)});
    return suspicions;
  }
  const Findings findings = lookInto(plan, source, sample);
  if (const auto flat = sayWhetherFlat(findings)) suspicions.push_back({*flat});
  // The first of these explains all that follow.
  if (const auto empty = sayWhetherEmpty(findings, *source.classes)) {
    suspicions.push_back({*empty});
  } else if (const auto other = sayWhetherOtherClasses(findings, plan, source, sample)) {
    suspicions.push_back(*other);
  } else if (const auto orientation = findings.orientation.better()) {
    suspicions.push_back({findings.orientation.sentence(), orientation});
  } else {
    if (const auto masked = sayWhetherMasked(findings)) suspicions.push_back({*masked});
    if (findings.frames > 0 && findings.any_true_flow && !findings.any_flow) {
      suspicions.push_back(
          {"There is no flow: everything is scored as standing still, and AVE is how fast things drive. Save "
           "the "
           "network's flow beside the classes."});
    }
    if (const auto flow = findings.flow.sentence()) suspicions.push_back({*flow});
  }
  return suspicions;
}

std::string commandLineWords(const Suspicion& suspicion) {
  std::string words = suspicion.sentence;
  if (suspicion.orientation)
    words += fmt::format(" Use --orientation {}.", orientationName(*suspicion.orientation));
  if (suspicion.classes) {
    words += fmt::format(" Name the set of the files with --classes {0}, and score against --truth {0}.",
                         suspicion.classes->name());
  }
  return words;
}

}  // namespace hbev
