#include "render/coloring.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/base/error.h"
#include "render/viridis.h"

namespace hbev {
namespace {

// The flow wheel in 256 colours: 0 stands still, then kHues directions for each of kSpeeds steps of speed.
constexpr int kHues = 36;
constexpr int kSpeeds = 7;
constexpr double kFullSpeed_mps = 8.0;
constexpr double kStandsStill_mps = 0.2;
constexpr Rgb kStillColor{0x8A, 0x90, 0x99};

void paintClasses(const Occupancy& occupancy, Palette palette, VoxelPaint& paint) {
  paint.index = occupancy.semantics;
  for (int label = 0; label < occupancy.classes->size(); ++label) {
    paint.colors[std::size_t(label)] = occupancy.classes->color(label, palette);
  }
}

Outcome outcomeOf(const Occupancy& occupancy, const Occupancy& truth, std::size_t i) {
  if (!truth.mask_camera.empty() && truth.mask_camera[i] != 1) return Outcome::Outside;
  if (truth.isFree(i)) return occupancy.isFree(i) ? Outcome::Right : Outcome::Phantom;
  if (occupancy.isFree(i)) return Outcome::Missed;
  return occupancy.semantics[i] == truth.semantics[i] ? Outcome::Right : Outcome::WrongClass;
}

bool isMeant(const OutcomeFilter& filter, const Occupancy& occupancy, const Occupancy& truth, std::size_t i) {
  const int predicted = occupancy.semantics[i], actual = truth.semantics[i];
  if (filter.pair && *filter.pair != std::pair(actual, predicted)) return false;
  if (((1U << predicted | 1U << actual) & filter.classes) == 0) return false;
  if (filter.range_from_m <= 0 && filter.range_to_m >= kEverywhere_m) return true;
  const double range_m = occupancy.grid.center(occupancy.grid.voxel(i)).head<2>().norm();
  return range_m >= filter.range_from_m && range_m < filter.range_to_m;
}

void paintOutcomes(const Occupancy& occupancy, const Occupancy& truth, const OutcomeColors& colors,
                   const OutcomeFilter& filter, VoxelPaint& paint) {
  requireSameGrid(occupancy, truth);
  const bool filtered = filter != OutcomeFilter{};
  for (std::size_t i = 0; i < occupancy.semantics.size(); ++i) {
    paint.index[i] = filtered && !isMeant(filter, occupancy, truth, i)
                         ? kReceded
                         : std::uint8_t(outcomeOf(occupancy, truth, i));
  }
  const std::array<Rgb, 6> table{colors.right,  colors.wrong_class, colors.phantom,
                                 colors.missed, colors.outside,     colors.receded};
  std::copy(table.begin(), table.end(), paint.colors.begin());
}

void paintHeights(const Occupancy& occupancy, VoxelPaint& paint) {
  const int layers = occupancy.grid.dims.z();
  for (std::size_t i = 0; i < paint.index.size(); ++i) {
    paint.index[i] = std::uint8_t(int(i % std::size_t(layers)) * 255 / std::max(1, layers - 1));
  }
  for (std::size_t i = 0; i < paint.colors.size(); ++i) {
    paint.colors[i] = viridis(double(i) / 255);
  }
}

std::uint8_t flowIndex(float vx_mps, float vy_mps) {
  const double speed_mps = std::hypot(double(vx_mps), double(vy_mps));
  if (!(speed_mps >= kStandsStill_mps)) return 0;  // also where the flow is not a number
  const double turn = std::atan2(double(vy_mps), double(vx_mps)) / (2 * std::numbers::pi);
  const int hue = int(std::lround((turn + 1) * kHues)) % kHues;
  const int speed = std::min(kSpeeds - 1, int(speed_mps / kFullSpeed_mps * kSpeeds));
  return std::uint8_t(1 + speed * kHues + hue);
}

void paintFlow(const Occupancy& occupancy, VoxelPaint& paint) {
  for (std::size_t i = 0; i < occupancy.flow.size() / 2 && i < paint.index.size(); ++i) {
    paint.index[i] = flowIndex(occupancy.flow[2 * i], occupancy.flow[2 * i + 1]);
  }
  paint.colors.fill(kStillColor);
  for (int speed = 0; speed < kSpeeds; ++speed) {
    for (int hue = 0; hue < kHues; ++hue) {
      paint.colors[std::size_t(1 + speed * kHues + hue)] =
          hueColor(double(hue) / kHues, (speed + 1.0) / kSpeeds);
    }
  }
}

}  // namespace

void requireSameGrid(const Occupancy& occupancy, const Occupancy& truth) {
  if (occupancy.classes != truth.classes || occupancy.semantics.size() != truth.semantics.size() ||
      occupancy.grid != truth.grid) {
    throw Error({"Prediction and truth cannot be compared",
                 {},
                 "the same class set and grid",
                 std::string(occupancy.classes->name()) + " and " + std::string(truth.classes->name()),
                 {}});
  }
}

std::string_view coloringName(Coloring coloring) {
  switch (coloring) {
    case Coloring::Class:
      return "Class";
    case Coloring::Outcome:
      return "Outcome";
    case Coloring::Height:
      return "Height";
    case Coloring::Flow:
      return "Flow";
    case Coloring::Probability:
      return "Probability";
    case Coloring::Entropy:
      return "Entropy";
    case Coloring::Margin:
      return "Margin";
    case Coloring::Compare:
      return "Compare";
  }
  return "";
}

VoxelPaint paintVoxels(const Occupancy& occupancy, Coloring coloring, Palette palette,
                       const OutcomeColors& outcomes, const Occupancy* truth, const OutcomeFilter& filter) {
  VoxelPaint paint;
  paint.index.assign(occupancy.semantics.size(), 0);
  switch (coloring) {
    case Coloring::Class:
      paintClasses(occupancy, palette, paint);
      break;
    case Coloring::Outcome:
      if (truth == nullptr) {
        throw Error({"Outcome needs the truth to compare with", {}, {}, {}, "Choose another colouring."});
      }
      paintOutcomes(occupancy, *truth, outcomes, filter, paint);
      break;
    case Coloring::Height:
      paintHeights(occupancy, paint);
      break;
    case Coloring::Flow:
      paintFlow(occupancy, paint);
      break;
    case Coloring::Probability:
    case Coloring::Entropy:
    case Coloring::Margin:
      throw Error({std::string(coloringName(coloring)) + " needs the network's probabilities",
                   {},
                   {},
                   {},
                   "Choose another colouring."});
    case Coloring::Compare:
      throw Error({"Compare needs two predictions and the truth", {}, {}, {}, "Choose another colouring."});
  }
  return paint;
}

Occupancy withMissed(const Occupancy& prediction, const Occupancy& truth) {
  requireSameGrid(prediction, truth);
  Occupancy merged = prediction;
  for (std::size_t i = 0; i < merged.semantics.size(); ++i) {
    if (merged.isFree(i)) merged.semantics[i] = truth.semantics[i];
  }
  merged.mask_camera = truth.mask_camera;
  return merged;
}

}  // namespace hbev
