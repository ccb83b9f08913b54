#include "core/data/predictions/voxel_arrays.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/error.h"
#include "core/io/zip.h"

namespace hbev {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaxTextBytes = 4096;

Error unusable(const fs::path& file, std::string expected, std::string found, std::string advice = {}) {
  return Error({file.filename().string() + " cannot be used", file, std::move(expected), std::move(found),
                std::move(advice)});
}

std::string gridShape(const GridSpec& grid) {
  return fmt::format("[{}, {}, {}]", grid.dims.x(), grid.dims.y(), grid.dims.z());
}

/// [z, y, x] to [x, y, z], `width` values a voxel.
template <class T>
std::vector<T> reversed(const std::vector<T>& values, const GridSpec& grid, std::size_t width) {
  std::vector<T> result(values.size());
  std::size_t source = 0;
  for (int z = 0; z < grid.dims.z(); ++z) {
    for (int y = 0; y < grid.dims.y(); ++y) {
      for (int x = 0; x < grid.dims.x(); ++x, source += width)
        std::copy_n(values.begin() + std::ptrdiff_t(source), width,
                    result.begin() + std::ptrdiff_t(grid.index(x, y, z) * width));
    }
  }
  return result;
}

/// The shape without extents of 1 in front: networks leave the batch there.
std::vector<std::size_t> withoutBatch(std::vector<std::size_t> shape) {
  while (shape.size() > 1 && shape.front() == 1)
    shape.erase(shape.begin());
  return shape;
}

/// Without leaving early, so that many are looked at at once.
bool flowIsFinite(std::span<const float> values) {
  constexpr std::uint32_t kExponent = 0x7F800000;
  std::uint32_t any = 0;
  for (const float value : values)
    any |= std::uint32_t((std::bit_cast<std::uint32_t>(value) & kExponent) == kExponent);
  return any == 0;
}

std::optional<DenseShape> denseShape(std::vector<std::size_t> shape, const GridSpec& grid) {
  shape = withoutBatch(std::move(shape));
  const std::vector<std::size_t> xyz{std::size_t(grid.dims.x()), std::size_t(grid.dims.y()),
                                     std::size_t(grid.dims.z())};
  if (shape == xyz) return DenseShape::Grid;
  if (shape.size() == 3 && std::equal(shape.begin(), shape.end(), xyz.rbegin())) return DenseShape::Reversed;
  if (shape.size() != 1 || shape[0] == 0) return std::nullopt;
  if (shape[0] == grid.size()) return DenseShape::Flat;
  if (shape[0] < grid.size()) return DenseShape::Masked;
  return std::nullopt;
}

/// A grid with one further axis, in front or behind.
bool areScores(const NpyHeader& header, const GridSpec& grid) {
  std::vector<std::size_t> shape = withoutBatch(header.shape);
  if (!header.isNumber() || shape.size() != 4) return false;
  const std::vector<std::size_t> behind(shape.begin() + 1, shape.end());
  shape.pop_back();
  return denseShape(shape, grid) || denseShape(behind, grid);
}

}  // namespace

std::optional<DenseShape> denseShape(const NpyHeader& header, const GridSpec& grid) {
  return denseShape(header.shape, grid);
}

void checkLabels(const NpyHeader& header, const GridSpec& grid, const fs::path& file,
                 const std::string& name) {
  const std::optional<DenseShape> shape = header.isNumber() ? denseShape(header, grid) : std::nullopt;
  const bool is_masked = shape && *shape == DenseShape::Masked;
  if (shape && !is_masked) return;
  const char* advice = "";
  if (is_masked) {  // a row of fewer voxels: what boolean indexing with a mask leaves
    advice =
        "These are probably the voxels of the camera mask alone: save the whole array, or name the files "
        "<scene>_<token>.npz and have Occ3D's gts/ with its masks in the data set.";
  } else if (areScores(header, grid)) {
    advice =
        "These are probably the scores of every class: save the number of the class with the highest one "
        "(argmax).";
  }
  throw unusable(file, fmt::format("{} as whole numbers {}", name, gridShape(grid)), header.description(),
                 advice);
}

std::vector<std::uint8_t> denseLabels(const NpyArray& array, const GridSpec& grid, const fs::path& file) {
  checkLabels(array.header(), grid, file, "class numbers");
  std::vector<std::uint8_t> labels = aboutFile(file, [&] { return array.values<std::uint8_t>(); });
  if (denseShape(array.header(), grid) == DenseShape::Reversed) labels = reversed(labels, grid, 1);
  return labels;
}

std::vector<float> denseFlow(const NpyArray& array, const GridSpec& grid, const fs::path& file) {
  std::vector<std::size_t> shape = array.shape();
  const std::size_t width = shape.empty() ? 0 : shape.back();
  if (!shape.empty()) shape.pop_back();
  const std::optional<DenseShape> dense = denseShape(shape, grid);
  if (!dense || *dense == DenseShape::Masked || (width != 2 && width != 3)) {
    throw unusable(file, "flow " + gridShape(grid) + " with 2 numbers a voxel", array.header().description());
  }
  std::vector<float> values = aboutFile(file, [&] { return array.values<float>(); });
  if (!flowIsFinite(values)) {
    throw unusable(file, "flow as finite numbers", "NaN or infinity",
                   "Look for a division by zero in what was saved; where there is no flow save 0.");
  }
  if (*dense == DenseShape::Reversed) values = reversed(values, grid, width);
  if (width == 3) {
    for (std::size_t i = 0; i < grid.size(); ++i) {
      values[2 * i] = values[3 * i];
      values[2 * i + 1] = values[3 * i + 1];
    }
    values.resize(2 * grid.size());
  }
  return values;
}

SparsePoints sparsePoints(const NpyArray& array, const fs::path& file, std::size_t max_points) {
  const std::vector<std::size_t>& shape = array.shape();
  if (shape.size() != 2 || shape[1] != 4 || shape[0] > max_points) {
    throw unusable(file, fmt::format("rows of three coordinates and a class, at most {}", max_points),
                   array.header().description());
  }
  return {aboutFile(file, [&] { return array.values<double>(); })};
}

std::optional<std::string> firstNumbers(const NpzReader& npz, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (npz.contains(name) && npz.header(name).isNumber()) return name;
  }
  return std::nullopt;
}

std::string contents(const NpzReader& npz) {
  std::vector<std::string> parts;
  for (const std::string& name : npz.names()) {
    if (parts.size() == 6) {
      parts.emplace_back("...");
      break;
    }
    std::string type;
    try {
      type = npz.header(name).description();
    } catch (const Error&) {
      type = "damaged";
    }
    parts.push_back(fmt::format("{} ({})", name, type));
  }
  return parts.empty() ? "no arrays" : fmt::format("{}", fmt::join(parts, ", "));
}

namespace {

/// NumPy keeps text as 4-byte code points (U) or bytes (S), filled up with zeros. Anything but ASCII becomes
/// a question mark: tokens and names of scenes have none.
std::string decodeText(const NpyHeader& header, std::span<const std::byte> bytes) {
  const std::size_t step = header.kind == 'U' ? 4 : 1;
  std::string text;
  for (std::size_t at = 0; at + step <= bytes.size(); at += step) {
    std::uint32_t letter = 0;
    for (std::size_t i = 0; i < step; ++i) {
      const std::size_t place = header.big_endian ? at + i : at + step - 1 - i;
      letter = letter << 8 | std::uint32_t(bytes[place]);
    }
    if (letter == 0) break;
    text += letter < 128 ? char(letter) : '?';
  }
  return text;
}

}  // namespace

std::optional<std::string> npzText(const fs::path& file, const std::string& name) {
  const ZipReader zip(file);
  for (std::size_t i = 0; i < zip.members().size(); ++i) {
    if (zip.members()[i].name != name + ".npy") continue;
    std::vector<std::byte> bytes;
    zip.read(i, [&](std::span<const std::byte> piece) {
      bytes.insert(bytes.end(), piece.begin(),
                   piece.begin() + std::ptrdiff_t(std::min(piece.size(), kMaxTextBytes - bytes.size())));
      return bytes.size() < kMaxTextBytes;
    });
    const NpyHeader header = aboutFile(file, [&] { return parseNpyHeader(bytes, name); });
    if ((header.kind != 'U' && header.kind != 'S') || header.count() != 1) return std::nullopt;
    if (bytes.size() != header.data_offset + header.byteCount())
      throw unusable(file, name + " as a short text", "a longer or truncated one");
    return decodeText(header, std::span<const std::byte>(bytes).subspan(header.data_offset));
  }
  return std::nullopt;
}

}  // namespace hbev
