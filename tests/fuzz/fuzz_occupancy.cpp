// labels.npz: semantics, flow and masks of a grid; a whole one now and then, because its 640,000 voxels cost
// a hundred times as much as the few that go the same ways.
#include <algorithm>
#include <array>
#include <cmath>

#include "core/data/grid_labels.h"
#include "core/data/labels.h"
#include "tests/fuzz/archive.h"

using namespace hbev;

namespace {

constexpr std::array<std::string_view, 6> kNames{"semantics",  "flow",  "mask_camera",
                                                 "mask_lidar", "flows", "pred"};
constexpr std::size_t kMaxFilled = std::size_t(3) << 20;  // semantics as int32, flow as float16
constexpr std::size_t kMaxFilledSmall = 8192;
const GridSpec kSmall{.dims = {8, 10, 4}};

void requireWhole(const Occupancy& occupancy) {
  const std::size_t voxels = occupancy.grid.size();
  fuzz::require(occupancy.semantics.size() == voxels, "a class for each voxel");
  fuzz::require(std::ranges::max(occupancy.semantics) <= occupancy.classes->free(), "classes of the set");
  fuzz::require(occupancy.flow.empty() || occupancy.flow.size() == 2 * voxels, "a flow for each voxel");
  const bool is_finite =
      std::ranges::all_of(occupancy.flow, [](float value) { return std::isfinite(value); });
  fuzz::require(is_finite, "finite flow");
  for (const auto* mask : {&occupancy.mask_camera, &occupancy.mask_lidar})
    fuzz::require(mask->empty() || mask->size() == voxels, "a mask for each voxel");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static fuzz::MemoryFile file;
  const bool is_whole_grid = fuzz::isOneIn(256, data, size);
  file.write(fuzz::archiveOf(data, size, kNames, is_whole_grid ? kMaxFilled : kMaxFilledSmall));
  const ClassSet& classes = classSetOf(size % 2 == 0 ? LabelKind::OpenOcc : LabelKind::Occ3d);
  fuzz::readOrRefuse([&] { requireWhole(readOccupancyOf(kSmall, file.path(), classes)); });
  if (!is_whole_grid) return 0;
  fuzz::readOrRefuse([&] { requireWhole(readOccupancyNpz(file.path(), classes)); });
  fuzz::readOrRefuse([&] { detectLabelKind(file.path()); });
  return 0;
}
