#include "core/data/predictions/npy_dump.h"

#include <cmath>
#include <fstream>

#include <fmt/format.h>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/data/predictions/voxel_arrays.h"

namespace hbev {
namespace fs = std::filesystem;

namespace {

// OpenOccupancy's grid has ten million voxels; nobody fills more than a part of it.
constexpr std::size_t kMaxPoints = 4'000'000;

bool arePoints(const NpyHeader& header) {
  return header.isNumber() && header.shape.size() == 2 && header.shape[1] == 4 &&
         header.shape[0] <= kMaxPoints;
}

}  // namespace

NpyHeader readNpyHeader(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::vector<std::byte> start(kMaxNpyHeader + 16);
  stream.read(reinterpret_cast<char*>(start.data()), std::streamsize(start.size()));
  start.resize(std::size_t(stream.gcount()));
  NpyHeader header = aboutFile(file, [&] { return parseNpyHeader(start, file.filename().string()); });
  std::error_code code;
  const auto size = fs::file_size(file, code);
  // Pickled objects have any length.
  if (header.isNumber() && (code || size != header.data_offset + header.byteCount())) {
    throw Error(
        {file.filename().string() + " cannot be read", file,
         fmt::format("{} bytes for {}", header.data_offset + header.byteCount(), header.description()),
         fmt::format("{} bytes", size), "Copy or save the file again."});
  }
  return header;
}

NpyArray readNpy(const fs::path& file) {
  const NpyHeader header = readNpyHeader(file);
  if (!header.isNumber()) {
    throw Error({file.filename().string() + " cannot be read",
                 file,
                 "an array of numbers",
                 header.description(),
                 {}});
  }
  const std::vector<std::byte> bytes = readFile(file, kMaxVoxelArrayBytes * 2);
  return aboutFile(file, [&] { return parseNpy(bytes, file.filename().string()); });
}

void checkPoints(const NpyHeader& header, const fs::path& file) {
  if (arePoints(header)) return;
  throw Error({file.filename().string() + " cannot be used",
               file,
               fmt::format("rows of three coordinates and a class, at most {}", kMaxPoints),
               header.description(),
               {}});
}

std::vector<std::uint8_t> filledGrid(const NpyArray& array, const PointLayout& layout, const fs::path& file) {
  checkPoints(array.header(), file);
  const std::vector<double> rows = aboutFile(file, [&] { return array.values<double>(); });
  const GridSpec& grid = layout.grid;
  std::vector<std::uint8_t> labels(grid.size(), kAnyFree);
  for (std::size_t i = 0; i < rows.size(); i += 4) {
    Eigen::Vector3d at(rows[i], rows[i + 1], rows[i + 2]);
    if (layout.reversed) std::swap(at.x(), at.z());
    if (layout.in_metres) at = (at - grid.origin) / grid.voxel_m;
    const Eigen::Array3d cell = at.array().floor();
    const double label = rows[i + 3];
    const bool inside = (cell >= 0).all() && (cell < grid.dims.array().cast<double>()).all();
    if (!inside || !(label >= 0 && label < kAnyFree && label == std::floor(label))) {
      throw Error({file.filename().string() + " cannot be used",
                   file,
                   fmt::format("points of the grid of {} x {} x {} voxels and a class", grid.dims.x(),
                               grid.dims.y(), grid.dims.z()),
                   fmt::format("{}, {}, {}, {} in row {}", rows[i], rows[i + 1], rows[i + 2], label, i / 4),
                   {}});
    }
    labels[grid.index(int(cell.x()), int(cell.y()), int(cell.z()))] = std::uint8_t(label);
  }
  return labels;
}

}  // namespace hbev
