// Points in the lidar's frame. SurroundOcc: <visual_dir>/<lidar file>/pred.npy, [N, 4] metres of voxel
// centres and class. OpenOccupancy (and the SparseOcc, CONet built on it): <scene token>/<lidar
// token>/pred_f.npy (or the coarser pred_c.npy), [N, 4] voxel numbers z, y, x and class. Both number classes
// 1 to 16 as Occ3D does and leave out what is free. Sources: surroundocc.py generate_output, show_occ.py
// save_occ.
#include <algorithm>
#include <map>

#include "core/base/error.h"
#include "core/data/predictions/formats.h"
#include "core/data/predictions/lidar_tokens.h"
#include "core/data/predictions/npy_dump.h"
#include "core/data/predictions/npz_dump.h"

namespace hbev {
namespace fs = std::filesystem;

namespace {

GridSpec surroundOccGrid() {
  return {{-50, -50, -5}, 0.5, {200, 200, 16}};
}

/// -51.2 to 51.2 m, -5 to 3 m; pred_f has voxels of 0.2 m, pred_c is coarser by a power of two.
GridSpec openOccupancyGrid(int coarser) {
  return {{-51.2, -51.2, -5}, 0.2 * coarser, {512 / coarser, 512 / coarser, 40 / coarser}};
}

PointLayout surroundOccPoints(const NpyArray& array) {
  // Its own ground truth has the same form in voxel numbers.
  const char kind = array.header().kind;
  return {surroundOccGrid(), false, kind != 'i' && kind != 'u'};
}

PointLayout openOccupancyPoints(const DumpEntry& entry, const NpyArray& array) {
  if (entry.file.stem() != "pred_c") return {openOccupancyGrid(1), true, false};
  std::vector<double> rows = array.values<double>();
  double largest = 0;
  for (std::size_t i = 0; i < rows.size(); ++i)
    largest = i % 4 == 3 ? largest : std::max(largest, rows[i]);
  // The coarse grid's size is not written anywhere; 128 x 128 x 10 in the published configurations.
  return {openOccupancyGrid(largest < 128 ? 4 : largest < 256 ? 2 : 1), true, false};
}

OpenedDump pointDump(std::vector<DumpEntry> entries,
                     PointLayout (*layout)(const DumpEntry&, const NpyArray&)) {
  OpenedDump dump;
  dump.entries = std::move(entries);
  dump.check = [](const DumpEntry& entry) {
    checkPoints(readNpyHeader(entry.file), entry.file);
    return EntryFacts{};
  };
  dump.read = [layout](const DumpEntry& entry, const Keyframe&, const OpenOptions&) {
    const NpyArray array = readNpy(entry.file);
    checkPoints(array.header(), entry.file);
    const PointLayout points = layout(entry, array);
    return StoredVoxels{points.grid, filledGrid(array, points, entry.file), {}, {}};
  };
  dump.labels = [read = dump.read](const DumpEntry& entry) { return read(entry, {}, {}).labels; };
  dump.in_lidar_frame = true;
  dump.class_ids = {
      "free",       "barrier",    "bicycle",      "bus",     "car",       "construction_vehicle",
      "motorcycle", "pedestrian", "traffic_cone", "trailer", "truck",     "driveable_surface",
      "other_flat", "sidewalk",   "terrain",      "manmade", "vegetation"};
  dump.notes.emplace_back(
      "The voxels are turned from the lidar's frame into ego by the keyframe's lidar pose and resampled: "
      "eight points in each voxel vote. What lies beyond the source's range counts as free.");
  return dump;
}

bool hasPoints(const std::vector<const ListedFile*>& files) {
  for (const ListedFile* file : files) {
    try {
      checkPoints(readNpyHeader(file->path), file->path);
      return true;
    } catch (const Error&) {
      continue;
    }
  }
  return false;
}

std::optional<OpenedDump> openSurroundOcc(const Listing& listing) {
  const auto files = filesWhere(
      listing, [](const ListedFile& file) { return file.extension == ".npy" && file.stem == "pred"; });
  if (!hasPoints(files)) return std::nullopt;
  std::vector<DumpEntry> entries;
  for (const ListedFile* file : files) {
    const std::string folder = file->folder(0);
    DumpEntry entry{file->path, {file->folder(1), folder}, {lidarFileKey(folder)}, 0, file->base(1)};
    if (looksLikeToken(folder)) entry.keys.push_back(tokenKey(folder));
    entries.push_back(std::move(entry));
  }
  OpenedDump dump = pointDump(
      std::move(entries), [](const DumpEntry&, const NpyArray& array) { return surroundOccPoints(array); });
  dump.grid = "200 x 200 x 16 voxels of 0.5 m in the lidar's frame";
  return dump;
}

std::optional<OpenedDump> openOpenOccupancy(const Listing& listing) {
  // The fine one where both are there.
  std::map<fs::path, const ListedFile*> chosen;
  for (const char* stem : {"pred_f", "pred_c"}) {
    for (const ListedFile& file : listing.files) {
      if (file.extension == ".npy" && file.stem == stem) chosen.emplace(file.path.parent_path(), &file);
    }
  }
  std::vector<const ListedFile*> files;
  for (const auto& [folder, file] : chosen)
    files.push_back(file);
  if (!hasPoints(files)) return std::nullopt;
  std::vector<DumpEntry> entries;
  for (const ListedFile* file : files) {
    entries.push_back({file->path,
                       {file->folder(1), file->folder(0)},
                       {lidarTokenKey(file->folder(0)), tokenKey(file->folder(0))},
                       0,
                       file->base(2)});
  }
  OpenedDump dump = pointDump(std::move(entries), &openOccupancyPoints);
  dump.grid = "512 x 512 x 40 voxels of 0.2 m in the lidar's frame";
  return dump;
}

}  // namespace

PredictionFormat surroundOccFormat() {
  return {"SurroundOcc", "<lidar file>/pred.npy: [N, 4] metres and class in the lidar's frame", 60,
          &openSurroundOcc};
}

PredictionFormat openOccupancyFormat() {
  return {"OpenOccupancy", "<scene token>/<lidar token>/pred_f.npy: [N, 4] z, y, x and class", 60,
          &openOpenOccupancy};
}

}  // namespace hbev
