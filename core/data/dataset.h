// A nuScenes folder: scenes, keyframes, and where the truth lies. Also a file of infos, a labels file or a
// folder of predictions alone.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/base/progress.h"
#include "core/data/dataset_index.h"
#include "core/data/keyframe.h"
#include "core/data/labels.h"
#include "core/data/table_cache.h"
#include "core/geometry/pose_track.h"

namespace hbev {

struct Scene {
  std::string token;
  std::string name;
  std::string description;
  std::string location;                ///< "" when the log table does not say
  std::vector<std::string> keyframes;  ///< sample tokens, in time order
};

/// One picture of a drive, at a keyframe or between two.
struct CameraFrame {
  CameraReading reading;
  bool is_keyframe = false;
};

/// Where labels lie below a data set's root: "openocc_v2" or "gts".
std::string_view labelFolder(LabelKind kind);

/// Immutable after open(); safe to read from any thread.
class Dataset {
 public:
  /// Opens a nuScenes folder (or its version folder, a .pkl of infos, a labels .npz alone, or a folder of
  /// predictions <scene>/<token>.npz alone, whose keyframes are in the order of their names). `version` picks
  /// a version folder ("v1.0-mini") when there are several; the largest is taken without it. What is missing
  /// but not needed is listed in issues(). Throws Error when the path is no data set or an indispensable
  /// table is absent or damaged, Cancelled when `progress` says so. Tables are read once and then come from
  /// their index cache (table_cache.h).
  static std::shared_ptr<const Dataset> open(const std::filesystem::path& path,
                                             const std::string& version = {}, Progress* progress = nullptr,
                                             const IndexCacheOptions& cache = {});

  const std::filesystem::path& root() const { return root_; }
  const std::string& name() const { return name_; }        ///< the folder's or file's name
  const std::string& version() const { return version_; }  ///< "v1.0-mini"; "" for files without tables
  /// True for a folder of predictions that was opened without any tables.
  bool isPredictionsAlone() const { return predictions_alone_; }
  const std::vector<Scene>& scenes() const { return scenes_; }
  const std::vector<DatasetIssue>& issues() const { return issues_; }
  std::size_t keyframeCount() const { return keyframe_count_; }
  /// Index of the scene called `name` or with that token. Throws Error.
  std::size_t sceneIndex(const std::string& name) const;

  /// The sample's time stamp; half a second a keyframe from 0 where there are no tables.
  std::int64_t timestamp_us(std::size_t scene, std::size_t index_in_scene) const;
  /// Everything the tables know of a keyframe. Cheap; no file is opened.
  Keyframe keyframe(std::size_t scene, std::size_t index_in_scene) const;
  /// The lidar's placement in every keyframe of a scene, for the evaluator's origins: empty optionals where
  /// the keyframe has no lidar.
  std::vector<std::optional<SensorReading>> lidarReadings(std::size_t scene) const;

  /// Every picture of that camera in the scene, keyframes and sweeps, by time (about 12 Hz). Without those
  /// whose pose or calibration is damaged; empty without tables.
  std::vector<CameraFrame> cameraSequence(std::size_t scene, Camera camera) const;
  /// The car's way through the scene: the poses of all cameras and the lidar, by time, every time stamp once.
  std::vector<StampedPose> egoTrack(std::size_t scene) const;
  /// Categories ("vehicle.car") that are annotated anywhere in the scene, by name.
  std::vector<std::string> annotatedCategories(std::size_t scene) const;

  /// The rows behind all this, for who writes them in another form; empty without tables or infos.
  const DatasetIndex& index() const { return index_; }

  /// Where the labels of a keyframe are, or nothing when no such file exists.
  std::optional<std::filesystem::path> truthFile(LabelKind kind, const Keyframe& keyframe) const;
  /// Label kinds whose folder exists (gts/, openocc_v2/) or that the lone file holds.
  const std::vector<LabelKind>& labelKinds() const { return label_kinds_; }

 private:
  struct Opener;  ///< dataset_open.cpp: the ways to open one

  Dataset() = default;
  const DatasetIndex::Sample& sample(std::size_t scene, std::size_t index_in_scene) const;
  SensorReading sensorReading(const DatasetIndex::Reading& row) const;
  CameraReading cameraReading(const DatasetIndex::Reading& row) const;
  BoxAnnotation boxAnnotation(const DatasetIndex::Box& row) const;
  /// The file to name when something about that table is wrong.
  std::filesystem::path tableFile(const char* table) const;

  std::filesystem::path root_;
  std::string name_;
  std::string version_;
  std::vector<Scene> scenes_;
  std::vector<DatasetIssue> issues_;
  std::vector<LabelKind> label_kinds_;
  std::size_t keyframe_count_ = 0;
  std::filesystem::path lone_labels_;
  bool predictions_alone_ = false;
  std::filesystem::path tables_;  ///< the version folder or the file of infos; empty without
  DatasetIndex index_;
  std::jthread cache_writer_;
};

}  // namespace hbev
