#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <oneapi/tbb/parallel_for.h>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/data/dataset.h"
#include "core/data/predictions/dump.h"
#include "core/data/predictions/orientation_check.h"

namespace hbev {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kComparedKeyframes = 3;
constexpr std::size_t kReadWhole = 8;         // files; a flow takes 5 MB
constexpr std::size_t kExplainedFiles = 100;  // each is opened for it

/// Files that models write beside their predictions: the truth, points, pictures' names.
bool isCompanion(const ListedFile& file) {
  for (const char* begin : {"gt", "points", "model_out", "pred_", "scene_infos"}) {
    if (file.stem.starts_with(begin)) return true;
  }
  return file.stem.ends_with("_gt");
}

void refuseUnclaimed(const Listing& listing, const RecognisedDump& recognised, ImportReport& report) {
  std::set<fs::path> claimed;
  for (const DumpEntry& entry : recognised.dump.entries)
    claimed.insert(entry.file);
  claimed.insert(recognised.dump.companions.begin(), recognised.dump.companions.end());
  std::size_t companions = 0, elsewhere = 0;
  const std::string base = (recognised.base / "").string();
  for (const ListedFile& file : listing.files) {
    if (claimed.contains(file.path)) continue;
    if (!file.path.string().starts_with(base)) {
      ++elsewhere;
    } else if (isCompanion(file)) {
      ++companions;
    } else {
      report.refused.push_back(
          {file.path, knownRefusal(file, listing)
                          .value_or(fmt::format("It is not named as {} names its files: {}.",
                                                recognised.format->name, recognised.format->layout))});
    }
  }
  if (companions > 0) {
    report.notes.push_back(
        fmt::format("{} files beside the predictions (truth, points) are left alone.", companions));
  }
  if (elsewhere > 0) {
    report.notes.push_back(
        fmt::format("{} files in other folders below {} are left alone.", elsewhere, lastName(listing.root)));
  }
}

/// Values of a few entries, beyond their headers: what is wrong with one is often wrong with all.
void checkValues(const RecognisedDump& recognised, std::vector<char>& usable, ImportReport& report,
                 Progress& progress) {
  if (!recognised.dump.check_values) return;
  const std::vector<DumpEntry>& entries = recognised.dump.entries;
  std::vector<std::size_t> looked_at;
  for (const std::size_t i : spread(entries.size(), kReadWhole)) {
    if (usable[i]) looked_at.push_back(i);
  }
  std::size_t bad = 0;
  for (const std::size_t i : looked_at) {
    progress.throwIfCancelled();
    try {
      recognised.dump.check_values(entries[i]);
    } catch (const Error& error) {
      Problem problem = error.problem();
      problem.file.clear();  // stands beside the reason
      report.refused.push_back({entries[i].file, toString(problem)});
      usable[i] = 0;
      --report.accepted;
      ++bad;
    }
  }
  if (bad == 0) return;
  report.notes.push_back(
      bad == looked_at.size()
          ? fmt::format("All {} files whose numbers were read are refused: probably none can be used.", bad)
          : fmt::format("{} of {} files whose numbers were read are refused: others may be like them.", bad,
                        looked_at.size()));
}

/// Headers of all entries; true for those that look usable.
std::vector<char> checkEntries(const RecognisedDump& recognised, ImportReport& report, Progress& progress) {
  const std::vector<DumpEntry>& entries = recognised.dump.entries;
  std::vector<char> usable(entries.size(), 0), flow(entries.size(), 0);
  std::vector<std::string> reasons(entries.size());
  progress.start("Looking at " + lastName(recognised.base), std::int64_t(entries.size()));
  tbb::parallel_for(std::size_t{0}, entries.size(), [&](std::size_t i) {
    progress.throwIfCancelled();
    try {
      flow[i] = char(recognised.dump.check(entries[i]).has_flow);
      usable[i] = 1;
    } catch (const Error& error) {
      Problem problem = error.problem();
      problem.file.clear();  // stands beside the reason
      reasons[i] = toString(problem);
    }
    progress.advance();
  });
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!usable[i]) report.refused.push_back({entries[i].file, reasons[i]});
    report.has_flow = report.has_flow || flow[i];
    report.accepted += std::size_t(usable[i]);
  }
  return usable;
}

struct Match {
  std::size_t scene, index_in_scene, entry;
};

/// Keyframes of the data set that have a usable prediction, in the data set's order.
std::vector<Match> matchKeyframes(const Dataset& dataset, const Dump& dump, const std::vector<char>& usable,
                                  ImportReport& report, Progress& progress) {
  std::vector<Match> matches;
  std::set<std::size_t> known;
  for (std::size_t scene = 0; scene < dataset.scenes().size(); ++scene) {
    progress.throwIfCancelled();
    for (std::size_t i = 0; i < dataset.scenes()[scene].keyframes.size(); ++i) {
      const std::optional<std::size_t> entry = dump.index().find(dataset.keyframe(scene, i));
      if (entry && usable[*entry]) {
        matches.push_back({scene, i, *entry});
        known.insert(*entry);
      }
    }
  }
  report.keyframes_without = dataset.keyframeCount() - matches.size();
  report.unknown_tokens = report.accepted - known.size();
  return matches;
}

void checkOrientation(const Dataset& dataset, const Dump& dump, const std::vector<Match>& matches,
                      ImportReport& report, Progress& progress) {
  OrientationCheck check(!dump.recognised().dump.in_lidar_frame);
  for (const std::size_t i : spread(matches.size(), kComparedKeyframes)) {
    progress.throwIfCancelled();
    const Keyframe keyframe = dataset.keyframe(matches[i].scene, matches[i].index_in_scene);
    for (const LabelKind kind : dataset.labelKinds()) {
      const auto truth = dataset.truthFile(kind, keyframe);
      if (!truth) continue;
      try {
        check.add(dump.readEntry(dump.recognised().dump.entries[matches[i].entry], keyframe),
                  readOccupancyNpz(*truth, classSetOf(kind)));
        break;
      } catch (const Error&) {
        continue;  // told of in its own place
      }
    }
  }
  report.orientation = check.sentence();
  report.better_orientation = check.better();
}

/// Of a path that is not recognised: the reasons of its files, or of itself.
void refuseAll(const fs::path& path, const Listing& listing, Problem problem, ImportReport& report) {
  for (const ListedFile& file : listing.files) {
    if (report.refused.size() == kExplainedFiles) break;
    if (const auto reason = knownRefusal(file, listing)) report.refused.push_back({file.path, *reason});
  }
  problem.file.clear();  // stands beside the reason
  if (report.refused.empty()) report.refused.push_back({path, toString(problem)});
}

}  // namespace

ImportReport inspectPredictions(const fs::path& path, const Dataset* dataset, Progress* progress) {
  Progress silent;
  Progress& shown = progress ? *progress : silent;
  const Listing listing = listFiles(path, &shown);
  ImportReport report;
  report.path = path;
  if (!listing.is_complete)
    report.notes.emplace_back("There are more files than are looked at; choose a folder nearer to them.");
  std::optional<RecognisedDump> recognised;
  try {
    recognised = recogniseDump(listing);
    if (!recognised) throw noPredictions(path, listing);
  } catch (const Error& error) {
    refuseAll(path, listing, error.problem(), report);
    return report;
  }
  report.path = recognised->base;
  report.format = recognised->format->name;
  report.layout = recognised->format->layout;
  report.grid = recognised->dump.grid;
  report.notes.insert(report.notes.end(), recognised->dump.notes.begin(), recognised->dump.notes.end());
  report.notes.insert(report.notes.end(), recognised->others.begin(), recognised->others.end());
  std::vector<char> usable = checkEntries(*recognised, report, shown);
  checkValues(*recognised, usable, report, shown);
  refuseUnclaimed(listing, *recognised, report);
  std::sort(report.refused.begin(), report.refused.end(),
            [](const Refusal& a, const Refusal& b) { return a.file < b.file; });

  OpenOptions options;
  // The caller keeps the data set alive during this call.
  if (dataset) options.dataset = std::shared_ptr<const Dataset>(std::shared_ptr<const Dataset>(), dataset);
  const ClassSetFinding finding = findClassSet(*recognised, options);
  report.classes = finding.classes;
  report.classes_because = finding.because;
  if (!dataset) {
    report.orientation = "It was not compared with any labels: there is no data set.";
    return report;
  }
  // Tokens and orientation can be told without the class set.
  options.classes = finding.classes ? finding.classes : &ClassSet::occ3d();
  const Dump dump(std::move(*recognised), options);
  const std::vector<Match> matches = matchKeyframes(*dataset, dump, usable, report, shown);
  checkOrientation(*dataset, dump, matches, report, shown);
  return report;
}

}  // namespace hbev
