// What a dropped path is: a data set of its own, or predictions for the one that is open. All of it asks the
// disk, which may take as long as it likes: not for the window's thread.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include <QtCore/QStringList>

#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/data/dataset.h"

namespace hbev::ui {

/// Of a file that is neither a data set nor predictions, by its name and, where that says nothing, its
/// beginning: what would be some. Nothing for folders and what may be one of them. Never throws.
std::optional<Problem> whyNothing(const std::filesystem::path& path);

enum class PathKind { Dataset, Predictions };

/// Tables, infos and lone labels are data sets; what a layout of predictions knows is predictions, a lone
/// .npz only when `open` (may be null) holds its keyframe. May read a pickle.
/// Never throws; what nobody knows is said to be a data set, whose opening tells what is wrong.
PathKind pathKind(const std::filesystem::path& path, const Dataset* open);

/// What somebody dropped, chose or named, by what each is; in the order in which they came.
struct SortedPaths {
  QStringList datasets, predictions;
  QString evaluation;             ///< the last one
  std::vector<Problem> problems;  ///< of those that are nothing
  /// Where the data set of an evaluation that came alone was, as it says; empty where it says nothing.
  QString evaluated_data;
  bool is_evaluated_data_there = false;

  bool holdsOnlyEvaluation() const {
    return !evaluation.isEmpty() && datasets.isEmpty() && predictions.isEmpty();
  }
};

/// `open` may be null. Throws Cancelled alone.
SortedPaths sortPaths(const QStringList& paths, const Dataset* open, const Progress& progress);

}  // namespace hbev::ui
