#include "core/data/predictions/npz_dump.h"

#include <fmt/format.h>

#include "core/base/error.h"
#include "core/data/predictions/recognition.h"
#include "core/data/predictions/voxel_arrays.h"

namespace hbev {

namespace {

std::string labelsName(const NpzReader& npz, const std::filesystem::path& file) {
  if (const auto name = firstNumbers(npz, {"semantics", "pred", "arr_0", "sem_pred"})) return *name;
  throw Error({file.filename().string() + " cannot be used",
               file,
               "class numbers called semantics, pred or arr_0",
               contents(npz),
               {}});
}

bool isSparse(const NpzReader& npz) {
  return npz.contains("occ_loc") && npz.contains("sem_pred");
}

NpyArray arrayOf(const NpzReader& npz, const std::string& name) {
  return npz.read(name, kMaxVoxelArrayBytes);
}

/// Voxel numbers [N, 3] and their classes [N]; all others are free.
std::vector<std::uint8_t> sparseLabels(const NpzReader& npz, const GridSpec& grid,
                                       const std::filesystem::path& file) {
  const NpyArray places = arrayOf(npz, "occ_loc"), classes = arrayOf(npz, "sem_pred");
  const std::vector<std::uint8_t> labels = classes.values<std::uint8_t>();
  if (places.shape() != std::vector<std::size_t>{labels.size(), 3}) {
    throw Error({file.filename().string() + " cannot be used",
                 file,
                 fmt::format("occ_loc [{}, 3]", labels.size()),
                 places.header().description(),
                 {}});
  }
  std::vector<std::uint8_t> dense(grid.size(), kAnyFree);
  const std::vector<std::int64_t> at = places.values<std::int64_t>();
  for (std::size_t i = 0; i < labels.size(); ++i) {
    for (std::size_t axis = 0; axis < 3; ++axis) {
      if (at[3 * i + axis] >= 0 && at[3 * i + axis] < grid.dims[Eigen::Index(axis)]) continue;
      throw Error({file.filename().string() + " cannot be used",
                   file,
                   "voxels inside the grid",
                   fmt::format("{} at voxel {}", at[3 * i + axis], i),
                   {}});
    }
    dense[grid.index(int(at[3 * i]), int(at[3 * i + 1]), int(at[3 * i + 2]))] = labels[i];
  }
  return dense;
}

std::vector<std::uint8_t> readLabels(const NpzReader& npz, const std::filesystem::path& file) {
  if (isSparse(npz)) return sparseLabels(npz, GridSpec{}, file);
  return denseLabels(arrayOf(npz, labelsName(npz, file)), GridSpec{}, file);
}

EntryFacts check(const DumpEntry& entry) {
  const NpzReader npz(entry.file);
  if (!isSparse(npz)) {
    const std::string name = labelsName(npz, entry.file);
    checkLabels(npz.header(name), GridSpec{}, entry.file, name);
  }
  return {firstNumbers(npz, {"flow", "flows"}).has_value()};
}

std::vector<float> readFlow(const NpzReader& npz, const std::filesystem::path& file) {
  const auto flow = firstNumbers(npz, {"flow", "flows"});
  return flow ? denseFlow(arrayOf(npz, *flow), GridSpec{}, file) : std::vector<float>();
}

StoredVoxels read(const DumpEntry& entry) {
  const NpzReader npz(entry.file);
  StoredVoxels voxels;
  voxels.labels = readLabels(npz, entry.file);
  voxels.flow = readFlow(npz, entry.file);
  return voxels;
}

}  // namespace

OpenedDump npzDump(std::vector<DumpEntry> entries) {
  OpenedDump dump;
  dump.entries = std::move(entries);
  dump.check = &check;
  dump.check_values = [](const DumpEntry& entry) { readFlow(NpzReader(entry.file), entry.file); };
  dump.labels = [](const DumpEntry& entry) { return readLabels(NpzReader(entry.file), entry.file); };
  dump.read = [](const DumpEntry& entry, const Keyframe&, const OpenOptions&) { return read(entry); };
  return dump;
}

bool anyNpz(const std::vector<const ListedFile*>& files, const std::function<bool(const NpzReader&)>& fits) {
  for (const std::size_t i : spread(files.size(), kOpenedToRecognise)) {
    try {
      if (fits(NpzReader(files[i]->path))) return true;
    } catch (const Error&) {
      continue;
    }
  }
  return false;
}

std::vector<const ListedFile*> filesWhere(const Listing& listing,
                                          const std::function<bool(const ListedFile&)>& condition) {
  std::vector<const ListedFile*> files;
  for (const ListedFile& file : listing.files) {
    if (condition(file)) files.push_back(&file);
  }
  return files;
}

}  // namespace hbev
