#include "ui/state/predicted_source.h"

#include <algorithm>

#include <QtCore/QFile>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/data/labels.h"
#include "ui/state/prediction_store.h"

namespace hbev::ui {
namespace {

namespace fs = std::filesystem;

constexpr const char* kAbout = "about.json";
constexpr qint64 kMostAboutBytes = 1 << 16;
constexpr std::size_t kMostUnwritten = 32;

QString fromPath(const fs::path& path) {
  return QString::fromStdString(path.string());
}

void writeAbout(const fs::path& folder, const NetworkChoice& choice, const ClassSet& classes) {
  QJsonObject about;
  about["config"] = choice.config;
  about["weights"] = choice.weights;
  about["despite_mismatch"] = choice.despite_mismatch;
  about["streaming"] = choice.streaming;
  about["half"] = choice.half;
  about["classes"] = QString::fromUtf8(classes.name().data(), qsizetype(classes.name().size()));
  writeFile(folder / kAbout, QJsonDocument(about).toJson().toStdString());
}

struct About {
  NetworkChoice choice;
  const ClassSet* classes = nullptr;
};

/// Nothing where the folder is none of ours.
std::optional<About> readAbout(const fs::path& folder) {
  QFile file(fromPath(folder / kAbout));
  if (file.size() > kMostAboutBytes || !file.open(QIODevice::ReadOnly)) return std::nullopt;
  const QJsonObject read = QJsonDocument::fromJson(file.readAll()).object();
  About about;
  about.choice.config = read["config"].toString();
  about.choice.weights = read["weights"].toString();
  about.choice.despite_mismatch = read["despite_mismatch"].toBool();
  about.choice.streaming = read["streaming"].toBool();
  about.choice.half = read["half"].toBool();
  about.classes = ClassSet::find(read["classes"].toString().toStdString());
  if (about.choice.config.isEmpty() || !about.classes) return std::nullopt;
  return about;
}

/// Predicted of the pictures that are there now: they were there before.
bool isOfThesePictures(const fs::path& prediction, const Keyframe& keyframe) {
  std::error_code code;
  const auto predicted_at = fs::last_write_time(prediction, code);
  if (code) return false;
  for (const auto& camera : keyframe.cameras) {
    if (!camera) continue;
    const auto taken_at = fs::last_write_time(camera->file, code);
    if (!code && taken_at > predicted_at) return false;
  }
  return true;
}

PredictedSource::Keyframes keyframesIn(const fs::path& folder, const Dataset& dataset) {
  PredictedSource::Keyframes known;
  std::error_code code;
  for (std::size_t scene = 0; scene < dataset.scenes().size(); ++scene) {
    const Scene& each = dataset.scenes()[scene];
    if (!fs::is_directory(folder / each.name, code)) continue;
    for (std::size_t i = 0; i < each.keyframes.size(); ++i) {
      const fs::path file = folder / each.name / (each.keyframes[i] + ".npz");
      if (fs::is_regular_file(file, code) && isOfThesePictures(file, dataset.keyframe(scene, i)))
        known[each.keyframes[i]] = each.name;
    }
  }
  return known;
}

}  // namespace

PredictedSource::PredictedSource(fs::path folder, NetworkChoice choice, const ClassSet& classes,
                                 Keyframes known)
    : folder_(std::move(folder)), choice_(std::move(choice)), classes_(classes), known_(std::move(known)) {}

std::string PredictedSource::formatName() const {
  return "Predicted here, kept as HBEVOcc writes it";
}

std::size_t PredictedSource::count() const {
  const std::lock_guard lock(mutex_);
  return known_.size();
}

bool PredictedSource::contains(const std::string& token) const {
  const std::lock_guard lock(mutex_);
  return known_.contains(token);
}

fs::path PredictedSource::fileOf(const std::string& scene, const std::string& token) const {
  return folder_ / scene / (token + ".npz");
}

std::optional<fs::path> PredictedSource::find(const Keyframe& keyframe) const {
  if (!contains(keyframe.token)) return std::nullopt;
  return fileOf(keyframe.scene_name, keyframe.token);
}

Occupancy PredictedSource::read(const Keyframe& keyframe) const {
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [token, occupancy] : unwritten_) {
      if (token == keyframe.token) return *occupancy;
    }
  }
  const fs::path file = fileOf(keyframe.scene_name, keyframe.token);
  markUsed(file);
  return readOccupancyNpz(file, classes_);
}

void PredictedSource::add(const Keyframe& keyframe, const std::shared_ptr<const Occupancy>& occupancy) {
  std::optional<Error> failure;
  try {
    const fs::path file = fileOf(keyframe.scene_name, keyframe.token);
    std::error_code code;
    if (folder_.empty())
      throw Error({.summary = "There is no folder to keep predictions in",
                   .file = {},
                   .expected = {},
                   .found = {},
                   .advice = "Set HOME or XDG_CACHE_HOME; until then they are lost at the end."});
    if (!fs::exists(folder_ / kAbout, code)) writeAbout(folder_, choice_, classes_);
    writeOccupancyNpz(file, *occupancy, true);
  } catch (const Error& error) {
    failure = error;
  }
  const std::lock_guard lock(mutex_);
  std::erase_if(unwritten_, [&](const auto& entry) { return entry.first == keyframe.token; });
  if (failure) {
    unwritten_.emplace_back(keyframe.token, occupancy);
    if (unwritten_.size() > kMostUnwritten) {
      known_.erase(unwritten_.front().first);
      unwritten_.erase(unwritten_.begin());
    }
  }
  known_[keyframe.token] = keyframe.scene_name;
  if (failure) throw *failure;
}

void PredictedSource::forget(const std::vector<fs::path>& files) {
  const std::lock_guard lock(mutex_);
  for (const fs::path& file : files) {
    if (file.parent_path().parent_path() == folder_) known_.erase(file.stem().string());
  }
}

void PredictedSource::copyTo(const fs::path& target, Progress& progress) const {
  Keyframes all;
  decltype(unwritten_) in_memory;
  {
    const std::lock_guard lock(mutex_);
    all = known_;
    in_memory = unwritten_;
  }
  progress.start("Saving predictions", std::int64_t(all.size()));
  for (const auto& [token, scene] : all) {
    progress.throwIfCancelled();
    const fs::path file = target / scene / (token + ".npz");
    const auto held =
        std::ranges::find_if(in_memory, [&token = token](const auto& entry) { return entry.first == token; });
    progress.advance();
    if (held != in_memory.end()) {
      writeOccupancyNpz(file, *held->second, true);
      continue;
    }
    std::error_code code;
    fs::create_directories(file.parent_path(), code);
    const fs::path temporary = temporarySibling(file);
    if (!fs::copy_file(fileOf(scene, token), temporary, code)) {
      const std::string why = code.message();
      fs::remove(temporary, code);
      throw Error({.summary = "The predictions cannot be saved",
                   .file = file,
                   .expected = {},
                   .found = why,
                   .advice = "Check the free space and the permissions of the folder."});
    }
    publishFile(temporary, file);
  }
}

fs::path predictionFolder() {
  const fs::path cache = userCacheFolder();
  return cache.empty() ? fs::path() : cache / "predictions";
}

std::vector<std::shared_ptr<PredictedSource>> storedPredictions(const Dataset& dataset) {
  std::vector<std::shared_ptr<PredictedSource>> sources;
  if (dataset.version().empty()) return sources;  // lone files have no pictures that could have been seen
  std::error_code code;
  for (const fs::directory_entry& entry : fs::directory_iterator(predictionFolder(), code)) {
    const auto about = readAbout(entry.path());
    if (!about) continue;
    auto known = keyframesIn(entry.path(), dataset);
    if (known.empty()) continue;
    sources.push_back(
        std::make_shared<PredictedSource>(entry.path(), about->choice, *about->classes, std::move(known)));
  }
  std::ranges::sort(sources, {}, [](const auto& source) { return source->title(); });
  return sources;
}

}  // namespace hbev::ui
