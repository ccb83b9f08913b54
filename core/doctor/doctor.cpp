#include "core/doctor/doctor.h"

#include <algorithm>
#include <memory>
#include <system_error>

#include <fmt/format.h>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/data/dataset.h"
#include "core/data/predictions/source.h"
#include "core/data/tables.h"
#include "core/doctor/dataset_check.h"
#include "core/doctor/findings.h"
#include "core/doctor/json_rows.h"
#include "core/doctor/table_links.h"

namespace hbev {
namespace doctor {
namespace {

namespace fs = std::filesystem;

/// The folder of tables to look at when the data set itself does not open; empty when there is none.
fs::path findTables(const fs::path& path, const std::string& version) {
  std::error_code code;
  if (!version.empty() && fs::is_directory(path / version, code)) return path / version;
  const auto holdsTables = [&](const fs::path& folder) {
    return fs::exists(folder / "sample.json", code) || fs::exists(folder / "scene.json", code) ||
           fs::exists(folder / "sample_data.json", code);
  };
  if (holdsTables(path)) return path;
  for (const auto& entry : fs::directory_iterator(path, code)) {
    if (entry.is_directory(code) && holdsTables(entry.path())) return entry.path();
  }
  return {};
}

void append(std::vector<Finding>& all, std::vector<Finding> more) {
  std::move(more.begin(), more.end(), std::back_inserter(all));
}

/// `inspect`'s findings; whatever it throws but Cancelled becomes one.
template <class Inspect>
void appendSafely(std::vector<Finding>& all, const char* area, const Inspect& inspect) {
  try {
    append(all, inspect());
  } catch (const Cancelled&) {
    throw;
  } catch (const Error& error) {
    all.push_back(fromProblem(Finding::State::Failure, area, error.problem()));
  } catch (const std::exception& error) {
    all.push_back(failure(area, "The inspection stopped here", error.what(),
                          "This is a fault of the program: please report it."));
  }
}

std::vector<Finding> describe(const Dataset& dataset) {
  std::vector<Finding> findings;
  const std::string version = dataset.version().empty() ? "" : ", " + dataset.version();
  findings.push_back(good("Data set",
                          fmt::format("{}{}: {}, {}", dataset.name(), version,
                                      counted(dataset.scenes().size(), "scene", "scenes"),
                                      counted(dataset.keyframeCount(), "keyframe", "keyframes")),
                          dataset.root().string()));
  for (const DatasetIssue& issue : dataset.issues()) {
    const std::string count = issue.count > 1 ? fmt::format(" ({})", issue.count) : "";
    findings.push_back(note("Data set", issue.what + count, issue.consequence));
  }
  return findings;
}

/// A folder that is no data set, but holds a file which looked like infos: the folder was probably not meant.
Problem aboutFolder(const Problem& problem, const fs::path& folder, const std::string& version) {
  std::error_code code;
  if (problem.file == folder || !fs::is_directory(folder, code) || !findTables(folder, version).empty())
    return problem;
  return {lastName(folder) + " is no nuScenes folder", folder,
          "a folder such as v1.0-mini with sample.json in it, or infos",
          fmt::format("only {}, which cannot be used: {}", lastName(problem.file), problem.summary),
          "Choose the folder that holds v1.0-*, samples and sweeps."};
}

std::shared_ptr<const Dataset> openDataset(const fs::path& path, const DoctorOptions& options,
                                           Progress* progress, std::vector<Finding>& findings) {
  try {
    auto dataset = Dataset::open(path, options.version, progress);
    append(findings, describe(*dataset));
    return dataset;
  } catch (const Error& error) {
    findings.push_back(fromProblem(Finding::State::Failure, "Data set",
                                   aboutFolder(error.problem(), path, options.version)));
    return nullptr;
  }
}

}  // namespace

std::vector<Finding> inspectMaps(const Dataset& dataset) {
  const fs::path table = dataset.root() / dataset.version() / "map.json";
  std::error_code code;
  if (dataset.version().empty() || !fs::exists(table, code)) return {};
  Tally missing;
  std::size_t all = 0;
  forEachJsonRow(
      table,
      [&](simdjson::ondemand::object row) {
        std::string_view name;
        if (row["filename"].get_string().get(name) || name.empty()) return;
        ++all;
        if (!fs::exists(dataset.root() / name, code)) missing.add(std::string(name));
      },
      nullptr);
  if (missing.count() == 0) return {good("Maps", counted(all, "map is there", "maps are there"))};
  return {note("Maps", fmt::format("{} of {} maps are missing", missing.count(), all), missing.detail(),
               "Only nuScenes' devkit needs them: unpack the metadata archive again.")};
}

}  // namespace doctor

std::vector<Finding> inspectDataset(const std::filesystem::path& path, Progress* progress,
                                    const DoctorOptions& options) {
  using namespace doctor;
  std::vector<Finding> findings;
  std::shared_ptr<const Dataset> dataset;
  appendSafely(findings, "Data set", [&] {
    std::vector<Finding> first;
    dataset = openDataset(path, options, progress, first);
    return first;
  });
  const fs::path tables = dataset && !dataset->version().empty() ? dataset->root() / dataset->version()
                          : dataset                              ? fs::path()
                                                                 : findTables(path, options.version);
  if (!tables.empty()) appendSafely(findings, "Tables", [&] { return inspectTables(tables, progress); });
  if (!dataset) return findings;
  if (!tables.empty()) findings.push_back(inspectIndexCache(tables));
  appendSafely(findings, "Sensors", [&] { return inspectSensors(*dataset, options.full, progress); });
  appendSafely(findings, "Labels", [&] { return inspectLabels(*dataset, options.full, progress); });
  appendSafely(findings, "Maps", [&] { return inspectMaps(*dataset); });
  return findings;
}

}  // namespace hbev
