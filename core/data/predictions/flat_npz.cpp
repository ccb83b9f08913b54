// Folders of <token>.npz: the stand-alone evaluation of SparseOcc and OccNet (pred, or semantics and flow;
// compressed; told by SparseOcc's authors in its issue 11), and CVPR 2023's submissions (one array without a
// name; also what FB-OCC, OPUS, ViewFormer and PanoOcc write).
#include "core/data/predictions/formats.h"
#include "core/data/predictions/npz_dump.h"
#include "core/data/predictions/voxel_arrays.h"

namespace hbev {

namespace {

bool isCandidate(const ListedFile& file) {
  return file.extension == ".npz" && file.stem != "labels" && file.stem != "pred" &&
         tokenAfterScene(file.stem) == 0;
}

OpenedDump dumpOf(const std::vector<const ListedFile*>& files) {
  std::vector<DumpEntry> entries;
  for (const ListedFile* file : files) {
    entries.push_back({file->path, {file->folder(0), file->stem}, {tokenKey(file->stem)}, 0, file->base(1)});
  }
  return npzDump(std::move(entries));
}

/// A grid, be it of another size: then it is refused with that reason.
bool isGrid(const NpyHeader& header) {
  return header.shape.size() >= 3 ||
         denseShape(header, GridSpec{}).value_or(DenseShape::Masked) != DenseShape::Masked;
}

std::optional<OpenedDump> openSparseOcc(const Listing& listing) {
  const auto files = filesWhere(listing, &isCandidate);
  const bool fits = anyNpz(files, [](const NpzReader& npz) {
    if (npz.contains("sample_token")) return false;  // the CVPR 2023 baseline's, with its own names
    if (npz.contains("occ_loc") && npz.contains("sem_pred")) return true;
    const auto name = firstNumbers(npz, {"pred", "semantics"});
    return name && isGrid(npz.header(*name));
  });
  return fits ? std::optional(dumpOf(files)) : std::nullopt;
}

std::optional<OpenedDump> openCvpr2023(const Listing& listing) {
  const auto files = filesWhere(listing, &isCandidate);
  const bool fits = anyNpz(files, [](const NpzReader& npz) {
    const auto name = firstNumbers(npz, {"arr_0"});
    return name && isGrid(npz.header(*name));
  });
  return fits ? std::optional(dumpOf(files)) : std::nullopt;
}

}  // namespace

PredictionFormat sparseOccFormat() {
  return {"SparseOcc / OccNet", "<token>.npz: pred, or semantics and flow, or occ_loc and sem_pred", 30,
          &openSparseOcc};
}

PredictionFormat cvpr2023Format() {
  return {"CVPR 2023 submission", "<token>.npz: one array without a name", 40, &openCvpr2023};
}

}  // namespace hbev
