// A small nuScenes folder with pictures, for what looks at them: two scenes, six cameras around the car.
#pragma once

#include <filesystem>

#include "tests/data/made_nuscenes.h"

namespace hbev::test {

/// MadeNuscenes with cameras that look all around, to be changed and written.
MadeNuscenes madeDrive();

/// Writes the JPEG of every camera and keyframe, width x height, each different.
void writePictures(const std::filesystem::path& root, int width = 400, int height = 225);
/// The picture file of that keyframe ("a0") and camera.
std::filesystem::path pictureFile(const std::filesystem::path& root, const std::string& sample,
                                  const std::string& channel);

}  // namespace hbev::test
