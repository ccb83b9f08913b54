// UniOcc's files: <scene>/<time step>.npz with occ_label (eleven classes of its own, 10 is free),
// occ_mask_camera and occ_flow_forward [x, y, z, 3]. Flow is in voxels from this frame's coordinates of a
// point to the next frame's, so that it holds the ego car's own motion too: ego_to_world_transformation of
// both frames takes it out. Sources: UniOcc's README, uniocc_flow_gen.py, uniocc_utils.py.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include <Eigen/Geometry>
#include <fmt/format.h>

#include "core/base/error.h"
#include "core/data/predictions/formats.h"
#include "core/data/predictions/npz_dump.h"
#include "core/data/predictions/voxel_arrays.h"

namespace hbev {
namespace fs = std::filesystem;

namespace {

// Keyframes come at 2 Hz.
constexpr double kStep_s = 0.5;
// Where UniOcc's ego frame has its origin, from the grid's corner. Not the grid's own: see
// OccFrameToEgoFrame.
const Eigen::Vector3d kCenter_m(40.0, 40.0, 2.2);

std::optional<std::int64_t> timeStep(const std::string& stem) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(stem.data(), stem.data() + stem.size(), number);
  const bool has_next = number < std::numeric_limits<std::int64_t>::max();  // the flow's other end
  if (error != std::errc() || end != stem.data() + stem.size() || number < 0 || !has_next)
    return std::nullopt;
  return number;
}

std::vector<std::uint8_t> readLabels(const NpzReader& npz, const fs::path& file) {
  return denseLabels(npz.read("occ_label", kMaxVoxelArrayBytes), GridSpec{}, file);
}

/// ego_to_world_transformation, or nothing when the file has none that can be used.
std::optional<Eigen::Isometry3d> readPose(const fs::path& file) {
  std::error_code code;
  if (!fs::exists(file, code)) return std::nullopt;
  const NpzReader npz(file);
  if (!npz.contains("ego_to_world_transformation")) return std::nullopt;
  const NpyArray array = npz.read("ego_to_world_transformation", 4096);
  if (!array.hasShape({4, 4})) return std::nullopt;
  const std::vector<double> numbers = aboutFile(file, [&] { return array.values<double>(); });
  if (!std::all_of(numbers.begin(), numbers.end(), [](double value) { return std::isfinite(value); }))
    return std::nullopt;
  Eigen::Isometry3d pose;
  pose.matrix() = Eigen::Map<const Eigen::Matrix<double, 4, 4, Eigen::RowMajor>>(numbers.data());
  return pose;
}

/// Voxels a frame with the ego car's motion to m/s without it.
std::vector<float> velocities(const std::vector<float>& flow_vox, const GridSpec& grid,
                              const Eigen::Isometry3d& ego_from_next_ego) {
  std::vector<float> flow(2 * grid.size(), 0.0F);
  for (std::size_t i = 0; i < grid.size(); ++i) {
    const Eigen::Vector3d step{double(flow_vox[3 * i]), double(flow_vox[3 * i + 1]),
                               double(flow_vox[3 * i + 2])};
    if (step.isZero()) continue;
    const Eigen::Vector3d here = grid.voxel_m * grid.voxel(i).cast<double>() - kCenter_m;
    const Eigen::Vector3d moved = ego_from_next_ego * (here + grid.voxel_m * step) - here;
    flow[2 * i] = float(moved.x() / kStep_s);
    flow[2 * i + 1] = float(moved.y() / kStep_s);
  }
  return flow;
}

std::vector<float> readFlow(const NpzReader& npz, const fs::path& file, const GridSpec& grid) {
  if (!npz.contains("occ_flow_forward")) return {};
  const auto step = timeStep(file.stem().string());
  const auto here = readPose(file);
  const auto next = readPose(file.parent_path() / fmt::format("{}.npz", step.value_or(0) + 1));
  if (!step || !here || !next) return {};  // the last frame of a scene has no flow
  const NpyArray array = npz.read("occ_flow_forward", kMaxVoxelArrayBytes);
  if (array.shape() != std::vector<std::size_t>{200, 200, 16, 3}) {
    throw Error({file.filename().string() + " cannot be used",
                 file,
                 "occ_flow_forward [200, 200, 16, 3]",
                 array.header().description(),
                 {}});
  }
  const std::vector<float> flow_vox = aboutFile(file, [&] { return array.values<float>(); });
  if (!std::all_of(flow_vox.begin(), flow_vox.end(), [](float value) { return std::isfinite(value); })) {
    throw Error({file.filename().string() + " cannot be used",
                 file,
                 "occ_flow_forward as finite numbers",
                 "NaN or infinity",
                 {}});
  }
  return velocities(flow_vox, grid, here->inverse(Eigen::Affine) * *next);
}

StoredVoxels read(const DumpEntry& entry, const Keyframe&, const OpenOptions&) {
  const NpzReader npz(entry.file);
  StoredVoxels voxels;
  voxels.labels = readLabels(npz, entry.file);
  voxels.flow = readFlow(npz, entry.file, voxels.grid);
  if (npz.contains("occ_mask_camera"))
    voxels.mask_camera =
        denseLabels(npz.read("occ_mask_camera", kMaxVoxelArrayBytes), voxels.grid, entry.file);
  return voxels;
}

EntryFacts check(const DumpEntry& entry) {
  const NpzReader npz(entry.file);
  checkLabels(npz.header("occ_label"), GridSpec{}, entry.file, "occ_label");
  return {npz.contains("occ_flow_forward")};
}

std::optional<OpenedDump> openUniOcc(const Listing& listing) {
  const auto files = filesWhere(listing, [](const ListedFile& file) { return file.extension == ".npz"; });
  if (!anyNpz(files, [](const NpzReader& npz) { return npz.contains("occ_label"); })) return std::nullopt;
  OpenedDump dump;
  for (const ListedFile* file : files) {
    const auto step = timeStep(file->stem);
    if (!step) continue;
    dump.entries.push_back(
        {file->path, {file->folder(0), file->stem}, {frameKey(file->folder(0), *step)}, 0, file->base(1)});
  }
  dump.check = &check;
  dump.labels = [](const DumpEntry& entry) { return readLabels(NpzReader(entry.file), entry.file); };
  dump.read = &read;
  dump.class_ids = {"others",     "car",          "bicycle",    "motorcycle",
                    "pedestrian", "traffic_cone", "vegetation", "driveable_surface",
                    "terrain",    "manmade",      "free"};
  dump.notes.emplace_back(
      "UniOcc has one class for all vehicles with four wheels, shown as car, and one for all that one can "
      "walk on, shown as terrain.");
  dump.notes.emplace_back(
      "Time steps are taken for the keyframes' numbers in their scene; flow becomes m/s without the car's "
      "own "
      "motion where the next step's file is there.");
  return dump;
}

}  // namespace

PredictionFormat uniOccFormat() {
  return {"UniOcc", "<scene>/<time step>.npz: occ_label, occ_flow_forward", 65, &openUniOcc};
}

}  // namespace hbev
