// The CVPR 2023 baseline's --show-dir, also PanoOcc's and ViewFormer's: <index:04d>.npz with pred, gt (a
// pickled dictionary, left alone) and sample_token, a text. The file's name says nothing, the text does.
#include <algorithm>
#include <cctype>

#include <oneapi/tbb/parallel_for.h>

#include "core/base/error.h"
#include "core/data/predictions/formats.h"
#include "core/data/predictions/npz_dump.h"
#include "core/data/predictions/voxel_arrays.h"

namespace hbev {

namespace {

bool isNumbered(const ListedFile& file) {
  return file.extension == ".npz" && !file.stem.empty() && !looksLikeToken(file.stem) &&
         std::all_of(file.stem.begin(), file.stem.end(),
                     [](unsigned char letter) { return std::isdigit(letter); });
}

std::optional<OpenedDump> openCvprBaseline(const Listing& listing) {
  const auto files = filesWhere(listing, &isNumbered);
  const bool fits = anyNpz(
      files, [](const NpzReader& npz) { return npz.contains("pred") && npz.contains("sample_token"); });
  if (!fits) return std::nullopt;
  std::vector<DumpEntry> entries(files.size());
  tbb::parallel_for(std::size_t{0}, files.size(), [&](std::size_t i) {
    const ListedFile& file = *files[i];
    DumpEntry entry{file.path, {file.folder(0), file.stem}, {}, 0, file.base(1)};
    try {
      if (const auto token = npzText(file.path, "sample_token")) {
        entry.name.token = *token;
        entry.keys.push_back(tokenKey(*token));
      }
    } catch (const Error&) {
      // Refused with its reason when it is looked at.
    }
    entries[i] = std::move(entry);
  });
  OpenedDump dump = npzDump(std::move(entries));
  dump.check = [check = dump.check](const DumpEntry& entry) {
    const EntryFacts facts = check(entry);
    if (entry.keys.empty()) {
      throw Error({entry.file.filename().string() + " cannot be used",
                   entry.file,
                   "a text called sample_token",
                   "none",
                   {}});
    }
    return facts;
  };
  return dump;
}

}  // namespace

PredictionFormat cvprBaselineFormat() {
  return {"CVPR 2023 baseline", "<index>.npz: pred, sample_token", 55, &openCvprBaseline};
}

}  // namespace hbev
