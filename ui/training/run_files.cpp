#include "ui/training/run_files.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <set>

#include "core/base/files.h"
#include "ui/training/train_backend.h"

namespace hbev::ui {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostKept = 64;
constexpr int kSampleGap = 4;  ///< pixels between prediction and truth (core/train/sample_picture.h)

/// Unix seconds; 0 where nobody knows.
double writtenAt_s(const fs::path& file) {
  std::error_code code;
  const auto time = fs::last_write_time(file, code);
  if (code) return 0;
  return std::chrono::duration<double>(std::chrono::file_clock::to_sys(time).time_since_epoch()).count();
}

}  // namespace

fs::file_time_type newestOf(const fs::path& run) {
  const RunPaths paths(run);
  fs::file_time_type newest = fs::file_time_type::min();
  for (const fs::path& file : {paths.events(), paths.process(), paths.labels(), paths.facts()}) {
    std::error_code code;
    const auto time = fs::last_write_time(file, code);
    if (!code) newest = std::max(newest, time);
  }
  return newest;
}

bool hasBoost(const fs::path& run) {
  std::error_code code;
  return fs::exists(RunPaths(run).boost(), code);
}

std::string configOf(const fs::path& run) {
  try {
    const auto bytes = readFile(RunPaths(run).config(), kMostConfigBytes);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  } catch (const Error&) {
    return {};  // it is compared with nothing then
  }
}

void takeCheckpoints(const std::vector<RunCheckpoint>& written, RunUpdate& update) {
  const std::size_t old = written.size() - std::min(written.size(), kMostKept);
  for (std::size_t i = 0; i < written.size(); ++i) {
    if (i < old && !written[i].best) continue;
    std::error_code code;
    const std::uintmax_t bytes = fs::file_size(written[i].file, code);
    if (code) continue;
    update.checkpoints.push_back(written[i]);
    update.checkpoint_bytes += bytes;
  }
}

std::map<std::int64_t, fs::path> samplesOf(const fs::path& run) {
  constexpr std::string_view kBegin = "step-";
  std::map<std::int64_t, fs::path> files;
  std::error_code code;
  for (fs::directory_iterator entry(RunPaths(run).samples(), code), end; !code && entry != end;
       entry.increment(code)) {
    const std::string name = entry->path().stem().string();
    std::int64_t step = 0;
    if (!name.starts_with(kBegin)) continue;
    const char* last = name.data() + name.size();
    if (std::from_chars(name.data() + kBegin.size(), last, step).ptr == last) files[step] = entry->path();
  }
  return files;
}

std::vector<RunSample> readSamples(const std::map<std::int64_t, fs::path>& files) {
  std::vector<RunSample> samples;
  if (files.empty()) return samples;
  std::set<std::size_t> chosen{0, files.size() / 2, files.size() - 1};
  for (const std::size_t i : chosen) {
    const auto& [step, file] = *std::next(files.begin(), std::ptrdiff_t(i));
    const QImage whole(QString::fromStdString(file.string()));
    const int side = (whole.width() - kSampleGap) / 2;
    if (side > 0 && side <= whole.height()) samples.push_back({step, whole.copy(0, 0, side, side)});
  }
  return samples;
}

RunUpdate unreadableRun(const fs::path& run, const Problem& problem) {
  RunUpdate update;
  update.folder = run;
  update.facts.name = lastName(run);
  update.facts.created = writtenAt_s(RunPaths(run).facts());
  update.unreadable = problem;
  update.from_start = true;
  return update;
}

}  // namespace hbev::ui
