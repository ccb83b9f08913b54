#include <atomic>
#include <cmath>
#include <mutex>
#include <system_error>

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include "core/base/error.h"
#include "core/data/images.h"
#include "core/data/lidar.h"
#include "core/doctor/dataset_check.h"
#include "core/doctor/findings.h"

namespace hbev::doctor {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kDecodedSample = 12;           // keyframes
constexpr std::int64_t kFarFromSample_us = 100'000;  // the lidar turns once in 50 ms, the cameras within it
constexpr std::int64_t kLongStep_us = 1'500'000;     // keyframes are 0.5 s apart
constexpr double kFastestEgo_mps = 60;

struct Counts {
  std::size_t images = 0, lidars = 0;
  Tally incomplete, no_lidar, damaged;   // what the tables say
  Tally missing_images, missing_lidars;  // what the disk says
  Tally far_in_time, long_steps, same_time, jumps;
};

std::string nameOf(const Keyframe& keyframe) {
  return keyframe.scene_name + "/" + keyframe.token;
}

bool fileExists(const fs::path& file) {
  std::error_code code;
  return fs::is_regular_file(file, code);
}

void countReadings(const Keyframe& keyframe, Counts& counts) {
  std::size_t present = 0;
  for (const auto& camera : keyframe.cameras) {
    if (!camera) continue;
    ++present;
    ++counts.images;
    if (!fileExists(camera->file)) counts.missing_images.add(camera->file.string());
    if (std::abs(camera->timestamp_us - keyframe.timestamp_us) > kFarFromSample_us)
      counts.far_in_time.add(camera->file.filename().string());
  }
  if (present < kCameraCount) counts.incomplete.add(nameOf(keyframe));
  if (keyframe.lidar) {
    ++counts.lidars;
    if (!fileExists(keyframe.lidar->file)) counts.missing_lidars.add(keyframe.lidar->file.string());
  } else {
    counts.no_lidar.add(nameOf(keyframe));
  }
  if (!keyframe.problems.empty()) counts.damaged.add(nameOf(keyframe) + ": " + keyframe.problems.front());
}

/// Times and ways between neighbours of a scene.
void compare(const Keyframe& before, const Keyframe& after, Counts& counts) {
  const std::int64_t step_us = after.timestamp_us - before.timestamp_us;
  if (step_us <= 0) return counts.same_time.add(nameOf(after));
  if (step_us > kLongStep_us) counts.long_steps.add(nameOf(after));
  const bool placed = before.lidar && after.lidar;
  if (!placed) return;
  const double way_m =
      (after.lidar->global_from_ego.translation() - before.lidar->global_from_ego.translation()).norm();
  if (way_m > kFastestEgo_mps * double(step_us) * 1e-6) counts.jumps.add(nameOf(after));
}

void sayReadings(const Counts& counts, std::size_t keyframes, std::vector<Finding>& findings) {
  const auto say = [&](const Tally& tally, const std::string& one, const std::string& many,
                       const std::string& advice) {
    if (tally.count() > 0)
      findings.push_back(
          warning("Sensors", counted(tally.count(), one.c_str(), many.c_str()), tally.detail(), advice));
  };
  const std::string all = fmt::format("of {} keyframes ", keyframes);
  say(counts.incomplete, all + "lacks readings of cameras", all + "lack readings of cameras",
      "Those cameras stay empty; networks need all six.");
  say(counts.no_lidar, all + "has no lidar", all + "have no lidar",
      "Scores need the lidar's place as the origin of rays.");
  say(counts.damaged, all + "has readings that cannot be used", all + "have readings that cannot be used",
      "Unpack the tables again.");
  say(counts.far_in_time, "picture is more than 0.1 s from its keyframe",
      "pictures are more than 0.1 s from their keyframe",
      "Check how the subset was cut: pictures may belong to other keyframes.");
  say(counts.same_time, "keyframe has the same time as the one before",
      "keyframes have the same time as the one before", "Check how the subset was cut.");
  say(counts.long_steps, "step between keyframes is longer than 1.5 s",
      "steps between keyframes are longer than 1.5 s",
      "Keyframes between them are missing: networks that look back will be worse there.");
  say(counts.jumps, "keyframe lies farther from the one before than a car can drive",
      "keyframes lie farther from the one before than a car can drive",
      "Check ego_pose.json: the poses may be of another drive.");
}

void sayFiles(const Counts& counts, std::vector<Finding>& findings) {
  const auto say = [&](const char* area, const Tally& missing, std::size_t all, const char* what,
                       const char* advice) {
    if (all == 0) return;
    if (missing.count() == 0) {
      findings.push_back(good(area, fmt::format("All {} {} are there", all, what)));
      return;
    }
    const std::string title = fmt::format("{} of {} {} {} missing", missing.count(), all, what,
                                          missing.count() == 1 ? "is" : "are");
    findings.push_back(missing.count() == all ? failure(area, title, missing.detail(), advice)
                                              : warning(area, title, missing.detail(), advice));
  };
  say("Pictures", counts.missing_images, counts.images, "pictures of keyframes",
      "Unpack the keyframe blobs (v1.0-trainval01_blobs.tgz and on) into this folder, beside the tables.");
  say("Lidar", counts.missing_lidars, counts.lidars, "lidar files of keyframes",
      "Unpack the lidar blobs into this folder; points are not shown until then.");
}

/// What is wrong with files that are there; told from many threads.
struct Damage {
  std::mutex mutex;
  Tally images, sizes, lidars;

  void tell(Tally& tally, const std::string& what) {
    const std::lock_guard lock(mutex);
    tally.add(what);
  }
};

/// Opens what a keyframe names. Files that are missing were told of.
/// Returns whether there was any file to open.
bool decode(const Keyframe& keyframe, Damage& damage) {
  bool opened = false;
#ifdef HBEV_HAS_OPENCV
  for (const auto& camera : keyframe.cameras) {
    if (!camera || !fileExists(camera->file)) continue;
    opened = true;
    try {
      const Image image = readImage(camera->file);
      if (image.width != camera->model.width || image.height != camera->model.height) {
        damage.tell(damage.sizes,
                    fmt::format("{} is {} x {}, the tables say {} x {}", camera->file.string(), image.width,
                                image.height, camera->model.width, camera->model.height));
      }
    } catch (const Error& error) {
      damage.tell(damage.images, error.what());
    }
  }
#endif
  if (!keyframe.lidar || !fileExists(keyframe.lidar->file)) return opened;
  try {
    if (readLidar(keyframe.lidar->file).empty())
      damage.tell(damage.lidars, keyframe.lidar->file.string() + " is empty");
  } catch (const Error& error) {
    damage.tell(damage.lidars, error.what());
  }
  return true;
}

void decodeAll(const Dataset& dataset, const std::vector<KeyframePlace>& places, bool full,
               Progress* progress, std::vector<Finding>& findings) {
  Damage damage;
  std::atomic<std::size_t> opened{0};
  if (progress) progress->start("Opening pictures and lidar files", std::int64_t(places.size()));
  tbb::parallel_for(std::size_t(0), places.size(), [&](std::size_t i) {
    if (progress && progress->isCancelled()) return;
    opened += decode(dataset.keyframe(places[i].scene, places[i].index), damage) ? 1 : 0;
    if (progress) progress->advance();
  });
  if (progress) progress->throwIfCancelled();
  const std::string of = fmt::format("among {} keyframes", places.size());
  const auto say = [&](const Tally& tally, const char* one, const char* many, const char* advice) {
    if (tally.count() > 0) {
      findings.push_back(failure("Files", fmt::format("{} {}", counted(tally.count(), one, many), of),
                                 tally.detail(), advice));
    }
  };
  say(damage.images, "picture cannot be opened", "pictures cannot be opened", "Copy or unpack them again.");
  say(damage.sizes, "picture has another size than the tables say",
      "pictures have another size than the tables say",
      "Use the pictures that belong to these tables: points would be drawn in wrong places.");
  say(damage.lidars, "lidar file cannot be used", "lidar files cannot be used", "Copy or unpack them again.");
  if (opened > 0 && damage.images.count() + damage.sizes.count() + damage.lidars.count() == 0) {
    findings.push_back(
        good("Files", fmt::format("Files of {} can be opened", counted(opened, "keyframe", "keyframes")),
             full ? "" : "A sample; --full opens all."));
  }
}

}  // namespace

std::vector<KeyframePlace> allKeyframes(const Dataset& dataset) {
  std::vector<KeyframePlace> places;
  for (std::size_t scene = 0; scene < dataset.scenes().size(); ++scene) {
    for (std::size_t i = 0; i < dataset.scenes()[scene].keyframes.size(); ++i)
      places.push_back({scene, i});
  }
  return places;
}

std::vector<KeyframePlace> spread(const std::vector<KeyframePlace>& places, std::size_t count) {
  if (places.size() <= count) return places;
  std::vector<KeyframePlace> chosen;
  for (std::size_t i = 0; i < count; ++i)
    chosen.push_back(places[i * places.size() / count]);
  return chosen;
}

std::vector<Finding> inspectSensors(const Dataset& dataset, bool full, Progress* progress) {
  std::vector<Finding> findings;
  if (dataset.version().empty()) return findings;  // labels or predictions alone have no sensors
  const std::vector<KeyframePlace> places = allKeyframes(dataset);
  if (progress) progress->start("Looking for files", std::int64_t(places.size()));
  Counts counts;
  Keyframe before;
  for (const KeyframePlace& place : places) {
    if (progress) progress->throwIfCancelled();
    Keyframe keyframe = dataset.keyframe(place.scene, place.index);
    countReadings(keyframe, counts);
    if (place.index > 0) compare(before, keyframe, counts);
    before = std::move(keyframe);
    if (progress) progress->advance();
  }
  sayReadings(counts, places.size(), findings);
  if (findings.empty()) {
    findings.push_back(good("Sensors",
                            fmt::format("Each of {} keyframes has six cameras and a lidar", places.size()),
                            "Times and places follow each other."));
  }
  sayFiles(counts, findings);
  decodeAll(dataset, full ? places : spread(places, kDecodedSample), full, progress, findings);
  return findings;
}

}  // namespace hbev::doctor
