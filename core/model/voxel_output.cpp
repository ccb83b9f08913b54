#include "core/model/voxel_output.h"

#include <array>
#include <cmath>

#include <fmt/format.h>

#include "core/base/error.h"

namespace hbev {
namespace {

/// Which cell of the network's axis lies at the centre of each voxel; -1: none.
std::vector<int> cellsAlong(const AxisRange& range, int cells, double origin, double voxel_m, int voxels) {
  const double cell_m = (range.upper - range.lower) / cells;
  std::vector<int> found;
  for (int i = 0; i < voxels; ++i) {
    const double cell = std::floor((origin + (i + 0.5) * voxel_m - range.lower) / cell_m);
    found.push_back(cell >= 0 && cell < cells ? int(cell) : -1);
  }
  return found;
}

/// From the network's cells to the metric's voxels.
class CellLookup {
 public:
  CellLookup(const ModelConfig& config, const GridSpec& grid)
      : counts_{config.lift.x.cells(), config.lift.y.cells(), config.head.heights} {
    const std::array ranges{config.lift.x, config.lift.y, config.lift.z};
    for (int axis = 0; axis < 3; ++axis) {
      cells_[std::size_t(axis)] = cellsAlong(ranges[std::size_t(axis)], counts_[std::size_t(axis)],
                                             grid.origin[axis], grid.voxel_m, grid.dims[axis]);
    }
  }

  /// use(voxel, cell) for every voxel in C order; cell: in C order, or -1.
  template <class Use>
  void forEach(const Use& use) const {
    std::size_t voxel = 0;
    for (const int x : cells_[0]) {
      for (const int y : cells_[1]) {
        for (const int z : cells_[2]) {
          const bool inside = x >= 0 && y >= 0 && z >= 0;
          use(voxel++, inside ? (std::ptrdiff_t(x) * counts_[1] + y) * counts_[2] + z : std::ptrdiff_t(-1));
        }
      }
    }
  }

 private:
  std::array<int, 3> counts_;
  std::array<std::vector<int>, 3> cells_;
};

}  // namespace

Occupancy occupancyOf(const VoxelOutput& output, const ModelConfig& config) {
  const torch::Tensor logits = output.logits[0];
  if (!at::isfinite(logits.sum()).item<bool>() && !at::isfinite(logits).all().item<bool>()) {
    throw Error(
        {.summary = "The network's answer is not finite",
         .file = {},
         .expected = "numbers",
         .found = "NaN or infinite values",
         .advice = "Check the weights with `hbevocc checkpoint`, and the calibration of this keyframe."});
  }
  const torch::Tensor classes = logits.argmax(-1).to(at::kCPU, at::kByte).contiguous();
  const std::uint8_t* labels = classes.data_ptr<std::uint8_t>();
  Occupancy occupancy;
  occupancy.classes = &config.classSet();
  occupancy.semantics.assign(occupancy.grid.size(), occupancy.classes->free());
  const CellLookup lookup(config, occupancy.grid);
  lookup.forEach([&](std::size_t voxel, std::ptrdiff_t cell) {
    if (cell >= 0) occupancy.semantics[voxel] = labels[cell];
  });
  if (!output.flow.defined()) return occupancy;
  const torch::Tensor flow = output.flow[0].to(at::kCPU, at::kFloat).contiguous();
  const float* flow_mps = flow.data_ptr<float>();
  occupancy.flow.assign(2 * occupancy.grid.size(), 0.0F);
  lookup.forEach([&](std::size_t voxel, std::ptrdiff_t cell) {
    if (cell < 0 || !occupancy.classes->moves(occupancy.semantics[voxel])) return;
    occupancy.flow[2 * voxel] = flow_mps[2 * cell];
    occupancy.flow[2 * voxel + 1] = flow_mps[2 * cell + 1];
  });
  return occupancy;
}

ClassProbabilities probabilitiesOf(const VoxelOutput& output, const ModelConfig& config) {
  const torch::Tensor shares =
      output.logits[0].to(at::kFloat).softmax(-1).to(at::kCPU, at::kHalf).contiguous();
  const auto* values = reinterpret_cast<const Eigen::half*>(shares.data_ptr<at::Half>());
  ClassProbabilities probabilities;
  probabilities.classes = &config.classSet();
  const auto count = std::size_t(probabilities.classes->size());
  probabilities.values.assign(probabilities.grid.size() * count, Eigen::half(0));
  CellLookup(config, probabilities.grid).forEach([&](std::size_t voxel, std::ptrdiff_t cell) {
    Eigen::half* target = probabilities.values.data() + voxel * count;
    if (cell < 0) {
      target[probabilities.classes->free()] = Eigen::half(1);
    } else {
      std::copy_n(values + std::size_t(cell) * count, count, target);
    }
  });
  return probabilities;
}

}  // namespace hbev
