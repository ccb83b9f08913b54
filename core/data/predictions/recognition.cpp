#include "core/data/predictions/recognition.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/files.h"

namespace hbev {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kTriedToRecognise = 16;
constexpr std::size_t kNamedChoices = 6;

std::size_t depthOf(const fs::path& path) {
  return std::size_t(std::distance(path.begin(), path.end()));
}

/// Entries of the dump that lies nearest to the listing's root.
void keepNearest(OpenedDump& dump, const fs::path& root, const std::string& format) {
  std::map<fs::path, std::size_t> bases;
  for (const DumpEntry& entry : dump.entries)
    ++bases[entry.base];
  std::size_t nearest = depthOf(bases.begin()->first);
  for (const auto& [base, count] : bases)
    nearest = std::min(nearest, depthOf(base));
  std::vector<std::string> choices;
  fs::path chosen;
  for (const auto& [base, count] : bases) {
    if (depthOf(base) != nearest) continue;
    chosen = base;
    choices.push_back(base.lexically_relative(root).string());
  }
  if (choices.size() > 1) {
    const std::size_t all = choices.size();
    choices.resize(std::min(all, kNamedChoices));
    throw Error({lastName(root) + " holds several predictions", root,
                 fmt::format("one folder of {} files", format),
                 fmt::format("{}{}", fmt::join(choices, ", "), all > choices.size() ? ", ..." : ""),
                 "Choose one of these folders."});
  }
  std::erase_if(dump.entries, [&](const DumpEntry& entry) { return entry.base != chosen; });
}

void refuseDoubles(const OpenedDump& dump, const fs::path& root) {
  std::map<std::string, const DumpEntry*> seen;
  for (const DumpEntry& entry : dump.entries) {
    for (const std::string& key : entry.keys) {
      const auto [place, is_new] = seen.emplace(key, &entry);
      if (is_new || place->second->file == entry.file) continue;
      throw Error({lastName(root) + " holds two predictions of the same keyframe", root,
                   "one file for each keyframe",
                   fmt::format("{} and {}", place->second->file.lexically_relative(root).string(),
                               entry.file.lexically_relative(root).string()),
                   "Choose the folder of one of them."});
    }
  }
}

struct Candidate {
  RecognisedDump recognised;
  std::optional<Problem> ambiguity;  ///< several dumps are equally near
  double usable = 0;                 ///< files, estimated from a few
};

/// Names alone fit many files; what a few of them hold tells how many are really meant.
double estimatedUsable(const OpenedDump& dump) {
  const std::vector<std::size_t> tried = spread(dump.entries.size(), kTriedToRecognise);
  std::size_t usable = 0;
  for (const std::size_t i : tried) {
    try {
      dump.check(dump.entries[i]);
      ++usable;
    } catch (const Error&) {
      continue;
    }
  }
  return double(usable) * double(dump.entries.size()) / double(tried.size());
}

std::vector<Candidate> candidates(const Listing& listing) {
  std::vector<Candidate> found;
  for (const PredictionFormat& format : predictionFormats()) {
    std::optional<OpenedDump> opened = format.open(listing);
    if (!opened || opened->entries.empty()) continue;
    Candidate candidate{{&format, std::move(*opened), {}, {}}, {}, 0};
    try {
      keepNearest(candidate.recognised.dump, listing.root, format.name);
    } catch (const Error& error) {
      candidate.ambiguity = error.problem();
    }
    candidate.usable = estimatedUsable(candidate.recognised.dump);
    found.push_back(std::move(candidate));
  }
  return found;
}

void nameOthers(const std::vector<Candidate>& found, Candidate& best) {
  std::set<fs::path> claimed;
  for (const DumpEntry& entry : best.recognised.dump.entries)
    claimed.insert(entry.file);
  for (const Candidate& other : found) {
    const auto& entries = other.recognised.dump.entries;
    const auto more = std::count_if(entries.begin(), entries.end(),
                                    [&](const DumpEntry& entry) { return !claimed.contains(entry.file); });
    if (more == 0) continue;
    best.recognised.others.push_back(
        fmt::format("Some of {} files are in the layout of {}; open one of them, or their folder, to see "
                    "them.",
                    more, other.recognised.format->name));
  }
}

}  // namespace

std::optional<RecognisedDump> recogniseDump(const Listing& listing) {
  std::vector<Candidate> found = candidates(listing);
  const auto best = std::max_element(found.begin(), found.end(), [](const Candidate& a, const Candidate& b) {
    return std::pair(a.usable, a.recognised.format->priority) <
           std::pair(b.usable, b.recognised.format->priority);
  });
  if (best == found.end()) return std::nullopt;
  if (best->ambiguity) throw Error(*best->ambiguity);
  nameOthers(found, *best);
  RecognisedDump recognised = std::move(best->recognised);
  refuseDoubles(recognised.dump, listing.root);
  recognised.base = listing.is_file ? listing.files.front().path : recognised.dump.entries.front().base;
  return recognised;
}

Error noPredictions(const fs::path& path, const Listing& listing) {
  const std::size_t count = listing.files.size();
  const bool is_archive = listing.is_file && isFolderArchive(listing.files.front().path);
  std::string found = count == 0   ? "no such files"
                      : is_archive ? "an archive"
                      : count == 1 ? "1 file of another kind"
                                   : fmt::format("{} files of other kinds", count);
  std::string advice = is_archive ? "Unpack it, and choose the folder that comes out."
                                  : "Choose the folder that the network wrote, or one file of it.";
  if (!listing.files.empty()) {
    const ListedFile& file = listing.files.front();
    if (const auto refusal = knownRefusal(file, listing))
      found += fmt::format("; {}: {}", file.path.filename().string(), *refusal);
  }
  return Error({lastName(path) + " holds no predictions", path,
                "predictions in one of the layouts that `hbevocc predictions --layouts` lists",
                std::move(found), std::move(advice)});
}

std::vector<std::size_t> spread(std::size_t size, std::size_t count) {
  std::vector<std::size_t> indices;
  const std::size_t taken = std::min(size, count);
  for (std::size_t i = 0; i < taken; ++i)
    indices.push_back(taken == 1 ? size / 2 : i * (size - 1) / (taken - 1));
  return indices;
}

}  // namespace hbev
