// A location's map as nuScenes keeps it: a picture that is white where one can drive, ten pixels a metre.
#pragma once

#include <filesystem>

#include "core/synth/ground.h"

namespace hbev::synth {

/// The lower left corner is (0, 0) of global. Throws Error when the file cannot be written.
void writeMapMask(const std::filesystem::path& file, const Ground& ground, double extent_m);

}  // namespace hbev::synth
