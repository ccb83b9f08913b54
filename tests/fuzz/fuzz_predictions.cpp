// Everyone's layouts of predictions: a file under a name that one of them uses goes through the registry and
// is read as a keyframe, or is refused.
//
// An input is a byte that picks the name, and what archiveOf() makes an .npz of, or the file itself (.npy,
// whose elements are repeated as in archives; pickles).
#include <array>
#include <cmath>

#include "core/data/predictions/dump.h"
#include "core/data/predictions/listing.h"
#include "tests/fuzz/archive.h"

using namespace hbev;
namespace fs = std::filesystem;

namespace {

#define TOKEN "a0000000000000000000000000000000"
#define LIDAR "11d0000000000000000000000000000a"
// Names by layout. The last three have grids in the lidar's frame, which are resampled; two of them have ten
// million voxels.
// clang-format off
constexpr std::array<std::string_view, 14> kFiles{
    "scene-a/" TOKEN ".npz",                // HBEVOcc
    TOKEN ".npz",                           // SparseOcc, OccNet, CVPR 2023
    "scene-a/" TOKEN "/pred.npz",           // FlashOCC
    "scene-a/" TOKEN "/labels.npz",         // labels
    "0007.npz",                             // CVPR 2023 baseline
    "scene-a_" TOKEN ".npz",                // FB-OCC
    "scene-a/3.npz",                        // UniOcc
    "scene-a/003.npy",                      // RenderOcc
    "results.pkl",                          // HBEVOcc's results
    "occ/occ.gz",                           // ALOcc
    "submission.gz",                        // rays
    "n015__LIDAR_TOP__1.pcd.bin/pred.npy",  // SurroundOcc
    TOKEN "/" LIDAR "/pred_f.npy",          // OpenOccupancy
    TOKEN "_" LIDAR ".npz"};                // Cam4DOcc
// clang-format on
constexpr std::size_t kResampled = 3;
constexpr std::array<std::string_view, 12> kMembers{"semantics",
                                                    "pred",
                                                    "arr_0",
                                                    "flow",
                                                    "flows",
                                                    "occ_loc",
                                                    "sem_pred",
                                                    "occ_label",
                                                    "occ_flow_forward",
                                                    "occ_mask_camera",
                                                    "ego_to_world_transformation",
                                                    "sample_token"};
constexpr std::size_t kMaxFilled = std::size_t(3) << 20;  // semantics as int32, flow as float16
constexpr std::size_t kMaxFilledSmall = 4096;

/// `is_rare` inputs may have any name; the others none whose grid has to be resampled.
std::string_view nameOf(std::uint8_t choice, bool is_rare) {
  return kFiles[choice % (is_rare ? kFiles.size() : kFiles.size() - kResampled)];
}

void requireWhole(const Occupancy& occupancy) {
  const std::size_t voxels = occ3dGrid().size();
  fuzz::require(occupancy.grid == occ3dGrid(), "whatever the file's grid is");
  fuzz::require(occupancy.semantics.size() == voxels, "a class for each voxel");
  for (const std::uint8_t label : occupancy.semantics)
    fuzz::require(label <= occupancy.classes->free(), "classes of the set");
  fuzz::require(occupancy.flow.empty() || occupancy.flow.size() == 2 * voxels, "a flow for each voxel");
  fuzz::require(occupancy.mask_camera.empty() || occupancy.mask_camera.size() == voxels,
                "a mask for each voxel");
}

void readAll(const fs::path& folder) {
  const Listing listing = listFiles(folder);
  std::optional<RecognisedDump> recognised = recogniseDump(listing);
  if (!recognised) {
    for (const ListedFile& file : listing.files)
      fuzz::readOrRefuse([&] { knownRefusal(file, listing); });
    throw noPredictions(folder, listing);
  }
  const Dump dump(std::move(*recognised), {});
  fuzz::require(dump.count() > 0, "what is recognised has entries");
  requireWhole(dump.readEntry(dump.recognised().dump.entries.front(), Keyframe{}));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fuzz::MemoryFolder folder;
  fuzz::Pieces pieces(data, size);
  const bool is_rare = fuzz::isOneIn(256, data, size);
  const fs::path name(nameOf(pieces.byte(), is_rare));
  const std::string_view rest = pieces.rest();
  const std::size_t max_filled = is_rare ? kMaxFilled : kMaxFilledSmall;
  std::string content(rest);
  if (name.extension() == ".npz")
    content = fuzz::archiveOf(reinterpret_cast<const std::uint8_t*>(rest.data()), rest.size(), kMembers,
                              max_filled);
  if (name.extension() == ".npy") content = fuzz::filledNpy(rest, max_filled);
  const fs::path place = folder.path() / *name.begin();
  folder.write(name, content);
  if (name.filename() == "3.npz") folder.write("scene-a/4.npz", content);  // flow needs the next one too
  fuzz::readOrRefuse([&] { readAll(folder.path()); });
  fs::remove_all(place);
  return 0;
}
