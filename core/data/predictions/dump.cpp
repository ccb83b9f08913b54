#include "core/data/predictions/dump.h"

#include <cctype>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "core/base/files.h"
#include "core/data/predictions/class_detection.h"
#include "core/data/resample.h"

namespace hbev {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kReadForClasses = 5;    // keyframes of several scenes: one may hold little but free
constexpr std::size_t kTriedForClasses = 50;  // damaged ones are passed over

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
  std::string found = classes_.because;  // sentences, which go on after "found" here
  if (!found.empty()) found.front() = char(std::tolower(static_cast<unsigned char>(found.front())));
  if (found.ends_with('.')) found.pop_back();
  return Error(
      {"The class set of " + title() + " cannot be told", path(),
       "16 (OpenOcc) or 17 (Occ3D) as the class of free voxels", std::move(found),
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
