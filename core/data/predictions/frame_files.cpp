// .npy files with one grid each: RenderOcc's <scene>/<frame:03d>.npy, counted in the order of the scene's
// keyframes, and <token>.npy. Also sparse ones, [N, 4] with voxel numbers x, y, z and class (what SparseOcc
// and OPUS have in memory).
#include <charconv>

#include "core/base/error.h"
#include "core/data/predictions/formats.h"
#include "core/data/predictions/npy_dump.h"
#include "core/data/predictions/npz_dump.h"
#include "core/data/predictions/recognition.h"
#include "core/data/predictions/voxel_arrays.h"

namespace hbev {
namespace fs = std::filesystem;

namespace {

bool isSparse(const NpyHeader& header) {
  return header.shape.size() == 2 && header.shape[1] == 4;
}

void checkHeader(const NpyHeader& header, const fs::path& file) {
  isSparse(header) ? checkPoints(header, file) : checkLabels(header, GridSpec{}, file, "class numbers");
}

std::vector<std::uint8_t> readLabels(const fs::path& file) {
  const NpyArray array = readNpy(file);
  return isSparse(array.header()) ? filledGrid(array, {}, file) : denseLabels(array, GridSpec{}, file);
}

std::optional<std::int64_t> frameNumber(const std::string& stem) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(stem.data(), stem.data() + stem.size(), number);
  if (error != std::errc() || end != stem.data() + stem.size() || number < 0) return std::nullopt;
  return number;
}

bool anyFits(const std::vector<const ListedFile*>& files) {
  for (const std::size_t i : spread(files.size(), kOpenedToRecognise)) {
    try {
      checkHeader(readNpyHeader(files[i]->path), files[i]->path);
      return true;
    } catch (const Error&) {
      continue;
    }
  }
  return false;
}

std::optional<OpenedDump> openFrameFiles(const Listing& listing) {
  const auto files = filesWhere(listing, [](const ListedFile& file) {
    return file.extension == ".npy" && file.stem != "pred" && file.stem != "gt" &&
           !file.stem.starts_with("pred_") && !file.stem.starts_with("gt_");
  });
  if (!anyFits(files)) return std::nullopt;
  OpenedDump dump;
  for (const ListedFile* file : files) {
    DumpEntry entry{file->path, {file->folder(0), file->stem}, {}, 0, file->base(1)};
    const auto number = frameNumber(file->stem);
    entry.keys.push_back(number ? frameKey(file->folder(0), *number) : tokenKey(file->stem));
    dump.entries.push_back(std::move(entry));
  }
  dump.check = [](const DumpEntry& entry) {
    checkHeader(readNpyHeader(entry.file), entry.file);
    return EntryFacts{};
  };
  dump.check_values = [](const DumpEntry& entry) {
    readLabels(entry.file);
  };  // a lidar's points have rows of 4, too
  dump.labels = [](const DumpEntry& entry) { return readLabels(entry.file); };
  dump.read = [](const DumpEntry& entry, const Keyframe&, const OpenOptions&) {
    return StoredVoxels{{}, readLabels(entry.file), {}, {}};
  };
  return dump;
}

}  // namespace

PredictionFormat frameFilesFormat() {
  return {"RenderOcc and other .npy", "<scene>/<frame>.npy or <token>.npy: a grid, or [N, 4] x, y, z, class",
          10, &openFrameFiles};
}

}  // namespace hbev
