// The doctor: what this machine offers, what a data set or a folder of predictions lacks, and what to do.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/progress.h"

namespace hbev {

/// One thing that was looked at. Every text is a plain sentence or a few words; `advice` is empty where
/// nothing needs to be done.
struct Finding {
  enum class State { Good, Note, Warning, Failure };
  State state = State::Good;
  std::string area;    ///< what it is about: "Processor", "Tables", "Labels", "Predictions"
  std::string title;   ///< one line: "2 of 240 pictures are missing"
  std::string detail;  ///< more of it, such as the first file; may be empty
  std::string advice;  ///< what to do, a whole sentence; may be empty

  bool operator==(const Finding&) const = default;
};

std::string_view stateName(Finding::State state);  ///< "good", "note", "warning", "failure"
/// The worst state of all; Good for no findings.
Finding::State worstOf(const std::vector<Finding>& findings);

struct DoctorOptions {
  bool full = false;         ///< decode every picture, lidar file and label file instead of a sample
  std::string version = {};  ///< which version folder ("v1.0-mini") when there are several
};

/// Processor, memory, disk of the cache folder, threads, graphics cards for computing, libraries. Quick;
/// never throws.
std::vector<Finding> inspectMachine();

/// Tables, their links, files of sensors, labels, maps, cache of the data set at `path`. Whatever is wrong is
/// a finding; the only thing that is thrown is Cancelled.
std::vector<Finding> inspectDataset(const std::filesystem::path& path, Progress* progress = nullptr,
                                    const DoctorOptions& options = {});

/// What the predictions at `path` are, which are refused and why, and how many keyframes of the data set at
/// `dataset` (may be empty) have one. Throws only Cancelled.
std::vector<Finding> inspectPredictionFolder(const std::filesystem::path& path,
                                             const std::filesystem::path& dataset = {},
                                             Progress* progress = nullptr, const DoctorOptions& options = {});

}  // namespace hbev
