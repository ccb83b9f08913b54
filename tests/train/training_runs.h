// Whole runs of the tiny network on four made keyframes, and what is read of them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/model/config.h"
#include "core/runs/run_reader.h"
#include "core/train/training_plan.h"
#include "tests/base/temporary_folder.h"
#include "tests/data/made_training.h"

namespace hbev::test {

class TrainingRuns : public testing::Test {
 protected:
  void SetUp() override { writeMadeTraining(folder_ / "data"); }

  TrainingPlan planFor(const std::string& run, const std::vector<std::string>& settings = {}) const {
    TrainingPlan plan;
    plan.data = folder_ / "data";
    plan.config_file = findConfigFile("tiny");
    const std::vector<std::byte> bytes = readFile(plan.config_file, 1 << 16);
    plan.config_toml =
        withSettings({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, settings, plan.config_file);
    plan.out = folder_ / run;
    plan.steps = 4;
    plan.seed = 5;
    plan.device = "cpu";
    return plan;
  }

  static RunReader read(const std::filesystem::path& run) {
    RunReader reader(run);
    while (reader.poll()) {
    }
    return reader;
  }

  TemporaryFolder folder_;
};

inline std::vector<double> valuesOf(const RunReader& run, const std::string& name) {
  const RunSeries series = run.series(name);
  return {series.values.begin(), series.values.end()};
}

inline std::string warningsOf(const RunReader& run) {
  std::string warnings;
  for (const RunLogLine& line : run.log()) {
    if (line.kind == "warning") warnings += line.text;
  }
  return warnings;
}

/// The message of the Error that a training ends with; empty when it does not.
inline std::string messageOf(const TrainingPlan& plan, const TrainingHooks& hooks = {}) {
  try {
    runTraining(plan, hooks);
    return {};
  } catch (const Error& error) {
    return error.what();
  }
}

}  // namespace hbev::test
