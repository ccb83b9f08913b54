// Cam4DOcc's files: <scene token>_<lidar token>.npz with arr_0, a list over time of [N, 4]: voxel numbers x,
// y, z and a class, without what is free. All of the list is in the lidar's frame of the keyframe in the
// file's name, the present one. One element: the present, predicted (test_present = True; NumPy stores this
// list as one array of numbers). Seven: the segmentation to train with, two past, the present, four to come
// (an array of objects, which is a pickle). Four: forecasts of the keyframes to come, none of them the
// present. Sources: Cam4DOcc's ocfnet.py, cam4docc_dataset.py, loading_instance.py, its OCFNet
// configurations.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "core/base/error.h"
#include "core/data/predictions/formats.h"
#include "core/data/predictions/lidar_tokens.h"
#include "core/data/predictions/npy_dump.h"
#include "core/data/predictions/npz_dump.h"
#include "core/data/predictions/recognition.h"
#include "core/data/predictions/voxel_arrays.h"
#include "core/io/pickle.h"

namespace hbev {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kListsReadForClasses = 8;
constexpr std::size_t kTokenLength = 32;

GridSpec grid() {
  return {{-51.2, -51.2, -5}, 0.2, {512, 512, 40}};
}

bool namesKeyframe(const ListedFile& file) {
  const std::string_view stem = file.stem;
  return stem.size() == 2 * kTokenLength + 1 && stem[kTokenLength] == '_' &&
         looksLikeToken(stem.substr(0, kTokenLength)) && looksLikeToken(stem.substr(kTokenLength + 1));
}

/// Beside segmentation/ lie instances' numbers and flow, in files of the same names.
bool holdsClasses(const ListedFile& file) {
  const std::string folder = file.folder(0);
  return folder != "instance" && folder != "flow";
}

/// A list over time: an array of objects, or one of numbers when all of its elements are equally long.
bool isList(const NpyHeader& header) {
  if (header.kind == 'O') return header.shape.size() == 1;
  return header.isNumber() && header.shape.size() == 3 && header.shape[2] == 4;
}

/// Where in the list the present is. Throws Error when it is not there.
std::size_t presentOf(const NpyHeader& header, const fs::path& file) {
  if (isList(header) && header.shape[0] == 1) return 0;
  if (isList(header) && header.shape[0] == 7) return 2;
  std::string found = header.description();
  std::string advice;
  if (isList(header) && header.shape[0] == 4) {
    found = "forecasts of the four keyframes to come, and not of the keyframe itself";
    advice = "Let Cam4DOcc save the present: test_present = True in its configuration.";
  }
  throw Error({file.filename().string() + " cannot be used", file,
               "Cam4DOcc's list of one (the present) or of seven (two past, the present, four to come)",
               std::move(found), std::move(advice)});
}

NpyHeader listHeader(const fs::path& file) {
  return NpzReader(file).header("arr_0");
}

/// The member as it lies in the archive, which NpzReader gives for numbers only.
std::vector<std::byte> memberBytes(const fs::path& file) {
  const ZipReader zip(file);
  std::vector<std::byte> bytes;
  for (std::size_t i = 0; i < zip.members().size(); ++i) {
    if (zip.members()[i].name != "arr_0.npy") continue;
    zip.read(i, [&](std::span<const std::byte> piece) {
      bytes.insert(bytes.end(), piece.begin(), piece.end());
      return bytes.size() <= kMaxVoxelArrayBytes;
    });
    break;
  }
  if (bytes.size() <= kMaxVoxelArrayBytes) return bytes;
  throw Error({file.filename().string() + " is too large",
               file,
               fmt::format("at most {} bytes", kMaxVoxelArrayBytes),
               "more in arr_0",
               {}});
}

NpyArray pickledRows(const NpyHeader& header, std::size_t present, const fs::path& file) {
  const std::vector<std::byte> bytes = memberBytes(file);
  PickleOptions options;
  options.limits.memory_factor = 8;  // a few large arrays, not many small values
  const std::size_t start = std::min(header.data_offset, bytes.size());
  const Pickle pickle = readPickle(std::span(bytes).subspan(start), options);
  const std::span<const PickleValue> items = pickle.root().items();
  if (items.size() == header.shape[0]) return items[present].array();
  throw Error({file.filename().string() + " cannot be used",
               file,
               fmt::format("a list of {}", header.shape[0]),
               pickle.root().description(),
               {}});
}

NpyArray plainRows(std::size_t present, const fs::path& file) {
  const NpyArray list = NpzReader(file).read("arr_0", kMaxVoxelArrayBytes);
  const std::size_t rows = list.shape()[1];
  const std::vector<double> numbers = list.values<double>();
  const std::vector<std::size_t> shape{rows, 4};
  return parseNpy(formatNpy<double>(std::span(numbers).subspan(present * rows * 4, rows * 4), shape),
                  file.filename().string());
}

/// The present's classes on Cam4DOcc's grid.
std::vector<std::uint8_t> presentLabels(const fs::path& file) {
  return aboutFile(file, [&] {
    const NpyHeader header = listHeader(file);
    const std::size_t present = presentOf(header, file);
    const NpyArray rows = header.kind == 'O' ? pickledRows(header, present, file) : plainRows(present, file);
    return filledGrid(rows, {grid(), false, false}, file);
  });
}

/// What a few of the files tell.
struct Survey {
  bool separate_classes = false;        ///< a class above 1 was found
  std::map<fs::path, Problem> damaged;  ///< those that cannot be read
};

Survey survey(const std::vector<DumpEntry>& entries) {
  Survey result;
  for (const std::size_t i : spread(entries.size(), kListsReadForClasses)) {
    try {
      for (const std::uint8_t label : presentLabels(entries[i].file))
        result.separate_classes = result.separate_classes || (label > 1 && label != kAnyFree);
    } catch (const Error& error) {
      result.damaged.emplace(entries[i].file, error.problem());
    }
  }
  return result;
}

/// A class set without "others" would show nothing of files that know one kind of thing only.
void needOthers(const OpenOptions& options, const fs::path& file) {
  const ClassSet& set = options.classes        ? *options.classes
                        : options.translate_to ? *options.translate_to
                                               : ClassSet::occ3d();
  if (set.findLabel("others")) return;
  throw Error({file.filename().string() + " cannot be shown in " + std::string(set.name()), file,
               "a class for movable things of any kind, as Occ3D's others", "none",
               "Choose Occ3D's classes."});
}

void describe(OpenedDump& dump, bool separate_classes) {
  dump.in_lidar_frame = true;
  dump.grid = "512 x 512 x 40 voxels of 0.2 m in the lidar's frame";
  dump.notes.emplace_back(
      "Cam4DOcc knows movable things only, as boxes along the lidar's axes; all else counts as free. The "
      "voxels are turned from the lidar's frame into ego and resampled.");
  dump.notes.emplace_back(
      "Lists of seven moments are the truth that Cam4DOcc trains with, not a prediction.");
  if (separate_classes) {
    dump.class_ids = {"free",       "bicycle", "bus",   "car",       "construction_vehicle",
                      "motorcycle", "trailer", "truck", "pedestrian"};
    dump.notes.emplace_back("Construction workers are among Cam4DOcc's construction vehicles.");
  } else {
    dump.class_ids = {"free", "others"};
    dump.notes.emplace_back(
        "These files tell no kinds of movable things apart: all are shown as others, and cannot be scored by "
        "class.");
  }
}

std::optional<OpenedDump> openCam4DOcc(const Listing& listing) {
  const auto files = filesWhere(listing, [](const ListedFile& file) {
    return file.extension == ".npz" && namesKeyframe(file) && holdsClasses(file);
  });
  const bool fits = anyNpz(files, [](const NpzReader& npz) {
    if (!npz.contains("arr_0")) return false;
    const NpyHeader header = npz.header("arr_0");
    return isList(header) && (header.shape[0] == 1 || header.shape[0] == 7);
  });
  if (!fits) return std::nullopt;
  OpenedDump dump;
  for (const ListedFile* file : files) {
    const std::string lidar = file->stem.substr(kTokenLength + 1);
    dump.entries.push_back(
        {file->path, {file->stem.substr(0, kTokenLength), lidar}, {lidarTokenKey(lidar)}, 0, file->base(0)});
  }
  const Survey found = survey(dump.entries);
  dump.check = [damaged = found.damaged](const DumpEntry& entry) {
    presentOf(listHeader(entry.file), entry.file);
    if (const auto problem = damaged.find(entry.file); problem != damaged.end()) throw Error(problem->second);
    return EntryFacts{};
  };
  dump.labels = [](const DumpEntry& entry) { return presentLabels(entry.file); };
  dump.read = [separate = found.separate_classes](const DumpEntry& entry, const Keyframe&,
                                                  const OpenOptions& options) {
    if (!separate) needOthers(options, entry.file);
    return StoredVoxels{grid(), presentLabels(entry.file), {}, {}};
  };
  describe(dump, found.separate_classes);
  return dump;
}

}  // namespace

std::optional<std::string> cam4DOccRefusal(const ListedFile& file) {
  const NpzReader npz(file.path);
  if (!npz.contains("arr_0")) return std::nullopt;
  const NpyHeader header = npz.header("arr_0");
  if (!isList(header)) return std::nullopt;
  if (!namesKeyframe(file)) {
    return "It holds a list as Cam4DOcc's files do, but its name does not tell the keyframe: they are called "
           "<scene token>_<lidar token>.npz.";
  }
  if (!holdsClasses(file)) return "It holds Cam4DOcc's instances or flow, which are no classes.";
  presentOf(header, file.path);
  return std::nullopt;
}

PredictionFormat cam4DOccFormat() {
  return {"Cam4DOcc", "<scene token>_<lidar token>.npz: a list of [N, 4] x, y, z and class", 62,
          &openCam4DOcc};
}

}  // namespace hbev
