// Folders of one keyframe each: FlashOCC's <scene>/<token>/pred.npz (pred; the gt beside it is a pickled
// dictionary and left alone), and labels.npz laid out as Occ3D's and OpenOcc's own labels are.
#include "core/data/predictions/formats.h"
#include "core/data/predictions/npz_dump.h"

namespace hbev {

namespace {

std::optional<OpenedDump> openFilesCalled(const Listing& listing, const std::string& stem) {
  const auto files = filesWhere(
      listing, [&](const ListedFile& file) { return file.extension == ".npz" && file.stem == stem; });
  const bool fits = anyNpz(files, [](const NpzReader& npz) {
    return npz.contains("pred") || npz.contains("semantics") || npz.contains("arr_0");
  });
  if (!fits) return std::nullopt;
  std::vector<DumpEntry> entries;
  for (const ListedFile* file : files) {
    DumpEntry entry{file->path, {file->folder(1), file->folder(0)}, {}, 0, file->base(2)};
    if (looksLikeToken(entry.name.token)) entry.keys.push_back(tokenKey(entry.name.token));
    entries.push_back(std::move(entry));
  }
  return npzDump(std::move(entries));
}

}  // namespace

PredictionFormat flashOccFormat() {
  return {"FlashOCC", "<scene>/<token>/pred.npz: pred", 60,
          [](const Listing& listing) { return openFilesCalled(listing, "pred"); }};
}

PredictionFormat labelsFormat() {
  return {"Labels' own layout", "<scene>/<token>/labels.npz: semantics, flow", 20,
          [](const Listing& listing) { return openFilesCalled(listing, "labels"); }};
}

}  // namespace hbev
