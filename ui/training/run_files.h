// What the window reads of a run's folder beside what RunReader tells: its configuration, the checkpoints
// that are there, the pictures that training has kept. Everything here asks the disk.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "ui/training/run_data.h"

namespace hbev::ui {

/// When anybody has written to the run last.
std::filesystem::file_time_type newestOf(const std::filesystem::path& run);
/// A list of keyframes to see more often.
bool hasBoost(const std::filesystem::path& run);
/// As run; empty where it cannot be read.
std::string configOf(const std::filesystem::path& run);
/// Of those that were written the ones that have not been removed since: the last few and the best are kept.
void takeCheckpoints(const std::vector<RunCheckpoint>& written, RunUpdate& update);
/// Pictures that training wrote, by step: samples/step-00000200.png.
std::map<std::int64_t, std::filesystem::path> samplesOf(const std::filesystem::path& run);
/// First, middle and last tell how it learned. Of each the prediction of the first keyframe: the picture has
/// predictions at the left and truths at the right, square, one keyframe a row.
std::vector<RunSample> readSamples(const std::map<std::int64_t, std::filesystem::path>& files);
/// A run whose run.json is torn: it has its place in the list, with the sentence.
RunUpdate unreadableRun(const std::filesystem::path& run, const Problem& problem);

}  // namespace hbev::ui
