#include "ui/state/region.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>

#include "core/eval/ray_ends.h"
#include "ui/kit/painting.h"

namespace hbev::ui {
namespace {

/// Within [least, most] and at least 1 apart; the end that stands at a border gives way last.
template <class Number>
std::pair<Number, Number> apart(Number lower, Number upper, Number least, Number most) {
  lower = std::clamp(lower, least, Number(most - 1));
  upper = std::clamp(upper, Number(lower + 1), most);
  return {lower, upper};
}

std::string rangeWords(const char* name, double from, double to, int decimals) {
  return QStringLiteral("%1 %2 to %3 m")
      .arg(QString::fromLatin1(name), decimal(from, decimals), decimal(to, decimals))
      .toStdString();
}

}  // namespace

std::pair<int, int> sliceLimits(const ViewRegion& region) {
  return region.slice ? std::pair(region.z_min, region.z_max + 1) : std::pair(0, kGridLayers);
}

BoxLimits boxLimits(const ViewRegion& region) {
  if (!region.box) return {};
  return {region.x_min_m, region.x_max_m, region.y_min_m, region.y_max_m};
}

std::pair<int, int> rangeLimits(const ViewRegion& region) {
  if (!region.range) return {0, kFarthestVoxel_m};
  return {int(std::lround(region.range_min_m)), int(std::lround(region.range_max_m))};
}

void setSlice(ViewRegion& region, int begin, int end) {
  std::tie(begin, end) = apart(begin, end, 0, kGridLayers);
  const ViewRegion first;
  region.slice = begin > 0 || end < kGridLayers;
  region.z_min = region.slice ? begin : first.z_min;
  region.z_max = region.slice ? end - 1 : first.z_max;
}

void setBox(ViewRegion& region, const BoxLimits& box) {
  const ViewRegion first;
  region.box = box != BoxLimits{};
  if (region.box) {
    std::tie(region.x_min_m, region.x_max_m) =
        apart(box.x_min_m, box.x_max_m, -double(kReach_m), double(kReach_m));
    std::tie(region.y_min_m, region.y_max_m) =
        apart(box.y_min_m, box.y_max_m, -double(kReach_m), double(kReach_m));
  } else {
    std::tie(region.x_min_m, region.x_max_m) = std::pair(first.x_min_m, first.x_max_m);
    std::tie(region.y_min_m, region.y_max_m) = std::pair(first.y_min_m, first.y_max_m);
  }
}

void setRange(ViewRegion& region, int near_m, int far_m) {
  std::tie(near_m, far_m) = apart(near_m, far_m, 0, kFarthestVoxel_m);
  const ViewRegion first;
  region.range = near_m > 0 || far_m < kFarthestVoxel_m;
  region.range_min_m = region.range ? near_m : first.range_min_m;
  region.range_max_m = region.range ? far_m : first.range_max_m;
}

void moveSlice(ViewRegion& region, int layers) {
  if (!region.slice) {
    region.slice = true;
    return;
  }
  layers = std::clamp(layers, -region.z_min, kGridLayers - 1 - region.z_max);
  region.z_min += layers;
  region.z_max += layers;
}

void nextRangeBand(ViewRegion& region) {
  if (!region.range) return setRange(region, int(kRangeEdges_m[0]), int(kRangeEdges_m[1]));
  for (std::size_t band = 0; band < kRangeBands; ++band) {
    if (kRangeEdges_m[band] < region.range_max_m) continue;
    return setRange(region, int(kRangeEdges_m[band]), int(kRangeEdges_m[band + 1]));
  }
  setRange(region, 0, kFarthestVoxel_m);
}

std::vector<std::string> regionWords(const ViewRegion& region, const GridSpec& grid) {
  std::vector<std::string> words;
  if (region.slice) {
    words.push_back(rangeWords("Height", grid.origin.z() + region.z_min * grid.voxel_m,
                               grid.origin.z() + (region.z_max + 1) * grid.voxel_m, 1));
  }
  const BoxLimits box = boxLimits(region), all;
  if (box.x_min_m != all.x_min_m || box.x_max_m != all.x_max_m)
    words.push_back(rangeWords("x", box.x_min_m, box.x_max_m, 0));
  if (box.y_min_m != all.y_min_m || box.y_max_m != all.y_max_m)
    words.push_back(rangeWords("y", box.y_min_m, box.y_max_m, 0));
  if (region.range) words.push_back(rangeWords("Range", region.range_min_m, region.range_max_m, 0));
  return words;
}

}  // namespace hbev::ui
