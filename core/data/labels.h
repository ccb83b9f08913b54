// Occupancy files: Occ3D's and OpenOcc's labels.npz, and dumps with the same arrays.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "core/data/occupancy.h"

namespace hbev {

enum class LabelKind { OpenOcc, Occ3d };
inline constexpr std::array<LabelKind, 2> kLabelKinds{LabelKind::OpenOcc, LabelKind::Occ3d};
std::string_view labelKindName(LabelKind kind);   ///< "openocc", "occ3d": the command line's words
std::string_view labelKindTitle(LabelKind kind);  ///< "OpenOcc", "Occ3D": for people
std::optional<LabelKind> findLabelKind(std::string_view name);
const ClassSet& classSetOf(LabelKind kind);

/// Reads semantics [200, 200, 16] (any integer type), flow or flows [200, 200, 16, 2], mask_camera and
/// mask_lidar where present. Throws Error: no semantics, a wrong shape, a class number above the class set's.
Occupancy readOccupancyNpz(const std::filesystem::path& file, const ClassSet& classes);

/// Voxels of each class in a file, by class number of `classes`; reads the semantics only. Throws Error as
/// readOccupancyNpz() does.
std::vector<std::size_t> readClassCountsNpz(const std::filesystem::path& file, const ClassSet& classes);

/// Which class set a file's semantics are in, judged by the class that fills most of the grid (free): 16 is
/// OpenOcc, 17 is Occ3D. Nothing when neither fits. Throws Error when the file cannot be read.
std::optional<LabelKind> detectLabelKind(const std::filesystem::path& file);

/// Writes semantics (u8), flow (f16, when present) and masks (when present), as the reference's dumps do.
void writeOccupancyNpz(const std::filesystem::path& file, const Occupancy& occupancy, bool deflate);

}  // namespace hbev
