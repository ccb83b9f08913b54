// The ways to open a data set: a folder of tables, a file of infos, labels alone, predictions alone.
#include <algorithm>
#include <optional>
#include <system_error>
#include <utility>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/data/dataset.h"
#include "core/data/infos.h"
#include "core/data/predictions/source.h"
#include "core/data/tables.h"

namespace hbev {
namespace fs = std::filesystem;

namespace {

constexpr auto kSkip = fs::directory_options::skip_permission_denied;

/// Folders below `root` that hold tables, the largest sample_data.json first.
std::vector<fs::path> versionFolders(const fs::path& root) {
  std::vector<fs::path> folders;
  std::error_code code;
  for (const auto& entry : fs::directory_iterator(root, kSkip, code)) {
    if (entry.is_directory(code) && isVersionFolder(entry.path())) folders.push_back(entry.path());
  }
  const auto weight = [](const fs::path& folder) {
    std::error_code error;
    const auto size = fs::file_size(folder / "sample_data.json", error);
    return error ? 0 : size;
  };
  std::sort(folders.begin(), folders.end(), [&](const fs::path& a, const fs::path& b) {
    return std::pair(weight(b), a.filename()) < std::pair(weight(a), b.filename());
  });
  return folders;
}

/// Files of infos in `folder`, the largest first.
std::vector<fs::path> infosFiles(const fs::path& folder) {
  std::vector<std::pair<std::uintmax_t, fs::path>> found;
  std::error_code code;
  for (const auto& entry : fs::directory_iterator(folder, kSkip, code)) {
    if (!entry.is_regular_file(code) || !hasInfosName(entry.path())) continue;
    const auto size = entry.file_size(code);
    found.emplace_back(code ? 0 : size, entry.path());
  }
  std::sort(found.rbegin(), found.rend());
  std::vector<fs::path> files;
  for (auto& [size, file] : found)
    files.push_back(std::move(file));
  return files;
}

bool isPickle(const fs::path& file) {
  return file.extension() == ".pkl" || file.extension() == ".pickle" || hasInfosName(file.stem());
}

struct Location {
  fs::path root;
  fs::path tables;
  std::vector<fs::path> others;  ///< version folders that were not taken
};

Location locate(const fs::path& path, const std::string& version) {
  std::error_code code;
  if (!fs::exists(path, code)) {
    throw Error({"There is nothing at this path", path, "a nuScenes folder or a labels .npz", "nothing there",
                 "Check the spelling."});
  }
  if (fs::is_directory(path, code) && isVersionFolder(path)) {
    fs::path folder = fs::absolute(path).lexically_normal();
    if (!folder.has_filename()) folder = folder.parent_path();  // it was given with a slash at its end
    return {folder.parent_path(), folder, {}};
  }
  std::vector<fs::path> folders = versionFolders(path);
  if (!version.empty()) {
    std::string names;
    for (const fs::path& folder : folders) {
      if (folder.filename() == version) return {path, folder, {}};
      names += (names.empty() ? "" : ", ") + folder.filename().string();
    }
    throw Error({"There is no version " + version, path, version, names.empty() ? "no version folder" : names,
                 "Name one that is there, or none for the largest."});
  }
  if (folders.empty()) {
    throw Error({lastName(path) + " is no nuScenes folder", path,
                 "a folder such as v1.0-mini with sample.json in it", "none",
                 "Choose the folder that holds v1.0-*, samples and sweeps."});
  }
  return {path, folders.front(), {folders.begin() + 1, folders.end()}};
}

}  // namespace

struct Dataset::Opener {
  Dataset& dataset;

  void openTables(const fs::path& path, const std::string& version, Progress* progress,
                  const IndexCacheOptions& cache);
  void openInfos(const fs::path& file, Progress* progress);
  bool openInfosIn(const fs::path& folder, Progress* progress);
  void openLoneLabels(const fs::path& file);
  void openFile(const fs::path& file, Progress* progress);
  bool openPredictionsAlone(const fs::path& path);

 private:
  void takeIndex(DatasetIndex index, const fs::path& tables);
};

std::shared_ptr<const Dataset> Dataset::open(const fs::path& path, const std::string& version,
                                             Progress* progress, const IndexCacheOptions& cache) {
  std::shared_ptr<Dataset> dataset(new Dataset);
  Opener opener{*dataset};
  std::error_code code;
  if (fs::is_regular_file(path, code)) {
    opener.openFile(path, progress);
  } else if (!version.empty() || isVersionFolder(path) || !versionFolders(path).empty() ||
             (!opener.openInfosIn(path, progress) && !opener.openPredictionsAlone(path))) {
    opener.openTables(path, version, progress, cache);
  }
  return dataset;
}

/// Infos, labels of one keyframe, or else a file of predictions.
void Dataset::Opener::openFile(const fs::path& file, Progress* progress) {
  try {
    isPickle(file) ? openInfos(file, progress) : openLoneLabels(file);
  } catch (const Error&) {
    if (!openPredictionsAlone(file)) throw;
  }
}

void Dataset::Opener::openTables(const fs::path& path, const std::string& version, Progress* progress,
                                 const IndexCacheOptions& cache) {
  const Location location = locate(path, version);
  dataset.root_ = location.root;
  dataset.name_ = lastName(location.root);
  dataset.version_ = location.tables.filename().string();
  for (const fs::path& other : location.others) {
    dataset.issues_.push_back(
        {"There is also " + other.filename().string(), "Open that folder itself to see it."});
  }
  OpenedIndex opened = openNuscenesIndex(location.tables, progress, cache);
  dataset.cache_writer_ = std::move(opened.writer);
  takeIndex(std::move(opened.index), location.tables);
}

void Dataset::Opener::openInfos(const fs::path& file, Progress* progress) {
  Infos infos = readInfos(file, progress);
  dataset.root_ = infos.root;
  dataset.name_ = lastName(file);
  dataset.version_ = infos.version.empty() ? "infos" : infos.version;
  takeIndex(std::move(infos.index), file);
}

/// False when there is no file of infos in the folder.
bool Dataset::Opener::openInfosIn(const fs::path& folder, Progress* progress) {
  const std::vector<fs::path> files = infosFiles(folder);
  if (files.empty()) return false;
  openInfos(files.front(), progress);
  dataset.name_ = lastName(folder);
  std::string others;
  for (std::size_t i = 1; i < files.size(); ++i)
    others += (i == 1 ? " " : ", ") + lastName(files[i]);
  dataset.issues_.push_back({"There are no tables; the keyframes are those of " + lastName(files.front()),
                             others.empty()
                                 ? "Nothing else is lost."
                                 : "Open another file itself to see its keyframes:" + others + "."});
  return true;
}

void Dataset::Opener::takeIndex(DatasetIndex index, const fs::path& tables) {
  const auto text = [&](TextSpan span) { return std::string(index.view(span)); };
  for (const DatasetIndex::Scene& row : index.scenes) {
    Scene scene{text(row.token), text(row.name), text(row.description), text(row.location), {}};
    scene.keyframes.reserve(row.sample_count);
    for (const DatasetIndex::Sample& sample :
         index.samples.rows().subspan(row.first_sample, row.sample_count))
      scene.keyframes.push_back(text(sample.token));
    dataset.keyframe_count_ += scene.keyframes.size();
    dataset.scenes_.push_back(std::move(scene));
  }
  if (dataset.keyframe_count_ == 0) {
    throw Error(
        {lastName(tables) + " holds no keyframe", tables, "samples that belong to scenes", "none", {}});
  }
  for (DatasetIssue& issue : index.issueList())
    dataset.issues_.push_back(std::move(issue));
  dataset.tables_ = tables;
  dataset.index_ = std::move(index);
  std::error_code code;
  for (const LabelKind kind : kLabelKinds) {
    if (fs::is_directory(dataset.root_ / labelFolder(kind), code)) dataset.label_kinds_.push_back(kind);
  }
  if (dataset.label_kinds_.empty())
    dataset.issues_.push_back({"gts and openocc_v2 are missing", "There is no truth to compare with."});
}

void Dataset::Opener::openLoneLabels(const fs::path& file) {
  const std::optional<LabelKind> kind = detectLabelKind(file);
  if (!kind) {
    throw Error({file.filename().string() + " is no labels file",
                 file,
                 "free voxels of class 16 (OpenOcc) or 17 (Occ3D) as the most frequent",
                 "another class",
                 {}});
  }
  dataset.root_ = file.parent_path();
  dataset.name_ = file.filename().string();
  dataset.scenes_.push_back(
      {dataset.name_, file.stem().string(), "A labels file by itself", "", {file.stem().string()}});
  dataset.label_kinds_.push_back(*kind);
  dataset.lone_labels_ = file;
  dataset.keyframe_count_ = 1;
}

/// False when nothing at the path can be read as predictions.
bool Dataset::Opener::openPredictionsAlone(const fs::path& path) {
  const std::vector<PredictionName> names = listPredictions(path);
  if (names.empty()) return false;
  dataset.scenes_.clear();
  for (const PredictionName& name : names) {
    if (dataset.scenes_.empty() || dataset.scenes_.back().name != name.scene)
      dataset.scenes_.push_back({name.scene, name.scene, "Predictions without tables", "", {}});
    dataset.scenes_.back().keyframes.push_back(name.token);
  }
  dataset.keyframe_count_ = names.size();
  dataset.predictions_alone_ = true;
  dataset.root_ = path;
  dataset.name_ = lastName(path);
  dataset.issues_ = {{"There are predictions without a data set",
                      "No pictures, boxes or truth; keyframes are in the order of their names."}};
  return true;
}

}  // namespace hbev
