// Dumps of HBEVOcc and STCOcc (tools/test.py): <scene>/<token>.npz with semantics u8 and flow f16 (or flows),
// stored. Class numbers are those of the labels that the network learned from.
#include "core/data/predictions/formats.h"
#include "core/data/predictions/npz_dump.h"

namespace hbev {

namespace {

std::optional<OpenedDump> openHbevocc(const Listing& listing) {
  const auto files = filesWhere(listing, [](const ListedFile& file) {
    return file.extension == ".npz" && !file.folders.empty() && file.stem != "labels" && file.stem != "pred";
  });
  if (!anyNpz(files, [](const NpzReader& npz) { return npz.contains("semantics"); })) return std::nullopt;
  std::vector<DumpEntry> entries;
  for (const ListedFile* file : files) {
    DumpEntry entry{file->path, {file->folder(0), file->stem}, {}, 0, file->base(1)};
    // The same short name may stand in several scenes; a token is the keyframe's own wherever it lies.
    if (looksLikeToken(file->stem)) entry.keys.push_back(tokenKey(file->stem));
    entries.push_back(std::move(entry));
  }
  return npzDump(std::move(entries));
}

}  // namespace

PredictionFormat hbevoccFormat() {
  return {"HBEVOcc / STCOcc", "<scene>/<token>.npz: semantics, flow", 50, &openHbevocc};
}

}  // namespace hbev
