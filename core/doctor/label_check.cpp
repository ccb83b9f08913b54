#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>
#include <set>

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include "core/base/error.h"
#include "core/data/splits.h"
#include "core/doctor/dataset_check.h"
#include "core/doctor/findings.h"

namespace hbev::doctor {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLabelSample = 24;  // files of each kind
constexpr double kLeastFree = 0.5;        // of a grid; streets are 90 % free
constexpr float kFastestFlow_mps = 60;

std::string folderAdvice(LabelKind kind) {
  return kind == LabelKind::OpenOcc ? "Unpack OpenOcc's labels as openocc_v2/<scene>/<token>/labels.npz."
                                    : "Unpack Occ3D's labels as gts/<scene>/<token>/labels.npz.";
}

struct Split {
  std::string name;
  std::vector<std::size_t> scenes;
};

/// How many keyframes of each split have labels.
void countLabels(const Dataset& dataset, LabelKind kind, const std::vector<KeyframePlace>& labelled,
                 const std::vector<Split>& splits, std::vector<Finding>& findings) {
  std::vector<std::size_t> of_scene(dataset.scenes().size(), 0);
  for (const KeyframePlace& place : labelled)
    ++of_scene[place.scene];
  const std::string title(labelKindTitle(kind));
  const auto say = [&](const std::string& where, std::size_t found, std::size_t all) {
    if (all == 0) return;
    const std::string text = fmt::format("{}: {} of {} keyframes{}", title, found, all, where);
    if (found == all)
      findings.push_back(good("Labels", text));
    else if (found == 0)
      findings.push_back(warning("Labels", text, "There is no truth to compare with.", folderAdvice(kind)));
    else
      findings.push_back(warning("Labels", text, "The others have no truth.", folderAdvice(kind)));
  };
  std::set<std::size_t> told;
  for (const Split& split : splits) {
    std::size_t found = 0, all = 0;
    for (const std::size_t s : split.scenes) {
      told.insert(s);
      found += of_scene[s];
      all += dataset.scenes()[s].keyframes.size();
    }
    say(" for " + split.name, found, all);
  }
  std::size_t found = 0, all = 0;
  for (std::size_t s = 0; s < of_scene.size(); ++s) {
    if (told.contains(s)) continue;
    found += of_scene[s];
    all += dataset.scenes()[s].keyframes.size();
  }
  say(told.empty() ? "" : " in no split", found, all);
}

struct LabelTallies {
  std::mutex mutex;
  Tally unreadable, all_free, little_free, bad_flow, without_flow, without_masks;
  std::vector<std::size_t> voxels;  // of each class
};

void judge(const Occupancy& occupancy, LabelKind kind, const std::string& file, LabelTallies& tallies) {
  const std::vector<std::size_t> counts = occupancy.classCounts();
  const std::size_t free = counts[occupancy.classes->free()];
  const bool flow_good = std::all_of(occupancy.flow.begin(), occupancy.flow.end(), [](float value) {
    return std::isfinite(value) && std::abs(value) < kFastestFlow_mps;
  });
  const std::lock_guard lock(tallies.mutex);
  tallies.voxels.resize(counts.size());
  std::transform(counts.begin(), counts.end(), tallies.voxels.begin(), tallies.voxels.begin(), std::plus<>());
  if (free == occupancy.semantics.size())
    tallies.all_free.add(file);
  else if (double(free) < kLeastFree * double(occupancy.semantics.size()))
    tallies.little_free.add(file);
  if (!flow_good) tallies.bad_flow.add(file);
  if (kind == LabelKind::OpenOcc && occupancy.flow.empty()) tallies.without_flow.add(file);
  if (kind == LabelKind::Occ3d && (occupancy.mask_camera.empty() || occupancy.mask_lidar.empty()))
    tallies.without_masks.add(file);
}

std::string absentClasses(const ClassSet& classes, const std::vector<std::size_t>& voxels) {
  std::string names;
  for (int label = 0; label < classes.size() && std::size_t(label) < voxels.size(); ++label) {
    if (voxels[std::size_t(label)] > 0) continue;
    names += fmt::format("{}{}", names.empty() ? "" : ", ", classes[label].name);
  }
  return names;
}

void sayTallies(LabelKind kind, const LabelTallies& tallies, std::size_t files, bool full,
                std::vector<Finding>& findings) {
  const std::string title(labelKindTitle(kind));
  bool plausible = true;
  const auto say = [&](Finding::State state, const Tally& tally, const char* what, std::string advice) {
    if (tally.count() == 0) return;
    plausible = plausible && state < Finding::State::Warning;
    findings.push_back({state, "Labels",
                        fmt::format("{}: {} of {} files {}", title, tally.count(), files, what),
                        tally.detail(), std::move(advice)});
  };
  say(Finding::State::Failure, tallies.unreadable, "cannot be used", "Copy or unpack them again.");
  say(Finding::State::Warning, tallies.all_free, "hold only free voxels",
      "Scores of these keyframes mean nothing. Unpack them again.");
  say(Finding::State::Warning, tallies.little_free, "are less than half free",
      "Their class numbers may be of another class set, or the file is no label.");
  say(Finding::State::Warning, tallies.bad_flow, "have flow that nothing can drive",
      "Flow is in m/s in the ego frame; such voxels spoil mAVE.");
  say(Finding::State::Warning, tallies.without_flow, "have no flow",
      "mAVE cannot be computed. Use OpenOcc v2.1.");
  say(Finding::State::Note, tallies.without_masks, "have no visibility masks",
      "mIoU is then computed over all voxels.");
  if (!plausible || files == 0) return;
  const std::string absent = absentClasses(classSetOf(kind), tallies.voxels);
  findings.push_back(
      good("Labels", fmt::format("{}: {} are plausible", title, counted(files, "file", "files")),
           fmt::format("{}{}", full ? "" : "A sample; --full opens all. ",
                       absent.empty() ? "All classes appear." : "Classes without a voxel: " + absent + ".")));
}

void inspectKind(const Dataset& dataset, LabelKind kind, const std::vector<Split>& splits, bool full,
                 Progress* progress, std::vector<Finding>& findings) {
  std::vector<KeyframePlace> labelled;
  for (const KeyframePlace& place : allKeyframes(dataset)) {
    if (progress) progress->throwIfCancelled();
    if (dataset.truthFile(kind, dataset.keyframe(place.scene, place.index))) labelled.push_back(place);
  }
  countLabels(dataset, kind, labelled, splits, findings);
  const std::vector<KeyframePlace> chosen = full ? labelled : spread(labelled, kLabelSample);
  if (progress)
    progress->start(fmt::format("Opening {} labels", labelKindTitle(kind)), std::int64_t(chosen.size()));
  LabelTallies tallies;
  tbb::parallel_for(std::size_t(0), chosen.size(), [&](std::size_t i) {
    if (progress && progress->isCancelled()) return;
    const auto file = dataset.truthFile(kind, dataset.keyframe(chosen[i].scene, chosen[i].index));
    if (!file) return;  // deleted in the meantime
    try {
      judge(readOccupancyNpz(*file, classSetOf(kind)), kind, file->string(), tallies);
    } catch (const Error& error) {
      const std::lock_guard lock(tallies.mutex);
      tallies.unreadable.add(error.what());
    }
    if (progress) progress->advance();
  });
  if (progress) progress->throwIfCancelled();
  sayTallies(kind, tallies, chosen.size(), full, findings);
}

/// The splits that this data set has scenes of; tells of scenes that splits.json names and the tables lack.
std::vector<Split> findSplits(const Dataset& dataset, std::vector<Finding>& findings) {
  std::vector<Split> splits;
  try {
    for (const auto& [split, names] : namedSplits(dataset)) {
      const auto absent = std::count_if(names.begin(), names.end(), [&](const std::string& name) {
        return std::none_of(dataset.scenes().begin(), dataset.scenes().end(),
                            [&](const Scene& scene) { return scene.name == name; });
      });
      if (absent == 0) continue;
      findings.push_back(note(
          "Splits", fmt::format("{} of {} scenes of {} are not in the tables", absent, names.size(), split)));
    }
    for (const std::string& name : splitsWithScenes(dataset))
      splits.push_back({name, scenesOfSplit(dataset, name)});
  } catch (const Error& error) {
    findings.push_back(fromProblem(Finding::State::Warning, "Splits", error.problem()));
  }
  return splits;
}

}  // namespace

std::vector<Finding> inspectLabels(const Dataset& dataset, bool full, Progress* progress) {
  std::vector<Finding> findings;
  if (dataset.isPredictionsAlone()) return findings;
  const std::vector<Split> splits = findSplits(dataset, findings);
  for (const LabelKind kind : dataset.labelKinds())
    inspectKind(dataset, kind, splits, full, progress, findings);
  return findings;
}

}  // namespace hbev::doctor
