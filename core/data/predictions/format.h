// What a layout of predictions has to know, and nothing that all layouts share: see dump.h for that.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/data/keyframe.h"
#include "core/data/predictions/listing.h"
#include "core/data/predictions/source.h"

namespace hbev {

class RaySubmission;

/// One keyframe's prediction: a file, or a record of one.
struct DumpEntry {
  std::filesystem::path file;
  PredictionName name;
  /// Other names that it answers to, made by the functions below.
  std::vector<std::string> keys;
  std::size_t record = 0;      ///< in a file that holds many
  std::filesystem::path base;  ///< the folder of the whole dump that the file belongs to
};

/// Names under which keyframes are looked up.
std::string tokenKey(std::string_view sample_token);
std::string frameKey(std::string_view scene, std::int64_t index_in_scene);  ///< scene: a name or a token
std::string timeOrderKey(std::int64_t index);  ///< the keyframe's place in the whole data set by time
/// By the name of the keyframe's lidar file, up to its first extension.
std::string lidarFileKey(std::string_view file_name);

/// Stands for free in any class set: in files that list only what is occupied, or only what is seen.
inline constexpr std::uint8_t kAnyFree = 255;

/// Voxels as a file has them.
struct StoredVoxels {
  GridSpec grid;                          ///< in the frame below
  std::vector<std::uint8_t> labels;       ///< C order over [x, y, z]; kAnyFree where the file says nothing
  std::vector<float> flow;                ///< [x, y, z, 2], m/s; empty when there is none
  std::vector<std::uint8_t> mask_camera;  ///< empty when there is none
};

/// What a file's headers tell.
struct EntryFacts {
  bool has_flow = false;
};

/// A folder or file that a layout has recognised. Its functions are thread-safe and throw Error.
struct OpenedDump {
  std::vector<DumpEntry> entries;
  /// Looks at what costs little: names, types and shapes. Throws Error when the entry cannot be used.
  std::function<EntryFacts(const DumpEntry&)> check;
  /// Reads what check() did not, where that may be unusable too (flow that is not finite). Throws Error. May
  /// be empty.
  std::function<void(const DumpEntry&)> check_values{};
  /// The voxels. `keyframe` and `options` matter to layouts that are cut by masks or seen from the lidar.
  std::function<StoredVoxels(const DumpEntry&, const Keyframe&, const OpenOptions&)> read;
  /// The class numbers alone, wherever their voxels may lie: what tells the class set.
  std::function<std::vector<std::uint8_t>(const DumpEntry&)> labels;
  /// Class ids by number where they are neither Occ3D's nor OpenOcc's: "free", "barrier", ...
  std::vector<std::string_view> class_ids;
  const ClassSet* classes = nullptr;  ///< where the layout itself says so, with the reason:
  std::string classes_because;
  bool in_lidar_frame = false;
  std::string grid = "200 x 200 x 16 voxels of 0.4 m in ego";
  std::vector<std::filesystem::path> companions;      ///< further files that belong to it
  std::vector<std::string> notes;                     ///< for the report, whole sentences
  std::shared_ptr<const RaySubmission> submission{};  ///< where the voxels are made of its rays
};

struct PredictionFormat {
  std::string name;
  std::string layout;
  /// Among layouts that recognise equally many files the highest is taken.
  int priority = 0;
  /// Nothing when no file is of this layout. May open a few files to see what is in them.
  std::optional<OpenedDump> (*open)(const Listing& listing);
};

/// All formats that can be read, in the order of the messages.
const std::vector<PredictionFormat>& predictionFormats();

/// Why `file` of `listing` is refused by whatever layout it has, where that is known better than "another
/// kind".
std::optional<std::string> knownRefusal(const ListedFile& file, const Listing& listing);

}  // namespace hbev
