// A picture of what a training predicts at the moment, beside the truth: both from above.
#pragma once

#include <filesystem>

#include "core/data/images.h"
#include "core/data/occupancy.h"

namespace hbev {

/// Adds a row to `picture`: prediction and truth from above, forward up, one pixel a column of voxels in the
/// colour of its topmost class that is not free. All rows of a picture are of one grid.
void addTopViews(Image& picture, const Occupancy& prediction, const Occupancy& truth);

/// Writes FILE.png, or FILE.ppm in a build without OpenCV; the path it wrote. Throws Error.
std::filesystem::path writeSamplePicture(const std::filesystem::path& file_without_ending,
                                         const Image& picture);

}  // namespace hbev
