// What OpenGL offers on this machine, as the doctor's findings.
#pragma once

#include <vector>

#include "core/doctor/doctor.h"

namespace hbev {

/// Makes an off-screen context, draws and reads a pixel, and tells who drew it: a graphics card or software.
/// Runs on a thread of its own, so that a context that is current here stays so. Never throws.
std::vector<Finding> inspectGraphics();

}  // namespace hbev
