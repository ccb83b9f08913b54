#include "ui/window/path_kind.h"

#include <algorithm>
#include <set>
#include <string>

#include "core/base/error.h"
#include "core/data/predictions/source.h"
#include "core/data/tables.h"

namespace hbev::ui {
namespace {

namespace fs = std::filesystem;

bool holdsTables(const fs::path& folder) {
  if (isVersionFolder(folder)) return true;
  std::error_code code;
  const auto entries = fs::directory_iterator(folder, code);
  return !code && std::any_of(begin(entries), end(entries), [](const fs::directory_entry& entry) {
    std::error_code ignored;
    return entry.path().filename().string().starts_with("v1.0-") && entry.is_directory(ignored);
  });
}

std::vector<PredictionName> predictionsIn(const fs::path& file) {
  try {
    return listPredictions(file);
  } catch (const Error&) {
    return {};
  }
}

bool holdsKeyframeOf(const Dataset& dataset, const std::vector<PredictionName>& names) {
  std::set<std::string_view> tokens;
  for (const PredictionName& name : names)
    tokens.insert(name.token);
  return std::ranges::any_of(dataset.scenes(), [&](const Scene& scene) {
    return std::ranges::any_of(scene.keyframes,
                               [&](const std::string& token) { return tokens.contains(token); });
  });
}

}  // namespace

PathKind pathKind(const fs::path& path, const Dataset* open) {
  std::error_code code;
  if (fs::is_directory(path, code)) return holdsTables(path) ? PathKind::Dataset : PathKind::Predictions;
  if (!fs::is_regular_file(path, code)) return PathKind::Dataset;
  const std::vector<PredictionName> names = predictionsIn(path);
  if (names.empty()) return PathKind::Dataset;
  // One grid may be labels as well as a prediction: it is what the open data set can use it for.
  if (path.extension() == ".npz" && (!open || !holdsKeyframeOf(*open, names))) return PathKind::Dataset;
  return PathKind::Predictions;
}

}  // namespace hbev::ui
