#include "core/data/labels.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "core/base/error.h"
#include "core/data/grid_labels.h"
#include "core/io/npz.h"

namespace hbev {
namespace fs = std::filesystem;

namespace {

// float64 flow of one grid is 10 MB; nothing that belongs into a labels file is larger than this.
constexpr std::size_t kMaxArrayBytes = std::size_t(64) << 20;

Error unusable(const fs::path& file, const std::string& expected, const std::string& found,
               std::string advice = {}) {
  return Error({file.filename().string() + " cannot be used", file, expected, found, std::move(advice)});
}

/// Semantics under any of the names that dumps give them.
std::string semanticsName(const NpzReader& npz, const fs::path& file) {
  for (const char* name : {"semantics", "pred"}) {
    if (npz.contains(name)) return name;
  }
  std::string found;
  for (const std::string& name : npz.names())
    found += (found.empty() ? "" : ", ") + name;
  throw unusable(file, "an array called semantics", found.empty() ? "no arrays" : found);
}

void checkShape(const NpyHeader& header, const GridSpec& grid, bool flow, const fs::path& file,
                const std::string& name) {
  std::vector<std::size_t> wanted{std::size_t(grid.dims.x()), std::size_t(grid.dims.y()),
                                  std::size_t(grid.dims.z())};
  if (flow) wanted.push_back(2);
  if (header.shape == wanted) return;
  throw unusable(file,
                 fmt::format("{} [{}, {}, {}{}]", name, wanted[0], wanted[1], wanted[2], flow ? ", 2" : ""),
                 header.description());
}

template <class T>
std::vector<T> valuesOf(const NpzReader& npz, const fs::path& file, const std::string& name) {
  return aboutFile(file, [&] { return npz.read(name, kMaxArrayBytes).values<T>(); });
}

std::vector<std::uint8_t> readSemantics(const NpzReader& npz, const fs::path& file, const GridSpec& grid) {
  const std::string name = semanticsName(npz, file);
  const NpyHeader header = npz.header(name);
  checkShape(header, grid, false, file, name);
  if (header.kind == 'f') throw unusable(file, name + " as whole numbers", header.description());
  return valuesOf<std::uint8_t>(npz, file, name);
}

void checkClasses(const std::vector<std::uint8_t>& semantics, const ClassSet& classes, const fs::path& file) {
  const std::uint8_t largest = *std::max_element(semantics.begin(), semantics.end());
  if (largest <= classes.free()) return;
  throw unusable(file, fmt::format("class numbers 0 to {} ({})", classes.free(), classes.name()),
                 std::to_string(largest),
                 largest == ClassSet::occ3d().free() ? "The file seems to be in Occ3D's classes." : "");
}

std::vector<std::uint8_t> readMask(const NpzReader& npz, const fs::path& file, const GridSpec& grid,
                                   const char* name) {
  if (!npz.contains(name)) return {};
  checkShape(npz.header(name), grid, false, file, name);
  return valuesOf<std::uint8_t>(npz, file, name);
}

std::vector<float> readFlow(const NpzReader& npz, const fs::path& file, const GridSpec& grid) {
  for (const char* name : {"flow", "flows"}) {
    if (!npz.contains(name)) continue;
    checkShape(npz.header(name), grid, true, file, name);
    std::vector<float> flow = valuesOf<float>(npz, file, name);
    if (!std::all_of(flow.begin(), flow.end(), [](float value) { return std::isfinite(value); })) {
      throw unusable(file, name + std::string(" as finite numbers"), "NaN or infinity");
    }
    return flow;
  }
  return {};
}

}  // namespace

std::string_view labelKindName(LabelKind kind) {
  return kind == LabelKind::OpenOcc ? "openocc" : "occ3d";
}
std::string_view labelKindTitle(LabelKind kind) {
  return kind == LabelKind::OpenOcc ? "OpenOcc" : "Occ3D";
}

std::optional<LabelKind> findLabelKind(std::string_view name) {
  for (const LabelKind kind : kLabelKinds) {
    if (name == labelKindName(kind)) return kind;
  }
  return std::nullopt;
}

const ClassSet& classSetOf(LabelKind kind) {
  return kind == LabelKind::OpenOcc ? ClassSet::openocc() : ClassSet::occ3d();
}

Occupancy readOccupancyNpz(const fs::path& file, const ClassSet& classes) {
  return readOccupancyOf(GridSpec{}, file, classes);
}

Occupancy readOccupancyOf(const GridSpec& grid, const fs::path& file, const ClassSet& classes) {
  const NpzReader npz(file);
  Occupancy occupancy;
  occupancy.grid = grid;
  occupancy.classes = &classes;
  occupancy.semantics = readSemantics(npz, file, grid);
  checkClasses(occupancy.semantics, classes, file);
  occupancy.flow = readFlow(npz, file, grid);
  occupancy.mask_camera = readMask(npz, file, grid, "mask_camera");
  occupancy.mask_lidar = readMask(npz, file, grid, "mask_lidar");
  return occupancy;
}

std::vector<std::size_t> readClassCountsNpz(const fs::path& file, const ClassSet& classes) {
  const NpzReader npz(file);
  const std::vector<std::uint8_t> semantics = readSemantics(npz, file, GridSpec{});
  checkClasses(semantics, classes, file);
  std::vector<std::size_t> counts(std::size_t(classes.size()), 0);
  for (const std::uint8_t label : semantics)
    ++counts[label];
  return counts;
}

std::optional<LabelKind> detectLabelKind(const fs::path& file) {
  const NpzReader npz(file);
  std::array<std::size_t, 256> counts{};
  for (const std::uint8_t label : readSemantics(npz, file, GridSpec{}))
    ++counts[label];
  const auto most = std::size_t(std::max_element(counts.begin(), counts.end()) - counts.begin());
  for (const LabelKind kind : kLabelKinds) {
    if (most == classSetOf(kind).free()) return kind;
  }
  return std::nullopt;
}

void writeOccupancyNpz(const fs::path& file, const Occupancy& occupancy, bool deflate) {
  const auto x = std::size_t(occupancy.grid.dims.x());
  const auto y = std::size_t(occupancy.grid.dims.y());
  const auto z = std::size_t(occupancy.grid.dims.z());
  NpzWriter npz(file, deflate);
  npz.add<std::uint8_t>("semantics", occupancy.semantics, {x, y, z});
  if (!occupancy.flow.empty()) {
    std::vector<Eigen::half> flow(occupancy.flow.size());
    std::transform(occupancy.flow.begin(), occupancy.flow.end(), flow.begin(),
                   [](float value) { return Eigen::half(value); });
    npz.add<Eigen::half>("flow", flow, {x, y, z, 2});
  }
  if (!occupancy.mask_lidar.empty()) npz.add<std::uint8_t>("mask_lidar", occupancy.mask_lidar, {x, y, z});
  if (!occupancy.mask_camera.empty()) npz.add<std::uint8_t>("mask_camera", occupancy.mask_camera, {x, y, z});
  npz.close();
}

}  // namespace hbev
