#include "render/voxel_mesh.h"

#include <array>
#include <bit>
#include <span>

namespace hbev {
namespace {

class QuadWriter {
 public:
  explicit QuadWriter(VoxelMesh& mesh) : mesh_(mesh) {}

  /// `layer` counts voxels along the face's axis; the ranges are along its first and second axis.
  void add(int face, int layer, int first_begin, int first_end, int second_begin, int second_end) {
    const auto base = std::uint32_t(mesh_.vertices.size());
    const int axis = face / 2;
    // Along y the first axis times the second points backwards, so the order of corners turns round.
    const bool turned = (axis == 1) == (face % 2 == 1);
    static constexpr std::array<std::uint8_t, 4> kCorners{0, 1, 3, 2};
    for (std::size_t i = 0; i < 4; ++i) {
      const std::uint8_t corner = kCorners[turned ? 3 - i : i];
      std::array<std::uint16_t, 3> position{};
      position[std::size_t(axis)] = std::uint16_t(layer + face % 2);
      position[std::size_t(firstAxis(face))] = std::uint16_t((corner & 1U) != 0 ? first_end : first_begin);
      position[std::size_t(secondAxis(face))] = std::uint16_t((corner & 2U) != 0 ? second_end : second_begin);
      mesh_.vertices.push_back({position[0], position[1], position[2], std::uint8_t(face), corner});
    }
    for (const std::uint32_t offset : {0U, 1U, 2U, 0U, 2U, 3U}) {
      mesh_.indices.push_back(base + offset);
    }
  }

 private:
  VoxelMesh& mesh_;
};

/// Covers the set bits of `rows` with rectangles and clears them: a run of bits in one row grows over the
/// following rows that hold all of it. `emit(row_begin, row_end, bit_begin, bit_end)`.
template <class Emit>
void takeRectangles(std::span<std::uint64_t> rows, Emit emit) {
  for (std::size_t row = 0; row < rows.size(); ++row) {
    while (rows[row] != 0) {
      const int first = std::countr_zero(rows[row]);
      const int length = std::countr_one(rows[row] >> first);
      const std::uint64_t run = (length == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << length) - 1)
                                << first;
      std::size_t end = row;
      while (end < rows.size() && (rows[end] & run) == run) {
        rows[end++] &= ~run;
      }
      emit(int(row), int(end), first, first + length);
    }
  }
}

void addSides(const VoxelColumns& columns, int face, std::vector<std::uint64_t>& rows, QuadWriter& writer) {
  const bool along_x = face < 2;
  const int step = face % 2 == 1 ? 1 : -1;
  const int layers = columns.dims()[along_x ? 0 : 1];
  const int across = columns.dims()[along_x ? 1 : 0];
  rows.resize(std::size_t(across));
  for (int layer = 0; layer < layers; ++layer) {
    for (int i = 0; i < across; ++i) {
      rows[std::size_t(i)] = along_x ? columns.at(layer, i) & ~columns.at(layer + step, i)
                                     : columns.at(i, layer) & ~columns.at(i, layer + step);
    }
    takeRectangles(rows, [&](int begin, int end, int z_begin, int z_end) {
      writer.add(face, layer, begin, end, z_begin, z_end);
    });
  }
}

/// Tops and bottoms: the bits are turned so that a word runs along y; rectangles end where a word ends.
void addLevels(const VoxelColumns& columns, int face, std::vector<std::uint64_t>& rows, QuadWriter& writer) {
  const Eigen::Vector3i& dims = columns.dims();
  const int words = (dims.y() + 63) / 64, word_bits = (dims.y() + words - 1) / words;
  rows.assign(std::size_t(dims.z()) * std::size_t(words) * std::size_t(dims.x()), 0);
  const auto rowsOf = [&](int z, int word) {
    return std::span(rows).subspan(
        (std::size_t(z) * std::size_t(words) + std::size_t(word)) * std::size_t(dims.x()),
        std::size_t(dims.x()));
  };
  for (int x = 0; x < dims.x(); ++x) {
    for (int y = 0; y < dims.y(); ++y) {
      const std::uint64_t column = columns.at(x, y);
      std::uint64_t open = column & ~(face % 2 == 1 ? column >> 1 : column << 1);
      for (; open != 0; open &= open - 1) {
        rowsOf(std::countr_zero(open), y / word_bits)[std::size_t(x)] |= std::uint64_t{1} << (y % word_bits);
      }
    }
  }
  for (int z = 0; z < dims.z(); ++z) {
    for (int word = 0; word < words; ++word) {
      takeRectangles(rowsOf(z, word), [&](int x_begin, int x_end, int y_begin, int y_end) {
        writer.add(face, z, x_begin, x_end, word * word_bits + y_begin, word * word_bits + y_end);
      });
    }
  }
}

}  // namespace

VoxelMesh buildVoxelMesh(const VoxelColumns& columns) {
  VoxelMesh mesh;
  mesh.vertices.reserve(80'000);
  mesh.indices.reserve(120'000);
  QuadWriter writer(mesh);
  std::vector<std::uint64_t> rows;
  for (int face = 0; face < 4; ++face) {
    addSides(columns, face, rows, writer);
  }
  addLevels(columns, 4, rows, writer);
  addLevels(columns, 5, rows, writer);
  return mesh;
}

std::vector<std::uint8_t> cornerNeighbours(const VoxelColumns& columns) {
  const Eigen::Vector3i corners = columns.dims().array() + 1;
  std::vector<std::uint8_t> neighbours(
      std::size_t(corners.x()) * std::size_t(corners.y()) * std::size_t(corners.z()), 0);
  std::uint8_t* out = neighbours.data();
  for (int x = 0; x < corners.x(); ++x) {
    for (int y = 0; y < corners.y(); ++y, out += corners.z()) {
      const std::array<std::uint64_t, 4> around{columns.at(x - 1, y - 1), columns.at(x, y - 1),
                                                columns.at(x - 1, y), columns.at(x, y)};
      const std::uint64_t any = around[0] | around[1] | around[2] | around[3];
      if (any == 0) continue;
      const int lowest = std::countr_zero(any), highest = 63 - std::countl_zero(any);
      for (int z = lowest; z <= highest; ++z) {
        unsigned level = 0;
        for (unsigned i = 0; i < 4; ++i) {
          level |= unsigned(around[i] >> z & 1U) << i;
        }
        out[z] |= std::uint8_t(level << 4);  // The voxel is on the upper side of the corner below it,
        out[z + 1] |= std::uint8_t(level);   // and on the lower side of the one above.
      }
    }
  }
  return neighbours;
}

}  // namespace hbev
