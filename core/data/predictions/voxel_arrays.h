// Voxel arrays as other people's files hold them, brought to [x, y, z] in C order.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "core/data/predictions/format.h"
#include "core/io/npz.h"

namespace hbev {

/// How a dense array of this shape holds a grid.
enum class DenseShape {
  Grid,      ///< [x, y, z], perhaps with extents of 1 in front
  Flat,      ///< all voxels in one row, C order
  Reversed,  ///< [z, y, x]
  Masked     ///< one row of fewer voxels: those that a mask names
};
/// Nothing when the shape holds no such grid.
std::optional<DenseShape> denseShape(const NpyHeader& header, const GridSpec& grid);

/// Labels out of an array of any integer or boolean type, or of floats that hold integers, in any shape but
/// Masked. Throws Error about `file`.
std::vector<std::uint8_t> denseLabels(const NpyArray& array, const GridSpec& grid,
                                      const std::filesystem::path& file);
/// Flow [..., 2], or [..., 3] whose third component is dropped, in the shape of the labels. Throws Error,
/// also for what is not finite.
std::vector<float> denseFlow(const NpyArray& array, const GridSpec& grid, const std::filesystem::path& file);

/// Throws Error unless `header` are labels of `grid`.
void checkLabels(const NpyHeader& header, const GridSpec& grid, const std::filesystem::path& file,
                 const std::string& name);

/// Rows of three numbers and a class: from where the numbers are, m or voxels.
struct SparsePoints {
  std::vector<double> values;  ///< [count, 4]
  std::size_t count() const { return values.size() / 4; }
};
/// Throws Error when `array` is not [N, 4], or N is more than `max_points`.
SparsePoints sparsePoints(const NpyArray& array, const std::filesystem::path& file, std::size_t max_points);

/// The first of `names` that the archive holds as an array of numbers.
std::optional<std::string> firstNumbers(const NpzReader& npz, std::initializer_list<const char*> names);

/// "pred (int64 [200, 200, 16]), gt (object [])", for messages
std::string contents(const NpzReader& npz);

/// A text member of an archive (a 0-d array of type U or S), or nothing. Throws Error when it is damaged.
std::optional<std::string> npzText(const std::filesystem::path& file, const std::string& name);

/// Nothing that belongs into these files is larger.
inline constexpr std::size_t kMaxVoxelArrayBytes = std::size_t(96) << 20;

}  // namespace hbev
