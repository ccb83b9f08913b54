#include "ui/window/path_kind.h"

#include <algorithm>
#include <initializer_list>
#include <set>
#include <string>

#include <QtCore/QFile>
#include <QtCore/QFileInfo>

#include "core/base/error.h"
#include "core/data/predictions/listing.h"
#include "core/data/predictions/source.h"
#include "core/data/tables.h"
#include "core/eval/evaluation_store.h"

namespace hbev::ui {
namespace {

namespace fs = std::filesystem;

bool holdsTables(const fs::path& folder) {
  if (isVersionFolder(folder)) return true;
  std::error_code code, ignored;
  for (fs::directory_iterator entry(folder, code), end; !code && entry != end; entry.increment(code)) {
    if (entry->path().filename().string().starts_with("v1.0-") && entry->is_directory(ignored)) return true;
  }
  return false;
}

std::vector<PredictionName> predictionsIn(const fs::path& file) {
  try {
    return listPredictions(file);
  } catch (const Error&) {
    return {};
  }
}

bool holdsKeyframeOf(const Dataset& dataset, const std::vector<PredictionName>& names) {
  std::set<std::string> tokens;  // in lower case: some tools write capitals
  for (const PredictionName& name : names)
    tokens.insert(lowerCase(name.token));
  return std::ranges::any_of(dataset.scenes(), [&](const Scene& scene) {
    return std::ranges::any_of(scene.keyframes,
                               [&](const std::string& token) { return tokens.contains(lowerCase(token)); });
  });
}

bool endsWithOneOf(const fs::path& file, std::initializer_list<const char*> endings) {
  const std::string name = lowerCase(file.filename().string());
  return std::ranges::any_of(endings, [&](const char* ending) { return name.ends_with(ending); });
}

/// An evaluation is an SQLite file; nothing else that the window opens is.
bool isEvaluationFile(const QString& path) {
  QFile file(path);
  return QFileInfo(path).isFile() && file.open(QIODevice::ReadOnly) &&
         file.read(15) == QByteArrayLiteral("SQLite format 3");
}

void findEvaluatedData(SortedPaths& sorted) {
  try {
    const auto store = EvaluationStore::open(sorted.evaluation.toStdString());
    sorted.evaluated_data = QString::fromStdString(store.facts().dataset_path);
    sorted.is_evaluated_data_there = QFileInfo::exists(sorted.evaluated_data);
  } catch (const Error& error) {
    sorted.problems.push_back(error.problem());
    sorted.evaluation.clear();
  }
}

}  // namespace

std::optional<Problem> whyNothing(const fs::path& path) {
  std::error_code code;
  if (!fs::is_regular_file(path, code)) return std::nullopt;
  const std::string name = path.filename().string();
  const std::string expected =
      "a nuScenes folder, an infos .pkl, labels .npz, predictions, an evaluation, a configuration or weights";
  if (isFolderArchive(path))
    return Problem{
        name + " is an archive", path, expected, {}, "Unpack it, and open the folder that comes out."};
  if (endsWithOneOf(path, {".npz", ".pkl", ".pickle", ".gz"}) || !predictionsIn(path).empty())
    return std::nullopt;
  return Problem{
      name + " is nothing that can be shown", path, expected, {}, "Open the folder that it lies in."};
}

PathKind pathKind(const fs::path& path, const Dataset* open) {
  std::error_code code;
  if (fs::is_directory(path, code)) return holdsTables(path) ? PathKind::Dataset : PathKind::Predictions;
  if (!fs::is_regular_file(path, code)) return PathKind::Dataset;
  const std::vector<PredictionName> names = predictionsIn(path);
  if (names.empty()) return PathKind::Dataset;
  // One grid may be labels as well as a prediction: it is what the open data set can use it for.
  if (endsWithOneOf(path, {".npz"}) && (!open || !holdsKeyframeOf(*open, names))) return PathKind::Dataset;
  return PathKind::Predictions;
}

SortedPaths sortPaths(const QStringList& paths, const Dataset* open, const Progress& progress) {
  SortedPaths sorted;
  for (const QString& path : paths) {
    progress.throwIfCancelled();
    const fs::path file = path.toStdString();
    if (isEvaluationFile(path)) {
      sorted.evaluation = path;
    } else if (auto problem = whyNothing(file)) {
      sorted.problems.push_back(std::move(*problem));
    } else {
      (pathKind(file, open) == PathKind::Dataset ? sorted.datasets : sorted.predictions) << path;
    }
  }
  if (!open && sorted.holdsOnlyEvaluation()) findEvaluatedData(sorted);
  return sorted;
}

}  // namespace hbev::ui
