// What is done to the part of the grid that is looked at: slices that move, boxes, ranges, and their words.
// No widgets.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "ui/state/view_settings.h"

namespace hbev::ui {

// The ends of what can be chosen: voxel layers; metres from the car along x and y; metres to the corners.
inline constexpr int kGridLayers = 16, kReach_m = 40, kFarthestVoxel_m = 57;

/// Of voxels' centres, m; what does not limit is at the ends of what can be chosen.
struct BoxLimits {
  double x_min_m = -kReach_m, x_max_m = kReach_m, y_min_m = -kReach_m, y_max_m = kReach_m;
  bool operator==(const BoxLimits&) const = default;
};

// What is in force; all of it while the limit is off. Slices: the first layer, and the one after the last.
std::pair<int, int> sliceLimits(const ViewRegion& region);
BoxLimits boxLimits(const ViewRegion& region);
std::pair<int, int> rangeLimits(const ViewRegion& region);

// Switch a limit on; all that can be chosen switches it off and forgets its place. At least one layer or
// metre stays.
void setSlice(ViewRegion& region, int begin, int end);
void setBox(ViewRegion& region, const BoxLimits& box);
void setRange(ViewRegion& region, int near_m, int far_m);

/// Moves the slice by layers, as thick as it is, as far as there are some. One that was off is switched on
/// where it was.
void moveSlice(ViewRegion& region, int layers);
/// From band to band of kRangeEdges_m, and past the last one to no limit.
void nextRangeBand(ViewRegion& region);

/// One line for each limit: "Height 0.2 to 1.4 m", "x −10 to 20 m", "Range 10 to 20 m".
std::vector<std::string> regionWords(const ViewRegion& region, const GridSpec& grid);

}  // namespace hbev::ui
