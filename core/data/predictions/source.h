// Predictions that somebody saved: a folder or file becomes a source that finds and reads a keyframe's
// occupancy. inspectPredictions() says what is there without opening every voxel.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/progress.h"
#include "core/data/keyframe.h"
#include "core/data/occupancy.h"
#include "core/data/predictions/orientation.h"

namespace hbev {

class Dataset;

/// Thread-safe after opening.
class PredictionSource {
 public:
  virtual ~PredictionSource() = default;
  virtual const std::filesystem::path& path() const = 0;
  virtual std::string title() const = 0;       ///< "results-8f"
  virtual std::string formatName() const = 0;  ///< "HBEVOcc / STCOcc"
  virtual const ClassSet& classes() const = 0;
  /// Keyframes found, as far as opening has counted.
  virtual std::size_t count() const = 0;
  virtual std::optional<std::filesystem::path> find(const Keyframe& keyframe) const = 0;
  /// The keyframe's voxels on occ3dGrid(). Throws Error when the keyframe has no file or the file is damaged.
  virtual Occupancy read(const Keyframe& keyframe) const = 0;
};

/// Where the rays of a ray-space submission start and where they point.
struct RayFan {
  std::vector<Eigen::Vector3d> origins;  ///< m, ego
  std::vector<Eigen::Vector3f> rays;     ///< unit directions in ego, the same from every origin
};
using RayFanOf = std::function<RayFan(const Keyframe&)>;

/// What may be known better than the files say.
struct OpenOptions {
  /// Resolves names that are no sample tokens, and holds the masks that some dumps are cut by. May be null.
  std::shared_ptr<const Dataset> dataset{};
  /// The class set that the numbers are meant in; null: found out from the files.
  const ClassSet* classes = nullptr;
  /// How the arrays lie; as stored unless said otherwise.
  Orientation orientation{};
  /// Needed to show ray-space submissions as voxels: metricRays() of core/eval gives it.
  RayFanOf rays{};
  /// What layouts with class numbers of their own are translated to; null: Occ3D.
  const ClassSet* translate_to = nullptr;
};

/// Opens a folder or a single file by the best fitting layout. When the folder itself holds none, the folders
/// below it are tried. Throws Error when none fits, naming what was looked for, or when several folders below
/// would do.
std::shared_ptr<const PredictionSource> openPredictions(const std::filesystem::path& path,
                                                        const OpenOptions& options = {});

/// A file, or a record of one, and the names by which it is found.
struct PredictionName {
  std::string scene;  ///< the scene's name where the layout has one, else the folder's or file's name
  std::string token;  ///< the sample token where the layout has one, else what tells keyframes apart
};

/// The keyframes that a folder or file of predictions holds, sorted; empty when it holds none. Reads no
/// voxels. A Keyframe of these two names is found by the source that openPredictions(path) gives.
std::vector<PredictionName> listPredictions(const std::filesystem::path& path);

/// One layout that predictions come in.
struct PredictionLayout {
  std::string name;    ///< "HBEVOcc / STCOcc"
  std::string layout;  ///< "<scene>/<token>.npz: semantics, flow"
};

/// All layouts that can be read, for help texts and messages.
std::vector<PredictionLayout> predictionLayouts();

/// A file that cannot be used.
struct Refusal {
  std::filesystem::path file;
  std::string reason;  ///< one sentence
};

/// What a folder or file of predictions holds.
struct ImportReport {
  std::filesystem::path path;         ///< the folder or file that was opened; may lie below the one asked for
  std::string format;                 ///< "FlashOCC"; "" when nothing was recognised
  std::string layout;                 ///< "<scene>/<token>/pred.npz: pred"
  const ClassSet* classes = nullptr;  ///< null while unknown
  std::string classes_because;        ///< "17, Occ3D's free class, fills 97 % of the grid."
  std::string orientation;            ///< what was found out about it, and how: whole sentences
  /// Set when another orientation fits the truth better: pass it in OpenOptions.
  std::optional<Orientation> better_orientation;
  std::string grid;                   ///< "200 x 200 x 16 voxels of 0.4 m in ego"
  bool has_flow = false;              ///< of the files looked into
  std::size_t accepted = 0;           ///< predictions that look usable by their headers
  std::size_t unknown_tokens = 0;     ///< accepted, but the data set has no such keyframe
  std::size_t keyframes_without = 0;  ///< keyframes of the data set without a prediction
  std::vector<std::string> notes;     ///< further things to know, whole sentences
  std::vector<Refusal> refused;       ///< in the order of their names
};

/// Looks at every file's header and at a few files' voxels. With a data set also says which predictions
/// belong to it and how they lie. Never throws for bad predictions: they are refused in the report. Throws
/// Cancelled, and Error when nothing is at `path`.
ImportReport inspectPredictions(const std::filesystem::path& path, const Dataset* dataset = nullptr,
                                Progress* progress = nullptr);

}  // namespace hbev
