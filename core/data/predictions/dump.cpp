#include "core/data/predictions/dump.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/data/dataset.h"
#include "core/data/predictions/class_detection.h"
#include "core/data/predictions/lidar_tokens.h"
#include "core/data/resample.h"

namespace hbev {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kReadForClasses = 5;    // keyframes of several scenes: one may hold little but free
constexpr std::size_t kTriedForClasses = 50;  // damaged ones are passed over
constexpr std::size_t kTriedToRecognise = 16;
constexpr std::size_t kNamedChoices = 6;
constexpr std::string_view kTimeOrder = "time:";

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

/// Where nuScenes' cars carry LIDAR_TOP, to a few centimetres: for predictions that come without a data set.
Pose nominalEgoFromLidar() {
  return Pose::fromYaw(-1.5707963267948966, {0.94, 0.0, 1.84});
}

/// Class numbers of `set` by the dump's numbers; what the set does not know becomes free.
std::vector<std::uint8_t> renumbering(const std::vector<std::string_view>& class_ids, const ClassSet& set) {
  std::vector<std::uint8_t> numbers;
  for (const std::string_view id : class_ids)
    numbers.push_back(std::uint8_t(set.findLabel(id).value_or(set.free())));
  return numbers;
}

void checkLargest(const std::vector<std::uint8_t>& labels, std::size_t classes, const std::string& set,
                  const fs::path& file) {
  // One more than the largest: kAnyFree becomes 0 then, without a branch, and many are compared at once.
  static_assert(std::uint8_t(kAnyFree + 1) == 0);
  std::uint8_t above = 0;
  for (const std::uint8_t label : labels) {
    const auto next = std::uint8_t(label + 1);
    above = next > above ? next : above;
  }
  if (above <= classes) return;
  const int largest = above - 1;
  throw Error({file.filename().string() + " cannot be used", file,
               fmt::format("class numbers 0 to {} ({})", classes - 1, set), std::to_string(largest),
               largest == ClassSet::occ3d().free() ? "The file seems to be in Occ3D's classes." : ""});
}

}  // namespace

std::string tokenKey(std::string_view sample_token) {
  return fmt::format("token:{}", sample_token);
}
std::string timeOrderKey(std::int64_t index) {
  return fmt::format("{}{}", kTimeOrder, index);
}
std::string frameKey(std::string_view scene, std::int64_t index_in_scene) {
  return fmt::format("frame:{}/{}", scene, index_in_scene);
}
std::string lidarFileKey(std::string_view file_name) {
  return fmt::format("lidar:{}", file_name.substr(0, file_name.find('.')));
}

std::vector<std::size_t> spread(std::size_t size, std::size_t count) {
  std::vector<std::size_t> indices;
  const std::size_t taken = std::min(size, count);
  for (std::size_t i = 0; i < taken; ++i)
    indices.push_back(taken == 1 ? size / 2 : i * (size - 1) / (taken - 1));
  return indices;
}

namespace {

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

EntryIndex::EntryIndex(const std::vector<DumpEntry>& entries, const Dataset* dataset) : dataset_(dataset) {
  by_key_.reserve(entries.size() * 2);
  bool lidar_tokens = false;
  std::size_t counted = 0;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    by_key_.emplace(entries[i].name.scene + "/" + entries[i].name.token, i);
    for (const std::string& key : entries[i].keys) {
      by_key_.emplace(key, i);
      lidar_tokens = lidar_tokens || !lidarTokenOf(key).empty();
      counted += key.starts_with(kTimeOrder);
    }
  }
  if (!dataset_) return;
  if (lidar_tokens) addLidarTokens();
  if (counted > 0 && counted == dataset_->keyframeCount()) orderByTime();
}

/// Lidar files stand for their tokens, which keyframes do not carry.
void EntryIndex::addLidarTokens() {
  if (dataset_->version().empty()) return;
  std::unordered_set<std::string> tokens;
  for (const auto& [key, entry] : by_key_) {
    if (const std::string_view token = lidarTokenOf(key); !token.empty()) tokens.emplace(token);
  }
  for (const auto& [token, file] :
       sensorFiles(dataset_->root() / dataset_->version() / "sample_data.json", tokens))
    by_key_.emplace(lidarFileKey(file), by_key_.at(lidarTokenKey(token)));
}

void EntryIndex::orderByTime() {
  struct Place {
    std::int64_t timestamp_us;
    std::size_t scene, index;
  };
  std::vector<Place> places;
  for (std::size_t scene = 0; scene < dataset_->scenes().size(); ++scene) {
    time_order_.emplace_back(dataset_->scenes()[scene].keyframes.size(), 0);
    for (std::size_t i = 0; i < time_order_.back().size(); ++i)
      places.push_back({dataset_->timestamp_us(scene, i), scene, i});
  }
  std::stable_sort(places.begin(), places.end(),
                   [](const Place& a, const Place& b) { return a.timestamp_us < b.timestamp_us; });
  for (std::size_t i = 0; i < places.size(); ++i)
    time_order_[places[i].scene][places[i].index] = std::int64_t(i);
}

std::optional<std::size_t> EntryIndex::find(const Keyframe& keyframe) const {
  const auto look = [&](const std::string& key) -> std::optional<std::size_t> {
    const auto found = by_key_.find(key);
    return found == by_key_.end() ? std::nullopt : std::optional(found->second);
  };
  if (const auto entry = look(keyframe.scene_name + "/" + keyframe.token)) return entry;
  if (const auto entry = look(tokenKey(keyframe.token))) return entry;
  const auto index = std::int64_t(keyframe.index_in_scene);
  if (const auto entry = look(frameKey(keyframe.scene_name, index))) return entry;
  if (dataset_ && keyframe.scene < dataset_->scenes().size()) {
    if (const auto entry = look(frameKey(dataset_->scenes()[keyframe.scene].token, index))) return entry;
  }
  if (keyframe.scene < time_order_.size() && keyframe.index_in_scene < time_order_[keyframe.scene].size()) {
    if (const auto entry = look(timeOrderKey(time_order_[keyframe.scene][keyframe.index_in_scene])))
      return entry;
  }
  if (keyframe.lidar) return look(lidarFileKey(keyframe.lidar->file.filename().string()));
  return std::nullopt;
}

ClassSetFinding findClassSet(const RecognisedDump& recognised, const OpenOptions& options) {
  const OpenedDump& dump = recognised.dump;
  if (!dump.class_ids.empty()) {
    const ClassSet& set = options.classes        ? *options.classes
                          : options.translate_to ? *options.translate_to
                                                 : ClassSet::occ3d();
    return {&set,
            fmt::format("{} has its own class numbers; they are translated to {}.", recognised.format->name,
                        set.name()),
            dump.entries.size()};
  }
  if (dump.classes) return {dump.classes, dump.classes_because, dump.entries.size()};
  if (options.classes)
    return {options.classes, fmt::format("{} was asked for.", options.classes->name()), dump.entries.size()};
  LabelCounts counts;
  std::size_t readable = 0;
  for (const std::size_t i : spread(dump.entries.size(), kTriedForClasses)) {
    if (readable == kReadForClasses) break;
    try {
      counts.add(dump.labels(dump.entries[i]));
      ++readable;
    } catch (const Error&) {
      continue;  // told of when it is asked for
    }
  }
  if (readable == 0) return {nullptr, "None of the files that were tried can be read.", 0};
  ClassSetGuess guess = guessClassSet(counts, fs::absolute(recognised.base).string());
  return {guess.classes, std::move(guess.because), readable, guess.only_number, guess.too_large};
}

Dump::Dump(RecognisedDump recognised, OpenOptions options)
    : recognised_(std::move(recognised)),
      options_(std::move(options)),
      index_(recognised_.dump.entries, options_.dataset.get()),
      classes_(findClassSet(recognised_, options_)) {
  if (classes_.classes) return;
  throw noClassSet();
}

Error Dump::noClassSet() const {
  if (classes_.readable == 0) {
    const DumpEntry& first = recognised_.dump.entries.front();
    try {
      recognised_.dump.labels(first);
    } catch (const Error& error) {
      Problem problem = error.problem();
      problem.summary = "None of these predictions can be read";
      problem.file = first.file;
      return Error(std::move(problem));
    }
    return Error({"None of these predictions can be read",
                  path(),
                  recognised_.format->layout,
                  fmt::format("{} files that cannot be used", recognised_.dump.entries.size()),
                  {}});
  }
  if (classes_.only_number) {
    return Error({fmt::format("Every voxel of {} has number {}", title(), *classes_.only_number), path(),
                  "free voxels and some of other classes", "arrays that were probably never filled",
                  "Look at what the network gave before it was saved: one number says nothing."});
  }
  if (classes_.too_large) {
    return Error(
        {fmt::format("{} has class numbers up to {}", title(), *classes_.too_large), path(),
         "0 to 16 (OpenOcc, 16 is free) or 0 to 17 (Occ3D, 17 is free)", std::to_string(*classes_.too_large),
         "Save the numbers of one of these sets: no number beyond its free class stands for anything."});
  }
  return Error(
      {"The class set of " + title() + " cannot be told", path(),
       "16 (OpenOcc) or 17 (Occ3D) as the class of free voxels", classes_.because,
       "Save whole arrays; or say which set it is, by a folder's name that has openocc or occ3d in it, "
       "or by --classes."});
}

std::string Dump::title() const {
  return lastName(recognised_.base);
}

std::string Dump::formatName() const {
  const std::string& name = recognised_.format->name;
  if (options_.orientation == Orientation{}) return name;
  return fmt::format("{}, turned: {}", name, orientationName(options_.orientation));
}

std::optional<fs::path> Dump::find(const Keyframe& keyframe) const {
  const std::optional<std::size_t> entry = index_.find(keyframe);
  if (!entry) return std::nullopt;
  return recognised_.dump.entries[*entry].file;
}

Occupancy Dump::read(const Keyframe& keyframe) const {
  const std::optional<std::size_t> entry = index_.find(keyframe);
  if (!entry) {
    throw Error({"No prediction for this keyframe", path(), keyframe.scene_name + "/" + keyframe.token,
                 "no such file", "Run the network for it, or open other predictions."});
  }
  return readEntry(recognised_.dump.entries[*entry], keyframe);
}

void Dump::renumber(std::vector<std::uint8_t>& labels, const fs::path& file) const {
  const ClassSet& set = *classes_.classes;
  std::vector<std::uint8_t> numbers = renumbering(recognised_.dump.class_ids, set);
  std::string name = recognised_.format->name;
  if (numbers.empty()) {
    numbers.resize(std::size_t(set.size()));
    std::iota(numbers.begin(), numbers.end(), std::uint8_t{0});
    name = set.name();
  }
  checkLargest(labels, numbers.size(), name, file);
  const std::uint8_t free = set.free();
  if (recognised_.dump.class_ids.empty()) {  // the numbers are right as they are
    for (std::uint8_t& label : labels)
      label = label == kAnyFree ? free : label;
    return;
  }
  for (std::uint8_t& label : labels)
    label = label == kAnyFree ? free : numbers[label];
}

Occupancy Dump::readEntry(const DumpEntry& entry, const Keyframe& keyframe) const {
  return aboutFile(entry.file, [&] {
    const OpenedDump& dump = recognised_.dump;
    StoredVoxels stored = dump.read(entry, keyframe, options_);
    Occupancy occupancy{stored.grid,
                        classes_.classes,
                        std::move(stored.labels),
                        std::move(stored.flow),
                        std::move(stored.mask_camera),
                        {}};
    const ClassSet& set = *classes_.classes;
    renumber(occupancy.semantics, entry.file);
    occupancy = oriented(std::move(occupancy), options_.orientation);
    if (dump.in_lidar_frame || occupancy.grid != occ3dGrid()) {
      Pose lidar_from_ego;
      if (dump.in_lidar_frame)
        lidar_from_ego = (keyframe.lidar ? keyframe.lidar->ego_from_sensor : nominalEgoFromLidar()).inverse();
      occupancy.semantics =
          resampleLabels(occupancy.grid, occupancy.semantics, set.free(), lidar_from_ego, occ3dGrid());
      occupancy.grid = occ3dGrid();
      occupancy.flow.clear();
      occupancy.mask_camera.clear();
    }
    return occupancy;
  });
}

}  // namespace hbev
