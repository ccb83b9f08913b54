#include "core/train/training_checkpoints.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <system_error>

#include <fmt/format.h>

#include "core/base/error.h"
#include "core/base/files.h"

namespace hbev {
namespace {

/// Steps of the checkpoints in a folder, the newest first.
std::vector<std::int64_t> storedSteps(const RunPaths& paths) {
  std::vector<std::int64_t> steps;
  std::error_code code;
  for (std::filesystem::directory_iterator entry(paths.checkpoints(), code), end; !code && entry != end;
       entry.increment(code)) {
    const std::string name = entry->path().filename().string();
    long long step = 0;
    int read = 0;
    if (std::sscanf(name.c_str(), "step-%lld.pth%n", &step, &read) == 1 && std::size_t(read) == name.size())
      steps.push_back(step);
  }
  std::ranges::sort(steps, std::greater());
  return steps;
}

}  // namespace

std::optional<std::int64_t> resumeNewest(Trainer& trainer, const RunPaths& paths,
                                         std::vector<std::string>& notes) {
  std::optional<Problem> newest;
  for (const std::int64_t step : storedSteps(paths)) {
    const std::filesystem::path file = paths.checkpoint(step);
    try {
      trainer.resume(file);
      return step;
    } catch (const Error& error) {
      if (!newest) newest = error.problem();
      notes.push_back(fmt::format("{} is passed over: {}", lastName(file), error.what()));
    }
  }
  if (!newest) return std::nullopt;
  throw Error({.summary = "None of the run's checkpoints can be gone on from: " + newest->summary,
               .file = newest->file,
               .expected = newest->expected,
               .found = newest->found,
               .advice = "Its config.toml must be the one that it was started with. A new run can begin with "
                         "--weights."});
}

void removeOldCheckpoints(const RunPaths& paths, std::int64_t newest, int keep, std::int64_t best) {
  std::vector<std::int64_t> steps = storedSteps(paths);
  std::erase_if(steps, [&](std::int64_t step) { return step > newest; });
  for (std::size_t i = std::size_t(keep); i < steps.size(); ++i) {
    std::error_code code;
    if (steps[i] != best) std::filesystem::remove(paths.checkpoint(steps[i]), code);
  }
}

}  // namespace hbev
