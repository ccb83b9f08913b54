// FB-OCC's evaluation: <scene>_<token>.npz with pred in one row, only the voxels that a camera sees
// (mask_camera of Occ3D's labels, C order). <scene>_<token>_gt.npz beside it is the truth, and left alone.
#include <algorithm>

#include <fmt/format.h>

#include "core/base/error.h"
#include "core/data/dataset.h"
#include "core/data/predictions/formats.h"
#include "core/data/predictions/npz_dump.h"
#include "core/data/predictions/voxel_arrays.h"

namespace hbev {
namespace fs = std::filesystem;

namespace {

bool isMasked(const NpyHeader& header) {
  return header.isNumber() && denseShape(header, GridSpec{}) == DenseShape::Masked;
}

std::vector<std::uint8_t> readRow(const fs::path& file) {
  const NpzReader npz(file);
  return aboutFile(file, [&] { return npz.read("pred", kMaxVoxelArrayBytes).values<std::uint8_t>(); });
}

fs::path maskFile(const DumpEntry& entry, const Keyframe& keyframe, const OpenOptions& options) {
  std::optional<fs::path> labels;
  if (options.dataset) labels = options.dataset->truthFile(LabelKind::Occ3d, keyframe);
  if (labels) return *labels;
  throw Error({entry.file.filename().string() + " cannot be placed", entry.file,
               "Occ3D labels of the keyframe: the file holds only the voxels of their mask_camera",
               options.dataset ? "no labels.npz for it in gts/" : "no data set",
               "Open the data set with its gts/ folder first."});
}

StoredVoxels scattered(const DumpEntry& entry, const Keyframe& keyframe, const OpenOptions& options) {
  const std::vector<std::uint8_t> row = readRow(entry.file);
  const fs::path labels = maskFile(entry, keyframe, options);
  StoredVoxels voxels;
  voxels.mask_camera = readOccupancyNpz(labels, ClassSet::occ3d()).mask_camera;
  const auto seen = std::size_t(std::count_if(voxels.mask_camera.begin(), voxels.mask_camera.end(),
                                              [](std::uint8_t bit) { return bit != 0; }));
  if (voxels.mask_camera.empty() || seen != row.size()) {
    throw Error({entry.file.filename().string() + " does not belong to the keyframe's labels", entry.file,
                 fmt::format("{} voxels, as {}'s mask_camera has", seen, labels.string()),
                 fmt::format("{}", row.size()), "Use the labels that the predictions were evaluated with."});
  }
  voxels.labels.assign(voxels.grid.size(), kAnyFree);
  std::size_t next = 0;
  for (std::size_t i = 0; i < voxels.labels.size(); ++i) {
    if (voxels.mask_camera[i] != 0) voxels.labels[i] = row[next++];
  }
  return voxels;
}

std::optional<OpenedDump> openFbOcc(const Listing& listing) {
  const auto files = filesWhere(listing, [](const ListedFile& file) {
    return file.extension == ".npz" &&
           looksLikeToken(std::string_view(file.stem).substr(tokenAfterScene(file.stem))) &&
           tokenAfterScene(file.stem) > 0;
  });
  if (!anyNpz(files, [](const NpzReader& npz) { return npz.contains("pred"); })) return std::nullopt;
  std::vector<DumpEntry> entries;
  for (const ListedFile* file : files) {
    const std::size_t start = tokenAfterScene(file->stem);
    std::string token = file->stem.substr(start);
    std::string key = tokenKey(token);
    entries.push_back({file->path,
                       {file->stem.substr(0, start - 1), std::move(token)},
                       {std::move(key)},
                       0,
                       file->base(0)});
  }
  // FB-OCC has also written whole grids under the same names.
  OpenedDump dump = npzDump(std::move(entries));
  dump.check = [whole = dump.check](const DumpEntry& entry) {
    const NpzReader npz(entry.file);
    return npz.contains("pred") && isMasked(npz.header("pred")) ? EntryFacts{} : whole(entry);
  };
  dump.labels = [whole = dump.labels](const DumpEntry& entry) {
    return isMasked(NpzReader(entry.file).header("pred")) ? readRow(entry.file) : whole(entry);
  };
  dump.read = [whole = dump.read](const DumpEntry& entry, const Keyframe& keyframe,
                                  const OpenOptions& options) {
    return isMasked(NpzReader(entry.file).header("pred")) ? scattered(entry, keyframe, options)
                                                          : whole(entry, keyframe, options);
  };
  dump.notes.emplace_back(
      "Files of one row hold only what cameras see; they need the data set's Occ3D labels (gts/).");
  return dump;
}

}  // namespace

PredictionFormat fbOccFormat() {
  return {"FB-OCC", "<scene>_<token>.npz: pred, cut by the camera mask", 58, &openFbOcc};
}

}  // namespace hbev
