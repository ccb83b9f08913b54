#include "core/data/predictions/class_detection.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "core/data/predictions/listing.h"

namespace hbev {

void LabelCounts::add(std::span<const std::uint8_t> labels) {
  for (const std::uint8_t label : labels)
    ++counts[label];
}

std::size_t LabelCounts::total() const {
  return std::accumulate(counts.begin(), counts.end(), std::size_t{0});
}

int LabelCounts::largest() const {
  for (int label = 255; label >= 0; --label) {
    if (counts[std::size_t(label)] > 0) return label;
  }
  return -1;
}

int LabelCounts::mostFrequent() const {
  if (total() == 0) return -1;
  return int(std::max_element(counts.begin(), counts.end()) - counts.begin());
}

namespace {

bool mentions(const std::string& text, const char* word) {
  return lowerCase(text).find(word) != std::string::npos;
}

ClassSetGuess guessByName(const std::string& path, const std::string& numbers) {
  const bool openocc = mentions(path, "openocc"), occ3d = mentions(path, "occ3d");
  if (openocc == occ3d) return {nullptr, numbers + " Neither do the folders' names tell."};
  const ClassSet& classes = openocc ? ClassSet::openocc() : ClassSet::occ3d();
  return {&classes, fmt::format("{} The path names {}.", numbers, openocc ? "OpenOcc" : "Occ3D")};
}

ClassSetGuess outOfRange(int largest) {
  return {nullptr, fmt::format("Class numbers reach {}; Occ3D's end at 17 and OpenOcc's at 16.", largest),
          std::nullopt, largest};
}

/// Where only occupied voxels are numbered, 16 is Occ3D's vegetation; OpenOcc's ends at 15.
ClassSetGuess guessWithoutFree(const LabelCounts& counts, const std::string& path) {
  const int largest = counts.largest();
  if (largest > ClassSet::occ3d().free()) return outOfRange(largest);
  if (largest >= ClassSet::openocc().free()) {
    return {&ClassSet::occ3d(), fmt::format("Class numbers of occupied voxels reach {}, which only Occ3D "
                                            "has.",
                                            largest)};
  }
  return guessByName(path, fmt::format("Only occupied voxels are numbered, and they reach {}.", largest));
}

}  // namespace

ClassSetGuess guessClassSet(const LabelCounts& all, const std::string& path) {
  LabelCounts counts = all;
  counts.counts[kUnnumberedFree] = 0;
  // Elsewhere a few 255 mean "unknown"; free is what fills most voxels.
  if (all.mostFrequent() == int(kUnnumberedFree)) return guessWithoutFree(counts, path);
  const int largest = counts.largest(), most = counts.mostFrequent();
  const int openocc_free = ClassSet::openocc().free(), occ3d_free = ClassSet::occ3d().free();
  if (largest < 0) return {nullptr, "There are no voxels."};
  const double share = 100.0 * double(counts.counts[std::size_t(most)]) / double(counts.total());
  if (largest > occ3d_free) return outOfRange(largest);
  if (largest == occ3d_free && most == occ3d_free) {
    return {&ClassSet::occ3d(), fmt::format("17, Occ3D's free class, fills {:.1f} % of the voxels.", share)};
  }
  if (largest == occ3d_free) {
    return {&ClassSet::occ3d(), fmt::format("Class numbers reach 17, which only Occ3D has; {} is the most "
                                            "frequent with {:.1f} %.",
                                            most, share)};
  }
  if (most == openocc_free) {
    return {
        &ClassSet::openocc(),
        fmt::format("16, OpenOcc's free class, fills {:.1f} % of the voxels, and there is no 17.", share)};
  }
  if (counts.counts[std::size_t(most)] == counts.total()) {
    ClassSetGuess guess = guessByName(path, fmt::format("Every voxel that was looked at has number {}: the "
                                                        "arrays were probably never filled.",
                                                        most));
    guess.only_number = most;
    return guess;
  }
  return guessByName(path, fmt::format("The class numbers do not tell: they reach {}, and {} is the most "
                                       "frequent with {:.1f} %.",
                                       largest, most, share));
}

}  // namespace hbev
